"""What one process of the gateway keeps in memory; a test may have two of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from altyn.domain.merchant import Merchant, MerchantSettings
from altyn.operations.staff.merchants import add_merchant
from altyn.operations.staff.ports import StaffContext
from altyn.operations.staff.settings import change_settings
from altyn.operations.staff.users import add_api_user
from altyn.security.credential_cache import CredentialCache
from altyn.security.passwords import verify_password
from altyn.storage.clock import SandboxClock
from altyn.storage.credentials import CredentialStore
from altyn.storage.database import Listener, Pool
from altyn.storage.merchants import MerchantDirectory
from tests.staff import operator

NOW: Final = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TOKEN_KEY: Final = b"k" * 32


class StoppedClock:
    """A clock that always returns NOW."""

    def now(self) -> datetime:
        return NOW


@dataclass
class Process:
    """One process: its listener, what subscribes to it, and the passwords that it has hashed."""

    pool: Pool
    listener: Listener
    hashed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.merchants = MerchantDirectory(self.pool, self.listener)
        self.credentials = CredentialStore(
            self.pool,
            self.listener,
            token_key=TOKEN_KEY,
            checks=CredentialCache(verify=self._verify),
        )
        self.clock = SandboxClock(self.pool, self.listener)

    @classmethod
    @asynccontextmanager
    async def started(cls, pool: Pool, url: str) -> AsyncIterator[Process]:
        process = cls(pool, Listener(url, heartbeat_seconds=0.2))
        await process.listener.start()
        try:
            yield process
        finally:
            await process.listener.stop()

    async def _verify(self, password: str, stored_hash: str) -> bool:
        self.hashed.append(password)
        return await verify_password(password, stored_hash)


@dataclass
class Staff:
    """The provider's staff, in another process: with a new connection for each change."""

    pool: Pool

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[StaffContext]:
        async with self.pool.acquire() as connection:
            yield operator(connection, clock=StoppedClock(), token_key=TOKEN_KEY, name="anna")

    async def add_shop(
        self, login: str, settings: MerchantSettings | None = None, parent: str | None = None
    ) -> Merchant:
        """Add a merchant and its API user `<login>-api` with the password `secret-<login>`."""
        async with self.at_work() as staff:
            merchant = await add_merchant(
                login, login.title(), staff, settings=settings or MerchantSettings(), parent=parent
            )
            await add_api_user(login, f"{login}-api", f"secret-{login}", staff)
            return merchant

    async def change(self, merchant: Merchant, changes: Mapping[str, object]) -> MerchantSettings:
        async with self.at_work() as staff:
            return await change_settings(merchant.merchant_id, changes, staff)


async def eventually(fact: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is true; the test fails after half a minute."""
    async with asyncio.timeout(30):
        while not await fact():  # noqa: ASYNC110 - what is waited for happens in PostgreSQL
            await asyncio.sleep(0.005)
