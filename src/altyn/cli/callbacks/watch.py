"""Watching callbacks go out: every try once, as soon as it is known how it ended.

It exists because a try is written down when it has ended, under the moment it began: whoever only
asked for what is newer than the last one seen would miss those that took longer.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from altyn.domain.callback import CallbackId
from altyn.domain.callback_story import TrySeen

LOOK_SECONDS: Final = 0.5
TRY_SECONDS_MAX: Final = 90.0  # the longest time-out of a try, and some time to write it down
SKEW: Final = timedelta(minutes=10)  # how far the gateway's machine may be behind this one
SEEN_AT_ONCE_MAX: Final = 10_000


class Recent(Protocol):
    """Where tries are read from: the newest after a moment (UTC), oldest first."""

    async def recent(
        self, merchant_id: int | None, after: datetime, limit: int
    ) -> Sequence[TrySeen]: ...


async def watch(
    history: Recent, merchant_id: int | None, now: datetime, *, pause_seconds: float = LOOK_SECONDS
) -> AsyncGenerator[TrySeen, None]:
    """Every try that ends from now on. `now`: UTC, the gateway's clock.

    Of more than SEEN_AT_ONCE_MAX within a minute and a half the oldest may be left out.
    """
    loop, memory = asyncio.get_running_loop(), Memory(now - SKEW)
    first = True
    while True:
        after = memory.after(loop.time())
        tries = await history.recent(merchant_id, after, SEEN_AT_ONCE_MAX)
        for seen in memory.new(tries, loop.time()):
            if not first:
                yield seen
        first = False
        await asyncio.sleep(pause_seconds)


class Memory:
    """What a watcher has seen, and how far back it has to look.

    It looks back as far as a try may take by real time: the gateway's clock may jump meanwhile.
    """

    def __init__(self, begin: datetime) -> None:
        self._marks = [(float("-inf"), begin)]  # real time, and the newest try seen by then
        self._seen: dict[tuple[CallbackId, int], datetime] = {}

    def after(self, real: float) -> datetime:
        """Whatever began up to this moment has ended and was seen."""
        old = [mark for mark in self._marks if mark[0] <= real - TRY_SECONDS_MAX]
        self._marks = [*old[-1:], *self._marks[len(old) :]]
        return self._marks[0][1]

    def new(self, tries: Sequence[TrySeen], real: float) -> list[TrySeen]:
        """Those not seen before; they are remembered."""
        fresh = [each for each in tries if (each.id, each.attempt) not in self._seen]
        since = self._marks[0][1]
        self._seen = {key: at for key, at in self._seen.items() if at > since}
        self._seen |= {(each.id, each.attempt): each.at for each in fresh}
        if fresh:
            newest = max(self._marks[-1][1], *(each.at for each in fresh))
            self._marks.append((real, newest))
        return fresh
