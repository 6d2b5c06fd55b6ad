"""The outbox in PostgreSQL: entries are claimed by a lease, and settled by the result of the
attempt.

Any number of processes may work on it. An entry belongs to one worker while its lease lasts; the
entries of a killed worker are claimed by another one. Source: docs/architecture.md;
callbacks.md §1, §5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from altyn.domain.callback import CallbackDelivery
from altyn.domain.effects import OutboxEntry
from altyn.domain.outbox import (
    Claimed,
    ClaimedEntry,
    ClaimOrder,
    DeliveryQueue,
    EntryId,
    OpenEntry,
    QueueDepth,
    Settlement,
    Verdict,
)
from altyn.domain.receipt.values import ReceiptUpdate
from altyn.storage.coalescing import Coalescer
from altyn.storage.database import Pool
from altyn.storage.outbox_notifier import notify_queues
from altyn.storage.records import entries_json, to_json
from altyn.storage.statements import statement

TEXT_LENGTH_MAX: Final = 16_384  # kept of a body, in characters
HIDDEN: Final = "•••"
RESEND_BATCH: Final = 1000
_SHOWN_HEADERS: Final = frozenset({"content-type", "accept", "user-agent"})
_parameters: Final = msgspec.json.Decoder(dict[str, str]).decode


class OutboxStore:
    """Entries of all kinds, for the workers that carry them out."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._settling = Coalescer(self._settle_batch)

    async def waiting_queues(self, kinds: Collection[str]) -> Mapping[DeliveryQueue, datetime]:
        """The queues in which entries of these kinds wait, and when the first is due (UTC)."""
        rows = await statement("waiting_queues").fetch(self._pool, kinds=list(kinds))
        return {_queue(row): row["due_at"] for row in rows}

    async def claim(self, orders: Mapping[DeliveryQueue, ClaimOrder], *, now: datetime) -> Claimed:
        """Claim entries of these queues that are due by `now`, the oldest first.

        They are the caller's for the lease, in real time. Of one kind, subject and receiver only
        the oldest waiting entry is claimed.
        """
        # in one order, so that two workers which claim from the same queues do not lock each other
        queues = sorted(orders)
        rows = await statement("claim_entries").fetch_each(
            self._pool, [_claim_values(queue, orders[queue], now) for queue in queues]
        )
        entries = [_entry(row) for row in rows if row["merchant_id"] is not None]
        entries.sort(key=lambda entry: (entry.created_at, str(entry.id)))
        return Claimed(tuple(entries), _contended(rows, entries))

    async def settle(self, settlement: Settlement) -> bool:
        """Save the state after an attempt. True when another entry waits behind this one."""
        return await self._settling.call(settlement)

    async def add(
        self,
        merchant_id: int,
        subject_id: UUID,
        version: int,
        entries: Sequence[OutboxEntry],
        at: datetime,
    ) -> int:
        """Add entries that come without a change of an order. How many.

        The same version of a subject is added once only.
        """
        rows = await statement("add_entries").fetch(
            self._pool,
            merchant_id=merchant_id,
            subject_id=subject_id,
            version=version,
            at=at,
            entries=entries_json(entries),
        )
        return len(rows)

    async def resend(
        self,
        kind: str,
        id: EntryId,  # noqa: A002 - the field's own name
        *,
        now: datetime,
        receiver: str | None = None,
        host: str | None = None,
    ) -> bool:
        """Make an entry due now, with all its attempts; for another receiver if one is named.

        False when there is no such entry, or when a worker carries it out at this moment. Running
        workers are woken; without one the entry goes out when the next gateway starts.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await statement("resend_entry").fetch(
                connection, kind=kind, receiver=receiver, host=host, now=now, **id_values(id)
            )
            await notify_queues(connection, {_queue(row) for row in rows})
        return bool(rows)

    async def make_due(
        self, kind: str, merchant_id: int, subject_id: UUID, version: int, *, now: datetime
    ) -> bool:
        """Make the waiting entries of a version of a subject due now. False when there are none."""
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await statement("make_entry_due").fetch(
                connection,
                kind=kind,
                merchant_id=merchant_id,
                subject_id=subject_id,
                version=version,
                now=now,
            )
            await notify_queues(connection, {_queue(row) for row in rows})
        return bool(rows)

    async def resend_dead(self, kind: str, merchant_id: int, *, now: datetime) -> int:
        """Make all dead entries of a kind and a merchant due now. How many.

        In batches: after a long outage they may be more than one statement can change in time.
        """
        resent = 0
        while rows := await self._resend_batch(kind, merchant_id, now):
            resent += sum(row["resent"] for row in rows)
        return resent

    async def depths(self) -> Collection[QueueDepth]:
        """How many entries of each kind and merchant wait, and since when."""
        rows = await statement("outbox_depths").fetch(self._pool)
        return [
            QueueDepth(row["kind"], row["login"], row["waiting"], row["oldest"]) for row in rows
        ]

    async def open_entries(
        self, queue: DeliveryQueue, until: datetime, *, limit: int
    ) -> Sequence[OpenEntry]:
        """The first entries of a queue that are due by `until` (UTC) and not carried out."""
        rows = await statement("open_entries").fetch(
            self._pool,
            merchant_id=queue.merchant_id,
            kind=queue.kind,
            host=queue.host,
            until=until,
            limit=limit,
        )
        return [OpenEntry(**dict(row)) for row in rows]

    async def purge(self, *, before: datetime, limit: int = 1000) -> int:
        """Delete entries that were settled before a moment, at most so many. How many."""
        found = await statement("settled_entries").fetch(self._pool, before=before, limit=limit)
        if not found:
            return 0
        rows = await statement("purge_entries").fetch(
            self._pool,
            merchant_ids=[row["merchant_id"] for row in found],
            subject_ids=[row["subject_id"] for row in found],
            versions=[row["version"] for row in found],
            lines=[row["line"] for row in found],
            before=before,
        )
        return int(rows[0]["purged"])

    async def _resend_batch(self, kind: str, merchant_id: int, now: datetime) -> Sequence[Any]:
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await statement("resend_dead_entries").fetch(
                connection, kind=kind, merchant_id=merchant_id, now=now, limit=RESEND_BATCH
            )
            await notify_queues(connection, {_queue(row) for row in rows})
        return rows

    async def _settle_batch(self, batch: Sequence[Settlement]) -> list[bool]:
        settlements = sorted(batch, key=lambda each: str(each.entry.id))
        rows = await statement("settle_entries").fetch(
            self._pool,
            merchant_ids=sorted({each.entry.id.merchant_id for each in settlements}),
            attempts=to_json([_attempt_row(each) for each in settlements]),
        )
        followed = {_id(row) for row in rows}
        return [each.entry.id in followed for each in batch]


def id_values(id: EntryId) -> dict[str, int | UUID]:  # noqa: A002 - the field's own name
    """The key of an entry as the parameters of a statement."""
    return {
        "merchant_id": id.merchant_id,
        "subject_id": id.subject_id,
        "version": id.version,
        "line": id.line,
    }


def _claim_values(queue: DeliveryQueue, order: ClaimOrder, now: datetime) -> dict[str, Any]:
    return {
        "kind": queue.kind,
        "merchant_id": queue.merchant_id,
        "host": queue.host,
        "slots": order.slots,
        "lease_seconds": order.lease_seconds,
        "now": now,
    }


def _contended(
    rows: Sequence[Mapping[str, Any]], entries: Sequence[ClaimedEntry]
) -> frozenset[DeliveryQueue]:
    """The queues in which fewer entries were claimed than could be."""
    claimed = Counter(entry.queue for entry in entries)
    candidates = {
        DeliveryQueue(row["queue_kind"], row["queue_merchant_id"], row["queue_host"]): row[
            "candidates"
        ]
        for row in rows
    }
    return frozenset(queue for queue, count in candidates.items() if count > claimed[queue])


def _queue(row: Mapping[str, Any]) -> DeliveryQueue:
    return DeliveryQueue(row["kind"], row["merchant_id"], row["host"])


def _id(row: Mapping[str, Any]) -> EntryId:
    return EntryId(row["merchant_id"], row["subject_id"], row["version"], row["line"])


def _entry(row: Mapping[str, Any]) -> ClaimedEntry:
    return ClaimedEntry(
        id=_id(row),
        kind=row["kind"],
        operation=row["operation"],
        receiver=row["receiver"],
        host=row["origin"],
        parameters=_parameters(row["parameters"]),
        created_at=row["created_at"],
        attempt=row["attempts"],
        failures=row["failures"],
    )


def _attempt_row(settlement: Settlement) -> dict[str, Any]:
    """The row of `attempted` in `settle_entries`."""
    entry, problem = settlement.entry, settlement.result.problem
    record = settlement.result.record
    columns = _record_columns(record)
    return {
        **id_values(entry.id),
        "kind": entry.kind,
        "receiver": entry.receiver,
        "attempt": entry.attempt,
        "state": settlement.state,
        "problem": None if problem is None else _text(problem),
        "settled_at": settlement.settled_at,
        "due_at": settlement.due_at,
        "failed": settlement.result.verdict in {Verdict.FAILED, Verdict.REJECTED},
        **columns,
    }


def _record_columns(record: object) -> dict[str, Any]:
    """What the handler keeps of the attempt, in the same row."""
    match record:
        case CallbackDelivery():
            return _delivery_columns(record)
        case ReceiptUpdate():
            return {
                "receipt_state": record.state,
                "provider_id": record.provider_id,
                "fiscal": record.fiscal,
            }
        case _:
            return {}


def _delivery_columns(record: CallbackDelivery) -> dict[str, Any]:
    """The record of a delivery, in the same row. A merchant's header may hold a token."""
    request, response = record.request, record.response
    return {
        "at": record.at,
        "took_ms": round(response.took_seconds * 1000),
        "method": request.method,
        "url": request.url,
        "headers": [[name, _shown(name, value)] for name, value in request.headers],
        "body": None if request.body is None else _text(request.body.decode(errors="replace")),
        "signed": request.signed,
        "checksum": request.checksum,
        "status": response.status,
        "answer_headers": [[_text(name), _text(value)] for name, value in response.headers],
        "answer": _text(response.body),
        "delivery_problem": response.problem,
    }


def _shown(name: str, value: str) -> str:
    return value if name.lower() in _SHOWN_HEADERS else HIDDEN


def _text(text: str) -> str:
    """The beginning of a text from outside; PostgreSQL's text cannot hold a null character."""
    return text[:TEXT_LENGTH_MAX].replace("\0", "�")
