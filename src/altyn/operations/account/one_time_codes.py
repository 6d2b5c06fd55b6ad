"""Switch one's own one-time codes (second factor) on and off, with the present password."""

from collections.abc import Callable
from dataclasses import replace

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.user import AccountUser
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.log_in import failed_attempt
from altyn.operations.account.ports import AccountContext, UserChange, change_user
from altyn.operations.account.session import CurrentUser


async def switch_codes_on(
    current: CurrentUser, password: str, offered: str, code: str, context: AccountContext
) -> None:
    """Demand a code at each further login. `offered` is the stored form of `Codes.new`.

    The code shows that the user's app has the secret.
    Refuses: WRONG_PASSWORD (counted as a failed login), WRONG_CODE.
    """

    def change(user: AccountUser) -> AccountUser:
        with_secret = replace(user, code_secret=offered, code_step=0)
        step = context.codes.matching_step(with_secret, code, context.clock.now())
        if step is None:
            raise AccountError(Reason.WRONG_CODE)
        return replace(with_secret, code_step=step)

    await _change(current, password, change, AuditAction.CODES_SWITCHED_ON, context)


async def switch_codes_off(current: CurrentUser, password: str, context: AccountContext) -> None:
    """Demand no codes any more. Refuses: WRONG_PASSWORD (counted as a failed login)."""

    def change(user: AccountUser) -> AccountUser:
        return replace(user, code_secret=None)

    await _change(current, password, change, AuditAction.CODES_SWITCHED_OFF, context)


async def _change(
    current: CurrentUser,
    password: str,
    change: Callable[[AccountUser], AccountUser],
    action: AuditAction,
    context: AccountContext,
) -> None:
    checked = current.user.password_hash
    is_right = await context.passwords.verify(password, checked)

    async def decide(user: AccountUser) -> UserChange:
        now = context.clock.now()
        if not is_right or not user.admits(checked, now):
            return failed_attempt(user, current.actor, now, "a wrong present password")
        entry = current.actor.entry(action, user.login, at=now)
        return UserChange(user=change(user), entry=entry)

    saved = await change_user(current.user.login, decide, current.actor, context)
    if saved.entry.action != action:
        raise AccountError(Reason.WRONG_PASSWORD)
