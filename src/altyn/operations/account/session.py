"""The session of a request: whose it is, and whether it goes on.

Source: personal-account.md §1.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from altyn.domain.account.roles import Action
from altyn.domain.account.sessions import (
    AccountSession,
    SessionStage,
    merchant_of_token,
    token_hash,
)
from altyn.domain.account.user import AccountUser
from altyn.domain.merchant import Merchant
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.account.ports import AccountActor, AccountContext

WRITE_INTERVAL: Final = timedelta(seconds=30)
"""A session's latest request is saved at most so often; a session may end so much earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentUser:
    """The user of a request, its session and its merchant."""

    user: AccountUser
    session: AccountSession
    merchant: Merchant
    token: str = field(repr=False)
    address: str = ""

    @property
    def actor(self) -> AccountActor:
        """The user as the actor of a change."""
        return AccountActor(
            name=self.user.login,
            merchant_id=self.user.merchant_id,
            user=self.user,
            address=self.address,
            session_hash=self.session.token_hash,
        )

    def require(self, action: Action) -> None:
        """Refuses: SESSION_OVER before the one-time code, then as `AccountActor.require`."""
        if self.session.stage is not SessionStage.OPEN:
            raise AccountError(Reason.SESSION_OVER)
        self.actor.require(action)


async def current_user(
    token: str, address: str, context: AccountContext, *, by_hand: bool = True
) -> CurrentUser | None:
    """The user of a session's token; None when the session has ended or never was.

    A blocked user and a user of a blocked merchant have no session. A locked login keeps its open
    sessions: anyone who knows a login can lock it. One that waits for a code is over. A request
    counts as activity if it is made `by_hand`: a page that is left open and asks for updates keeps
    no session open.
    """
    merchant_id = merchant_of_token(token)
    found = None
    if merchant_id is not None:
        found = await context.store.session(merchant_id, token_hash(token))
    if found is None:
        return None
    session, user = found
    now = context.clock.now()
    shut_out = user.is_locked(now) and session.stage is SessionStage.CODE
    if session.is_over(now, context.rules) or user.blocked or shut_out:
        return None
    merchant = await context.merchants.get(user.merchant_id)
    if merchant.blocked:
        return None
    if by_hand and now - session.last_request_at >= WRITE_INTERVAL:
        await context.store.touch_session(session, now)
    return CurrentUser(user=user, session=session, merchant=merchant, token=token, address=address)
