"""A migrated database with empty tables for each test of the store, and processes to use it.

Tables are emptied, which takes milliseconds, instead of creating a database for each test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import asyncpg
import pytest

from altyn.storage.database import Pool, connect
from tests.integration.storage.processes import Process

# Most tables are empty, and to find that out costs less than to truncate them.
_EMPTY_TABLES: Final = """
    DO $$ DECLARE table_name text; filled boolean; BEGIN
        FOR table_name IN SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                AND NOT relispartition AND relname <> 'schema_migrations'
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', table_name) INTO filled;
            IF filled THEN EXECUTE format('TRUNCATE %I CASCADE', table_name); END IF;
        END LOOP;
    END $$
"""


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool on a migrated database whose tables are empty."""
    connection = await asyncpg.connect(database_url)
    await connection.execute(_EMPTY_TABLES)
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
