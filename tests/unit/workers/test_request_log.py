"""The writer of the request log: batches, the bound of its queue, a database that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from altyn.domain.request_log import Endpoint, NewRequest, RequestContent, RequestFacts
from altyn.operations.ports import Overloaded
from altyn.workers.request_log import BATCH_MAX, PURGE_EVERY, QUEUE_MAX, RequestLogWriter


@dataclass
class Store:
    batches: list[Sequence[NewRequest]] = field(default_factory=list)
    purges: list[tuple[int, int]] = field(default_factory=list)
    away: bool = False
    slow: asyncio.Event | None = None

    async def add(self, requests: Sequence[NewRequest]) -> None:
        if self.away:
            raise Overloaded("the database is away")
        if self.slow is not None:
            await self.slow.wait()
        self.batches.append(requests)

    async def purge(self, *, days: int, keep: int) -> None:
        self.purges.append((days, keep))

    @property
    def written(self) -> list[NewRequest]:
        return [each for batch in self.batches for each in batch]


def entry() -> NewRequest:
    facts = RequestFacts(
        at=datetime(2026, 11, 27, tzinfo=UTC),
        endpoint=Endpoint.REST,
        method="register",
        http_method="POST",
        path="/",
    )
    return NewRequest(facts, RequestContent())


def writer_of(store: Store) -> RequestLogWriter:
    return RequestLogWriter(store, days=7, keep=10_000)


def test_full_queue_drops_requests_and_the_next_entry_has_their_count() -> None:
    store = Store()
    writer = writer_of(store)
    for _ in range(QUEUE_MAX):
        assert writer.has_room()
        writer.add(entry())
    assert [writer.has_room() for _ in range(5)] == [False] * 5
    asyncio.run(writer.write())
    assert len(store.written) == BATCH_MAX
    assert writer.has_room()
    writer.add(entry())
    for _ in range(QUEUE_MAX // BATCH_MAX):
        asyncio.run(writer.write())
    assert len(store.written) == QUEUE_MAX + 1
    assert [each.dropped_before for each in store.written] == [*[0] * QUEUE_MAX, 5]


def test_batch_that_the_database_refuses_is_counted_as_not_recorded() -> None:
    store = Store(away=True)
    writer = writer_of(store)
    writer.add(entry())
    writer.add(entry())
    with pytest.raises(Overloaded):
        asyncio.run(writer.write())
    store.away = False
    writer.add(entry())
    asyncio.run(writer.write())
    assert [each.dropped_before for each in store.written] == [2]


def test_old_requests_are_deleted_while_many_are_written() -> None:
    store = Store()
    writer = writer_of(store)
    for _ in range(PURGE_EVERY // BATCH_MAX):
        for _ in range(BATCH_MAX):
            writer.add(entry())
        asyncio.run(writer.write())
    assert store.purges == [(7, 10_000)]


def test_shutdown_writes_what_is_in_the_queue() -> None:
    store = Store()
    writer = writer_of(store)

    async def run_and_stop() -> None:
        task = asyncio.create_task(writer.run())
        await asyncio.sleep(0)
        for _ in range(BATCH_MAX + 1):
            writer.add(entry())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(run_and_stop())
    assert len(store.written) == BATCH_MAX + 1


def test_shutdown_waits_for_the_batch_that_is_being_written() -> None:
    async def stopped_while_it_writes() -> Store:
        store = Store(slow=asyncio.Event())
        writer = writer_of(store)
        writer.add(entry())
        running = asyncio.create_task(writer.run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        writer.add(entry())
        running.cancel()
        await asyncio.sleep(0)
        assert store.slow is not None
        store.slow.set()
        await asyncio.wait({running})
        assert running.cancelled()
        return store

    assert len(asyncio.run(stopped_while_it_writes()).written) == 2
