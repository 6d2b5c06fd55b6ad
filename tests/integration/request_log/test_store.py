"""The request log in PostgreSQL: bounds, the order of ids, what was not recorded."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from altyn.domain.request_log import (
    Endpoint,
    NewRequest,
    RequestContent,
    RequestFacts,
    RequestFilter,
    SentParameter,
)
from altyn.storage.request_log import RequestLogStore
from tests.integration.request_log.conftest import LogReader
from tests.integration.storage.processes import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def entry(method: str = "m", dropped: int = 0) -> NewRequest:
    facts = RequestFacts(
        at=NOW, endpoint=Endpoint.REST, method=method, http_method="POST", path="/p", shop="test"
    )
    return NewRequest(facts, RequestContent(parameters=(SentParameter("a", "\0"),)), dropped)


async def test_entry_is_read_as_it_was_written(log: LogReader) -> None:
    written = entry("written", dropped=3)
    await log.store.add([written])
    (line,) = await log.store.find(RequestFilter(method="written"), limit=2)
    found = await log.store.get(line.id)
    assert found is not None
    assert found.content == written.content
    assert found.line.dropped_before == 3
    assert found.line.facts.shop == "test"
    assert found.line.facts.merchant_id is not None
    assert await log.store.dropped() == 3


async def test_request_is_not_found_after_it_was_deleted(log: LogReader) -> None:
    assert await log.store.get(2**40) is None


async def test_newest_ones_are_kept(log: LogReader) -> None:
    await log.store.add([entry(f"n{number}") for number in range(30)])
    await log.store.purge(days=7, keep=10)
    lines = await log.store.find(RequestFilter(), limit=100)
    assert len(lines) == 10
    assert lines[0].facts.method == "n29"
    await log.store.purge(days=7, keep=10)
    assert len(await log.store.find(RequestFilter(), limit=100)) == 10


async def test_age_is_counted_in_real_time_however_the_sandbox_clock_is_moved(
    log: LogReader,
) -> None:
    await log.store.add([entry("old"), entry("new")])
    age = timedelta(days=8)
    async with log.gateway.pool.acquire() as connection:
        await connection.execute(
            "UPDATE request_log SET written_at = now() - $1::interval WHERE method = 'old'", age
        )
    await log.store.purge(days=7, keep=1_000)
    methods = {line.facts.method for line in await log.store.find(RequestFilter(), limit=1_000)}
    assert "new" in methods
    assert "old" not in methods


async def test_reader_after_an_id_misses_no_request_of_concurrent_writers(log: LogReader) -> None:
    stores = [RequestLogStore(log.gateway.pool) for _ in range(6)]
    found: set[str] = set()
    after = log.begin

    async def write(store: RequestLogStore, writer: int) -> None:
        for number in range(15):
            await store.add([entry(f"w{writer}-{number}-{each}") for each in range(3)])

    async def read() -> None:
        nonlocal after
        lines = await log.store.find(RequestFilter(after=after), limit=1_000)
        found.update(line.facts.method for line in lines)
        after = max([after, *(line.id for line in lines)])

    writing = asyncio.gather(*(write(store, writer) for writer, store in enumerate(stores)))
    while not writing.done():
        await read()
        await asyncio.sleep(0)
    await writing
    await read()
    assert len({method for method in found if method.startswith("w")}) == 6 * 15 * 3


async def test_entry_that_waits_for_a_migration_and_is_waited_for_is_written_after_it(
    log: LogReader, database_url: str
) -> None:
    migration = await asyncpg.connect(database_url)

    async def waits() -> bool:
        query = "SELECT count(*) FROM pg_locks WHERE relation = 'merchants'::regclass"
        return bool(await migration.fetchval(f"{query} AND NOT granted"))

    try:
        async with migration.transaction():
            await migration.execute("SET LOCAL deadlock_timeout = '60s'")  # the other one is ended
            await migration.execute("LOCK TABLE merchants")
            adding = asyncio.create_task(log.store.add([entry("deadlock")]))
            await eventually(waits)
            await migration.execute("LOCK TABLE request_log")  # until PostgreSQL ends the other one
        await adding
    finally:
        await migration.close()
    assert len(await log.store.find(RequestFilter(method="deadlock"), limit=2)) == 1
