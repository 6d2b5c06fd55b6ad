"""Credentials: right and wrong pairs, tokens, and changes that reach processes with caches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from altyn.operations.ports import LoginDelayed, Overloaded
from altyn.operations.staff.errors import TokenLengthError, TokenTakenError, UnknownLoginError
from altyn.operations.staff.tokens import add_token, remove_token
from altyn.operations.staff.users import block_user, set_password
from altyn.storage.credentials import ApiUser
from altyn.storage.database import Pool
from tests.integration.storage.processes import Process, Staff, eventually

Start = Callable[[], Awaitable[Process]]


async def test_right_pair_authenticates_the_user_and_wrong_pairs_do_not(
    pool: Pool, start_process: Start
) -> None:
    shop = await Staff(pool).add_shop("shop")
    credentials = (await start_process()).credentials
    user = ApiUser(merchant_id=shop.merchant_id, login="shop-api")
    assert await credentials.authenticate("shop-api", "secret-shop") == user
    assert await credentials.authenticate("shop-api", "secret-Shop") is None
    assert await credentials.authenticate("shop-api", "") is None
    assert await credentials.authenticate("shop", "secret-shop") is None
    assert await credentials.authenticate("Shop-api", "secret-shop") is None


@pytest.mark.parametrize("login", ["", "nobody", "нет", "a\0b", "\ud800", "x" * 5000, "' OR 1=1"])
async def test_malformed_login_is_refused_without_an_error(
    login: str, pool: Pool, start_process: Start
) -> None:
    assert await (await start_process()).credentials.authenticate(login, "secret-shop") is None


async def test_password_is_hashed_once_per_process(pool: Pool, start_process: Start) -> None:
    await Staff(pool).add_shop("shop")
    process = await start_process()
    together = [process.credentials.authenticate("shop-api", "secret-shop") for _ in range(5)]
    assert None not in await asyncio.gather(*together)
    assert await process.credentials.authenticate("shop-api", "secret-shop")
    assert process.hashed == ["secret-shop"]


async def test_unknown_login_costs_one_hash(pool: Pool, start_process: Start) -> None:
    process = await start_process()
    assert await process.credentials.authenticate("nobody", "secret-shop") is None
    assert process.hashed == ["secret-shop"]


async def test_changed_password_reaches_every_process(pool: Pool, start_process: Start) -> None:
    await Staff(pool).add_shop("shop")
    processes = [await start_process(), await start_process()]
    for process in processes:
        assert await process.credentials.authenticate("shop-api", "secret-shop")
        assert await process.credentials.authenticate("shop-api", "another-secret") is None
    async with Staff(pool).at_work() as staff:
        await set_password("shop-api", "another-secret", staff, must_change=True)

    for process in processes:

        async def changed(process: Process = process) -> bool:
            user = await process.credentials.authenticate("shop-api", "another-secret")
            return user is not None and user.must_change_password

        await eventually(changed)
        assert await process.credentials.authenticate("shop-api", "secret-shop") is None


async def test_blocked_user_is_blocked_by_password_and_by_token(
    pool: Pool, start_process: Start
) -> None:
    await Staff(pool).add_shop("shop")
    process = await start_process()
    async with Staff(pool).at_work() as staff:
        await add_token("shop-api", "token-of-shop", staff)
        assert await process.credentials.by_token("token-of-shop")
        await block_user("shop-api", staff, blocked=True)

    async def blocked() -> bool:
        user = await process.credentials.by_token("token-of-shop")
        return user is not None and user.blocked

    await eventually(blocked)
    user = await process.credentials.authenticate("shop-api", "secret-shop")
    assert user is not None
    assert user.blocked
    assert await process.credentials.authenticate("shop-api", "wrong-secret") is None


async def test_token_is_added_and_removed_in_every_process(
    pool: Pool, start_process: Start
) -> None:
    shop = await Staff(pool).add_shop("shop")
    processes = [await start_process(), await start_process()]
    for process in processes:
        assert await process.credentials.by_token("token-of-shop") is None

    async def owner_of(process: Process) -> int | None:
        user = await process.credentials.by_token("token-of-shop")
        return user.merchant_id if user else None

    async with Staff(pool).at_work() as staff:
        await add_token("shop-api", "token-of-shop", staff)
        await add_token("shop-api", "token-of-shop", staff)
    for process in processes:

        async def known(process: Process = process) -> bool:
            return await owner_of(process) == shop.merchant_id

        await eventually(known)

    async with Staff(pool).at_work() as staff:
        assert await remove_token("token-of-shop", staff)
        assert not await remove_token("token-of-shop", staff)
    for process in processes:

        async def unknown(process: Process = process) -> bool:
            return await owner_of(process) is None

        await eventually(unknown)


async def test_token_is_stored_as_a_digest_only(pool: Pool) -> None:
    await Staff(pool).add_shop("shop")
    async with Staff(pool).at_work() as staff:
        await add_token("shop-api", "token-of-shop", staff)
    stored = await pool.fetchval("SELECT token_hash FROM api_tokens")
    assert len(stored) == 32
    assert b"token" not in stored


@pytest.mark.parametrize("token", ["", "nobody's", "x" * 5000, "\ud800"])
async def test_malformed_token_is_refused_without_an_error(
    token: str, pool: Pool, start_process: Start
) -> None:
    assert await (await start_process()).credentials.by_token(token) is None


async def test_token_has_one_owner(pool: Pool, start_process: Start) -> None:
    shop, _ = await Staff(pool).add_shop("shop"), await Staff(pool).add_shop("other")
    async with Staff(pool).at_work() as staff:
        await add_token("shop-api", "token-of-shop", staff)
        with pytest.raises(TokenTakenError, match="another user"):
            await add_token("other-api", "token-of-shop", staff)
        with pytest.raises(TokenLengthError, match="8 to 256"):
            await add_token("shop-api", "short", staff)
        with pytest.raises(UnknownLoginError):
            await add_token("nobody", "token-of-nobody", staff)
    user = await (await start_process()).credentials.by_token("token-of-shop")
    assert user == ApiUser(merchant_id=shop.merchant_id, login="shop-api")


async def test_unknown_login_is_refused(pool: Pool) -> None:
    async with Staff(pool).at_work() as staff:
        with pytest.raises(UnknownLoginError):
            await set_password("nobody", "long enough", staff, must_change=False)
        with pytest.raises(UnknownLoginError):
            await block_user("nobody", staff, blocked=True)


async def test_guesses_delay_themselves_and_never_the_shop(
    pool: Pool, start_process: Start
) -> None:
    """Forty clients guess at one address; the shop comes from another with the right password."""
    shop = await Staff(pool).add_shop("shop")
    credentials = (await start_process()).credentials
    guesses = [
        asyncio.create_task(credentials.authenticate("shop-api", f"guess {n}", "198.51.100.7"))
        for n in range(40)
    ]
    await asyncio.sleep(0)
    user = await credentials.authenticate("shop-api", "secret-shop", "203.0.113.9")
    assert user == ApiUser(merchant_id=shop.merchant_id, login="shop-api")
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(result, Overloaded) for result in results) > 25
    with pytest.raises(LoginDelayed) as delayed:
        await credentials.authenticate("shop-api", "secret-shop?", "198.51.100.7")
    assert delayed.value.failed.login == "shop-api"
    assert delayed.value.failed.failures > 0
    assert await credentials.authenticate("shop-api", "secret-shop", "198.51.100.7") == user
    assert credentials.failed_login("shop-api", "203.0.113.9").failures == 0


async def test_a_text_that_cannot_be_a_login_is_not_shown(start_process: Start) -> None:
    """It may be a password in the wrong field."""
    credentials = (await start_process()).credentials
    assert await credentials.authenticate("secret shop!", "shop-api", "198.51.100.7") is None
    assert credentials.failed_login("secret shop!", "198.51.100.7").login == "not a login"
