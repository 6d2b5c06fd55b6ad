"""Writes the request log: a bounded queue in memory, emptied in batches off the request's path.

A request that finds the queue full is not recorded, and is counted. A process that is killed loses
the requests that are still in its queue. Source: docs/architecture.md.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Final, Protocol

from prometheus_client import Counter

from altyn.domain.request_log import NewRequest

QUEUE_MAX: Final = 1_000
BATCH_MAX: Final = 100
PULSE_SECONDS: Final = 0.2
PER_SECOND_MAX: Final = 100
"""So many requests a second are written in the long run: 1 to 2 % of a processor's time."""

PURGE_EVERY: Final = 1_000
"""After so many requests the writer deletes the oldest ones, before housekeeping does."""

WRITTEN: Final = Counter("altyn_request_log_written", "Requests written to the request log.")
DROPPED: Final = Counter(
    "altyn_request_log_dropped", "Requests not recorded, because the log's queue was full."
)


class Store(Protocol):
    """Where the log is kept."""

    async def add(self, requests: Sequence[NewRequest]) -> None: ...
    async def purge(self, *, days: int, keep: int) -> None: ...


class RequestLogWriter:
    """The queue of one process; `run` is its worker.

    It writes at most PER_SECOND_MAX in the long run. Under a higher load the queue takes a burst of
    QUEUE_MAX; then the log has a part of the requests, and its cost stays bounded.
    """

    def __init__(self, store: Store, *, days: int, keep: int) -> None:
        self._store = store
        self._days = days
        self._keep = keep
        self._queue: deque[NewRequest] = deque()
        self._dropped = 0
        self._unpurged = 0

    def has_room(self) -> bool:
        """Whether the queue takes a request; one that it does not take is counted."""
        if len(self._queue) < QUEUE_MAX:
            return True
        self._dropped += 1
        DROPPED.inc()
        return False

    def add(self, request: NewRequest) -> None:
        """Put a request into the queue; returns at once."""
        if self._dropped:
            request = replace(request, dropped_before=self._dropped)
            self._dropped = 0
        self._queue.append(request)

    async def run(self) -> None:
        """Write what is in the queue, until cancelled; then write the rest."""
        try:
            while True:
                written = await _to_its_end(self.write())
                await asyncio.sleep(max(PULSE_SECONDS, written / PER_SECOND_MAX))
        except asyncio.CancelledError:
            while self._queue:
                await self.write()
            raise

    async def write(self) -> int:
        """Write one batch; how many. One that the database does not take is lost, and counted."""
        batch = [self._queue.popleft() for _ in range(min(BATCH_MAX, len(self._queue)))]
        if not batch:
            return 0
        try:
            await self._store.add(batch)
        except BaseException:
            lost = sum(1 + each.dropped_before for each in batch)
            DROPPED.inc(len(batch))
            self._dropped += lost
            raise
        WRITTEN.inc(len(batch))
        await self._purge_after(len(batch))
        return len(batch)

    async def _purge_after(self, written: int) -> None:
        self._unpurged += written
        if self._unpurged >= PURGE_EVERY:
            self._unpurged = 0
            await self._store.purge(days=self._days, keep=self._keep)


async def _to_its_end(work: Coroutine[object, object, int]) -> int:
    """The result of the work, which a cancellation does not interrupt: it is raised afterwards."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
