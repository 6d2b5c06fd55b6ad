"""The request log in PostgreSQL: a batch of requests is added by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from altyn.domain.order_id import merchant_of, read_order_id
from altyn.domain.request_log import (
    Endpoint,
    LoggedRequest,
    NewRequest,
    RequestContent,
    RequestFacts,
    RequestFilter,
    RequestLine,
)
from altyn.storage.database import Pool
from altyn.storage.statements import statement

_LOCK: Final = 0x616C7472  # any number that no other advisory lock has
_NO_ORDER: Final[tuple[list[UUID], str | None, int | None]] = ([], None, None)
_encode: Final = msgspec.json.Encoder().encode
_content: Final = msgspec.json.Decoder(RequestContent).decode


class RequestLogStore:
    """Implements the port `RequestLog`, adds requests, and deletes the oldest ones."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, requests: Sequence[NewRequest]) -> None:
        """Add requests, in this order, by one statement.

        Where PostgreSQL has ended it, because it and a migration waited for each other, it is done
        once more: it then waits for the migration.
        """
        facts = [each.facts for each in requests]
        columns: dict[str, list[Any]] = {
            name: [getattr(each, name) for each in facts] for name in RequestFacts.__slots__
        }
        columns["dropped_before"] = [each.dropped_before for each in requests]
        columns["content"] = [_encode(each.content).decode() for each in requests]
        add_requests = statement("add_requests")
        try:
            await add_requests.execute(self._pool, lock=_LOCK, **columns)
        except asyncpg.DeadlockDetectedError:
            await add_requests.execute(self._pool, lock=_LOCK, **columns)

    async def find(self, wanted: RequestFilter, *, limit: int) -> Sequence[RequestLine]:
        """The newest requests, newest first, at most so many."""
        order_ids, number, number_merchant_id = await self._order(wanted)
        rows = await statement("find_requests").fetch(
            self._pool,
            after=wanted.after,
            before=wanted.before,
            merchant_id=wanted.merchant_id,
            method=wanted.method or None,
            refused_only=wanted.refused_only,
            order_ids=order_ids,
            order_number=number,
            number_merchant_id=number_merchant_id,
            limit=limit,
        )
        return [_line(row) for row in rows]

    async def get(self, request_id: int) -> LoggedRequest | None:
        """One request with its content; None when there is none, or not any more."""
        rows = await statement("load_request").fetch(self._pool, request_id=request_id)
        return LoggedRequest(_line(rows[0]), _content(rows[0]["content"])) if rows else None

    async def dropped(self) -> int:
        """How many requests of the time that the log covers were not recorded."""
        rows = await statement("count_dropped_requests").fetch(self._pool)
        return int(rows[0]["dropped"])

    async def purge(self, *, days: int, keep: int) -> None:
        """Delete the requests of more than so many days (real ones), and the oldest ones above a
        number."""
        await statement("purge_requests").execute(self._pool, days=days, keep=keep)

    async def _order(self, wanted: RequestFilter) -> tuple[list[UUID], str | None, int | None]:
        """The ids and the number of the order that is looked for, and the merchant of the number.

        A number that no order has is looked for all the same: its request may be refused.
        """
        if not wanted.order:
            return _NO_ORDER
        order_id = read_order_id(wanted.order)
        if order_id is None:
            rows = await statement("orders_named").fetch(self._pool, order_number=wanted.order)
            return [row["order_id"] for row in rows], wanted.order, None
        merchant_id = merchant_of(order_id)
        rows = await statement("order_number_of").fetch(
            self._pool, merchant_id=merchant_id, order_id=order_id
        )
        return [order_id], rows[0]["order_number"] if rows else wanted.order, merchant_id


def _line(row: Any) -> RequestLine:
    names = {name: row[name] for name in RequestFacts.__slots__}
    at, endpoint = row["at"].astimezone(UTC), Endpoint(row["endpoint"])
    facts = RequestFacts(**{**names, "at": at, "endpoint": endpoint})
    return RequestLine(row["request_id"], facts, row["dropped_before"])
