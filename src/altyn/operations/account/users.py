"""The users of a shop's personal account: add them, change their rights, block them.

Source: personal-account.md §2.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import AccountRole, Action, RightNotSwitchableError, Rights
from altyn.domain.account.user import AccountUser, after_login, with_password
from altyn.domain.credentials import is_login
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.ports import AccountActor, AccountContext, UserChange, change_user


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """A user, and the one-time password that was generated; it is shown once."""

    user: AccountUser
    password: str = field(repr=False)


async def list_users(actor: AccountActor, context: AccountContext) -> Sequence[AccountUser]:
    """The users of the actor's shop. Refuses: NOT_PERMITTED."""
    actor.require(Action.USERS)
    return await context.store.users(actor.merchant_id)


async def add_user(
    login: str, role: AccountRole, actor: AccountActor, context: AccountContext
) -> NewPassword:
    """Add a user with a generated one-time password.

    Refuses: NOT_PERMITTED, LOGIN_MALFORMED, LOGIN_TAKEN.
    """
    actor.require(Action.USERS)
    if not is_login(login):
        raise AccountError(Reason.LOGIN_MALFORMED, login)
    password = context.new_password()
    user = AccountUser(
        merchant_id=actor.merchant_id,
        login=login,
        password_hash=await context.passwords.hash(password),
        rights=Rights(role),
        must_change_password=True,
    )
    at = context.clock.now()
    entry = actor.entry(AuditAction.USER_ADDED, login, at=at, detail=role)
    if not await context.store.add_user(user, entry):
        raise AccountError(Reason.LOGIN_TAKEN, login)
    return NewPassword(user=user, password=password)


async def change_rights(
    login: str,
    actor: AccountActor,
    context: AccountContext,
    *,
    role: AccountRole | None = None,
    grant: Collection[Action] = (),
    revoke: Collection[Action] = (),
) -> AccountUser:
    """Give a user another role, and switch single rights. A new role begins with its own rights.

    Refuses: NOT_PERMITTED, USER_UNKNOWN, OWN_USER, NOT_SWITCHABLE.
    """

    async def decide(user: AccountUser) -> UserChange:
        kept = user.rights if role in {None, user.rights.role} else Rights(role or user.rights.role)
        try:
            rights = kept.changed(grant=grant, revoke=revoke)
        except RightNotSwitchableError as error:
            raise AccountError(Reason.NOT_SWITCHABLE, str(error)) from None
        signs = (*(f"+{each}" for each in sorted(grant)), *(f"-{each}" for each in sorted(revoke)))
        detail = " ".join((f"{user.rights.role} → {rights.role}", *signs))
        entry = actor.entry(
            AuditAction.RIGHTS_CHANGED, login, at=context.clock.now(), detail=detail
        )
        return UserChange(user=replace(user, rights=rights), entry=entry)

    require_for(login, actor)
    return (await change_user(login, decide, actor, context)).user


async def block_user(
    login: str, actor: AccountActor, context: AccountContext, *, blocked: bool
) -> None:
    """Block a user and end its sessions, or unblock it; unblocking also ends a lock.

    Refuses: NOT_PERMITTED, OWN_USER, USER_UNKNOWN.
    """

    async def decide(user: AccountUser) -> UserChange:
        action = AuditAction.USER_BLOCKED if blocked else AuditAction.USER_UNBLOCKED
        entry = actor.entry(action, login, at=context.clock.now())
        changed = replace(after_login(user), blocked=blocked)
        return UserChange(user=changed, entry=entry, ends_all=blocked)

    require_for(login, actor)
    await change_user(login, decide, actor, context)


async def reset_password(
    login: str, actor: AccountActor, context: AccountContext, *, codes_too: bool = False
) -> NewPassword:
    """Give a user a generated one-time password; its sessions and a lock end.

    `codes_too` also switches the user's one-time codes off, for a lost phone.
    Refuses: NOT_PERMITTED, OWN_USER, USER_UNKNOWN.
    """
    password = context.new_password()

    async def decide(user: AccountUser) -> UserChange:
        changed = with_password(user, password_hash, must_change=True)
        if codes_too:
            changed = replace(changed, code_secret=None)
        detail = "one-time codes switched off" if codes_too else ""
        at = context.clock.now()
        entry = actor.entry(AuditAction.PASSWORD_RESET, login, at=at, detail=detail)
        return UserChange(user=changed, entry=entry, ends_all=True)

    require_for(login, actor)
    password_hash = await context.passwords.hash(password)
    change = await change_user(login, decide, actor, context)
    return NewPassword(user=change.user, password=password)


def require_for(login: str, actor: AccountActor) -> None:
    """Refuses: NOT_PERMITTED, then OWN_USER: an owner cannot take the shop's last access away."""
    actor.require(Action.USERS)
    if actor.user is not None and actor.user.login == login:
        raise AccountError(Reason.OWN_USER)
