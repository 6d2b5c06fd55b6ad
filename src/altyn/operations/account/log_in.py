"""Log in to the personal account, with a one-time code where the user has one, and log out.

Source: personal-account.md §1.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.sessions import (
    SECOND_FACTOR_TIME,
    AccountSession,
    SessionStage,
    merchant_of_token,
    session_token,
    token_hash,
)
from altyn.domain.account.user import AccountUser, after_failed_login, after_login
from altyn.domain.credentials import is_login
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.ports import (
    AccountActor,
    AccountContext,
    UserChange,
    change_user,
    save,
)
from altyn.operations.account.session import CurrentUser
from altyn.operations.ports import Overloaded


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAttempt:
    """What the login form sends. `old_token` is the session that the browser has already."""

    login: str
    password: str = field(repr=False)
    address: str = ""
    old_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A new session and its token, which only the browser keeps."""

    token: str = field(repr=False)
    session: AccountSession
    user: AccountUser


async def log_in(attempt: LoginAttempt, context: AccountContext) -> OpenedSession:
    """Open a session, or one that still waits for a one-time code.

    An unknown login, a locked one and a wrong password get one answer, after the same time. The
    session has a new token, so a token that was planted in the browser before is worth nothing.
    Refuses: LOGIN_EMPTY, PASSWORD_EMPTY, Overloaded (also for an address with many failures),
    WRONG_LOGIN, USER_BLOCKED, MERCHANT_BLOCKED.
    """
    if not attempt.login:
        raise AccountError(Reason.LOGIN_EMPTY)
    if not attempt.password:
        raise AccountError(Reason.PASSWORD_EMPTY)
    refuse_hurried(attempt.address, context)
    user = await context.store.user(attempt.login) if is_login(attempt.login) else None
    checked = None if user is None or user.is_locked(context.clock.now()) else user.password_hash
    is_right = await context.passwords.verify(attempt.password, checked)
    while user is not None:
        # A user who was changed while the password was checked is judged as it is now: of many
        # attempts at once, those after the tenth failure meet the lock.
        if user.is_locked(context.clock.now()) or user.password_hash != checked:
            break
        opened = await _open(user, attempt, context) if is_right else None
        saved = await _save(user, opened, attempt, context)
        if saved and opened is not None:
            await end_session_of_other_shop(attempt.old_token, opened, context)
            return opened
        if saved:
            break
        user = await context.store.user(attempt.login)
    context.failed_logins.add(attempt.login, attempt.address)
    raise AccountError(Reason.WRONG_LOGIN)


async def enter_code(current: CurrentUser, code: str, context: AccountContext) -> OpenedSession:
    """Open the session that waits for a one-time code, under a new token.

    Refuses: SESSION_OVER for a session that waits for no code, WRONG_CODE. The tenth wrong code
    locks the login and ends the session.
    """
    if current.session.stage is not SessionStage.CODE:
        raise AccountError(Reason.SESSION_OVER)
    opened: list[OpenedSession] = []

    async def decide(user: AccountUser) -> UserChange:
        opened.clear()
        now = context.clock.now()
        step = context.codes.matching_step(user, code, now)
        if user.is_locked(now) or step is None:
            return failed_attempt(user, current.actor, now, "a wrong one-time code")
        found = new_session(
            replace(after_login(user), code_step=step), context, current.actor.address
        )
        opened.append(found)
        return UserChange(
            user=found.user,
            entry=current.actor.entry(
                AuditAction.LOGGED_IN, user.login, at=now, detail="with a code"
            ),
            ended_hash=current.session.token_hash,
            opens=found.session,
        )

    await change_user(current.user.login, decide, current.actor, context)
    if not opened:
        raise AccountError(Reason.WRONG_CODE)
    return opened[0]


async def log_out(current: CurrentUser, context: AccountContext) -> None:
    """End the session."""

    async def decide(user: AccountUser) -> UserChange:
        entry = current.actor.entry(AuditAction.LOGGED_OUT, user.login, at=context.clock.now())
        return UserChange(user=user, entry=entry, ended_hash=current.session.token_hash)

    await change_user(current.user.login, decide, current.actor, context)


