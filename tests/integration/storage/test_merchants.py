"""Merchants: found by their logins, changed by staff, the same in every process within a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC

import pytest

from altyn.domain.callback import (
    CallbackMethod,
    CallbackSettings,
    ChecksumKind,
)
from altyn.domain.merchant import MerchantSettings, Permission
from altyn.operations.ports import UnknownMerchantError
from altyn.operations.staff.errors import (
    LoginMalformedError,
    LoginTakenError,
    PasswordLengthError,
    SettingRefusedError,
    UnknownLoginError,
    UnknownMerchantNumberError,
)
from altyn.operations.staff.merchants import (
    add_merchant,
    block_merchant,
    list_merchants,
    merchant_details,
)
from altyn.operations.staff.settings import change_settings
from altyn.operations.staff.users import add_api_user
from altyn.storage.database import Pool
from tests.integration.storage.processes import NOW, Process, Staff, eventually

Start = Callable[[], Awaitable[Process]]

EVERYTHING = MerchantSettings(
    permissions=frozenset({Permission.REFUND, Permission.TWO_PHASE}),
    default_language="en",
    default_currency="840",
    currencies=("840", "643"),
    session_timeout_seconds=600,
    payment_attempts=5,
    hold_days=30,
    status_version=46,
    tds_version="2",
    amount_min_minor=100,
    amount_max_minor=1_000_00,
    ip_allow_list=("192.0.2.0/24", "2001:db8::1"),
    show_final_page=True,
    return_query_before_fragment=True,
    terminal="12345678",
    mcc="7011",
    callbacks=CallbackSettings(
        enabled=False,
        urls=("https://shop.example/callback",),
        method=CallbackMethod.POST,
        operations=("deposited", "refunded"),
        parameters=("amount", "callbackCreationDate"),
        headers=("Authorization=token",),
        checksum=ChecksumKind.ASYMMETRIC,
        key="a key of the shop",
        attempts=6,
        interval_seconds=600,
        growing=True,
        timeout_seconds=5,
    ),
)


async def test_added_merchant_is_loaded_unchanged(pool: Pool, start_process: Start) -> None:
    added = await Staff(pool).add_shop("shop", EVERYTHING)
    found = await (await start_process()).merchants.get(added.merchant_id)
    assert found == added
    assert found.settings == EVERYTHING


async def test_merchant_is_found_by_its_login_and_by_its_users(
    pool: Pool, start_process: Start
) -> None:
    shop = await Staff(pool).add_shop("shop")
    merchants = (await start_process()).merchants
    assert await merchants.by_login("shop") == shop
    assert await merchants.by_login("shop-api") == shop
    assert await merchants.by_login("shop-other") is None
    assert await merchants.by_login("") is None
    assert await merchants.by_login("shop\0") is None
    with pytest.raises(UnknownMerchantError):
        await merchants.get(77)


async def test_children_are_those_of_the_parent(pool: Pool, start_process: Start) -> None:
    staff = Staff(pool)
    parent, other = await staff.add_shop("parent"), await staff.add_shop("other")
    merchants = (await start_process()).merchants
    assert await merchants.children(parent.merchant_id) == ()
    children = [await staff.add_shop(login, parent="parent") for login in ("one", "two")]

    async def known() -> bool:
        return list(await merchants.children(parent.merchant_id)) == children

    await eventually(known)
    assert await merchants.children(other.merchant_id) == ()


async def test_merchant_is_loaded_once(pool: Pool, start_process: Start) -> None:
    shop = await Staff(pool).add_shop("shop")
    merchants = (await start_process()).merchants
    await merchants.get(shop.merchant_id)
    # No process is notified of this change: only the cache can still answer.
    await pool.execute("UPDATE merchants SET name = 'changed without a notification'")
    assert (await merchants.get(shop.merchant_id)).name == "Shop"


async def test_change_reaches_every_process(pool: Pool, start_process: Start) -> None:
    staff = Staff(pool)
    shop = await staff.add_shop("shop")
    processes = [await start_process(), await start_process()]
    for process in processes:
        assert (await process.merchants.get(shop.merchant_id)).settings.payment_attempts == 3
    await staff.change(shop, {"payment_attempts": 5})
    for process in processes:

        async def changed(process: Process = process) -> bool:
            merchant = await process.merchants.get(shop.merchant_id)
            return merchant.settings.payment_attempts == 5

        await eventually(changed)


async def test_login_of_a_new_user_finds_the_merchant_in_every_process(
    pool: Pool, start_process: Start
) -> None:
    shop = await Staff(pool).add_shop("shop")
    process = await start_process()
    assert await process.merchants.by_login("shop-second") is None
    async with Staff(pool).at_work() as staff:
        await add_api_user("shop", "shop-second", "secret-second", staff)

    async def found() -> bool:
        return await process.merchants.by_login("shop-second") == shop

    await eventually(found)


async def test_blocked_merchant_is_blocked_in_every_process(
    pool: Pool, start_process: Start
) -> None:
    await Staff(pool).add_shop("shop")
    process = await start_process()
    for blocked in (True, False):
        async with Staff(pool).at_work() as staff:
            await block_merchant("shop", staff, blocked=blocked)

        async def known(blocked: bool = blocked) -> bool:  # noqa: FBT001 - bound, not passed
            merchant = await process.merchants.by_login("shop")
            return merchant is not None and merchant.blocked is blocked

        await eventually(known)


async def test_refused_change_changes_nothing(pool: Pool) -> None:
    shop = await Staff(pool).add_shop("shop")
    with pytest.raises(SettingRefusedError):
        await Staff(pool).change(shop, {"hold_days": 9, "mcc": "restaurants"})
    async with Staff(pool).at_work() as staff:
        assert (await merchant_details("shop", staff)).merchant.settings == MerchantSettings()


async def test_settings_keep_their_history(pool: Pool) -> None:
    shop = await Staff(pool).add_shop("shop")
    await Staff(pool).change(shop, {"hold_days": 9})
    async with Staff(pool).at_work() as staff:
        details = await merchant_details("shop-api", staff)
    assert [version.settings.hold_days for version in details.history] == [9, 7]
    assert details.history[0].changed_by == "anna"
    assert details.history[0].changed_at == NOW
    assert details.history[0].changed_at.tzinfo == UTC
    assert [user.login for user in details.users] == ["shop-api"]
    assert details.tokens == 0


async def test_concurrent_changes_are_both_saved(pool: Pool) -> None:
    shop = await Staff(pool).add_shop("shop")
    await asyncio.gather(
        *(Staff(pool).change(shop, {key: 9}) for key in ("hold_days", "payment_attempts"))
    )
    async with Staff(pool).at_work() as staff:
        settings = (await merchant_details("shop", staff)).merchant.settings
    assert (settings.hold_days, settings.payment_attempts) == (9, 9)


async def test_settings_of_a_newer_version_are_kept_and_ignored(
    pool: Pool, start_process: Start
) -> None:
    shop = await Staff(pool).add_shop("shop")
    await pool.execute(
        "UPDATE merchant_settings SET settings ="
        ' \'{"wormhole": 3, "permissions": ["refund", "time_travel"], "callbacks": {"drone": 1}}\''
    )
    changed = await Staff(pool).change(shop, {"hold_days": 9, "callbacks.key": "long enough"})
    assert changed.permissions == {Permission.REFUND}
    found = await (await start_process()).merchants.get(shop.merchant_id)
    assert found.settings == changed
    kept = await pool.fetchval(
        "SELECT settings FROM merchant_settings ORDER BY version DESC LIMIT 1"
    )
    assert '"wormhole": 3' in kept
    assert "time_travel" in kept
    assert '"drone": 1' in kept


async def test_merchants_added_concurrently_get_different_numbers(pool: Pool) -> None:
    logins = [f"shop-{number}" for number in range(8)]
    added = await asyncio.gather(*(Staff(pool).add_shop(login) for login in logins))
    assert sorted(shop.merchant_id for shop in added) == list(range(1, 9))
    async with Staff(pool).at_work() as staff:
        assert {shop.login for shop in await list_merchants(staff)} == set(logins)


async def test_login_is_taken_once(pool: Pool) -> None:
    await Staff(pool).add_shop("shop")
    await Staff(pool).add_shop("other")
    async with Staff(pool).at_work() as staff:
        for taken in ("shop", "shop-api"):
            with pytest.raises(LoginTakenError, match=taken):
                await add_merchant(taken, "Again", staff, settings=MerchantSettings())
            with pytest.raises(LoginTakenError, match=taken):
                await add_api_user("other", taken, "secret-other", staff)
        assert len(await list_merchants(staff)) == 2


async def test_refusal_of_a_staff_command_names_what_is_allowed(pool: Pool) -> None:
    await Staff(pool).add_shop("shop")
    async with Staff(pool).at_work() as staff:
        with pytest.raises(UnknownLoginError, match="nobody"):
            await merchant_details("nobody", staff)
        with pytest.raises(LoginMalformedError, match="1 to 30 Latin letters"):
            await add_merchant("магазин", "M", staff, settings=MerchantSettings())
        with pytest.raises(PasswordLengthError, match="8 to 256"):
            await add_api_user("shop", "shop-2", "short", staff)
        with pytest.raises(UnknownLoginError, match="parent"):
            await add_merchant("child", "C", staff, settings=MerchantSettings(), parent="parent")
        with pytest.raises(UnknownMerchantNumberError, match="77"):
            await change_settings(77, {"hold_days": 9}, staff)
