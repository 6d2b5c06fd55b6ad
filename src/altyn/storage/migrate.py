"""Migrations: numbered SQL files, applied once each, in order, under an advisory lock.

A process that is older than the schema serves no requests (`schema_check.py`). Source:
docs/how-to/upgrade.md.
"""

from importlib.resources import files
from typing import Any, Final

import asyncpg

LOCK: Final = 0x616C74796E  # "altyn"
SCHEMA_CHANNEL: Final = "altyn_schema"
POSTGRES_MIN: Final = 150000


class MigrationError(Exception):
    """The database cannot be brought to this version of Altyn; the text says why and what to do."""


def available() -> list[tuple[int, str, str]]:
    """The migrations of this version: number, name, SQL."""
    found = []
    for entry in (files("altyn.storage") / "migrations").iterdir():
        if entry.name.endswith(".sql"):
            number = int(entry.name.split("_", 1)[0])
            found.append((number, entry.name, entry.read_text(encoding="utf-8")))
    return sorted(found)


def newest_known() -> int:
    """The number of the newest migration of this version."""
    return available()[-1][0]


async def migrate(connection: "asyncpg.Connection[Any]") -> list[str]:
    """Apply what is missing; return the names of what was applied. Older processes are notified.

    Raises MigrationError when PostgreSQL is too old, or the database is of a newer Altyn.
    """
    version = int(await connection.fetchval("SHOW server_version_num"))
    if version < POSTGRES_MIN:
        raise MigrationError(
            f"PostgreSQL {version // 10000} is too old: Altyn needs 15 or newer. "
            "Upgrade it, or leave ALTYN_DATABASE_URL out to use the embedded one."
        )
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY,"
            " name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = await connection.fetch("SELECT number FROM schema_migrations")
        applied, known = {row["number"] for row in rows}, available()
        if applied - {number for number, _, _ in known}:
            raise MigrationError(
                f"the database has migration {max(applied)}, this Altyn knows {known[-1][0]}: "
                "it was used by a newer Altyn. Run that version, or another database."
            )
        missing = [one for one in known if one[0] not in applied]
        names = [await _apply(connection, *one) for one in missing]
        if names:
            newest = str(known[-1][0])
            await connection.execute("SELECT pg_notify($1, $2)", SCHEMA_CHANNEL, newest)
        return names


async def _apply(connection: "asyncpg.Connection[Any]", number: int, name: str, sql: str) -> str:
    await connection.execute(sql)
    await connection.execute(
        "INSERT INTO schema_migrations (number, name) VALUES ($1, $2)", number, name
    )
    return name
