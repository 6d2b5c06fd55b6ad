"""Migrations: applied once, whoever comes first, and together they are the schema we look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg
import pytest

from altyn.storage import migrate as migrating
from altyn.storage.migrate import MigrationError, available, migrate
from tests.integration.storage.schema_text import SCHEMA_FILE, schema_text

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """A connection to a database in which nothing is."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    yield connection
    await connection.close()


async def test_the_sum_of_the_migrations_is_the_schema(connection: Connection) -> None:
    await migrate(connection)
    assert await schema_text(connection) == SCHEMA_FILE.read_text("utf-8"), (
        "the migrations and schema.txt differ; if the change is meant, print the file anew: "
        "see schema_text.py"
    )


async def test_a_second_time_there_is_nothing_to_do(connection: Connection) -> None:
    assert await migrate(connection) == [name for _, name, _ in available()]
    before = await schema_text(connection)
    assert await migrate(connection) == []
    assert await schema_text(connection) == before


async def test_of_many_that_start_at_once_one_migrates(
    connection: Connection, database_url: str
) -> None:
    others = [await asyncpg.connect(database_url) for _ in range(3)]
    try:
        applied = await asyncio.gather(*(migrate(one) for one in (connection, *others)))
    finally:
        for one in others:
            await one.close()
    assert sorted(applied, key=len)[:3] == [[], [], []]
    assert max(applied, key=len) == [name for _, name, _ in available()]


async def test_a_database_of_a_newer_version_is_refused_untouched(connection: Connection) -> None:
    await migrate(connection)
    await connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_later.sql')")
    with pytest.raises(MigrationError, match="newer Altyn"):
        await migrate(connection)
    assert await connection.fetchval("SELECT max(number) FROM schema_migrations") == 9999


async def test_a_migration_that_fails_leaves_nothing(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [*available(), (9998, "9998_broken.sql", "CREATE TABLE half (); SELECT 1 / 0")]
    monkeypatch.setattr(migrating, "available", lambda: broken)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(connection)
    assert await schema_text(connection) == ""


def test_migrations_are_numbered_without_gaps() -> None:
    assert [number for number, _, _ in available()] == list(range(1, len(available()) + 1))
