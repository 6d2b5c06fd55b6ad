"""A migrated database with empty tables for each test of the store, and processes to use it.

Tables are emptied, which takes milliseconds, instead of creating a database for each test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import asyncpg
import pytest

from altyn.storage.database import Pool, connect
from altyn.storage.migrate import migrate
from tests.integration.storage.processes import Process


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool on a migrated database whose tables are empty."""
    connection = await asyncpg.connect(database_url)
    await migrate(connection)
    tables = await connection.fetchval(
        "SELECT string_agg(quote_ident(table_name), ', ') FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        " AND table_name <> 'schema_migrations'"
    )
    await connection.execute(f"TRUNCATE {tables}")
    await connection.close()
    pool = await connect(database_url, pool_size=2)
    yield pool
    await pool.close()


@pytest.fixture
async def start_process(
    pool: Pool, database_url: str
) -> AsyncIterator[Callable[[], Awaitable[Process]]]:
    """Starts what one process of the gateway has of its own; call it again for another process."""
    async with AsyncExitStack() as running:

        async def start() -> Process:
            return await running.enter_async_context(Process.started(pool, database_url))

        yield start
