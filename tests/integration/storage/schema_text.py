"""The schema as text: tables with their columns, constraints, indexes and views.

A review shows the whole effect of a migration in `schema.txt`, next to this file. Print it again
after a change to the migrations:

    .venv/bin/python -m tests.integration.storage.schema_text > tests/integration/storage/schema.txt
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

import asyncpg

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.storage.migrate import migrate

SCHEMA_FILE: Final = Path(__file__).with_name("schema.txt")

_COLUMNS: Final = """
    SELECT table_name,
           format('%s %s%s%s', column_name, data_type,
                  CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' END,
                  CASE WHEN column_default IS NOT NULL THEN ' DEFAULT ' || column_default END)
    FROM information_schema.columns WHERE table_schema = 'public'
    ORDER BY table_name, ordinal_position
"""
# PostgreSQL 18 lists NOT NULL here too; the columns have it already, on every version alike.
_CONSTRAINTS: Final = """
    SELECT conrelid::regclass::text, format('%s %s', conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    ORDER BY 1, 2
"""
_INDEXES: Final = """
    SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2
"""
_VIEWS: Final = """
    SELECT table_name, 'view' FROM information_schema.views WHERE table_schema = 'public'
"""


async def schema_text(connection: asyncpg.Connection[asyncpg.Record]) -> str:
    """The schema `public` of a database, the same text for the same schema."""
    lines: dict[str, list[str]] = {}
    for query in (_VIEWS, _COLUMNS, _CONSTRAINTS, _INDEXES):
        for table, line in await connection.fetch(query):
            lines.setdefault(table, []).append(f"    {line}\n")
    return "\n".join(f"{table}\n{''.join(lines[table])}" for table in sorted(lines))


async def _print_schema(url: str) -> None:
    connection = await asyncpg.connect(url)
    await migrate(connection)
    print(await schema_text(connection), end="")  # noqa: T201 - what this command is for
    await connection.close()


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder) / "data") as server,
    ):
        asyncio.run(_print_schema(server.url))
