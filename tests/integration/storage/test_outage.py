"""A lost, hanging, read-only or full database: bounded waits, busy answers, one line per outage."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import asyncpg
import pytest
import structlog

from altyn.operations.ports import Overloaded, ResultUnknown
from altyn.storage.bounded_pool import connect_bounded
from altyn.storage.database import DatabaseUnreachableError, Pool
from altyn.storage.readiness import Readiness
from tests.database_proxy import proxy_before
from tests.integration.storage.processes import eventually

SECONDS = 0.5


@asynccontextmanager
async def bounded(url: str) -> AsyncIterator[Pool]:
    pool = await connect_bounded(url, pool_size=2, timeout_seconds=SECONDS)
    try:
        yield pool
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), 5)


@pytest.fixture
async def migrated(pool: Pool, database_url: str) -> str:
    """The URL of the module's database, with all tables."""
    assert await pool.fetchval("SELECT count(*) FROM readiness") >= 0
    return database_url


async def answers(pool: Pool) -> bool:
    try:
        return bool(await pool.fetchval("SELECT true"))
    except (Overloaded, ResultUnknown):
        return False


def outage_lines(lines: list[structlog.typing.EventDict]) -> list[str]:
    return [line["event"] for line in lines if line["event"].startswith("database_")]


async def test_hanging_database_bounds_the_wait_then_is_busy_at_once_until_it_is_back(
    migrated: str,
) -> None:
    async with proxy_before(migrated) as (proxy, url), bounded(url) as pool:
        with structlog.testing.capture_logs() as lines:
            proxy.hanging = True
            results = await asyncio.gather(
                *(pool.fetchval("SELECT 1") for _ in range(50)), return_exceptions=True
            )
            assert {type(result) for result in results} <= {Overloaded, ResultUnknown}
            assert ResultUnknown in {type(result) for result in results}

            async def refused_at_once() -> bool:
                started = time.monotonic()
                with pytest.raises((Overloaded, ResultUnknown)):
                    await pool.fetchval("SELECT 1")
                return time.monotonic() - started < SECONDS / 2

            await eventually(refused_at_once)
            proxy.hanging = False
            await eventually(lambda: answers(pool))

            async def logged() -> bool:
                return outage_lines(lines)[-1] == "database_back"

            await eventually(logged)
        shown = [line for line in lines if line["log_level"] != "debug"]
        assert outage_lines(shown) == ["database_lost", "database_back"]
        assert shown[-1]["seconds"] >= 0
        assert shown[-1]["failures"] > 1


async def test_lost_connections_are_replaced(migrated: str) -> None:
    async with proxy_before(migrated) as (proxy, url), bounded(url) as pool:
        with structlog.testing.capture_logs() as lines:
            proxy.cut()
            assert not await answers(pool)
            proxy.refusing = False
            await eventually(lambda: answers(pool))
            assert outage_lines(lines)[0] == "database_lost"


async def test_transaction_whose_connection_is_lost_has_an_unknown_result(migrated: str) -> None:
    async with proxy_before(migrated) as (proxy, url), bounded(url) as pool:

        async def change() -> None:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute("SELECT 1")
                proxy.cut()
                await connection.execute("SELECT 1")

        with pytest.raises(ResultUnknown):
            await change()


async def test_wrong_statement_is_no_outage(migrated: str) -> None:
    async with bounded(migrated) as pool:
        with pytest.raises(asyncpg.UndefinedTableError):
            await pool.execute("SELECT * FROM missing")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await pool.execute("SELECT 1/0")
        assert await answers(pool)


async def test_read_only_connections_are_dropped(migrated: str) -> None:
    """As after a switchover: the pooled connections lead to a server that has become a standby."""
    async with bounded(migrated) as pool:
        for _ in range(2):
            await pool.execute("SET default_transaction_read_only = on")
        with pytest.raises(Overloaded):
            await pool.execute("CREATE TABLE after_switchover ()")

        async def writes() -> bool:
            with suppress(Overloaded):
                await pool.execute("CREATE TABLE IF NOT EXISTS after_switchover ()")
                return True
            return False

        await eventually(writes)
        await pool.execute("DROP TABLE after_switchover")


async def test_ready_fails_on_a_read_only_database_and_on_a_full_disk(migrated: str) -> None:
    async with bounded(migrated) as pool:
        assert await Readiness(pool).problem() is None
        await pool.execute(
            "CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$"
        )
        await pool.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON readiness EXECUTE FUNCTION disk_is_full()"
        )
        assert await Readiness(pool).problem() == "the database's disk is full"
        await pool.execute("DROP TRIGGER full_disk ON readiness")
        await pool.execute("DROP FUNCTION disk_is_full")
        for _ in range(2):
            await pool.execute("SET default_transaction_read_only = on")
        problem = await Readiness(pool).problem()
        assert problem == "the database is read-only: the URL leads to a standby"


async def test_ready_writes_a_page_and_keeps_the_result_for_a_second(migrated: str) -> None:
    now = [100.0]
    async with bounded(migrated) as pool:
        await pool.execute("TRUNCATE readiness")
        readiness = Readiness(pool, monotonic=lambda: now[0])
        for _ in range(3):
            assert await readiness.problem() is None
        assert await pool.fetchval("SELECT count(*) FROM readiness") == 1
        now[0] += 1
        await readiness.problem()
        assert await pool.fetchval("SELECT count(*) FROM readiness") == 2
        assert await pool.fetchval("SELECT pg_relation_size('readiness')") == 2 * 8192


async def test_several_hosts_of_the_url_are_tried_in_turn(migrated: str) -> None:
    async with proxy_before(migrated) as (proxy, url), proxy_before(migrated) as (second, _):
        parts = urlsplit(url)
        hosts = f"{parts.netloc},127.0.0.1:{second.port}"
        query = "sslmode=disable&target_session_attrs=read-write"
        both = parts._replace(netloc=hosts, query=query).geturl()
        async with bounded(both) as pool:
            assert proxy.server is not None
            proxy.server.close()
            proxy.cut()
            await eventually(lambda: answers(pool))
            assert await pool.fetchval("SELECT true"), "the second host serves"


async def test_url_without_a_host_of_the_role_is_refused_with_advice(migrated: str) -> None:
    url = f"{migrated}&target_session_attrs=read-only"
    with pytest.raises(DatabaseUnreachableError, match="target_session_attrs") as refused:
        _ = await connect_bounded(url, pool_size=1, timeout_seconds=SECONDS)
    assert "Name the primary" in str(refused.value)
