"""Whether this process can use the database: one log line when it cannot, one when it can again.

After a failure a probe connects and writes; until it succeeds, all statements are refused at once.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
import structlog

from altyn.storage.statements import statement

PROBE_PAUSES_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
FILLER_BYTES: Final = 6_000
"""A row that fills a page: PostgreSQL has to add a page to the table, which a full disk refuses."""

NOT_CARRIED_OUT: Final = (
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.DiskFullError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
"""Errors after which a statement has certainly changed nothing."""

_OUTAGES: Final = (
    *NOT_CARRIED_OUT,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.exceptions.TargetServerAttributeNotMatched,
    OSError,
    TimeoutError,
)
_CLOSED: Final = ("connection is closed", "connection was closed", "has been released")

log = structlog.get_logger("altyn.database")

Monotonic = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


def is_outage(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be used, and not that a statement is wrong."""
    if isinstance(error, asyncpg.InterfaceError):
        return any(words in str(error) for words in _CLOSED)
    return isinstance(error, _OUTAGES)


async def check_that_it_writes(connection: object) -> None:
    """Write one row. Raises what PostgreSQL raises: on a standby, on a full disk.

    Before the first migration the table is missing, which is no outage.
    """
    with contextlib.suppress(asyncpg.UndefinedTableError):
        await statement("write_readiness").execute(connection, filler=bytes(FILLER_BYTES))


class Availability:
    """Watches one database. `probe` raises an error while the database cannot be used.

    Times are real seconds.
    """

    def __init__(
        self,
        database: str,
        probe: Callable[[], Awaitable[None]],
        *,
        monotonic: Monotonic = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._database = database
        self._probe = probe
        self._monotonic = monotonic
        self._sleep = sleep
        self._down = False
        self._lost_at: float | None = None
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def down(self) -> bool:
        """Whether the last probe failed: a statement would fail too."""
        return self._down

    def lost(self, error: BaseException) -> bool:
        """Record that a connection or statement failed; True for the first of an outage."""
        self._failures += 1
        if self._task is not None:
            return False
        self._lost_at = self._monotonic()
        log.warning("database_lost", database=self._database, reason=_reason(error))
        self._task = asyncio.get_running_loop().create_task(self._until_back(), name="probe")
        return True

    async def aclose(self) -> None:
        """Stop probing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _until_back(self) -> None:
        attempts = 0
        while not await self._succeeds():
            await self._sleep(PROBE_PAUSES_SECONDS[min(attempts, len(PROBE_PAUSES_SECONDS) - 1)])
            attempts += 1
        assert self._lost_at is not None
        seconds = round(self._monotonic() - self._lost_at, 3)
        log.warning(
            "database_back", database=self._database, seconds=seconds, failures=self._failures
        )
        self._down, self._failures, self._task = False, 0, None

    async def _succeeds(self) -> bool:
        try:
            await self._probe()
        except Exception as error:  # noqa: BLE001 - any error means that it cannot be used yet
            self._down = True
            log.debug("database_probe_failed", reason=_reason(error))
            return False
        return True


def _reason(error: BaseException) -> str:
    """The type, and PostgreSQL's text, which never quotes a row for these errors."""
    text = str(error) if isinstance(error, asyncpg.PostgresError) else ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
