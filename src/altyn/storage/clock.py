"""The gateway's only source of the time: the system's clock, or the sandbox's movable one.

No other code reads the system's time, so a hold that expires in seven days can be tested in a
second. Source: docs/architecture.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from altyn.operations.ports import ClockRefusedError
from altyn.storage.database import Listener, Pool
from altyn.storage.statements import statement

CLOCK_CHANNEL: Final = "altyn_clock"
"""The payload is how far the sandbox's clock is ahead, in microseconds; or RESET."""

RESET: Final = "reset"

END_OF_TIME: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""All cards have expired by then, so no test has to go further."""

_MICROSECOND: Final = timedelta(microseconds=1)


class SystemClock:
    """The system's time, which never goes backwards within a process.

    When the system's clock is set back, this clock stands still until the system has caught up.
    """

    def __init__(self) -> None:
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Aware UTC."""
        self._latest = max(self._latest, datetime.now(UTC))
        return self._latest


@dataclass(frozen=True, slots=True)
class Future:
    """How many orders, callbacks and settings were changed at a time that is still to come."""

    orders: int
    callbacks: int
    settings: int

    def __bool__(self) -> bool:
        return bool(self.orders or self.callbacks or self.settings)


class SandboxClock:
    """The system's time plus an offset, which all processes share through the database.

    `load` it before the first use. `now` does no I/O; a move by another process arrives by NOTIFY.
    """

    def __init__(self, pool: Pool, listener: Listener) -> None:
        self._pool = pool
        self._system = SystemClock()
        self._ahead_by = timedelta()
        self._notifications = 0
        self._own_resets = 0  # whose notifications have not come back yet
        listener.on(CLOCK_CHANNEL, self._moved, on_gap=self._load_after_gap)

    def now(self) -> datetime:
        """Aware UTC; earlier than the last value only after `reset`."""
        return self._system.now() + self._ahead_by

    async def load(self) -> None:
        """Load the offset from the database."""
        while True:
            before = self._notifications
            rows = await statement("load_clock").fetch(self._pool)
            if before == self._notifications:  # otherwise the rows may be older than a notification
                self._ahead_by = rows[0]["ahead_by"] if rows else timedelta()
                return

    def check(self, moment: datetime) -> None:
        """Refuses with ClockRefusedError: backwards, then beyond the end of time.

        ValueError for a moment without a time zone.
        """
        if moment.tzinfo is None:
            raise ValueError("the moment needs a time zone")
        if moment < self.now():
            raise _backwards()
        if moment > END_OF_TIME:
            raise _too_far()

    async def advance(self, by: timedelta) -> datetime:
        """Move the clock forward for all processes; return the new time.

        Refuses with ClockRefusedError: backwards, then beyond the end of time.
        """
        if by < timedelta():
            raise _backwards()
        if by > END_OF_TIME - self.now():
            raise _too_far()
        return await self._move("advance_clock", by)

    async def set(self, moment: datetime) -> datetime:
        """Move the clock forward to a moment; return the new time.

        Refuses as `check`.
        """
        self.check(moment)
        return await self._move("set_clock", moment - self._system.now())

    async def future(self) -> Future:
        """What was changed at a time that the real clock has not reached yet."""
        rows = await statement("count_future").fetch(self._pool, now=self._system.now())
        return Future(**dict(rows[0]))

    async def reset(self) -> datetime:
        """Put the clock back to the real time for all processes; return that time (UTC)."""
        async with self._pool.acquire() as connection, connection.transaction():
            await statement("reset_clock").execute(connection)
            await statement("notify").execute(connection, channel=CLOCK_CHANNEL, payload=RESET)
        self._own_resets += 1
        await self.load()
        return self.now()

    async def _load_after_gap(self) -> None:
        self._own_resets = 0
        await self.load()

    async def _move(self, name: str, by: timedelta) -> datetime:
        notifications = self._notifications
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await statement(name).fetch(connection, by=by)
            if not rows:
                # Another process has moved the clock past this moment meanwhile.
                raise _backwards()
            ahead_by: timedelta = rows[0]["ahead_by"]
            await statement("notify").execute(
                connection, channel=CLOCK_CHANNEL, payload=str(ahead_by // _MICROSECOND)
            )
        if notifications == self._notifications:
            self._catch_up(ahead_by)
        else:
            await self.load()  # another process may have put the clock back meanwhile
        return self.now()

    def _moved(self, payload: str) -> None:
        self._notifications += 1
        if payload == RESET and self._own_resets:
            self._own_resets -= 1  # done already; the clock may have been moved again since
        elif payload == RESET:
            self._ahead_by = timedelta()
        elif not self._own_resets:  # else it is older than the reset: they come in their order
            self._catch_up(int(payload) * _MICROSECOND)

    def _catch_up(self, ahead_by: timedelta) -> None:
        # A late notification or response must not move the clock back.
        self._ahead_by = max(self._ahead_by, ahead_by)


def _backwards() -> ClockRefusedError:
    return ClockRefusedError(
        "the sandbox's clock goes forward only: moved back, orders would be paid before they were "
        "registered. `altyn clock reset` puts it back to the real time if nothing lies in the "
        "future; `altyn reset` deletes all data of the sandbox."
    )


def _too_far() -> ClockRefusedError:
    return ClockRefusedError(f"the sandbox's clock ends at {END_OF_TIME:%Y-%m-%d}.")
