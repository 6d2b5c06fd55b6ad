"""A move of the clock waits for entries with a simulated receiver, and says what is still open."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

import pytest

from altyn.domain.outbox import DeliveryQueue, OpenEntry
from altyn.workers import awaited_entries
from altyn.workers.awaited_entries import AwaitedEntries, StillOpenError

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PARTS = DeliveryQueue("instalment", 1, "instalment")
MAILS = DeliveryQueue("mail", 1, "mail")
SIMULATED = DeliveryQueue("receipt", 1, "simulated")
OUTSIDE = DeliveryQueue("receipt", 1, "atol")
HOSTS = {"instalment": None, "mail": None, "receipt": "simulated"}


@dataclass
class Entries:
    """A store and a worker: each attempt carries out one entry of a queue, unless it is stuck."""

    waiting: dict[DeliveryQueue, list[datetime]]
    stuck: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    notified: int = 0

    async def waiting_queues(self, kinds: Collection[str]) -> Mapping[DeliveryQueue, datetime]:
        queues = self.waiting.items()
        return {queue: min(due) for queue, due in queues if due and queue.kind in kinds}

    async def open_entries(
        self, queue: DeliveryQueue, until: datetime, *, limit: int
    ) -> Sequence[OpenEntry]:
        due = [at for at in self.waiting[queue] if at <= until][:limit]
        return [OpenEntry(queue.kind, UUID(int=7), at, "no answer") for at in due]

    def notify(self, queues: Collection[DeliveryQueue]) -> None:
        self.notified += 1
        if not self.stuck:
            asyncio.get_running_loop().call_soon(self._attempt, min(queues))

    def attempt_end(self) -> asyncio.Event:
        return self.ended

    def _attempt(self, queue: DeliveryQueue) -> None:
        self.waiting[queue].remove(min(self.waiting[queue]))
        self.ended.set()
        self.ended = asyncio.Event()


def awaited(entries: Entries) -> AwaitedEntries:
    return AwaitedEntries(entries, entries, HOSTS, frozenset({"instalment", "receipt"}))


async def test_clock_stops_for_entries_that_have_to_happen_at_their_time() -> None:
    later = NOW + timedelta(hours=1)
    waiting = {PARTS: [NOW, later], MAILS: [NOW], SIMULATED: [later], OUTSIDE: [NOW]}
    entries = awaited(Entries(waiting))
    assert await entries.stops(NOW) == [NOW]
    assert await entries.stops(later) == [NOW, later]
    assert await entries.stops(NOW - timedelta(seconds=1)) == []


async def test_every_due_entry_is_carried_out_when_the_wait_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(awaited_entries, "LOOK_SECONDS", 600.0)
    later = NOW + timedelta(hours=1)
    entries = Entries({PARTS: [NOW] * 3 + [later], MAILS: [NOW], SIMULATED: [], OUTSIDE: [NOW]})
    await awaited(entries).carry_out(NOW, deadline=monotonic() + 600)
    assert entries.waiting == {PARTS: [later], MAILS: [], SIMULATED: [], OUTSIDE: [NOW]}
    assert entries.notified == 4, "each end of an attempt ends the pause"


async def test_wait_ends_with_the_names_of_what_is_open() -> None:
    entries = Entries({PARTS: [NOW] * 9}, stuck=True)
    with pytest.raises(StillOpenError) as still_open:
        await awaited(entries).carry_out(NOW, deadline=monotonic() + 0.25)
    shown = f"instalment of {UUID(int=7)}, due 2026-11-27T12:00:00Z (no answer)"
    assert str(still_open.value) == "; ".join([shown] * 5)
    assert entries.notified < 10
