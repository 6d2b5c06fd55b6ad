"""The simulators' own PostgreSQL schema, and their named SQL statements.

The bank simulator has its own books, so that a test can compare them with the gateway's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

import asyncpg

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# When two processes create the schema at the same time, PostgreSQL refuses one of them in spite of
# IF NOT EXISTS, so they take this advisory lock. The number is arbitrary.
_SCHEMA_LOCK: Final = 0x616C_7479_6E73

_NAMED: Final = re.compile(r"^-- (?P<name>[a-z_]+): ", re.MULTILINE)


async def apply_schema(pool: Pool, schema: str) -> None:
    """Create the tables of a schema if they are missing; safe for concurrent processes."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _SCHEMA_LOCK)
        await connection.execute(schema)


def statements(queries: Path) -> Mapping[str, str]:
    """The statements of an .sql file, by the name above each of them (`-- name: a sentence`)."""
    text = queries.read_text("utf-8")
    heads = list(_NAMED.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return MappingProxyType(
        {
            head["name"]: text[head.start() : end].strip()
            for head, end in zip(heads, ends, strict=True)
        }
    )
