"""Migrations: numbered SQL files, applied once each, in order, under an advisory lock.

A migration that older processes cannot go on with says so in its head comment, in one line:
`-- Older processes stop: <reason>`. Only such a migration stops them (`schema_check.py`). Source:
docs/how-to/upgrade.md.
"""

import re
from importlib.resources import files
from typing import Any, Final, NamedTuple

import asyncpg

LOCK: Final = 0x616C74796E  # "altyn"
SCHEMA_CHANNEL: Final = "altyn_schema"
POSTGRES_MIN: Final = 150000

_MARK: Final = re.compile(r"^-- Older processes stop: (\S.*)$", re.MULTILINE)
_CREATE_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, name text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now(), stops_older text)
"""
_HAS_COLUMN: Final = """
    SELECT true FROM pg_attribute WHERE attrelid = 'schema_migrations'::regclass
        AND attname = 'stops_older' AND NOT attisdropped
"""
_ADD_COLUMN: Final = "ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS stops_older text"
_RECORD: Final = "INSERT INTO schema_migrations (number, name, stops_older) VALUES ($1, $2, $3)"


class MigrationError(Exception):
    """The database cannot be brought to this version of Altyn; the text says why and what to do."""


class Migration(NamedTuple):
    """One SQL file: its number, its name, its text."""

    number: int
    name: str
    sql: str

    @property
    def head(self) -> str:
        """The comment lines at the beginning of the file."""
        found = re.match(r"(--[^\n]*(\n|$))*", self.sql)
        return found[0] if found else ""

    @property
    def stops_older(self) -> str | None:
        """Why older processes cannot go on with it; None when they can."""
        found = _MARK.search(self.head)
        return found[1] if found else None


def available() -> list[Migration]:
    """The migrations of this version, by number."""
    found = []
    for entry in (files("altyn.storage") / "migrations").iterdir():
        if entry.name.endswith(".sql"):
            number = int(entry.name.split("_", 1)[0])
            found.append(Migration(number, entry.name, entry.read_text(encoding="utf-8")))
    return sorted(found)


def known_numbers() -> frozenset[int]:
    """The numbers of the migrations of this version."""
    return frozenset(one.number for one in available())


async def migrate(connection: "asyncpg.Connection[Any]") -> list[str]:
    """Apply what is missing; return the names of what was applied.

    Older processes are notified where they cannot go on: the number of the newest migration that
    stops them, a space, its reason.
    Raises MigrationError when PostgreSQL is too old, or a newer Altyn has applied a migration that
    this version cannot go on with.
    """
    version = int(await connection.fetchval("SHOW server_version_num"))
    if version < POSTGRES_MIN:
        raise MigrationError(
            f"PostgreSQL {version // 10000} is too old: Altyn needs 15 or newer. "
            "Upgrade it, or leave ALTYN_DATABASE_URL out to use the embedded one."
        )
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        applied, known = await _applied(connection), available()
        _refuse_newer(applied, known)
        missing = [one for one in known if one.number not in applied]
        for one in missing:
            await _apply(connection, one)
        await _notify_older(connection, missing)
        return [one.name for one in missing]


async def _applied(connection: "asyncpg.Connection[Any]") -> dict[int, str | None]:
    """The numbers of the applied migrations, each with the reason why it stops older processes.

    The column is added once: each ALTER TABLE would wait for a `pg_dump` that runs.
    """
    await connection.execute(_CREATE_TABLE)
    if not await connection.fetchval(_HAS_COLUMN):
        await connection.execute(_ADD_COLUMN)
    rows = await connection.fetch("SELECT number, stops_older FROM schema_migrations")
    return {row["number"]: row["stops_older"] for row in rows}


def _refuse_newer(applied: dict[int, str | None], known: list[Migration]) -> None:
    """Raise MigrationError if one that this version does not know stops older processes."""
    unknown = applied.keys() - {one.number for one in known}
    newest = max((number for number in unknown if applied[number] is not None), default=None)
    if newest is not None:
        raise MigrationError(
            f"the database has migration {newest}, this Altyn knows {known[-1].number}: it was "
            f"used by a newer Altyn, and older ones cannot go on with it ({applied[newest]}). "
            "Run that version, or another database."
        )


async def _apply(connection: "asyncpg.Connection[Any]", one: Migration) -> None:
    await connection.execute(one.sql)
    await connection.execute(_RECORD, one.number, one.name, one.stops_older)


async def _notify_older(connection: "asyncpg.Connection[Any]", applied: list[Migration]) -> None:
    stopping = [one for one in applied if one.stops_older is not None]
    if stopping:
        payload = f"{stopping[-1].number} {stopping[-1].stops_older}"
        await connection.execute("SELECT pg_notify($1, $2)", SCHEMA_CHANNEL, payload)
