"""The entries of the outbox that a move of the sandbox's clock waits for.

Their receivers are simulated in the gateway, so that an entry takes milliseconds. Callbacks are not
among them: a shop's program may answer them only after it has the answer of the move.
Source: docs/how-to/test-time.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final, Protocol

from altyn.domain.outbox import DeliveryQueue, OpenEntry

LOOK_SECONDS: Final = 0.1
"""The longest time between two looks, in real time: another process may hold the lease."""

SHOWN_MAX: Final = 5
PLANNED_MAX: Final = 1_000
"""So many entries of a queue have a stop of their own."""


class StillOpenError(Exception):
    """Entries were not carried out in time; the text names some of them."""


class EntryStore(Protocol):
    """The store of entries. Times: UTC by the gateway's clock."""

    async def waiting_queues(self, kinds: Collection[str]) -> Mapping[DeliveryQueue, datetime]:
        """The queues in which entries of these kinds wait, and when the first entry is due."""
        ...

    async def open_entries(
        self, queue: DeliveryQueue, until: datetime, *, limit: int
    ) -> Sequence[OpenEntry]:
        """The first entries of a queue that are due by `until` and not carried out."""
        ...


class EntryRunner(Protocol):
    """The outbox worker of this process, also while it is started again after an error."""

    def notify(self, queues: Collection[DeliveryQueue]) -> None:
        """Report queues that may have due entries."""
        ...

    def attempt_end(self) -> asyncio.Event:
        """Is set when the next attempt of this process has ended, and its result is saved."""
        ...


@dataclass(frozen=True, slots=True)
class AwaitedEntries:
    """The entries of the outbox that a move of the clock waits for.

    `hosts` has the kinds of these entries, and the host where only one host of the kind is meant.
    The clock stops for the entries of `stopping_kinds`, and for those of `planned_kinds` that wait
    when the move begins, or are made on the way; of the latter for a bounded number, since orders
    that are paid meanwhile make ever new ones. The others are waited for where it stops.
    """

    store: EntryStore
    runner: EntryRunner
    hosts: Mapping[str, str | None]
    stopping_kinds: frozenset[str]
    planned_kinds: frozenset[str] = frozenset()

    async def planned(self, until: datetime) -> Collection[datetime]:
        """When the entries of `planned_kinds` that wait now are due, by `until` (UTC)."""
        return [
            entry.due_at
            for queue in await self._waiting(until)
            if queue.kind in self.planned_kinds
            for entry in await self.store.open_entries(queue, until, limit=PLANNED_MAX)
        ]

    async def stops(self, until: datetime, *, with_planned: bool = True) -> Collection[datetime]:
        """When the first entry of each queue for which the clock stops is due, by `until` (UTC)."""
        kinds = self.stopping_kinds | (self.planned_kinds if with_planned else frozenset())
        return [at for queue, at in (await self._waiting(until)).items() if queue.kind in kinds]

    async def carry_out(self, until: datetime, *, deadline: float) -> None:
        """Wait until the worker has carried out all entries that are due by `until` (UTC).

        Raises StillOpenError at `deadline` (of `time.monotonic`).
        """
        while True:
            attempt_end = self.runner.attempt_end()  # before the look, so that no end is missed
            waiting = await self._waiting(until)
            if not waiting:
                return
            seconds = min(LOOK_SECONDS, deadline - monotonic())
            if seconds <= 0:
                raise StillOpenError(await self._still_open(waiting, until))
            self.runner.notify(waiting.keys())
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await attempt_end.wait()

    async def _waiting(self, until: datetime) -> Mapping[DeliveryQueue, datetime]:
        queues = await self.store.waiting_queues(self.hosts.keys())
        return {
            queue: due_at
            for queue, due_at in queues.items()
            if due_at <= until and self.hosts[queue.kind] in {None, queue.host}
        }

    async def _still_open(self, queues: Collection[DeliveryQueue], until: datetime) -> str:
        entries = [
            entry
            for queue in queues
            for entry in await self.store.open_entries(queue, until, limit=SHOWN_MAX)
        ]
        return "; ".join(_words(entry) for entry in entries[:SHOWN_MAX])


def _words(entry: OpenEntry) -> str:
    """One entry in a refusal: its kind, its order, since when it is due, what was wrong."""
    problem = f" ({entry.problem})" if entry.problem else ""
    return f"{entry.kind} of {entry.subject_id}, due {entry.due_at:%Y-%m-%dT%H:%M:%SZ}{problem}"
