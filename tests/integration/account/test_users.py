"""Users of the account: an owner manages those of its shop, but not itself; other roles none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import AccountRole, Action
from altyn.operations.account.api_credentials import (
    change_api_password,
    change_token,
    restore_api_password,
    restore_token,
)
from altyn.operations.account.audit_log import audit_entries, verify_log
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.ports import AccountActor
from altyn.operations.account.users import (
    add_user,
    block_user,
    change_rights,
    list_users,
    reset_password,
)
from altyn.storage.account import AccountTables
from altyn.storage.audit import AuditLog
from tests.integration.account.access import PASSWORD, Access, open_access
from tests.staff import AUDIT_KEY

API_PASSWORD = "abcdefghijklmnopQ1"
OPERATOR = "shop-operator"


async def read_log(actor: AccountActor, access: Access) -> None:
    assert [entry async for entry in audit_entries(actor, access.context)]


# action that is needed, and the operation as this actor
OPERATIONS: dict[str, tuple[Action, Callable[[AccountActor, Access], Awaitable[object]]]] = {
    "list": (Action.USERS, lambda by, on: list_users(by, on.context)),
    "add": (Action.USERS, lambda by, on: add_user("new", AccountRole.OWNER, by, on.context)),
    "role": (
        Action.USERS,
        lambda by, on: change_rights("other", by, on.context, role=AccountRole.OWNER),
    ),
    "block": (Action.USERS, lambda by, on: block_user("other", by, on.context, blocked=True)),
    "reset": (Action.USERS, lambda by, on: reset_password("other", by, on.context)),
    "password": (
        Action.API_CREDENTIALS,
        lambda by, on: change_api_password("shop-api", API_PASSWORD, by, on.context),
    ),
    "token": (
        Action.API_CREDENTIALS,
        lambda by, on: change_token("shop-api", "a-new-token", by, on.context),
    ),
    "log": (Action.AUDIT, read_log),
}


@pytest.mark.parametrize("role", AccountRole)
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_operation_needs_the_right_of_the_table(
    access: Access, role: AccountRole, operation: str
) -> None:
    needed, work = OPERATIONS[operation]
    await access.add("other", AccountRole.SUPPORT)
    user = await access.add("actor", role)
    actor = await access.actor("actor")
    if user.rights.allow(needed):
        await work(actor, access)
        return
    written = await access.log()
    with pytest.raises(AccountError) as refused:
        await work(actor, access)
    assert refused.value.reason is Reason.NOT_PERMITTED
    assert await access.log() == written


async def test_added_user_has_a_one_time_password(access: Access) -> None:
    owner = await access.actor("shop-owner")
    added = await add_user("shop-anna", AccountRole.ACCOUNTANT, owner, access.context)
    current = await access.current(await access.log_in("shop-anna", added.password))
    assert current is not None
    assert current.user.must_change_password
    assert (await access.log())[-2] == "shop-owner user added shop-anna accountant"
    for login, reason in (
        ("shop-anna", Reason.LOGIN_TAKEN),
        ("shop-api", Reason.LOGIN_TAKEN),
        ("анна", Reason.LOGIN_MALFORMED),
    ):
        with pytest.raises(AccountError) as refused:
            await add_user(login, AccountRole.SUPPORT, owner, access.context)
        assert refused.value.reason is reason
    assert (await access.verified()).fault is None


async def test_rights_are_switched_for_one_user(access: Access) -> None:
    owner, session = await access.actor("shop-owner"), await access.log_in(OPERATOR)
    changed = await change_rights(
        OPERATOR, owner, access.context, grant=[Action.SETTINGS], revoke=[Action.REFUND]
    )
    assert changed.may(Action.SETTINGS)
    current = await access.current(session)  # in force in a session that is open
    assert current is not None
    current.require(Action.SETTINGS)
    with pytest.raises(AccountError):
        current.require(Action.REFUND)
    expected = "shop-owner rights changed shop-operator operator → operator +settings -refund"
    assert (await access.log())[-1] == expected
    with pytest.raises(AccountError, match="cannot have the right users"):
        await change_rights(OPERATOR, owner, access.context, grant=[Action.USERS])
    other = await change_rights(OPERATOR, owner, access.context, role=AccountRole.SUPPORT)
    assert other.rights.actions == (Action.ORDERS,)


async def test_owner_cannot_take_its_own_access_away(access: Access) -> None:
    owner, context = await access.actor("shop-owner"), access.context
    for work in (
        block_user("shop-owner", owner, context, blocked=True),
        reset_password("shop-owner", owner, context),
        change_rights("shop-owner", owner, context, role=AccountRole.SUPPORT),
    ):
        with pytest.raises(AccountError) as refused:
            await work
        assert refused.value.reason is Reason.OWN_USER


async def test_user_of_another_shop_does_not_exist_for_an_owner(access: Access) -> None:
    await open_access(access.pool, "second")
    owner = await access.actor("shop-owner")
    for work in (
        block_user("second-operator", owner, access.context, blocked=True),
        reset_password("second-operator", owner, access.context),
        change_rights("second-operator", owner, access.context, role=AccountRole.OWNER),
        change_api_password("second-api", API_PASSWORD, owner, access.context),
        restore_api_password("second-api", owner, access.context),
        change_token("second-api", "a-new-token", owner, access.context),
    ):
        with pytest.raises(AccountError) as refused:
            await work
        assert refused.value.reason in {Reason.USER_UNKNOWN, Reason.API_USER_UNKNOWN}
    assert [user.login for user in await list_users(owner, access.context)] == [
        "shop-operator",
        "shop-owner",
    ]
    assert (await access.user("second-operator")).version == 1


async def test_reset_password_is_one_time_and_ends_sessions_locks_and_codes(
    access: Access,
) -> None:
    session = await access.log_in(OPERATOR)
    await access.pool.execute(
        "UPDATE account_users SET code_secret = 'lost', locked_until = $1 WHERE login = $2",
        access.clock.now().replace(year=2040),
        OPERATOR,
    )
    owner = await access.actor("shop-owner")
    reset = await reset_password(OPERATOR, owner, access.context, codes_too=True)
    assert await access.current(session) is None
    with pytest.raises(AccountError):
        await access.log_in(OPERATOR, PASSWORD)
    opened = await access.log_in(OPERATOR, reset.password)
    assert opened.user.must_change_password
    assert opened.user.code_secret is None


async def test_log_has_address_and_time_and_is_found_altered(access: Access) -> None:
    owner = await access.actor("shop-owner")
    access.clock.move(hours=1)
    await block_user(OPERATOR, owner, access.context, blocked=True)
    found = [entry async for entry in audit_entries(owner, access.context)]
    last = found[-1].entry
    assert (last.action, last.address, last.at) == (
        AuditAction.USER_BLOCKED,
        owner.address,
        access.clock.now(),
    )
    assert (await access.verified()).fault is None
    numbers = [entry.number for entry in found]
    assert numbers == list(range(1, len(found) + 1))
    delete = "DELETE FROM audit_log WHERE number = $1"
    for alteration, number in (
        ("UPDATE audit_log SET actor = 'x' WHERE number = $1", 2),
        ("UPDATE audit_log SET at = at + interval '1 microsecond' WHERE number = $1", 3),
        (delete, 2),
        (delete, numbers[-1]),
    ):
        assert await fault_after(alteration, number, access) == number


async def fault_after(alteration: str, number: int, access: Access) -> int:
    """The number of the first fault after an alteration, which is taken back."""
    async with access.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(alteration, number)
        tables = AccountTables(connection, audit=AuditLog(AUDIT_KEY), token_key=b"")
        checked = await verify_log(access.merchant.merchant_id, tables, AUDIT_KEY)
        await transaction.rollback()
    assert checked.fault is not None
    return checked.fault.number


async def test_token_and_password_are_restored_within_five_minutes(access: Access) -> None:
    owner, context = await access.actor("shop-owner"), access.context
    await change_api_password("shop-api", API_PASSWORD, owner, context)
    await change_token("shop-api", "token-one", owner, context)
    await change_token("shop-api", "token-two", owner, context)
    access.clock.move(minutes=4, seconds=59)
    await restore_api_password("shop-api", owner, context)
    await restore_token("shop-api", owner, context)
    for work in (
        restore_api_password("shop-api", owner, context),
        restore_token("shop-api", owner, context),
    ):
        with pytest.raises(AccountError) as refused:
            await work
        assert refused.value.reason is Reason.NOTHING_TO_RESTORE
    await change_api_password("shop-api", API_PASSWORD, owner, context)
    await change_token("shop-api", "token-three", owner, context)
    access.clock.move(minutes=5)
    for work in (
        restore_api_password("shop-api", owner, context),
        restore_token("shop-api", owner, context),
    ):
        with pytest.raises(AccountError) as refused:
            await work
        assert refused.value.reason is Reason.NOTHING_TO_RESTORE
    assert (await access.verified()).fault is None
