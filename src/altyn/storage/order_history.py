"""The history of orders for people to read: lists, events, movements of money.

Only reads, and takes no part in saving orders: a question asked here never delays a payment.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from altyn.domain.ledger import Account, Movement, Posting
from altyn.domain.lifecycle import OrderStatus
from altyn.operations.order_history import BookedPosting, OrderEvent, OrderLine
from altyn.operations.ports import OrderKey
from altyn.storage.database import Pool
from altyn.storage.statements import statement


class OrderHistory:
    """Reads orders' histories."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def newest(
        self,
        merchant_ids: Sequence[int],
        *,
        statuses: Sequence[OrderStatus],
        since: datetime,
        size: int,
    ) -> Sequence[OrderLine]:
        """The newest orders of some merchants, newest first, registered `since` (UTC) or later."""
        rows = await statement("find_orders").fetch(
            self._pool,
            merchant_ids=list(merchant_ids),
            statuses=[str(status) for status in statuses],
            since=since,
            size=size,
        )
        return [order_line(row) for row in rows]

    async def merchant_ids(self) -> Sequence[int]:
        """The numbers of all shops."""
        return [row["merchant_id"] for row in await statement("merchant_ids").fetch(self._pool)]

    async def named(self, order_number: str) -> Mapping[str, OrderKey]:
        """The orders with this order number, by the logins of their merchants."""
        rows = await statement("orders_named").fetch(self._pool, order_number=order_number)
        return {row["login"]: OrderKey(row["merchant_id"], row["order_id"]) for row in rows}

    async def events(self, key: OrderKey) -> Sequence[OrderEvent]:
        """The events of an order, oldest first."""
        rows = await statement("order_events").fetch(self._pool, **_of(key))
        return [
            OrderEvent(
                version=row["version"],
                at=row["at"],
                event=row["event"],
                actor=row["actor"],
                actor_ip=row["actor_ip"],
                detail=msgspec.json.decode(row["detail"]) if row["detail"] else {},
            )
            for row in rows
        ]

    async def postings(self, key: OrderKey) -> Sequence[BookedPosting]:
        """Every movement of an order's money, oldest first."""
        rows = await statement("order_postings").fetch(self._pool, **_of(key))
        return [
            BookedPosting(
                row["version"],
                Posting(
                    Movement(row["movement"]),
                    Account(row["source"]),
                    Account(row["destination"]),
                    row["amount_minor"],
                ),
            )
            for row in rows
        ]


def _of(key: OrderKey) -> dict[str, int | UUID]:
    return {"merchant_id": key.merchant_id, "order_id": key.order_id}


def order_line(row: Any) -> OrderLine:
    """The line of a row of find_orders or list_orders."""
    return OrderLine(
        key=OrderKey(row["merchant_id"], row["order_id"]),
        merchant=row["login"],
        order_number=row["order_number"],
        status=OrderStatus(row["status"]),
        currency=row["currency"],
        amount_minor=row["amount_minor"],
        approved_minor=row["approved_minor"],
        deposited_minor=row["deposited_minor"],
        refunded_minor=row["refunded_minor"],
        action_code=row["action_code"],
        created_at=row["created_at"],
        description=row["description"],
    )
