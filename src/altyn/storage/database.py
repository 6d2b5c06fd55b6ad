"""Connections to PostgreSQL: a pool for statements, and one connection that listens for changes.

Every process caches merchants, users and the clock. A change by another process reaches it by
NOTIFY; after a lost connection everything is taken for changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg
import structlog

from altyn.operations.ports import Overloaded, ResultUnknown

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

CONNECT_SECONDS: Final = 10.0
COMMAND_SECONDS: Final = 30.0
HEARTBEAT_SECONDS: Final = 2.0
BACK_OFF_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)

_SESSION: Final = {
    "application_name": "altyn",
    "timezone": "UTC",
    "jit": "off",  # our statements take less time than their compilation
    # A process that hangs inside a transaction must not hold its rows against the others.
    "idle_in_transaction_session_timeout": "60s",
}
_STATEMENTS: Final[dict[str, Any]] = {
    # Every statement is in `queries/`, so all of them fit and none becomes stale.
    "statement_cache_size": 256,
    "max_cached_statement_lifetime": 0,
    "max_cacheable_statement_size": 0,
}
_QUERIES_PER_CONNECTION: Final = 10_000_000  # a new connection has to prepare every statement again

log = structlog.get_logger(__name__)

Opened = TypeVar("Opened")
OnNotification = Callable[[str], None]
OnGap = Callable[[], Awaitable[None]]


class DatabaseUnreachableError(Exception):
    """PostgreSQL cannot be used; says what is wrong, where, and what to do. Never the password."""

    def __init__(self, *, what: str, where: str, remedy: str) -> None:
        super().__init__(f"PostgreSQL at {where}: {what}. {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy


async def connect(url: str, *, pool_size: int) -> Pool:
    """Open a pool of `pool_size` connections. Raises DatabaseUnreachableError.

    A connection is not reset when it goes back to the pool, which saves a round trip per statement;
    so no code may change its session (SET without LOCAL, temporary tables, LISTEN).
    """
    opening = asyncpg.create_pool(url, **pool_options(pool_size))
    return await reach(url, opening)


def pool_options(
    pool_size: int,
    *,
    connect_seconds: float = CONNECT_SECONDS,
    command_seconds: float = COMMAND_SECONDS,
) -> dict[str, Any]:
    """The options of every pool. `connect_seconds` is for each host of the URL."""
    return {
        "min_size": pool_size,
        "max_size": pool_size,
        "reset": _leave_as_is,
        "max_queries": _QUERIES_PER_CONNECTION,
        "max_inactive_connection_lifetime": 0,
        "timeout": connect_seconds,
        "command_timeout": command_seconds,
        "server_settings": _SESSION,
        **_STATEMENTS,
    }


async def _leave_as_is(_connection: Connection) -> None:
    """Do nothing: asyncpg has rolled back an open transaction, and there is no other state."""


async def reach(url: str, opening: Awaitable[Opened]) -> Opened:
    """Open a pool or a connection. Raises DatabaseUnreachableError with an advice."""
    try:
        return await opening
    except _NOT_OPENED as error:
        what, remedy = _explain(error)
        # Without its cause, whose text may quote the URL with the password.
        raise DatabaseUnreachableError(what=what, where=address(url), remedy=remedy) from None


_NOT_OPENED: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.exceptions.TargetServerAttributeNotMatched,
    OSError,
    ValueError,
)
_CHECK_URL: Final = "Check ALTYN_DATABASE_URL, or leave it out to use the embedded PostgreSQL."
_REASONS: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (
        asyncpg.InvalidAuthorizationSpecificationError,  # includes a wrong password
        "it refuses the user or the password",
        "Check both in ALTYN_DATABASE_URL, and that pg_hba.conf lets this machine in.",
    ),
    (
        asyncpg.InvalidCatalogNameError,
        "it has no such database",
        "Create it with `createdb`, or name another in ALTYN_DATABASE_URL.",
    ),
    (
        asyncpg.TooManyConnectionsError,
        "it takes no more connections",
        "Raise its max_connections, or lower the pool size or the number of processes.",
    ),
    (asyncpg.CannotConnectNowError, "it is starting or stopping", "Try again in a moment."),
    (TimeoutError, f"it did not answer within {CONNECT_SECONDS:.0f} s", _CHECK_URL),
    (OSError, "nothing answers there", f"Start it. {_CHECK_URL}"),
    (
        asyncpg.exceptions.TargetServerAttributeNotMatched,
        "no host of the URL has the role that target_session_attrs asks for",
        "Name the primary too, or change target_session_attrs in ALTYN_DATABASE_URL.",
    ),
)


def _explain(error: Exception) -> tuple[str, str]:
    for kind, what, remedy in _REASONS:
        if isinstance(error, kind):
            return what, remedy
    if isinstance(error, asyncpg.PostgresError):
        return str(error), _CHECK_URL
    return "the address cannot be used", _CHECK_URL


def address(url: str) -> str:
    """A database URL without its password, for people: `altyn@db.example:5432/shop`."""
    unreadable = "an address that cannot be read"
    try:
        parts = urlsplit(url)
    except ValueError:
        return unreadable
    if parts.netloc.count("@") != url.count("@"):
        return f"{unreadable} (signs like / # ? @ in a password are written %2F %23 %3F %40)"
    credentials, _, host = parts.netloc.rpartition("@")
    user = credentials.partition(":")[0]
    host = host or parse_qs(parts.query).get("host", ["localhost"])[0]
    return f"{user}@{host}{parts.path}" if user else f"{host}{parts.path}"


@dataclass(frozen=True, slots=True)
class _Subscriber:
    """A subscription to a channel; `on_gap` is called when notifications may have been missed."""

    channel: str
    on_notification: OnNotification
    on_gap: OnGap


class Listener:
    """Listens for NOTIFY on a connection of its own, and reconnects when the connection is lost.

    Subscribe with `on`, then `start`. While `listening` is false, notifications may be missed, and
    caches must not be used. After a reconnect every `on_gap` is awaited, and only then `listening`
    is true again. The heartbeat finds a connection that was lost without a sign.
    """

    def __init__(self, url: str, *, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._url = url
        self._heartbeat_seconds = heartbeat_seconds
        self._subscribers: list[_Subscriber] = []
        self._task: asyncio.Task[None] | None = None
        self._listening = False

    @property
    def listening(self) -> bool:
        """Whether every change reaches this process at the moment."""
        return self._listening

    def on(self, channel: str, on_notification: OnNotification, *, on_gap: OnGap) -> None:
        """Call `on_notification` with each notification's payload; only before `start`."""
        assert self._task is None, "subscribe before the listener starts"
        self._subscribers.append(_Subscriber(channel, on_notification, on_gap))

    async def start(self) -> None:
        """Connect, and return when it listens. Raises DatabaseUnreachableError."""
        connection = await self._open()
        self._task = asyncio.create_task(self._listen(connection), name="listener")

    async def stop(self) -> None:
        """Stop listening; caches are not used any more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        while True:
            try:
                await self._until_lost(connection)
            finally:
                self._listening = False
                connection.terminate()
            lost_at = time.monotonic()
            log.warning("listener_lost_connection", database=address(self._url))
            connection = await self._reconnect()
            seconds = round(time.monotonic() - lost_at, 3)
            log.info("listener_reconnected", database=address(self._url), seconds=seconds)

    async def _until_lost(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        while not connection.is_closed():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(lost.wait(), self._heartbeat_seconds)
            try:
                await connection.fetchval("SELECT 1", timeout=self._heartbeat_seconds)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                return
            except Exception:
                log.exception("listener_failed")  # an unexpected error must not end the listener
                return

    async def _reconnect(self) -> asyncpg.Connection[asyncpg.Record]:
        attempts = 0
        while True:
            await asyncio.sleep(BACK_OFF_SECONDS[min(attempts, len(BACK_OFF_SECONDS) - 1)])
            attempts += 1
            try:
                return await self._open()
            except DatabaseUnreachableError as error:
                log.debug("listener_cannot_connect", reason=str(error), attempts=attempts)
            except (
                *(asyncpg.PostgresError, asyncpg.InterfaceError, OSError),
                *(Overloaded, ResultUnknown),  # a subscriber reads by the pool
            ) as error:
                log.debug("listener_interrupted", reason=str(error), attempts=attempts)
            except Exception:
                # A subscriber failed: without another attempt the caches would stay unused.
                log.exception("listener_failed", attempts=attempts)

    async def _open(self) -> asyncpg.Connection[asyncpg.Record]:
        opening = asyncpg.connect(
            self._url,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            server_settings={**_SESSION, "application_name": "altyn listener"},
        )
        connection = await reach(self._url, opening)
        try:
            for subscriber in self._subscribers:
                await connection.add_listener(
                    subscriber.channel, _adapted(subscriber.on_notification)
                )
            # Refresh the caches only after LISTEN is active, so that no change is missed.
            for subscriber in self._subscribers:
                await subscriber.on_gap()
        except BaseException:
            connection.terminate()
            raise
        self._listening = True
        return connection


def _adapted(on_notification: OnNotification) -> Callable[[Any, int, str, object], None]:
    return lambda _connection, _pid, _channel, payload: on_notification(str(payload))
