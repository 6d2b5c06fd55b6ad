"""A user's own passkeys: add, rename and remove them, each with the present password.

An owner, and the provider's staff, remove the passkeys of a user who has lost a device.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from altyn.domain.account.audit import AuditAction, AuditEntry
from altyn.domain.account.challenges import Challenge, Purpose
from altyn.domain.account.passkeys import (
    PASSKEYS_MAX,
    Passkey,
    PasskeyResponseError,
    PasskeySite,
    is_passkey_name,
)
from altyn.domain.account.roles import Action
from altyn.domain.account.user import AccountUser
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.log_in import failed_attempt
from altyn.operations.account.passkey_ports import Addition, PasskeyContext, PasskeyStore
from altyn.operations.account.ports import AccountActor, AccountContext, UserChange, change_user
from altyn.operations.account.session import CurrentUser
from altyn.operations.account.users import require_for


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedPasskey:
    """What the browser needs to create a passkey: the options as JSON, and its challenge."""

    options: str
    challenge: Challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedPasskey:
    """What the browser sends back: the name, the response as JSON, the token of the challenge."""

    name: str
    response: str = field(repr=False)
    token: str = field(repr=False)


async def own_passkeys(current: CurrentUser, context: PasskeyContext) -> Sequence[Passkey]:
    """The passkeys of the user, the oldest first."""
    return await context.store.passkeys(current.user.merchant_id, current.user.login)


async def offer_passkey(
    current: CurrentUser, name: str, password: str, site: PasskeySite, context: PasskeyContext
) -> OfferedPasskey:
    """Begin to add a passkey. The password is asked for now, so that no passkey is created on a
    device in vain.

    Refuses: PASSKEY_NAME, TOO_MANY_PASSKEYS, PASSKEY_NAME_TAKEN, WRONG_PASSWORD (counted as a
    failed login).
    """
    existing = await own_passkeys(current, context)
    _require_name(name)
    if len(existing) >= PASSKEYS_MAX:
        raise AccountError(Reason.TOO_MANY_PASSKEYS)
    if any(each.name == name for each in existing):
        raise AccountError(Reason.PASSKEY_NAME_TAKEN, name)
    await _require_password(current, password, context.account)
    account = context.account
    challenge = context.challenges.new(
        Purpose.ADD, current.token, account.new_secret(), account.clock.now()
    )
    options = context.responses.creation_options(
        site,
        challenge.value,
        login=current.user.login,
        user_handle=_user_handle(current, existing, context),
        existing=[each.credential_id for each in existing if each.rp_id == site.rp_id],
    )
    return OfferedPasskey(options=options, challenge=challenge)


async def add_passkey(
    current: CurrentUser,
    created: CreatedPasskey,
    site: PasskeySite,
    context: PasskeyContext,
) -> None:
    """Store the passkey that the browser has created.

    Refuses: PASSKEY_NAME, PASSKEY_TOO_LATE, PASSKEY_NOT_CREATED, PASSKEY_NAME_TAKEN,
    PASSKEY_KNOWN.
    """
    _require_name(created.name)
    now = context.account.clock.now()
    challenge = context.challenges.found(created.token, Purpose.ADD, current.token, now)
    if challenge is None:
        raise AccountError(Reason.PASSKEY_TOO_LATE)
    try:
        new = context.responses.created(created.response, site, challenge.value)
    except PasskeyResponseError as error:
        raise AccountError(Reason.PASSKEY_NOT_CREATED, str(error)) from None
    existing = await own_passkeys(current, context)
    passkey = Passkey(
        merchant_id=current.user.merchant_id,
        login=current.user.login,
        credential_id=new.credential_id,
        user_handle=_user_handle(current, existing, context),
        rp_id=site.rp_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        name=created.name,
        added_at=now,
    )
    entry = current.actor.entry(
        AuditAction.PASSKEY_ADDED, current.user.login, at=now, detail=created.name
    )
    refusals = {
        Addition.NOT_NOW: Reason.PASSKEY_TOO_LATE,
        Addition.NAME_TAKEN: Reason.PASSKEY_NAME_TAKEN,
        Addition.KNOWN: Reason.PASSKEY_KNOWN,
    }
    addition = await context.store.add(passkey, challenge, entry)
    if addition in refusals:
        raise AccountError(refusals[addition], created.name)


async def rename_passkey(
    current: CurrentUser, credential_id: bytes, name: str, password: str, context: PasskeyContext
) -> None:
    """Give one's own passkey another name.

    Refuses: PASSKEY_NAME, PASSKEY_GONE, WRONG_PASSWORD (counted as a failed login),
    PASSKEY_NAME_TAKEN.
    """
    _require_name(name)
    passkey = await _own(current, credential_id, context)
    await _require_password(current, password, context.account)
    detail = f"{passkey.name} → {name}"
    entry = current.actor.entry(
        AuditAction.PASSKEY_RENAMED,
        passkey.login,
        at=context.account.clock.now(),
        detail=detail,
    )
    renamed = await context.store.rename(passkey, name, entry)
    if renamed is None:
        raise AccountError(Reason.PASSKEY_GONE)
    if not renamed:
        raise AccountError(Reason.PASSKEY_NAME_TAKEN, name)


async def remove_passkey(
    current: CurrentUser, credential_id: bytes, password: str, context: PasskeyContext
) -> None:
    """Remove one's own passkey; it opens no session any more.

    Refuses: PASSKEY_GONE, WRONG_PASSWORD (counted as a failed login).
    """
    passkey = await _own(current, credential_id, context)
    await _require_password(current, password, context.account)
    entry = _removal(passkey, current.actor, context.account)
    if not await context.store.remove(passkey, entry):
        raise AccountError(Reason.PASSKEY_GONE)


async def remove_for_user(
    passkeys: Sequence[Passkey], actor: AccountActor, store: PasskeyStore, context: AccountContext
) -> int:
    """Remove passkeys of a user of the actor's shop, for a lost device. How many were removed.

    Refuses: NOT_PERMITTED.
    """
    actor.require(Action.USERS)
    removed = 0
    for passkey in passkeys:
        if passkey.merchant_id == actor.merchant_id:
            removed += await store.remove(passkey, _removal(passkey, actor, context))
    return removed


async def remove_passkeys_of(login: str, actor: AccountActor, context: PasskeyContext) -> int:
    """Remove all passkeys of another user of the actor's shop. How many there were.

    Refuses: NOT_PERMITTED, OWN_USER, USER_UNKNOWN.
    """
    require_for(login, actor)
    user = await context.account.store.user(login)
    if user is None or user.merchant_id != actor.merchant_id:
        raise AccountError(Reason.USER_UNKNOWN, login)
    passkeys = await context.store.passkeys(user.merchant_id, login)
    return await remove_for_user(passkeys, actor, context.store, context.account)


def _removal(passkey: Passkey, actor: AccountActor, context: AccountContext) -> AuditEntry:
    return actor.entry(
        AuditAction.PASSKEY_REMOVED, passkey.login, at=context.clock.now(), detail=passkey.name
    )


def _require_name(name: str) -> None:
    if not is_passkey_name(name):
        raise AccountError(Reason.PASSKEY_NAME)


def _user_handle(current: CurrentUser, existing: Sequence[Passkey], context: PasskeyContext) -> str:
    """All passkeys of a user have one user handle, so that a device keeps one for the user."""
    if existing:
        return existing[0].user_handle
    return context.challenges.user_handle(current.user.merchant_id, current.user.login)


async def _own(current: CurrentUser, credential_id: bytes, context: PasskeyContext) -> Passkey:
    for passkey in await own_passkeys(current, context):
        if passkey.credential_id == credential_id:
            return passkey
    raise AccountError(Reason.PASSKEY_GONE)


async def _require_password(current: CurrentUser, password: str, context: AccountContext) -> None:
    """Refuses: WRONG_PASSWORD. It is counted: a session left open is no way to guess it."""
    checked = current.user.password_hash
    if await context.passwords.verify(password, checked):
        user = await context.store.user(current.user.login)
        if user is not None and user.admits(checked, context.clock.now()):
            return

    async def decide(user: AccountUser) -> UserChange:
        now = context.clock.now()
        return failed_attempt(user, current.actor, now, "a wrong present password")

    await change_user(current.user.login, decide, current.actor, context)
    raise AccountError(Reason.WRONG_PASSWORD)
