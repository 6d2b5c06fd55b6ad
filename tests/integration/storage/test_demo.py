"""The demo shop: complete at the first start, added once, and never repaired afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from altyn.domain.account.roles import AccountRole
from altyn.domain.merchant import DEMANDING, OPENING
from altyn.operations.staff import tokens
from altyn.operations.staff.merchants import find_merchant
from altyn.operations.staff.ports import StaffContext
from altyn.operations.staff.settings import change_settings
from altyn.operations.staff.tokens import remove_token
from altyn.operations.staff.users import set_password
from altyn.security.passwords import verify_password
from altyn.storage.database import Pool, connect
from altyn.storage.demo import DEMO_CURRENCIES, demo_exists, seed_demo
from tests.integration.storage.processes import TOKEN_KEY, Process, Staff, StoppedClock
from tests.staff import AUDIT_KEY

Start = Callable[[], Awaitable[Process]]


async def seed(pool: Pool) -> bool:
    return await seed_demo(pool, clock=StoppedClock(), token_key=TOKEN_KEY, audit_key=AUDIT_KEY)


async def test_demo_shop_is_complete_at_the_first_start(pool: Pool, start_process: Start) -> None:
    assert not await demo_exists(pool)
    assert await seed(pool)
    assert await demo_exists(pool)
    process = await start_process()
    shop = await process.merchants.by_login("test")
    assert shop is not None
    assert shop.name == "Демо-магазин"
    for user in (
        await process.credentials.authenticate("test-api", "testPwd1"),
        await process.credentials.by_token("test-token"),
    ):
        assert user is not None
        assert user.merchant_id == shop.merchant_id
        assert not user.must_change_password
    assert shop.settings.permissions == OPENING
    assert not shop.settings.permissions & DEMANDING
    assert shop.settings.currencies == DEMO_CURRENCIES
    assert {"643", "946", "975", "012", "788", "084", "554"} <= set(DEMO_CURRENCIES)
    assert shop.settings.default_currency == "643"
    assert shop.settings.callbacks.key == "test-callback-key"


async def test_child_belongs_to_the_demo_shop(pool: Pool, start_process: Start) -> None:
    await seed(pool)
    process = await start_process()
    parent = await process.merchants.by_login("test")
    child = await process.merchants.by_login("test-child-api")
    assert parent is not None
    assert child is not None
    assert child.login == "test-child"
    assert list(await process.merchants.children(parent.merchant_id)) == [child]
    assert await process.credentials.authenticate("test-child-api", "testPwd1")


@pytest.mark.parametrize("role", [AccountRole.OWNER, AccountRole.OPERATOR])
async def test_demo_users_have_the_printed_password(pool: Pool, role: AccountRole) -> None:
    await seed(pool)
    row = await pool.fetchrow("SELECT * FROM account_users WHERE login = $1", f"test-{role}")
    assert row is not None
    assert row["role"] == role
    assert not row["must_change_password"]
    assert await verify_password("testPwd1", row["password_hash"])


async def test_demo_shop_of_an_older_version_gets_its_owner(pool: Pool) -> None:
    await seed(pool)
    await pool.execute("DELETE FROM account_users WHERE login = 'test-owner'")
    await pool.execute("DELETE FROM logins WHERE login = 'test-owner'")
    assert await seed(pool)
    assert await pool.fetchval("SELECT role FROM account_users WHERE login = 'test-owner'")
    assert not await seed(pool)


async def test_concurrent_starts_add_the_demo_shop_once(pool: Pool, database_url: str) -> None:
    pools = [await connect(database_url, pool_size=1) for _ in range(4)]
    try:
        added = await asyncio.gather(*map(seed, pools))
    finally:
        for one in pools:
            await one.close()
    assert sorted(added) == [False, False, False, True]
    assert await pool.fetchval("SELECT count(*) FROM merchants") == 2


async def test_changes_by_a_person_stay(pool: Pool, start_process: Start) -> None:
    await seed(pool)
    async with Staff(pool).at_work() as staff:
        shop = await find_merchant("test", staff)
        await change_settings(shop.merchant_id, {"permissions": "refund"}, staff)
        await set_password("test-api", "a-better-one", staff, must_change=False)
        await remove_token("test-token", staff)
    assert not await seed(pool)
    process = await start_process()
    assert (await process.merchants.get(shop.merchant_id)).settings.permissions == {"refund"}
    assert await process.credentials.authenticate("test-api", "a-better-one")
    assert await process.credentials.by_token("test-token") is None


async def test_killed_process_leaves_no_partial_shop(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(login: str, token: str, context: StaffContext) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tokens, "add_token", killed)
        with pytest.raises(KeyboardInterrupt):
            await seed(pool)
    assert await pool.fetchval("SELECT count(*) FROM merchants") == 0
    assert await seed(pool)
