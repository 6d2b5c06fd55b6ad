"""Whether the database takes writes, for `/ready`: asked at most once a second per process."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import asyncpg

from altyn.operations.ports import Overloaded, ResultUnknown
from altyn.storage.availability import check_that_it_writes
from altyn.storage.bounded_pool import schema_problem
from altyn.storage.database import Pool

ANSWER_SECONDS_MAX: Final = 2.0
KEPT_SECONDS: Final = 1.0
NO_ANSWER: Final = "the database cannot be used"


class Readiness:
    """Checks one pool. The result is kept for a second, so callers cannot cause many writes."""

    def __init__(self, pool: Pool, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._problem: str | None = None
        self._checked_at: float | None = None

    async def problem(self) -> str | None:
        """Why the gateway cannot save an order at the moment; None when it can."""
        if problem := schema_problem(self._pool):
            return problem
        async with self._lock:
            now = self._monotonic()
            if self._checked_at is None or now - self._checked_at >= KEPT_SECONDS:
                self._problem = await self._check()
                self._checked_at = self._monotonic()
            return self._problem

    async def _check(self) -> str | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX), self._pool.acquire() as connection:
                await _write(connection)
        except _RefusedError as refused:
            return str(refused)
        except (
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            OSError,
            TimeoutError,
            Overloaded,
            ResultUnknown,
        ):
            return NO_ANSWER
        return None


class _RefusedError(Exception):
    """PostgreSQL answers and refuses the write."""


async def _write(connection: object) -> None:
    try:
        await check_that_it_writes(connection)
    except asyncpg.ReadOnlySQLTransactionError:
        raise _RefusedError("the database is read-only: the URL leads to a standby") from None
    except asyncpg.DiskFullError:
        raise _RefusedError("the database's disk is full") from None
