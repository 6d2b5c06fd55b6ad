"""The gateway's connection pool: bounded waits, and a busy answer at once during an outage.

A request waits at most `timeout_seconds` for a connection and as long for a statement. Connections
that fail or turn out read-only are dropped, and so are all idle ones: they led to the same server.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import asyncpg

from altyn.operations.ports import Overloaded, ResultUnknown
from altyn.storage.availability import (
    NOT_CARRIED_OUT,
    Availability,
    check_that_it_writes,
    is_outage,
)
from altyn.storage.database import Listener, Pool, address, pool_options, reach
from altyn.storage.migrate import SCHEMA_CHANNEL
from altyn.storage.schema_check import SchemaCheck

if TYPE_CHECKING:
    BasePool = asyncpg.Pool[asyncpg.Record]
    BaseContext = asyncpg.pool.PoolAcquireContext[asyncpg.Record]
    Proxy = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:
    BasePool, BaseContext = asyncpg.Pool, asyncpg.pool.PoolAcquireContext

PROBE_SECONDS_MAX: Final = 2.0


async def connect_bounded(url: str, *, pool_size: int, timeout_seconds: float) -> BoundedPool:
    """Open the pool of a gateway. Raises DatabaseUnreachableError."""
    options = pool_options(
        pool_size,
        connect_seconds=timeout_seconds / _hosts(url),
        command_seconds=timeout_seconds,
    )
    # All connections are opened now. Later they are opened when they are needed: asyncpg's own
    # attempts to keep a minimum would log a traceback each during an outage.
    options |= {"init_size": pool_size, "min_size": 0}
    return await reach(url, BoundedPool(url, timeout_seconds, options))


def _hosts(url: str) -> int:
    """How many hosts the URL names: they are tried one after another within the time."""
    return urlsplit(url).netloc.count(",") + 1


class BoundedPool(BasePool):
    """A pool that refuses with Overloaded while the database is down, or too new for this process.

    Raises in place of a lost connection or a time-out: Overloaded when the statement was not
    carried out, ResultUnknown when that is not known.
    """

    __slots__ = ("_seconds", "_url", "availability", "schema")

    def __init__(self, url: str, timeout_seconds: float, options: dict[str, Any]) -> None:
        super().__init__(
            url,
            loop=None,
            connection_class=asyncpg.Connection,
            record_class=asyncpg.Record,
            **options,
        )
        self._url = url
        self._seconds = timeout_seconds
        self.availability = Availability(address(url), self._probe)
        self.schema = SchemaCheck(address(url))

    def acquire(self, *, timeout: float | None = None) -> BaseContext:
        """A connection, as `Pool.acquire`; waits at most `timeout_seconds`."""
        return _BoundedContext(self, self._seconds if timeout is None else timeout)

    async def close(self) -> None:
        """Stop probing, and close all connections."""
        await self.availability.aclose()
        await super().close()

    def failed(self, error: BaseException, *, sent: bool) -> Exception:
        """Record an outage; the error that the caller gets. `sent`: a statement was under way."""
        if self.availability.lost(error):
            self._drop_idle()
        if sent and not isinstance(error, NOT_CARRIED_OUT):
            return ResultUnknown(f"the database connection failed ({type(error).__name__})")
        return Overloaded(f"the database cannot be used ({type(error).__name__})")

    def _drop_idle(self) -> None:
        for holder in self._holders:  # type: ignore[attr-defined] # the stubs leave it out
            if holder.is_idle():
                holder.terminate()

    async def _probe(self) -> None:
        """Open a new connection and write. A read-only server is an outage too."""
        seconds = min(self._seconds, PROBE_SECONDS_MAX)
        connection = await asyncpg.connect(self._url, timeout=seconds, command_timeout=seconds)
        try:
            await check_that_it_writes(connection)
            await self.schema.check(connection)
        finally:
            connection.terminate()


def schema_problem(pool: Pool) -> str | None:
    """Why a process with this pool serves no requests any more; None while it may."""
    return pool.schema.problem if isinstance(pool, BoundedPool) else None


def watch_schema(pool: BoundedPool, listener: Listener) -> None:
    """Check at the start of the listener, after each of its gaps, and with each migration."""

    async def after_gap() -> None:
        await pool.schema.check(pool)
        pool.schema.log_newer()

    listener.on(SCHEMA_CHANNEL, pool.schema.notified, on_gap=after_gap)


class _BoundedContext(BaseContext):
    """`async with pool.acquire()`, with the errors of BoundedPool."""

    __slots__ = ()

    async def __aenter__(self) -> Proxy:
        pool = self._bounded_pool
        if pool.availability.down:
            raise Overloaded("the database cannot be used at the moment")
        if pool.schema.problem is not None:
            raise Overloaded(pool.schema.problem)
        try:
            return await super().__aenter__()
        except Exception as error:
            if is_outage(error):
                raise pool.failed(error, sent=False) from None
            raise

    async def __aexit__(self, *details: object) -> None:
        error = details[1] if len(details) > 1 else None
        outage = error if isinstance(error, BaseException) and is_outage(error) else None
        if outage is not None and self.connection is not None:
            with suppress(asyncpg.InterfaceError):  # closed by the server, and so released already
                self.connection.terminate()  # else its release would wait for the lost server
        await super().__aexit__(*details)
        if outage is not None:
            raise self._bounded_pool.failed(outage, sent=True) from None

    @property
    def _bounded_pool(self) -> BoundedPool:
        assert isinstance(self.pool, BoundedPool)
        return self.pool
