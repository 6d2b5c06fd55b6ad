"""The history of callbacks in PostgreSQL: finds callbacks and their deliveries, and resends them.

Separate from the outbox of the workers: its queries delay neither a payment nor a callback.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from altyn.domain.callback import CALLBACK, host_of
from altyn.domain.callback_history import (
    CallbackDetail,
    CallbackSummary,
    DeliveryDetail,
    DeliverySummary,
)
from altyn.domain.outbox import EntryId, EntryState
from altyn.storage.database import Pool
from altyn.storage.outbox import OutboxStore, id_values
from altyn.storage.statements import statement

_parameters: Final = msgspec.json.Decoder(dict[str, str]).decode
_headers: Final = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode


class CallbackHistory:
    """Reads callbacks and their deliveries, and resends callbacks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._outbox = OutboxStore(pool)

    async def newest(
        self,
        merchant_id: int | None,
        *,
        subject_id: UUID | None = None,
        order_number: str | None = None,
        state: EntryState | None = None,
        limit: int,
    ) -> Sequence[CallbackSummary]:
        """The newest callbacks of one merchant or of all, newest first, at most so many.

        `subject_id` is an order or a stored card. `order_number` is the shop's own number, which
        several shops may have used.
        """
        subjects = [(merchant_id, subject_id)]
        if order_number is not None:
            rows = await statement("orders_named").fetch(self._pool, order_number=order_number)
            subjects = [
                (row["merchant_id"], row["order_id"])
                for row in rows
                if merchant_id in {None, row["merchant_id"]}
                and subject_id in {None, row["order_id"]}
            ]
        found = [
            summary
            for merchant, subject in subjects
            for summary in await self._find(
                merchant_id=merchant, subject_id=subject, state=state, limit=limit
            )
        ]
        return sorted(found, key=_age_order)[:limit]

    async def newest_of(
        self, merchant_ids: Sequence[int], *, state: EntryState | None = None, limit: int
    ) -> Sequence[CallbackSummary]:
        """The newest callbacks of some merchants, newest first, at most so many."""
        found = await self._find_of(merchant_ids, subject_id=None, state=state, limit=limit)
        return sorted(found, key=_age_order)[:limit]

    async def show(self, which: EntryId) -> CallbackDetail | None:
        """One callback with all its recorded deliveries, the first one first."""
        summaries = await self._find(
            merchant_id=which.merchant_id,
            subject_id=which.subject_id,
            version=which.version,
            line=which.line,
            limit=1,
        )
        if not summaries:
            return None
        rows = await statement("deliveries_of").fetch(self._pool, **id_values(which))
        return CallbackDetail(summaries[0], tuple(_delivery_detail(row) for row in rows))

    async def recent(
        self, merchant_id: int | None, after: datetime, limit: int
    ) -> Sequence[DeliverySummary]:
        """The newest deliveries that began after a moment (UTC), oldest first, at most so many.

        A delivery is recorded when it has ended, so that one that began earlier may be added later.
        """
        rows = await statement("recent_deliveries").fetch(
            self._pool, merchant_ids=await self._merchant_ids(merchant_id), after=after, limit=limit
        )
        return [_delivery_summary(row) for row in rows]

    async def resend(self, which: EntryId, *, receiver: str | None, now: datetime) -> bool:
        """Send a callback again, now and with all its deliveries, to its address or to another.

        False when there is no such callback, or when a worker sends it at this moment.
        """
        host = None if receiver is None else host_of(receiver)
        return await self._outbox.resend(CALLBACK, which, receiver=receiver, host=host, now=now)

    async def resend_dead(self, merchant_id: int, *, now: datetime) -> int:
        """Send all dead callbacks of a merchant again. How many."""
        return await self._outbox.resend_dead(CALLBACK, merchant_id, now=now)

    async def _find(
        self,
        *,
        merchant_id: int | None,
        subject_id: UUID | None,
        version: int | None = None,
        line: int | None = None,
        state: EntryState | None = None,
        limit: int,
    ) -> list[CallbackSummary]:
        merchant_ids = await self._merchant_ids(merchant_id)
        return await self._find_of(
            merchant_ids,
            subject_id=subject_id,
            version=version,
            line=line,
            state=state,
            limit=limit,
        )

    async def _find_of(
        self,
        merchant_ids: Sequence[int],
        *,
        subject_id: UUID | None,
        version: int | None = None,
        line: int | None = None,
        state: EntryState | None = None,
        limit: int,
    ) -> list[CallbackSummary]:
        values = {
            "subject_id": subject_id,
            "version": version,
            "line": line,
            "state": None if state is None else str(state),
            "limit": limit,
        }
        rows = await statement("find_callbacks").fetch_each(
            self._pool, [{"merchant_id": number, **values} for number in merchant_ids]
        )
        return [_summary(row) for row in rows]

    async def _merchant_ids(self, merchant_id: int | None) -> list[int]:
        """The merchant that is asked for, or all."""
        if merchant_id is not None:
            return [merchant_id]
        rows = await statement("merchant_ids").fetch(self._pool)
        return [row["merchant_id"] for row in rows]


def _age_order(summary: CallbackSummary) -> tuple[float, str, int, int]:
    """Newest first; of one subject the last change first."""
    id = summary.id  # noqa: A001 - the field's own name
    return (-summary.created_at.timestamp(), str(id.subject_id), -id.version, -id.line)


def _id(row: Any) -> EntryId:
    return EntryId(row["merchant_id"], row["subject_id"], row["version"], row["line"])


def _summary(row: Any) -> CallbackSummary:
    return CallbackSummary(
        id=_id(row),
        merchant=row["login"],
        operation=row["operation"],
        receiver=row["receiver"],
        parameters=_parameters(row["parameters"]),
        created_at=row["created_at"],
        state=EntryState(row["state"]),
        due_at=row["due_at"],
        attempts=row["attempts"],
        failures=row["failures"],
        settled_at=row["settled_at"],
        is_sending=row["is_sending"],
        response_status=row["status"],
        problem=row["problem"],
    )


def _delivery_detail(row: Any) -> DeliveryDetail:
    return DeliveryDetail(
        attempt=row["attempt"],
        at=row["at"],
        took_ms=row["took_ms"],
        method=row["method"],
        url=row["url"],
        headers=_headers(row["headers"]),
        body=row["body"],
        signed=row["signed"],
        checksum=row["checksum"],
        status=row["status"],
        response_headers=_headers(row["answer_headers"]),
        response=row["answer"],
        problem=row["problem"],
    )


def _delivery_summary(row: Any) -> DeliverySummary:
    return DeliverySummary(
        id=_id(row),
        merchant=row["login"],
        operation=row["operation"],
        order_number=row["order_number"],
        attempt=row["attempt"],
        at=row["at"],
        took_ms=row["took_ms"],
        method=row["method"],
        address=row["address"],
        status=row["status"],
        problem=row["problem"],
        state=EntryState(row["state"]),
        attempts=row["attempts"],
        due_at=row["due_at"],
    )
