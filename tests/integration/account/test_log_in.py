"""Logging in: one answer for wrong logins, the lock, sessions, one-time passwords and codes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

import pytest

from altyn.domain.account.roles import Action
from altyn.domain.account.sessions import SessionStage, token_hash
from altyn.domain.account.user import FAILED_LOGINS_MAX
from altyn.operations.account.change_password import change_password
from altyn.operations.account.errors import AccountError, PasswordRulesError, Reason
from altyn.operations.account.log_in import LoginAttempt, enter_code, log_in, log_out
from altyn.operations.account.one_time_codes import switch_codes_off, switch_codes_on
from altyn.operations.account.users import block_user
from altyn.operations.ports import Overloaded
from altyn.operations.staff.merchants import block_merchant
from altyn.storage.account_context import FailedAddresses
from altyn.storage.database import Pool
from tests.integration.account.access import ADDRESS, CODE, PASSWORD, Access
from tests.integration.storage.processes import Staff

NEW = "Another!pass7"
OWNER = "shop-owner"


async def reason_of(work: object) -> Reason:
    """Why an action is refused."""
    with pytest.raises(AccountError) as refused:
        await work  # type: ignore[misc]
    return refused.value.reason


async def fail(access: Access, times: int, login: str = OWNER) -> None:
    for _ in range(times):
        assert await reason_of(access.log_in(login, "wrong")) is Reason.WRONG_LOGIN


async def test_login_opens_a_session(access: Access) -> None:
    opened = await access.log_in(OWNER)
    current = await access.current(opened)
    assert current is not None
    assert current.user.login == OWNER
    assert current.merchant == access.merchant
    current.require(Action.USERS)
    row = await access.pool.fetchrow("SELECT * FROM account_sessions")
    assert row is not None
    assert row["token_hash"] == token_hash(opened.token)
    assert row["address"] == ADDRESS
    assert opened.token.encode() not in bytes(str(dict(row)), "utf-8")
    assert (await access.log())[-1] == "shop-owner logged in shop-owner"


async def test_every_wrong_login_gets_one_answer_after_one_check(access: Access) -> None:
    await fail(access, FAILED_LOGINS_MAX, "shop-operator")
    access.passwords.verified.clear()
    answers = [
        await reason_of(access.log_in(login, password))
        for login, password in (
            (OWNER, "wrong"),
            ("unknown", PASSWORD),
            ("not a login", PASSWORD),
            ("shop", PASSWORD),
            ("shop-api", "secret-shop"),
            ("shop-operator", PASSWORD),
        )
    ]
    assert answers == [Reason.WRONG_LOGIN] * 6
    assert len(access.passwords.verified) == 6  # an unknown login takes as long as a known one
    assert access.passwords.verified[1:] == [None] * 5


async def test_refusals_come_in_their_order(access: Access) -> None:
    assert await reason_of(access.log_in("", "")) is Reason.LOGIN_EMPTY
    assert await reason_of(access.log_in(OWNER, "")) is Reason.PASSWORD_EMPTY
    await block_user(OWNER, access.staff, access.context, blocked=True)
    async with Staff(access.pool).at_work() as staff:
        await block_merchant("shop", staff, blocked=True)
    assert await reason_of(access.log_in(OWNER, "wrong")) is Reason.WRONG_LOGIN
    assert await reason_of(access.log_in(OWNER)) is Reason.USER_BLOCKED
    await block_user(OWNER, access.staff, access.context, blocked=False)
    assert await reason_of(access.log_in(OWNER)) is Reason.MERCHANT_BLOCKED


async def test_tenth_failure_locks_for_half_an_hour_of_the_gateways_clock(access: Access) -> None:
    before = await access.log_in(OWNER)
    await fail(access, FAILED_LOGINS_MAX - 1)
    await access.log_in(OWNER)  # which forgets the failures
    await fail(access, FAILED_LOGINS_MAX - 1)
    assert await access.current(before)
    await fail(access, 1)
    assert await reason_of(access.log_in(OWNER)) is Reason.WRONG_LOGIN
    access.clock.move(minutes=29, seconds=59)
    assert await reason_of(access.log_in(OWNER)) is Reason.WRONG_LOGIN
    access.clock.move(seconds=1)
    await fail(access, FAILED_LOGINS_MAX - 1)
    await access.log_in(OWNER)
    assert await access.current(before) is None  # because it was idle
    assert "shop-owner login locked shop-owner a wrong password" in await access.log()
    assert (await access.verified()).fault is None


async def test_lock_by_a_stranger_ends_no_open_session(access: Access) -> None:
    opened = await access.log_in(OWNER)
    await fail(access, FAILED_LOGINS_MAX)
    current = await access.current(opened)
    assert current is not None
    change = change_password(current, "wrong", NEW, access.context)
    assert await reason_of(change) is Reason.WRONG_PASSWORD
    assert await access.current(opened) is None  # a session is no way to guess during the lock
    assert await reason_of(access.log_in(OWNER)) is Reason.WRONG_LOGIN
    log = await access.log()
    assert log.count("shop-owner login locked shop-owner a wrong password") == 1
    assert log[-1] == "shop-owner login failed shop-owner a wrong present password"


async def test_lock_ends_a_login_that_waits_for_its_code(access: Access) -> None:
    await access.pool.execute("UPDATE account_users SET code_secret = 'encrypted'")
    waits = await access.log_in(OWNER)
    await fail(access, FAILED_LOGINS_MAX)
    assert await access.current(waits) is None


async def test_attempts_at_once_are_all_counted(access: Access) -> None:
    await asyncio.gather(*(fail(access, 1) for _ in range(FAILED_LOGINS_MAX)))
    assert await reason_of(access.log_in(OWNER)) is Reason.WRONG_LOGIN
    assert (await access.verified()).fault is None


async def test_address_with_many_failed_logins_has_to_wait(access: Access) -> None:
    context = replace(access.context, failed_logins=FailedAddresses())

    def a_login(login: str, address: str = ADDRESS) -> Awaitable[object]:
        return log_in(LoginAttempt(login=login, password=PASSWORD, address=address), context)

    for number in range(21):  # one more than the budget, since the count sinks with time
        assert await reason_of(a_login(f"unknown-{number}")) is Reason.WRONG_LOGIN
    with pytest.raises(Overloaded):
        await a_login(OWNER)
    await a_login(OWNER, "192.0.2.8")


async def test_session_ends_after_inactivity_and_at_its_age(access: Access) -> None:
    opened = await access.log_in(OWNER)
    for _ in range(6):
        access.clock.move(minutes=9, seconds=59)
        assert await access.current(opened)
    access.clock.move(seconds=6)  # an hour since the login
    assert await access.current(opened) is None
    opened = await access.log_in(OWNER)
    access.clock.move(minutes=10)
    assert await access.current(opened) is None


async def test_login_has_a_new_token_and_ends_the_old_session(access: Access) -> None:
    planted = await access.log_in(OWNER)
    opened = await access.log_in(OWNER, old_token=planted.token)
    assert opened.token != planted.token
    assert await access.current(planted) is None
    assert await access.current(opened)


async def test_login_ends_the_session_of_another_user_in_the_same_browser(access: Access) -> None:
    elsewhere = await access.log_in("shop-operator")
    earlier = await access.log_in("shop-operator")
    opened = await access.log_in(OWNER, old_token=earlier.token)
    assert await access.current(earlier) is None
    assert await access.current(opened)
    assert await access.current(elsewhere)


async def test_token_that_was_never_issued_opens_nothing(access: Access) -> None:
    opened = await access.log_in(OWNER)
    merchant, _, secret = opened.token.partition(".")
    for token in ("", "x", f"{int(merchant) + 1}.{secret}", f"{merchant}.{secret}x", "1.\0"):
        assert await access.current(token) is None


async def test_old_sessions_of_a_user_are_deleted_by_a_login(access: Access, pool: Pool) -> None:
    await access.log_in(OWNER)
    access.clock.move(minutes=10)
    await access.log_in(OWNER)
    assert await pool.fetchval("SELECT count(*) FROM account_sessions") == 1


async def test_log_out_ends_one_session(access: Access) -> None:
    one, two = await access.log_in(OWNER), await access.log_in(OWNER)
    current = await access.current(one)
    assert current is not None
    await log_out(current, access.context)
    assert await access.current(one) is None
    assert await access.current(two)


async def test_block_ends_sessions_of_the_user_and_of_the_merchant(access: Access) -> None:
    opened = await access.log_in(OWNER)
    await block_user(OWNER, access.staff, access.context, blocked=True)
    await block_user(OWNER, access.staff, access.context, blocked=False)
    assert await access.current(opened) is None
    opened = await access.log_in(OWNER)
    async with Staff(access.pool).at_work() as staff:
        await block_merchant("shop", staff, blocked=True)
    assert await access.current(opened) is None


@pytest.mark.parametrize("action", Action)
async def test_one_time_password_opens_nothing_until_it_is_changed(
    access: Access, action: Action
) -> None:
    await access.pool.execute("UPDATE account_users SET must_change_password = true")
    current = await access.enter(OWNER)
    with pytest.raises(AccountError) as refused:
        current.require(action)
    assert refused.value.reason is Reason.PASSWORD_IS_ONE_TIME
    opened = await change_password(current, PASSWORD, NEW, access.context)
    changed = await access.current(opened)
    assert changed is not None
    changed.require(action)


async def test_password_is_changed(access: Access) -> None:
    other = await access.log_in(OWNER)
    current = await access.enter(OWNER)
    opened = await change_password(current, PASSWORD, NEW, access.context)
    assert opened.token != current.token
    assert await access.current(opened)
    for token in (other.token, current.token):
        assert await access.current(token) is None
    assert await reason_of(access.log_in(OWNER)) is Reason.WRONG_LOGIN
    await access.log_in(OWNER, NEW)
    assert "shop-owner password changed shop-owner" in await access.log()


async def test_new_password_keeps_the_rules(access: Access) -> None:
    current = await access.enter(OWNER)
    for new, rules in (
        ("short", ["LENGTH", "UPPER", "DIGIT", "SPECIAL"]),
        ("SHOP-api.Pass1", ["CHARACTERS", "SHOP_NAME"]),
        (PASSWORD, ["UNCHANGED"]),
    ):
        with pytest.raises(PasswordRulesError) as refused:
            await change_password(current, PASSWORD, new, access.context)
        assert [rule.name for rule in refused.value.rules] == rules
    await access.log_in(OWNER)


async def test_present_password_cannot_be_guessed_in_an_open_session(access: Access) -> None:
    other = await access.log_in(OWNER)
    current = await access.enter(OWNER)
    for _ in range(FAILED_LOGINS_MAX):
        change = change_password(current, "wrong", NEW, access.context)
        assert await reason_of(change) is Reason.WRONG_PASSWORD
    assert await access.current(current.token) is None
    assert await access.current(other)
    assert await reason_of(access.log_in(OWNER)) is Reason.WRONG_LOGIN


async def test_user_with_codes_needs_one(access: Access) -> None:
    await access.pool.execute("UPDATE account_users SET code_secret = 'encrypted'")
    current = await access.enter(OWNER)
    assert current.session.stage is SessionStage.CODE
    with pytest.raises(AccountError, match="session"):
        current.require(Action.ORDERS)
    change = change_password(current, PASSWORD, NEW, access.context)
    assert await reason_of(change) is Reason.SESSION_OVER
    assert await reason_of(enter_code(current, "000000", access.context)) is Reason.WRONG_CODE
    opened = await enter_code(current, CODE, access.context)
    entered = await access.current(opened)
    assert entered is not None
    entered.require(Action.ORDERS)
    assert opened.token != current.token
    assert await access.current(current.token) is None


async def test_code_opens_one_session_only(access: Access) -> None:
    await access.pool.execute("UPDATE account_users SET code_secret = 'encrypted'")
    one, two = await access.enter(OWNER), await access.enter(OWNER)
    await enter_code(one, CODE, access.context)
    assert await reason_of(enter_code(two, CODE, access.context)) is Reason.WRONG_CODE


async def test_wrong_codes_lock_the_login_whatever_the_password(access: Access) -> None:
    await access.pool.execute("UPDATE account_users SET code_secret = 'encrypted'")
    current = await access.enter(OWNER)
    for _ in range(FAILED_LOGINS_MAX):
        current = await access.enter(OWNER)
        code = enter_code(current, "000000", access.context)
        assert await reason_of(code) is Reason.WRONG_CODE
    assert await access.current(current.token) is None
    assert await reason_of(access.log_in(OWNER)) is Reason.WRONG_LOGIN


async def test_session_waits_five_minutes_for_a_code(access: Access) -> None:
    await access.pool.execute("UPDATE account_users SET code_secret = 'encrypted'")
    opened = await access.log_in(OWNER)
    access.clock.move(minutes=4, seconds=59)
    assert await access.current(opened)
    access.clock.move(seconds=1)
    assert await access.current(opened) is None


async def test_present_password_is_refused_after_the_lock(access: Access) -> None:
    """Many guesses at once in a stolen session: the requests found their user before the lock."""
    current, context = await access.enter(OWNER), access.context
    offered = context.codes.new(current.user).stored
    for _ in range(FAILED_LOGINS_MAX):
        wrong = switch_codes_off(current, "wrong", context)
        assert await reason_of(wrong) is Reason.WRONG_PASSWORD
    for right in (
        change_password(current, PASSWORD, NEW, context),
        switch_codes_on(current, PASSWORD, offered, CODE, context),
        switch_codes_off(current, "wrong", context),
    ):
        assert await reason_of(right) is Reason.WRONG_PASSWORD
        assert (await access.user(OWNER)).is_locked(context.clock.now())
    assert (await access.user(OWNER)).code_secret is None
    assert await reason_of(access.log_in(OWNER)) is Reason.WRONG_LOGIN
    access.clock.move(minutes=30)
    await access.log_in(OWNER)


async def test_codes_are_switched_with_the_present_password(access: Access) -> None:
    current, context = await access.enter(OWNER), access.context
    offered = context.codes.new(current.user).stored
    wrong = switch_codes_on(current, "wrong", offered, CODE, context)
    assert await reason_of(wrong) is Reason.WRONG_PASSWORD
    assert (await access.user(OWNER)).failed_logins == 1
    wrong = switch_codes_on(current, PASSWORD, offered, "000000", context)
    assert await reason_of(wrong) is Reason.WRONG_CODE
    assert (await access.user(OWNER)).code_secret is None
    await switch_codes_on(current, PASSWORD, offered, CODE, context)
    assert (await access.user(OWNER)).code_secret == offered
    again = await access.enter(OWNER)
    assert again.session.stage is SessionStage.CODE
    wrong = switch_codes_off(current, "wrong", context)
    assert await reason_of(wrong) is Reason.WRONG_PASSWORD
    await switch_codes_off(current, PASSWORD, context)
    assert (await access.user(OWNER)).code_secret is None
    log = await access.log()
    assert "shop-owner one-time codes switched on shop-owner" in log
    assert log[-1] == "shop-owner one-time codes switched off shop-owner"
