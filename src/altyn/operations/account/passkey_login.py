"""Log in with a passkey: no login and no password are typed, and no one-time code is asked for.

A passkey is two factors: the device has the key, and the device verifies its user.
Source: personal-account.md, Access, as built.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.challenges import Challenge, Purpose
from altyn.domain.account.passkeys import (
    Passkey,
    PasskeyResponseError,
    PasskeySite,
    merchant_of_handle,
)
from altyn.domain.account.sessions import token_hash
from altyn.domain.account.user import AccountUser, after_login
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.log_in import (
    OpenedSession,
    end_session_of_other_shop,
    failed_attempt,
    new_session,
    refuse_blocked,
    refuse_hurried,
)
from altyn.operations.account.passkey_ports import PasskeyContext, Usage
from altyn.operations.account.passkeys import OfferedPasskey
from altyn.operations.account.ports import AccountActor, UserChange, save

_FAULTS: Final = {
    Usage.CHALLENGE_USED: "a passkey response that was used before",
    Usage.COUNT_NOT_HIGHER: "a passkey's count of signatures went back",
}
WRONG_RESPONSE: Final = "a wrong passkey response"
UNKNOWN: Final = "unknown passkey"
"""What failures of unknown passkeys are counted under; no login has a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAttempt:
    """What the browser sends: the response as JSON, and the token of its challenge.

    `old_token` is the session that the browser has already.
    """

    response: str = field(repr=False)
    token: str = field(repr=False)
    address: str = ""
    old_token: str = field(default="", repr=False)


def offer_login(site: PasskeySite, context: PasskeyContext) -> OfferedPasskey:
    """Begin a login: the options for the browser. Nothing is stored."""
    account = context.account
    challenge = context.challenges.new(
        Purpose.LOG_IN, "", account.new_secret(), account.clock.now()
    )
    options = context.responses.request_options(site, challenge.value)
    return OfferedPasskey(options=options, challenge=challenge)


async def log_in_with_passkey(
    attempt: PasskeyAttempt, site: PasskeySite, context: PasskeyContext
) -> OpenedSession:
    """Open a session. A user with a one-time password has to change it there, as always.

    A response to another challenge, for another site, with a wrong signature, used before, or with
    a count that went back is a failed login of the passkey's user.
    Refuses: Overloaded (an address with many failures), PASSKEY_TOO_LATE, PASSKEY_UNKNOWN,
    PASSKEY_REFUSED (also while the login is locked), USER_BLOCKED, MERCHANT_BLOCKED.
    """
    account = context.account
    refuse_hurried(attempt.address, account)
    now = account.clock.now()
    challenge = context.challenges.found(attempt.token, Purpose.LOG_IN, "", now)
    if challenge is None:
        raise AccountError(Reason.PASSKEY_TOO_LATE)
    passkey = await _named(attempt.response, site, context)
    if passkey is None:
        account.failed_logins.add(UNKNOWN, attempt.address)
        raise AccountError(Reason.PASSKEY_UNKNOWN)
    fault = await _fault(passkey, attempt.response, challenge, site, context)
    opened = await _judged(passkey, fault, attempt, context)
    if opened is None:
        account.failed_logins.add(passkey.login, attempt.address)
        raise AccountError(Reason.PASSKEY_REFUSED)
    await end_session_of_other_shop(attempt.old_token, opened, account)
    return opened


async def _named(response: str, site: PasskeySite, context: PasskeyContext) -> Passkey | None:
    """The passkey that a response names. One of an earlier address of this site is unknown."""
    try:
        user_handle, credential_id = context.responses.named(response)
    except PasskeyResponseError:
        return None
    merchant_id = merchant_of_handle(user_handle)
    if merchant_id is None:
        return None
    found = await context.store.passkey(merchant_id, credential_id, user_handle)
    return found if found is not None and found.rp_id == site.rp_id else None


async def _fault(
    passkey: Passkey,
    response: str,
    challenge: Challenge,
    site: PasskeySite,
    context: PasskeyContext,
) -> str | None:
    """What is wrong with a response; None for a right one, whose challenge is used up then.

    Refuses: PASSKEY_UNKNOWN for a passkey that is removed meanwhile.
    """
    now = context.account.clock.now()
    try:
        count = context.responses.sign_count(response, site, challenge.value, passkey.public_key)
    except PasskeyResponseError:
        return WRONG_RESPONSE
    usage = await context.store.use(passkey, challenge, count, now)
    if usage is Usage.COUNT_NOT_HIGHER and await _named(response, site, context) is None:
        raise AccountError(Reason.PASSKEY_UNKNOWN)
    return _FAULTS.get(usage)


async def _judged(
    passkey: Passkey, fault: str | None, attempt: PasskeyAttempt, context: PasskeyContext
) -> OpenedSession | None:
    """The session, or None after a failure was counted, or of a locked login.

    A user who is changed meanwhile is judged as it is now.
    """
    account = context.account
    while True:
        user = await account.store.user(passkey.login)
        now = account.clock.now()
        if user is None or user.merchant_id != passkey.merchant_id or user.is_locked(now):
            return None
        actor = AccountActor(
            name=user.login, merchant_id=user.merchant_id, user=user, address=attempt.address
        )
        if fault is not None:
            if await save(failed_attempt(user, actor, now, fault), account):
                return None
            continue
        await refuse_blocked(user, account)
        opened = new_session(after_login(user), account, attempt.address)
        if await save(_login(user, opened, actor, attempt, now), account):
            return opened


def _login(
    user: AccountUser,
    opened: OpenedSession,
    actor: AccountActor,
    attempt: PasskeyAttempt,
    now: datetime,
) -> UserChange:
    return UserChange(
        user=opened.user,
        entry=actor.entry(AuditAction.LOGGED_IN, user.login, at=now, detail="with a passkey"),
        ended_hash=token_hash(attempt.old_token),
        opens=opened.session,
    )
