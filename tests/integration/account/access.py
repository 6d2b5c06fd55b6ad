"""The personal account of a shop, for tests: its users, their logins, a clock that can be moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from altyn.domain.account.roles import AccountRole
from altyn.domain.account.sessions import SessionRules
from altyn.domain.account.user import AccountUser
from altyn.domain.merchant import Merchant
from altyn.operations.account.audit_log import VerifiedLog, entries_of, verify_log
from altyn.operations.account.log_in import LoginAttempt, OpenedSession, log_in
from altyn.operations.account.ports import AccountActor, AccountContext, NewCodes
from altyn.operations.account.session import CurrentUser, current_user
from altyn.operations.account.users import add_user
from altyn.security.generated_secrets import (
    new_account_password,
    new_password,
    new_session_secret,
    new_token,
)
from altyn.storage.account import AccountTables
from altyn.storage.account_context import StoredMerchants
from altyn.storage.audit import AuditLog
from altyn.storage.database import Pool
from tests.integration.storage.processes import NOW, TOKEN_KEY, Staff
from tests.staff import AUDIT_KEY

ADDRESS: Final = "192.0.2.7"
PASSWORD: Final = "Str0ng!pass"
CODE: Final = "123456"


@dataclass
class MovedClock:
    """A clock that stands still until the test moves it."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class PlainPasswords:
    """Passwords without argon2, which the tests of passwords check; `verified` are the hashes."""

    verified: list[str | None] = field(default_factory=list)

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def verify(self, password: str, stored_hash: str | None) -> bool:
        self.verified.append(stored_hash)
        return stored_hash == f"hash of {password}"


class NoPauses:
    """No address has to wait, however often its logins have failed."""

    def add(self, login: str, address: str) -> None:
        """Nothing is counted."""

    def pause_seconds(self, address: str) -> float:
        return 0.0


class OneCode:
    """The code of every user is CODE, once in each half minute."""

    def new(self, user: AccountUser) -> NewCodes:
        return NewCodes(secret=CODE, address="otpauth://", stored=f"codes of {user.login}")

    def matching_step(self, user: AccountUser, code: str, now: datetime) -> int | None:
        step = int(now.timestamp()) // 30
        return step if code == CODE and step > user.code_step else None


@dataclass
class Access:
    """The personal account of one shop."""

    pool: Pool
    merchant: Merchant
    clock: MovedClock
    passwords: PlainPasswords
    context: AccountContext

    @property
    def staff(self) -> AccountActor:
        """The provider's staff."""
        return AccountActor(name="staff", merchant_id=self.merchant.merchant_id)

    async def user(self, login: str) -> AccountUser:
        user = await self.context.store.user(login)
        assert user is not None
        return user

    async def actor(self, login: str) -> AccountActor:
        """A user of the account, as the actor of a change."""
        user = await self.user(login)
        return AccountActor(name=login, merchant_id=user.merchant_id, user=user, address=ADDRESS)

    async def add(self, login: str, role: AccountRole, *, one_time: bool = False) -> AccountUser:
        """Add a user whose password is PASSWORD."""
        await add_user(login, role, self.staff, self.context)
        await self.pool.execute(
            "UPDATE account_users SET password_hash = $2, must_change_password = $3"
            " WHERE login = $1",
            login,
            f"hash of {PASSWORD}",
            one_time,
        )
        return await self.user(login)

    async def log_in(
        self, login: str, password: str = PASSWORD, *, old_token: str = ""
    ) -> OpenedSession:
        attempt = LoginAttempt(login=login, password=password, address=ADDRESS, old_token=old_token)
        return await log_in(attempt, self.context)

    async def current(self, opened: OpenedSession | str) -> CurrentUser | None:
        """The user of a session, or of a token."""
        token = opened if isinstance(opened, str) else opened.token
        return await current_user(token, ADDRESS, self.context)

    async def enter(self, login: str) -> CurrentUser:
        """Log in; the user of the session."""
        current = await self.current(await self.log_in(login))
        assert current is not None
        return current

    async def log(self) -> list[str]:
        """The audit log: actor, action, subject and detail of each entry."""
        entries = entries_of(self.merchant.merchant_id, self.context.store)
        return [
            " ".join(filter(None, (each.actor, each.action, each.subject, each.detail)))
            async for each in (found.entry async for found in entries)
        ]

    async def verified(self) -> VerifiedLog:
        return await verify_log(self.merchant.merchant_id, self.context.store, AUDIT_KEY)


async def open_access(pool: Pool, login: str = "shop") -> Access:
    """A new shop with the users `<login>-owner` and `<login>-operator`."""
    merchant = await Staff(pool).add_shop(login)
    clock, passwords = MovedClock(datetime.now(UTC).replace(microsecond=0)), PlainPasswords()
    store = AccountTables(pool, audit=AuditLog(AUDIT_KEY), token_key=TOKEN_KEY)
    context = AccountContext(
        store=store,
        merchants=StoredMerchants(pool),
        clock=clock,
        passwords=passwords,
        failed_logins=NoPauses(),
        codes=OneCode(),
        new_secret=new_session_secret,
        new_password=new_account_password,
        new_api_password=new_password,
        new_token=new_token,
        rules=SessionRules(idle=timedelta(minutes=10), lifetime=timedelta(hours=1)),
    )
    access = Access(pool, merchant, clock, passwords, context)
    await access.add(f"{login}-owner", AccountRole.OWNER)
    await access.add(f"{login}-operator", AccountRole.OPERATOR)
    return access
