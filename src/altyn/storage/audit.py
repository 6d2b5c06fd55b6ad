"""The audit log in PostgreSQL: the next place in a merchant's chain, and entries as rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import asyncpg

from altyn.domain.account.audit import AuditEntry, ChainedEntry, ChainHead, chained
from altyn.storage.database import Connection
from altyn.storage.statements import statement

PLACE_TAKEN: Final = "audit_log_pkey"
Result = TypeVar("Result")
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Reads and writes the logs of all merchants; `key` is `derive(AUDIT_KEY_PURPOSE)`."""

    key: bytes = field(repr=False)

    async def head(self, connection: Any, merchant_id: int) -> ChainHead:
        """The newest entry of a merchant."""
        rows = await statement("load_audit_head").fetch(connection, merchant_id=merchant_id)
        return ChainHead(*rows[0].values()) if rows else ChainHead()

    async def entries(
        self, connection: Any, merchant_id: int, *, after: int, limit: int
    ) -> Sequence[ChainedEntry]:
        """Entries of a merchant behind a number, in order."""
        rows = await statement("audit_entries").fetch(
            connection, merchant_id=merchant_id, after=after, limit=limit
        )
        return [_entry_of(row) for row in rows]

    async def newest(
        self, connection: Any, merchant_id: int, *, before: int, limit: int
    ) -> Sequence[ChainedEntry]:
        """Entries of a merchant before a number, newest first."""
        rows = await statement("newest_audit_entries").fetch(
            connection, merchant_id=merchant_id, before=before, limit=limit
        )
        return [_entry_of(row) for row in rows]

    async def write(
        self, connection: Any, entry: AuditEntry, name: str = "append_audit", /, **values: Any
    ) -> bool:
        """Run the statement of this name, which saves a change with this entry; whether it did.

        The statement has the entry's columns and `values` as parameters, and returns a row for a
        change.
        """

        async def run(columns: Columns) -> bool:
            return bool(await statement(name).fetch(connection, **columns, **values))

        return await self._at_next_place(connection, entry, run)

    async def append(self, connection: Connection, entry: AuditEntry) -> None:
        """Add an entry for a change that was made by the same transaction."""

        async def run(columns: Columns) -> None:
            async with connection.transaction():  # a savepoint, which a taken place rolls back to
                await statement("append_audit").execute(connection, **columns)

        await self._at_next_place(connection, entry, run)

    async def _at_next_place(
        self,
        connection: Any,
        entry: AuditEntry,
        run: Callable[[Columns], Awaitable[Result]],
    ) -> Result:
        """Run with the columns of the entry at the next place of its chain; the result.

        When another change takes the place first, nothing was saved, and the next one is tried.
        """
        while True:
            head = await self.head(connection, entry.merchant_id)
            try:
                return await run(self._columns(chained(entry, head, self.key)))
            except asyncpg.UniqueViolationError as error:
                if error.constraint_name != PLACE_TAKEN:
                    raise

    def _columns(self, found: ChainedEntry) -> Columns:
        entry = found.entry
        return {
            "merchant_id": entry.merchant_id,
            "number": found.number,
            "at": entry.at,
            "actor": entry.actor,
            "address": entry.address,
            "action": str(entry.action),
            "subject": entry.subject,
            "detail": entry.detail,
            "hash": found.hash,
            "proof": found.head(self.key).proof,
        }


def _entry_of(row: asyncpg.Record) -> ChainedEntry:
    entry = AuditEntry(
        merchant_id=row["merchant_id"],
        at=row["at"],
        actor=row["actor"],
        address=row["address"],
        action=row["action"],
        subject=row["subject"],
        detail=row["detail"],
    )
    return ChainedEntry(entry, row["number"], row["hash"])