def refuse_hurried(address: str, context: AccountContext) -> None:
    """Refuses an address with many failed logins for a while: Overloaded."""
    if context.failed_logins.pause_seconds(address):
        raise Overloaded("failed logins from this address delay the next one; repeat later")


def new_session(
    user: AccountUser,
    context: AccountContext,
    address: str,
    stage: SessionStage = SessionStage.OPEN,
) -> OpenedSession:
    """A session that begins now, with a new token."""
    token, now = session_token(user.merchant_id, context.new_secret()), context.clock.now()
    waits = stage is SessionStage.CODE
    session = AccountSession(
        merchant_id=user.merchant_id,
        token_hash=token_hash(token),
        login=user.login,
        stage=stage,
        created_at=now,
        last_request_at=now,
        ends_at=now + (SECOND_FACTOR_TIME if waits else context.rules.lifetime),
        address=address,
    )
    return OpenedSession(token=token, session=session, user=user)


async def refuse_blocked(user: AccountUser, context: AccountContext) -> None:
    """Refuses: USER_BLOCKED, MERCHANT_BLOCKED."""
    if user.blocked:
        raise AccountError(Reason.USER_BLOCKED)
    if (await context.merchants.get(user.merchant_id)).blocked:
        raise AccountError(Reason.MERCHANT_BLOCKED)


async def end_session_of_other_shop(
    old_token: str, opened: OpenedSession, context: AccountContext
) -> None:
    """End the session that the browser had in another shop; one of this shop has ended already."""
    merchant_id = merchant_of_token(old_token)
    if merchant_id is None or merchant_id == opened.user.merchant_id:
        return
    ended = token_hash(old_token)
    found = await context.store.session(merchant_id, ended)
    if found is not None:
        login, at = found[1].login, context.clock.now()
        actor = AccountActor(name=login, merchant_id=merchant_id, address=opened.session.address)
        await context.store.end_session(ended, actor.entry(AuditAction.LOGGED_OUT, login, at=at))


def failed_attempt(
    user: AccountUser, actor: AccountActor, now: datetime, detail: str
) -> UserChange:
    """Count a wrong password or code.

    A lock ends the session in which it was guessed, and no other: anyone can lock a login.
    """
    counted = after_failed_login(user, now)
    locks = counted.locked_until not in (None, user.locked_until)
    action = AuditAction.LOGIN_LOCKED if locks else AuditAction.LOGIN_FAILED
    entry = actor.entry(action, user.login, at=now, detail=detail)
    ended = actor.session_hash if counted.is_locked(now) else b""
    return UserChange(user=counted, entry=entry, ended_hash=ended)


async def _open(user: AccountUser, attempt: LoginAttempt, context: AccountContext) -> OpenedSession:
    """The session of a right password. Refuses as `refuse_blocked`."""
    await refuse_blocked(user, context)
    if user.code_secret is None:
        return new_session(after_login(user), context, attempt.address)
    # Failures are forgotten when the code was right too: else codes could be guessed without end.
    return new_session(user, context, attempt.address, SessionStage.CODE)


async def _save(
    user: AccountUser,
    opened: OpenedSession | None,
    attempt: LoginAttempt,
    context: AccountContext,
) -> bool:
    """Save the session, or the failure. False: the user was changed meanwhile."""
    now = context.clock.now()
    actor = AccountActor(
        name=user.login, merchant_id=user.merchant_id, user=user, address=attempt.address
    )
    if opened is None:
        return await save(failed_attempt(user, actor, now, "a wrong password"), context)
    waits = opened.session.stage is SessionStage.CODE
    detail = "waits for a one-time code" if waits else ""
    change = UserChange(
        user=opened.user,
        entry=actor.entry(AuditAction.LOGGED_IN, user.login, at=now, detail=detail),
        ended_hash=token_hash(attempt.old_token),
        opens=opened.session,
    )
    return await save(change, context)
