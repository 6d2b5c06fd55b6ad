"""What the operations of the personal account need from outside, and who acts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from altyn.domain.account.audit import AuditAction, AuditEntry, ChainedEntry, ChainHead
from altyn.domain.account.roles import Action
from altyn.domain.account.sessions import AccountSession, SessionRules
from altyn.domain.account.user import AccountUser
from altyn.operations.account.errors import AccountError, Reason
from altyn.operations.ports import Clock, MerchantsByNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """A user with new values, and what is saved with it by the same statement.

    `user.version` is the version that was loaded. `ended_hash` is a session that ends, `ends_all`
    ends all sessions of the user, `opens` is a new one.
    """

    user: AccountUser
    entry: AuditEntry
    ended_hash: bytes = field(default=b"", repr=False)
    ends_all: bool = False
    opens: AccountSession | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPassword:
    """The password of an API user. `previous_hash` was in force until `changed_at` (UTC).

    `tokens_replaced_at` is the time of the last change of its tokens, None after its undo.
    """

    merchant_id: int
    login: str
    password_hash: str = field(repr=False)
    must_change: bool = False
    previous_hash: str | None = field(default=None, repr=False)
    changed_at: datetime | None = None
    tokens_replaced_at: datetime | None = None
    version: int = 1


class AccountStore(Protocol):
    """Users, sessions and the audit log in the database. A change and its entry are one statement.

    The methods that change something return False when it no longer is as it was loaded.
    """

    async def user(self, login: str) -> AccountUser | None: ...
    async def users(self, merchant_id: int) -> Sequence[AccountUser]: ...

    async def logins(self, merchant_id: int) -> Sequence[str]:
        """All logins of a merchant: its own, of its API users, and of its account's users."""
        ...

    async def add_user(self, user: AccountUser, entry: AuditEntry) -> bool:
        """Add a user. False: the login is taken."""
        ...

    async def save_user(self, change: UserChange, *, idle_since: datetime) -> bool:
        """Save a change; sessions of the user without a request since `idle_since` are deleted."""
        ...

    async def session(
        self, merchant_id: int, token_hash: bytes
    ) -> tuple[AccountSession, AccountUser] | None: ...

    async def touch_session(self, session: AccountSession, now: datetime) -> None:
        """Keep the time of a session's latest request."""
        ...

    async def sessions(
        self, merchant_id: int, *, now: datetime, idle_since: datetime, limit: int
    ) -> Sequence[AccountSession]:
        """The sessions of a merchant that are not over, the one that was used last first."""
        ...

    async def end_session(self, token_hash: bytes, entry: AuditEntry) -> bool:
        """End a session of the entry's merchant. False: there is none with this hash."""
        ...

    async def add_entry(self, entry: AuditEntry) -> None:
        """Add an entry for what was done elsewhere."""
        ...

    async def api_password(self, merchant_id: int, login: str) -> ApiPassword | None: ...
    async def save_api_password(self, password: ApiPassword, entry: AuditEntry) -> bool: ...

    async def replace_tokens(self, login: str, token: str, entry: AuditEntry) -> bool:
        """Put a token in place of all of an API user. False: there is no such user."""
        ...

    async def restore_tokens(self, login: str, entry: AuditEntry, *, since: datetime) -> bool:
        """Restore the tokens that were replaced after `since`. False: there are none."""
        ...

    async def audit_head(self, merchant_id: int) -> ChainHead: ...

    async def audit_entries(
        self, merchant_id: int, *, after: int, limit: int
    ) -> Sequence[ChainedEntry]:
        """Entries behind a number, in order."""
        ...

    async def newest_audit_entries(
        self, merchant_id: int, *, before: int, limit: int
    ) -> Sequence[ChainedEntry]:
        """Entries before a number, newest first."""
        ...


class Passwords(Protocol):
    """Hashes and verifies passwords. Raises Overloaded when too many wait."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, stored_hash: str | None) -> bool:
        """Whether this is the password; for None it takes as long, and is never right."""
        ...


class FailedLogins(Protocol):
    """Counts failed logins by address, whatever the logins: one address cannot try many of them."""

    def add(self, login: str, address: str) -> None:
        """Count a failed login."""
        ...

    def pause_seconds(self, address: str) -> float:
        """How long an address has to wait before its next login; 0 when it need not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCodes:
    """A new secret of one-time codes: as text and as the address of a QR code for the user's app,
    and `stored`, encrypted for this user."""

    secret: str = field(repr=False)
    address: str = field(repr=False)
    stored: str


class Codes(Protocol):
    """One-time codes of a second factor."""

    def new(self, user: AccountUser) -> NewCodes: ...

    def matching_step(self, user: AccountUser, code: str, now: datetime) -> int | None:
        """The time step of a code that is right at this time and newer than the last one used."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountContext:
    """Everything that an operation of the personal account may reach."""

    store: AccountStore
    merchants: MerchantsByNumber
    clock: Clock
    passwords: Passwords
    failed_logins: FailedLogins
    codes: Codes
    new_secret: Callable[[], str]
    new_password: Callable[[], str]
    new_api_password: Callable[[], str]
    new_token: Callable[[], str]
    rules: SessionRules = field(default_factory=SessionRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountActor:
    """Who acts: a user of the personal account, or the provider's staff, where `user` is None."""

    name: str
    merchant_id: int
    user: AccountUser | None = None
    address: str = ""
    session_hash: bytes = field(default=b"", repr=False)

    def require(self, action: Action) -> None:
        """Raise AccountError unless the actor may do this.

        Refuses: PASSWORD_IS_ONE_TIME, then NOT_PERMITTED.
        """
        if self.user is None:
            return
        if self.user.must_change_password:
            raise AccountError(Reason.PASSWORD_IS_ONE_TIME)
        if not self.user.may(action):
            raise AccountError(Reason.NOT_PERMITTED, action)

    def entry(
        self, action: AuditAction, subject: str, *, at: datetime, detail: str = ""
    ) -> AuditEntry:
        """An entry of the audit log for an action of this actor."""
        return AuditEntry(
            merchant_id=self.merchant_id,
            at=at,
            actor=self.name,
            address=self.address,
            action=action,
            subject=subject,
            detail=detail,
        )


Change = Callable[[AccountUser], Awaitable[UserChange]]
"""Decides a change of a user as it is stored now; raises AccountError to refuse it."""


async def change_user(
    login: str, decide: Change, actor: AccountActor, context: AccountContext
) -> UserChange:
    """Load, decide, save; a user that was changed meanwhile is loaded and decided again.

    Refuses: USER_UNKNOWN for a login that the actor's merchant does not have, then what `decide`
    refuses.
    """
    while True:
        user = await context.store.user(login)
        if user is None or user.merchant_id != actor.merchant_id:
            raise AccountError(Reason.USER_UNKNOWN, login)
        change = await decide(user)
        if await save(change, context):
            return change


async def save(change: UserChange, context: AccountContext) -> bool:
    """Save a change of a user. False: the user was changed meanwhile."""
    idle_since = context.clock.now() - context.rules.idle
    return await context.store.save_user(change, idle_since=idle_since)
