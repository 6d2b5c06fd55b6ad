"""The open sessions of a shop's users: list them, end one."""

from collections.abc import Sequence
from typing import Final

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.account.sessions import AccountSession
from altyn.operations.account.ports import AccountActor, AccountContext

SESSIONS_MAX: Final = 200


async def open_sessions(actor: AccountActor, context: AccountContext) -> Sequence[AccountSession]:
    """The sessions of the actor's merchant, newest activity first, at most SESSIONS_MAX.

    Refuses: NOT_PERMITTED.
    """
    actor.require(Action.SETTINGS)
    now = context.clock.now()
    return await context.store.sessions(
        actor.merchant_id, now=now, idle_since=now - context.rules.idle, limit=SESSIONS_MAX
    )


async def end_session(name: str, actor: AccountActor, context: AccountContext) -> bool:
    """End the session that has this name: the hash of its token, in hexadecimal.

    False: the actor's merchant has no such session, or it has ended. Refuses: NOT_PERMITTED.
    """
    sessions = await open_sessions(actor, context)
    found = next((each for each in sessions if session_name(each) == name), None)
    if found is None:
        return False
    entry = actor.entry(AuditAction.SESSION_ENDED, found.login, at=context.clock.now())
    return await context.store.end_session(found.token_hash, entry)


def session_name(session: AccountSession) -> str:
    """What a form names a session by; no session can be used with it."""
    return session.token_hash.hex()
