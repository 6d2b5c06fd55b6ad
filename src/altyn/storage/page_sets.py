"""Page sets of shops in PostgreSQL: the store of the account, and what is served to payers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg
import msgspec

from altyn.domain.account.audit import AuditEntry
from altyn.domain.page_set import Finding, PageSet, PageSetState
from altyn.operations.page_sets import ActivePages
from altyn.storage.audit import AuditLog
from altyn.storage.database import Connection, Listener, Pool
from altyn.storage.row_cache import RowCache
from altyn.storage.statements import statement

PAGE_SETS_CHANNEL: Final = "altyn_page_sets"
"""The payload is the number of the merchant whose active set may have changed."""

WHATEVER_IT_IS: Final = 0
_findings: Final = msgspec.json.Decoder(tuple[Finding, ...]).decode


class _NothingChangedError(Exception):
    """Rolls a transaction back."""


class PageSetTables:
    """The `PageSetStore` port. A change and its entry of the audit log are one transaction."""

    def __init__(self, pool: Pool, audit: AuditLog) -> None:
        self._pool = pool
        self._audit = audit

    async def sets(self, merchant_id: int) -> Sequence[PageSet]:
        """The sets of a merchant, newest first."""
        rows = await statement("list_page_sets").fetch(self._pool, merchant_id=merchant_id)
        return [_page_set_of(row) for row in rows]

    async def last_number(self, merchant_id: int) -> int:
        """The highest number that a set of a merchant has or had; 0 without one."""
        rows = await statement("last_page_set").fetch(self._pool, merchant_id=merchant_id)
        return int(rows[0]["number"])

    async def waiting(self) -> Sequence[PageSet]:
        """The sets of all merchants that wait for the provider, oldest first."""
        return [_page_set_of(row) for row in await statement("waiting_page_sets").fetch(self._pool)]

    async def files(self, merchant_id: int, number: int) -> Mapping[str, bytes]:
        """All files of a set, by path."""
        rows = await statement("load_page_set_files").fetch(
            self._pool, merchant_id=merchant_id, number=number
        )
        return {row["path"]: row["content"] for row in rows}

    async def add(self, page_set: PageSet, files: Mapping[str, bytes], entry: AuditEntry) -> bool:
        """Add a set with its files. False: its number is taken."""
        values = {
            "merchant_id": page_set.merchant_id,
            "number": page_set.number,
            "state": str(page_set.state),
            "uploaded_at": page_set.uploaded_at,
            "uploaded_by": page_set.uploaded_by,
            "paths": list(files),
            "contents": list(files.values()),
            "size_bytes": page_set.size_bytes,
            "findings": _encoded(page_set.findings),
        }
        return await self._changed("add_page_set", entry, values)

    async def activate(self, merchant_id: int, number: int, entry: AuditEntry) -> bool:
        """Make a ready set active, and the active one ready."""
        values = {"merchant_id": merchant_id, "number": number, "now": entry.at}
        try:
            return await self._changed("activate_page_set", entry, values, replaces=True)
        except asyncpg.UniqueViolationError:
            return False  # another set was made active at the same time

    async def deactivate(self, merchant_id: int, number: int, entry: AuditEntry) -> bool:
        """Make the active set ready."""
        values = {"merchant_id": merchant_id, "number": number}
        return await self._changed("deactivate_page_sets", entry, values)

    async def remove(self, merchant_id: int, number: int, entry: AuditEntry) -> bool:
        """Remove a set that is not active."""
        values = {"merchant_id": merchant_id, "number": number}
        return await self._changed("remove_page_set", entry, values)

    async def decide(self, page_set: PageSet, entry: AuditEntry) -> bool:
        """Save the provider's decision about a set that waits."""
        values = {
            "merchant_id": page_set.merchant_id,
            "number": page_set.number,
            "state": str(page_set.state),
            "approved_by": page_set.approved_by,
            "reason": page_set.reason,
            "now": entry.at,
        }
        return await self._changed("decide_page_set", entry, values)

    async def _changed(
        self, name: str, entry: AuditEntry, values: dict[str, Any], *, replaces: bool = False
    ) -> bool:
        """Run a change with its entry. False, and nothing is saved, when it changes no row."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await self._run(connection, name, entry, values, replaces=replaces)
        except _NothingChangedError:
            return False
        return True

    async def _run(
        self,
        connection: Connection,
        name: str,
        entry: AuditEntry,
        values: dict[str, Any],
        *,
        replaces: bool,
    ) -> None:
        merchant_id = entry.merchant_id
        if replaces:
            await statement("deactivate_page_sets").fetch(
                connection, merchant_id=merchant_id, number=WHATEVER_IT_IS
            )
        if not await statement(name).fetch(connection, **values):
            raise _NothingChangedError
        await self._audit.append(connection, entry)
        await statement("notify").execute(
            connection, channel=PAGE_SETS_CHANNEL, payload=str(merchant_id)
        )


class ServedPageSets:
    """The `ServedPages` port; a change by any process is used within a second."""

    def __init__(self, pool: Pool, listener: Listener) -> None:
        self._pool = pool
        self._active = RowCache(self._load, listening=lambda: listener.listening)
        listener.on(PAGE_SETS_CHANNEL, self._changed, on_gap=self._drop_all)

    async def active(self, merchant_id: int) -> ActivePages:
        """What is known of the active set of a merchant; number 0 where there is none."""
        return await self._active.get(merchant_id) or ActivePages()

    async def file(self, merchant_id: int, number: int, path: str) -> bytes | None:
        """A file of a set."""
        rows = await statement("load_page_set_file").fetch(
            self._pool, merchant_id=merchant_id, number=number, path=path
        )
        return bytes(rows[0]["content"]) if rows else None

    async def _load(self, merchant_id: int) -> ActivePages:
        rows = await statement("active_page_set").fetch(self._pool, merchant_id=merchant_id)
        if not rows:
            return ActivePages()
        row = rows[0]
        return ActivePages(row["number"], frozenset(row["paths"]), checked=row["checked"])

    def _changed(self, payload: str) -> None:
        self._active.drop(int(payload))

    async def _drop_all(self) -> None:
        self._active.drop_all()


def _encoded(findings: Sequence[Finding]) -> str:
    return msgspec.json.encode(findings).decode()


def _page_set_of(row: asyncpg.Record) -> PageSet:
    return PageSet(
        merchant_id=row["merchant_id"],
        number=row["number"],
        state=PageSetState(row["state"]),
        uploaded_at=row["uploaded_at"],
        uploaded_by=row["uploaded_by"],
        files=tuple(row["paths"]),
        size_bytes=row["size_bytes"],
        findings=_findings(row["findings"]),
        approved_by=row["approved_by"],
        reason=row["reason"],
        activated_at=row["activated_at"],
    )
