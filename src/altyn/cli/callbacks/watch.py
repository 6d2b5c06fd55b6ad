"""Watches the deliveries of callbacks, and returns every delivery once, when it has ended.

A delivery is recorded when it ends, with the time at which it began. A watcher that asked only for
deliveries newer than the last one would miss those that took longer.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from altyn.domain.callback_history import DeliverySummary
from altyn.domain.outbox import EntryId

POLL_SECONDS: Final = 0.5
DELIVERY_SECONDS_MAX: Final = 90.0  # the longest time-out, and the time to record a delivery
SKEW: Final = timedelta(minutes=10)  # how far the clock of the gateway's machine may be behind ours
BATCH_MAX: Final = 10_000


class Recent(Protocol):
    """Reads the newest deliveries that began after a time (UTC), at most `limit`, oldest first."""

    async def recent(
        self, merchant_id: int | None, after: datetime, limit: int
    ) -> Sequence[DeliverySummary]: ...


async def watch(
    history: Recent, merchant_id: int | None, now: datetime, *, pause_seconds: float = POLL_SECONDS
) -> AsyncGenerator[DeliverySummary, None]:
    """Every delivery that ends from now on. `now`: UTC, the gateway's clock.

    When more than BATCH_MAX end within a minute and a half, the oldest may be left out.
    """
    loop, memory = asyncio.get_running_loop(), Memory(now - SKEW)
    first = True
    while True:
        after = memory.after(loop.time())
        deliveries = await history.recent(merchant_id, after, BATCH_MAX)
        for delivery in memory.new(deliveries, loop.time()):
            if not first:
                yield delivery
        first = False
        await asyncio.sleep(pause_seconds)


class Memory:
    """The deliveries that a watcher has shown, and how far back it has to look.

    It looks back by the longest real time that a delivery may take, because the gateway's clock may
    jump.
    """

    def __init__(self, begin: datetime) -> None:
        self._marks = [(float("-inf"), begin)]  # real time, and the newest delivery shown by then
        self._shown: dict[tuple[EntryId, int], datetime] = {}

    def after(self, real: float) -> datetime:
        """The time (UTC) up to which all deliveries have ended and were shown. `real`: seconds."""
        old = [mark for mark in self._marks if mark[0] <= real - DELIVERY_SECONDS_MAX]
        self._marks = [*old[-1:], *self._marks[len(old) :]]
        return self._marks[0][1]

    def new(self, deliveries: Sequence[DeliverySummary], real: float) -> list[DeliverySummary]:
        """The deliveries that were not shown before. From now on they count as shown."""
        fresh = [each for each in deliveries if (each.id, each.attempt) not in self._shown]
        since = self._marks[0][1]
        self._shown = {key: at for key, at in self._shown.items() if at > since}
        self._shown |= {(each.id, each.attempt): each.at for each in fresh}
        if fresh:
            newest = max(self._marks[-1][1], *(each.at for each in fresh))
            self._marks.append((real, newest))
        return fresh
