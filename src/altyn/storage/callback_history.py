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
from altyn.operations.paging import (
    LOOKED_THROUGH_MAX,
    PAGE_SIZE,
    ListPage,
    Place,
    newest_page,
)
from altyn.storage import keyset
from altyn.storage.database import Pool
from altyn.storage.keyset import LAST, bounded_page
from altyn.storage.outbox import OutboxStore, id_values
from altyn.storage.statements import statement

OF_ORDER: Final = 1_000
"""So many callbacks are read of each order with a number."""

_parameters: Final = msgspec.json.Decoder(dict[str, str]).decode
_headers: Final = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode


class CallbackHistory:
    """Reads callbacks and their deliveries, and resends callbacks."""

    def __init__(self, pool: Pool, looked_through: int = LOOKED_THROUGH_MAX) -> None:
        self._pool = pool
        self._looked_through = looked_through
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
            subjects = [
                (shop, order_id)
                for shop, order_id in await self._named(order_number)
                if merchant_id in {None, shop} and subject_id in {None, order_id}
            ]
        found = await self._of_subjects(subjects, state=state, limit=limit)
        return sorted(found, key=_place, reverse=True)[:limit]

    async def page(
        self,
        merchant_ids: Sequence[int] | None,
        *,
        state: EntryState | None = None,
        order_number: str = "",
        before: Place | None = None,
        size: int = PAGE_SIZE,
    ) -> ListPage[CallbackSummary]:
        """A page of the callbacks of some merchants, None: of all, newest first, after a place."""
        if order_number:
            subjects = [
                (shop, order_id)
                for shop, order_id in await self._named(order_number)
                if merchant_ids is None or shop in merchant_ids
            ]
            found = await self._of_subjects(subjects, state=state, limit=OF_ORDER)
            shown = [each for each in found if before is None or _place(each) < before]
            return newest_page(shown, _place, size=size)
        shops = await self._merchant_ids(None) if merchant_ids is None else merchant_ids
        at = before or LAST
        bounds = [
            {
                **keyset.before(at),
                "before_version": at.version,
                "before_line": at.line,
                "merchant_id": each,
            }
            for each in shops
        ]
        if state in {EntryState.WAITING, EntryState.DEAD}:
            asked = [{**each, "size": size + 1} for each in bounds]
            rows = await statement(f"list_{state}_callbacks").fetch_each(self._pool, asked)
            return newest_page(map(_summary, rows), _place, size=size)
        return await bounded_page(
            self._pool,
            "list_callbacks",
            [{**each, "looked_through": self._looked_through} for each in bounds],
            {"state": state and str(state)},
            size=size,
            line_of=_summary,
            place_of=_place,
        )

    async def _named(self, order_number: str) -> list[tuple[int, UUID]]:
        """The orders with a number, of any shop: merchant and order."""
        rows = await statement("orders_named").fetch(self._pool, order_number=order_number)
        return [(row["merchant_id"], row["order_id"]) for row in rows]

    async def _of_subjects(
        self,
        subjects: Sequence[tuple[int | None, UUID | None]],
        *,
        state: EntryState | None,
        limit: int,
    ) -> list[CallbackSummary]:
        """The newest callbacks of each subject, at most so many of each."""
        return [
            summary
            for merchant_id, subject_id in subjects
            for summary in await self._find(
                merchant_id=merchant_id, subject_id=subject_id, state=state, limit=limit
            )
        ]

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
        values = {
            "subject_id": subject_id,
            "version": version,
            "line": line,
            "state": None if state is None else str(state),
            "limit": limit,
        }
        rows = await statement("find_callbacks").fetch_each(
            self._pool,
            [{"merchant_id": each, **values} for each in await self._merchant_ids(merchant_id)],
        )
        return [_summary(row) for row in rows]

    async def _merchant_ids(self, merchant_id: int | None) -> list[int]:
        """The merchant that is asked for, or all."""
        if merchant_id is not None:
            return [merchant_id]
        rows = await statement("merchant_ids").fetch(self._pool)
        return [row["merchant_id"] for row in rows]


def _place(summary: CallbackSummary) -> Place:
    which = summary.id
    return Place(summary.created_at, which.subject_id, which.version, which.line)


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
