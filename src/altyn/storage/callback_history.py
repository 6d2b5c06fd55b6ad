"""What was told to shops, for people to read, and the wish that it be told again.

It exists beside the senders' store: whatever is asked here delays neither a payment nor a callback.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from altyn.domain.callback import CallbackId, DeliveryQueue, Outcome, origin_of
from altyn.domain.callback_story import CallbackLine, CallbackShown, TrySeen, TryShown
from altyn.storage.database import Pool
from altyn.storage.outbox import notify_lanes
from altyn.storage.statements import statement

PIECE: Final = 1000
_parameters: Final = msgspec.json.Decoder(dict[str, str]).decode
_headers: Final = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode


class CallbackHistory:
    """Reads callbacks and their tries; sends again what somebody wants sent again."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def newest(
        self,
        merchant_id: int | None,
        *,
        subject_id: UUID | None = None,
        order_number: str | None = None,
        state: Outcome | None = None,
        limit: int,
    ) -> Sequence[CallbackLine]:
        """The newest callbacks of one merchant or of all, newest first, at most so many.

        `subject_id` is an order or a stored card; `order_number` the shop's own, which several
        shops may have given.
        """
        if order_number is None:
            return await self._find(
                merchant_id=merchant_id, subject_id=subject_id, state=state, limit=limit
            )
        named = await statement("orders_named").fetch(self._pool, order_number=order_number)
        found = [
            line
            for row in named
            if merchant_id in {None, row["merchant_id"]} and subject_id in {None, row["order_id"]}
            for line in await self._find(
                merchant_id=row["merchant_id"],
                subject_id=row["order_id"],
                state=state,
                limit=limit,
            )
        ]
        return sorted(found, key=lambda line: line.created_at, reverse=True)[:limit]

    async def show(self, which: CallbackId) -> CallbackShown | None:
        """One callback with every try, the first one first."""
        lines = await self._find(
            merchant_id=which.merchant_id,
            subject_id=which.subject_id,
            version=which.version,
            line=which.line,
            limit=1,
        )
        if not lines:
            return None
        rows = await statement("deliveries_of").fetch(self._pool, **_place(which))
        return CallbackShown(lines[0], tuple(_try(row) for row in rows))

    async def recent(
        self, merchant_id: int | None, after: datetime, limit: int
    ) -> Sequence[TrySeen]:
        """The newest tries that went out after a moment (UTC), oldest first, at most so many.

        A try stands here when it has ended, so that one which began earlier may come later.
        """
        rows = await statement("recent_deliveries").fetch(
            self._pool, merchant_id=merchant_id, after=after, limit=limit
        )
        return [_seen(row) for row in rows]

    async def resend(self, which: CallbackId, *, receiver: str | None, now: datetime) -> bool:
        """Send a callback again, now and with all its tries, to its address or to another.

        False when there is none, or when it is on its way at this moment. A running gateway is
        woken; without one it goes out when the next one starts.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await statement("resend_callback").fetch(
                connection,
                **_place(which),
                receiver=receiver,
                origin=None if receiver is None else origin_of(receiver),
                now=now,
            )
            await notify_lanes(connection, _lanes(rows))
        return bool(rows)

    async def resend_dead(self, merchant_id: int, *, now: datetime) -> int:
        """Send all callbacks of a merchant again that were given up; how many.

        Piece by piece: after a long outage they may be more than one statement can change in time.
        """
        resent = 0
        while rows := await self._resend_piece(merchant_id, now):
            resent += sum(row["resent"] for row in rows)
        return resent

    async def _resend_piece(self, merchant_id: int, now: datetime) -> Sequence[Any]:
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await statement("resend_dead").fetch(
                connection, merchant_id=merchant_id, now=now, limit=PIECE
            )
            await notify_lanes(connection, _lanes(rows))
        return rows

    async def _find(
        self,
        *,
        merchant_id: int | None,
        subject_id: UUID | None,
        version: int | None = None,
        line: int | None = None,
        state: Outcome | None = None,
        limit: int,
    ) -> list[CallbackLine]:
        rows = await statement("find_callbacks").fetch(
            self._pool,
            merchant_id=merchant_id,
            subject_id=subject_id,
            version=version,
            line=line,
            state=None if state is None else str(state),
            limit=limit,
        )
        return [_line(row) for row in rows]


def _place(which: CallbackId) -> dict[str, int | UUID]:
    return {
        "merchant_id": which.merchant_id,
        "subject_id": which.subject_id,
        "version": which.version,
        "line": which.line,
    }


def _lanes(rows: Collection[Any]) -> set[DeliveryQueue]:
    return {DeliveryQueue(row["merchant_id"], row["origin"]) for row in rows}


def _id(row: Any) -> CallbackId:
    return CallbackId(row["merchant_id"], row["subject_id"], row["version"], row["line"])


def _line(row: Any) -> CallbackLine:
    return CallbackLine(
        id=_id(row),
        merchant=row["login"],
        operation=row["operation"],
        receiver=row["receiver"],
        parameters=_parameters(row["parameters"]),
        created_at=row["created_at"],
        state=Outcome(row["state"]),
        due_at=row["due_at"],
        tries=row["attempts"],
        failures=row["failures"],
        settled_at=row["settled_at"],
        on_its_way=row["on_its_way"],
        answer_status=row["status"],
        problem=row["problem"],
    )


def _try(row: Any) -> TryShown:
    return TryShown(
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
        answer_headers=_headers(row["answer_headers"]),
        answer=row["answer"],
        problem=row["problem"],
    )


def _seen(row: Any) -> TrySeen:
    return TrySeen(
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
        state=Outcome(row["state"]),
        tries=row["attempts"],
        due_at=row["due_at"],
    )
