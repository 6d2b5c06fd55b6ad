"""Migrations: applied once, by one of many processes, and together they make the schema."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final, TypeAlias

import asyncpg
import pytest

from altyn.storage import migrate as migrating
from altyn.storage.carts import unpack_cart
from altyn.storage.migrate import Migration, MigrationError, available, migrate
from tests.integration.storage.schema_text import SCHEMA_FILE, schema_text

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


ADDS: Final = "VALUES (9999, '9999_later.sql', now(), NULL)"
STOPS: Final = "(9998, '9998_stops.sql', now(), 'it loses x')"
FILES: Final = """
    SELECT relname, pg_relation_filenode(oid) AS file FROM pg_class
    WHERE relname = ANY ($1) AND relkind = 'r'
"""


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """A connection to a database in which nothing is."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    yield connection
    await connection.close()


async def test_all_migrations_together_make_the_schema(connection: Connection) -> None:
    await migrate(connection)
    assert await schema_text(connection) == SCHEMA_FILE.read_text("utf-8"), (
        "the migrations and schema.txt differ; if the change is meant, print the file again: "
        "see schema_text.py"
    )


async def test_second_run_applies_nothing(connection: Connection) -> None:
    assert await migrate(connection) == [one.name for one in available()]
    before = await schema_text(connection)
    assert await migrate(connection) == []
    assert await schema_text(connection) == before


async def test_concurrent_starts_migrate_once(connection: Connection, database_url: str) -> None:
    other_connections = [await asyncpg.connect(database_url) for _ in range(3)]
    try:
        applied = await asyncio.gather(*(migrate(one) for one in (connection, *other_connections)))
    finally:
        for one in other_connections:
            await one.close()
    assert sorted(applied, key=len)[:3] == [[], [], []]
    assert max(applied, key=len) == [one.name for one in available()]


async def test_database_that_this_version_cannot_go_on_with_is_refused_unchanged(
    connection: Connection,
) -> None:
    await migrate(connection)
    await connection.execute(f"INSERT INTO schema_migrations {ADDS}, {STOPS}")
    with pytest.raises(MigrationError, match=r"migration 9998, .* newer Altyn, .* \(it loses x\)"):
        await migrate(connection)
    assert await connection.fetchval("SELECT max(number) FROM schema_migrations") == 9999


async def test_migration_of_a_newer_version_that_only_adds_is_left_as_it_is(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = available()
    monkeypatch.setattr(migrating, "available", lambda: every[:-1])
    await migrate(connection)
    await connection.execute(f"INSERT INTO schema_migrations {ADDS}")
    monkeypatch.setattr(migrating, "available", lambda: every)
    assert await migrate(connection) == [every[-1].name]
    assert await migrate(connection) == []


async def test_reason_of_a_migration_is_recorded_and_sent_to_older_processes(
    connection: Connection, database_url: str
) -> None:
    payloads: list[str] = []
    listening = await asyncpg.connect(database_url)
    await listening.add_listener("altyn_schema", lambda *of: payloads.append(str(of[3])))
    await migrate(connection)
    await listening.fetchval("SELECT 1")
    await listening.close()
    rows = await connection.fetch("SELECT number, stops_older FROM schema_migrations")
    assert {row["number"]: row["stops_older"] for row in rows} == {
        one.number: one.stops_older for one in available()
    }
    newest = max(one for one in available() if one.stops_older)
    assert payloads == [f"{newest.number} {newest.stops_older}"]


async def test_database_of_before_the_marks_gets_their_column_without_reasons(
    connection: Connection,
) -> None:
    await migrate(connection)
    await connection.execute("ALTER TABLE schema_migrations DROP COLUMN stops_older")
    assert await migrate(connection) == []
    rows = await connection.fetch("SELECT stops_older FROM schema_migrations")
    assert {row["stops_older"] for row in rows} == {None}


async def test_migration_waits_for_no_reader_of_its_table(
    connection: Connection, database_url: str
) -> None:
    """A dump locks each table against changes of its columns until it ends."""
    await migrate(connection)
    dump = await asyncpg.connect(database_url)
    async with dump.transaction():
        await dump.execute("LOCK TABLE schema_migrations IN ACCESS SHARE MODE")
        await connection.execute("SET lock_timeout = '100ms'")
        assert await migrate(connection) == []
    await dump.close()


async def test_failed_migration_changes_nothing(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = "CREATE TABLE half (); SELECT 1 / 0"
    broken = [*available(), Migration(9998, "9998_broken.sql", sql)]
    monkeypatch.setattr(migrating, "available", lambda: broken)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(connection)
    assert await schema_text(connection) == ""


async def test_setting_of_the_callback_mode_is_removed(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = available()
    monkeypatch.setattr(migrating, "available", lambda: every[:7])
    await migrate(connection)
    await connection.execute(
        "INSERT INTO merchants (merchant_id, login, name, created_at) VALUES (1, 'a', 'A', now())"
    )
    stored = ('{"hold_days": 9}', '{"callbacks": {"mode": "dynamic", "attempts": 5}}')
    for version, settings in enumerate(stored, 1):
        await connection.execute(
            "INSERT INTO merchant_settings VALUES (1, $1, $2::jsonb, now(), 'anna')",
            version,
            settings,
        )
    monkeypatch.setattr(migrating, "available", lambda: every)
    await migrate(connection)
    rows = await connection.fetch("SELECT settings::text FROM merchant_settings ORDER BY version")
    assert [row[0] for row in rows] == ['{"hold_days": 9}', '{"callbacks": {"attempts": 5}}']


async def test_carts_move_into_their_column(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = available()
    monkeypatch.setattr(migrating, "available", lambda: every[:14])
    await migrate(connection)
    await connection.execute(
        "INSERT INTO merchants (merchant_id, login, name, created_at) VALUES (1, 'a', 'A', now())"
    )
    cart = '{"cartItems": {"items": [{"name": "Чай \\ \\"чёрный\\""}]}}'
    plain = {"description": "Чай"}
    requests = {"1": plain | {"order_bundle": {"text": cart}}, "2": {"language": "ru"}}
    for number, request in requests.items():
        await connection.execute(
            "INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency, "
            "amount_minor, two_phase, attempts_max, hold_days, created_at, expires_at, request, "
            "params) VALUES (1, gen_random_uuid(), $1, 1, 'created', '643', 100, false, 3, 7, "
            "now(), now(), $2::jsonb, '{}')",
            number,
            json.dumps(request),
        )
    monkeypatch.setattr(migrating, "available", lambda: every)
    await migrate(connection)
    [first, second] = await connection.fetch(
        "SELECT cart, request::text FROM orders ORDER BY order_number"
    )
    assert (unpack_cart(first["cart"]), json.loads(first["request"])) == (cart, plain)
    assert (second["cart"], json.loads(second["request"])) == (None, {"language": "ru"})


async def test_no_migration_rewrites_a_table_of_payments(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rewrite locks its table for as long as it takes."""
    every = available()
    before: dict[str, int] = {}
    for count in range(9, len(every) + 1):
        monkeypatch.setattr(migrating, "available", lambda known=every[:count]: known)
        await migrate(connection)
        rows = await connection.fetch(
            FILES, ["orders", "payment_attempts", "bindings", "card_vault"]
        )
        files = {row["relname"]: row["file"] for row in rows}
        assert files.items() >= before.items(), every[count - 1].name
        before = files
    assert len(before) == 4


def test_migrations_are_numbered_without_gaps() -> None:
    assert [one.number for one in available()] == list(range(1, len(available()) + 1))
