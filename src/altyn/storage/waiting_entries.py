"""Reads the entries of the outbox that are due first, for the sandbox's list of what comes next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Final

import msgspec

from altyn.operations.due_list import WaitingEntry
from altyn.storage.database import Pool
from altyn.storage.outbox import OutboxStore
from altyn.storage.statements import statement

_parameters: Final = msgspec.json.Decoder(dict[str, str]).decode


class WaitingEntryStore:
    """Implements the port `WaitingEntries` for entries of some kinds."""

    def __init__(self, pool: Pool, outbox: OutboxStore, kinds: Collection[str]) -> None:
        self._pool = pool
        self._outbox = outbox
        self._kinds = kinds

    async def first(self, limit: int) -> Sequence[WaitingEntry]:
        """The entries that are due first, the earliest first.

        They are in the `limit` queues whose own first entries are due first.
        """
        queues = await self._outbox.waiting_queues(self._kinds)
        chosen = sorted(queues, key=lambda queue: (queues[queue], queue))[:limit]
        if not chosen:
            return ()
        rows = await statement("first_entries").fetch_each(
            self._pool, [{**asdict(queue), "limit": limit} for queue in chosen]
        )
        entries = [
            WaitingEntry(**{**dict(row), "parameters": _parameters(row["parameters"])})
            for row in rows
        ]
        return sorted(entries, key=lambda entry: entry.due_at)[:limit]
