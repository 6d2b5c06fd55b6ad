"""Change one's own password of the personal account.

Source: personal-account.md §1 (one-time passwords, rules).
"""

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.password_rules import PasswordRule, broken_account_rules
from altyn.domain.account.sessions import SessionStage
from altyn.domain.account.user import AccountUser, with_password
from altyn.domain.merchant import Merchant
from altyn.operations.account.errors import AccountError, PasswordRulesError, Reason
from altyn.operations.account.log_in import OpenedSession, failed_attempt, new_session
from altyn.operations.account.ports import AccountContext, UserChange, change_user
from altyn.operations.account.session import CurrentUser


async def change_password(
    current: CurrentUser, old: str, new: str, context: AccountContext
) -> OpenedSession:
    """Replace the password. All sessions of the user end; the browser gets a new one.

    A wrong present password counts as a failed login: a session left open is no way to guess it.
    Refuses: SESSION_OVER before the one-time code, PASSWORD_EMPTY, WRONG_PASSWORD,
    PasswordRulesError.
    """
    if current.session.stage is not SessionStage.OPEN:
        raise AccountError(Reason.SESSION_OVER)
    if not old or not new:
        raise AccountError(Reason.PASSWORD_EMPTY)
    actor = current.actor
    checked = current.user.password_hash
    is_right = await context.passwords.verify(old, checked)
    broken = await _broken_rules(current.merchant, old, new, context) if is_right else ()
    new_hash = await context.passwords.hash(new) if is_right and not broken else ""
    opened: list[OpenedSession] = []

    async def decide(user: AccountUser) -> UserChange:
        now = context.clock.now()
        opened.clear()
        if not is_right or not user.admits(checked, now):
            return failed_attempt(user, actor, now, "a wrong present password")
        if broken:
            raise PasswordRulesError(broken)
        changed = with_password(user, new_hash, must_change=False)
        opened.append(new_session(changed, context, actor.address))
        return UserChange(
            user=changed,
            entry=actor.entry(AuditAction.PASSWORD_CHANGED, user.login, at=now),
            ends_all=True,
            opens=opened[0].session,
        )

    await change_user(current.user.login, decide, actor, context)
    if not opened:
        raise AccountError(Reason.WRONG_PASSWORD)
    return opened[0]


async def _broken_rules(
    merchant: Merchant, old: str, new: str, context: AccountContext
) -> tuple[PasswordRule, ...]:
    names = (merchant.name, *await context.store.logins(merchant.merchant_id))
    unchanged = (PasswordRule.UNCHANGED,) if old == new else ()
    return (*broken_account_rules(new, names), *unchanged)
