"""`altyn merchant restore-password` and `restore-token`: takes a change of API credentials back.

As in the personal account it is possible for five minutes. Source: personal-account.md §2.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from altyn.cli.dates import in_words
from altyn.cli.environment import read_settings
from altyn.cli.output import CommandError, JsonFlag, print_json, print_line, print_note

if TYPE_CHECKING:
    from altyn.cli.account import OpenAccount
    from altyn.operations.account.ports import AccountActor, ApiPassword
    from altyn.operations.staff.ports import StaffContext

ApiUser = Annotated[str, typer.Argument(help="The login of an API user.")]
COMMAND = "altyn merchant"


def restore_password(user: ApiUser, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Put the password before the last change in force again, within five minutes of it."""

    async def work(account: "OpenAccount", found: "ApiPassword", actor: "AccountActor") -> None:
        from altyn.operations.account.api_credentials import restore_api_password

        changed_at = None if found.previous_hash is None else found.changed_at
        _refuse_late("password", user, changed_at, account.context.clock.now())
        await restore_api_password(user, actor, account.context)

    _restore("password", user, work, as_json=as_json)


def restore_token(user: ApiUser, as_json: JsonFlag = False) -> None:  # noqa: FBT002
    """Put the tokens before `token --replace` in force again, within five minutes of it."""

    async def work(account: "OpenAccount", found: "ApiPassword", actor: "AccountActor") -> None:
        from altyn.operations.account.api_credentials import restore_token

        _refuse_late("token", user, found.tokens_replaced_at, account.context.clock.now())
        await restore_token(user, actor, account.context)

    _restore("token", user, work, as_json=as_json)


def replace_tokens(user: str, token: str) -> datetime | None:
    """Put a token in place of all of an API user.

    Returns until when that can be taken back (UTC); None where the user had no token.
    """
    from altyn.cli.account import with_account

    async def work(account: "OpenAccount") -> datetime | None:
        from altyn.operations.account.api_credentials import RESTORE_TIME, change_token

        found = await _api_user(account, user)
        actor = account.staff(found.merchant_id, COMMAND)
        await change_token(user, token, actor, account.context)
        replaced_at = (await _api_user(account, user)).tokens_replaced_at
        return None if replaced_at is None else replaced_at + RESTORE_TIME

    return with_account(read_settings(), work)


async def password_is_kept(user: str, staff: "StaffContext") -> bool:
    """Whether the present password can be restored after a change: not of a user of the account,
    and no one-time password."""
    merchant = await staff.store.merchant(user)
    users = [] if merchant is None else await staff.store.users(merchant.merchant_id)
    return any(
        each.login == user and each.role is None and not each.must_change_password for each in users
    )


def print_until(what: str, user: str, until: datetime | None) -> None:
    """Print on standard error until when a change can be taken back, and how.

    Nothing for a change that cannot: the output of the command ends with the new secret.
    """
    if until is not None:
        print_note(
            f"Until {in_words(until)} the old {what} can be put in force again: "
            f"`altyn merchant restore-{what} {user}`."
        )


def until_member(until: datetime | None) -> dict[str, str]:
    """The same for --json."""
    return {"restorableUntil": until.isoformat(timespec="seconds")} if until else {}


def _restore(
    what: str,
    user: str,
    work: "Callable[[OpenAccount, ApiPassword, AccountActor], Awaitable[None]]",
    *,
    as_json: bool,
) -> None:
    from altyn.cli.account import with_account

    async def run(account: "OpenAccount") -> None:
        found = await _api_user(account, user)
        await work(account, found, account.staff(found.merchant_id, COMMAND))

    with_account(read_settings(), run)
    if as_json:
        print_json({"userName": user, "restored": what})
    else:
        print_line(
            f"The {what} of {user} before the change is in force again within a second; "
            "the newer one is refused."
        )


async def _api_user(account: "OpenAccount", login: str) -> "ApiPassword":
    """The API user with this login. Raises CommandError."""
    from altyn.domain.similar_names import did_you_mean

    logins: list[str] = []
    for merchant_id in (await account.shops()).values():
        store = account.context.store
        logins += await store.logins(merchant_id)
        if login in logins and (found := await store.api_password(merchant_id, login)):
            return found
    raise CommandError(f"No API user has the login {login}.{did_you_mean(login, logins)}")


def _refuse_late(what: str, user: str, changed_at: datetime | None, now: datetime) -> None:
    """Raise CommandError with the reason where the change cannot be taken back any more."""
    from altyn.operations.account.api_credentials import RESTORE_TIME

    if changed_at is None:
        raise CommandError(
            f"There is nothing to restore: the {what} of {user} was not changed lately, is "
            "restored already, or was a one-time password."
        )
    if changed_at + RESTORE_TIME <= now:
        raise CommandError(
            f"The {what} of {user} can no longer be restored: five minutes have passed. It was "
            f"possible until {in_words(changed_at + RESTORE_TIME)}."
        )
