"""The list of orders in PostgreSQL: pages by keyset, each of a bounded number of orders.

Only reads: a question asked here never delays a payment. Source: personal-account.md §3.
"""

from __future__ import annotations

from typing import Any, Final

from altyn.domain.money import CURRENCIES, RUB
from altyn.operations.order_history import OrderLine
from altyn.operations.order_list import OrderDate, OrderFilter
from altyn.operations.paging import LOOKED_THROUGH_MAX, PAGE_SIZE, ListPage, Place
from altyn.storage import keyset
from altyn.storage.database import Pool
from altyn.storage.keyset import FIRST, LAST, LOOK_COST, TICK, bounded_page
from altyn.storage.number_search import is_exact, like_pattern
from altyn.storage.order_history import order_line
from altyn.storage.statements import statement

_MINOR_UNITS: Final = {
    code: 10**each.exponent for code, each in CURRENCIES.items() if each.exponent != RUB.exponent
}
"""How many minor units a unit has, for the currencies that have not 100 of them."""


class OrderListStore:
    """Reads pages of the list of orders."""

    def __init__(self, pool: Pool, looked_through: int = LOOKED_THROUGH_MAX) -> None:
        self._pool = pool
        self._looked_through = looked_through

    async def page(
        self, wanted: OrderFilter, *, before: Place | None = None, size: int = PAGE_SIZE
    ) -> ListPage[OrderLine]:
        """A page of the orders that are wanted, newest first, after a place in the list."""
        bounds = [
            each
            for merchant_id in wanted.merchant_ids
            for each in await self._bounds(merchant_id, wanted, before)
        ]
        return await bounded_page(
            self._pool,
            "list_orders",
            bounds,
            _conditions(wanted),
            size=size,
            line_of=order_line,
            place_of=_place,
        )

    async def _bounds(
        self, merchant_id: int, wanted: OrderFilter, place: Place | None
    ) -> list[dict[str, Any]]:
        """Where a page of one shop begins and ends; none where its named order does not exist."""
        by_created = wanted.date is OrderDate.CREATED
        bounds = {
            "merchant_id": merchant_id,
            "created_since": (wanted.since if by_created else None) or FIRST,
            # Whatever happens to an order happens after its creation.
            "created_until": wanted.until or LAST.created_at,
            **keyset.before(place),
            "looked_through": self._bound(wanted),
        }
        if wanted.order_id is None and not is_exact(wanted.order_number):
            return [bounds]
        rows = await statement("created_of_order").fetch(
            self._pool,
            merchant_id=merchant_id,
            order_id=wanted.order_id,
            order_number=wanted.order_number if is_exact(wanted.order_number) else None,
        )
        return [
            {
                **bounds,
                "created_since": row["created_at"],
                "created_until": row["created_at"] + TICK,
            }
            for row in rows
        ]

    def _bound(self, wanted: OrderFilter) -> int:
        """How many orders a page looks through: fewer where each needs a look into other tables."""
        looks_further = _attempt_conditions(wanted)["of_attempt"] or wanted.receipt_state
        return max(1, self._looked_through // LOOK_COST) if looks_further else self._looked_through


def _conditions(wanted: OrderFilter) -> dict[str, Any]:
    return {
        "statuses": [str(each) for each in wanted.statuses] or None,
        "order_id": wanted.order_id,
        "number_like": like_pattern(wanted.order_number),
        "amount_from": wanted.amount_from,
        "amount_to": wanted.amount_to,
        "uncommon_currencies": list(_MINOR_UNITS),
        "minor_units": list(_MINOR_UNITS.values()),
        "currency": wanted.currency or None,
        "action_code": wanted.action_code,
        "email": wanted.email.lower() or None,
        "date": str(wanted.date),
        "date_since": wanted.since,
        "date_until": wanted.until,
        "receipt_state": wanted.receipt_state and str(wanted.receipt_state),
        **_attempt_conditions(wanted),
    }


def _attempt_conditions(wanted: OrderFilter) -> dict[str, Any]:
    """What one attempt of the order must have; `of_attempt`: whether there is any condition."""
    issuer = wanted.issuer
    conditions = {
        "card_end": wanted.card_end or None,
        "bins": list(issuer.bins) if issuer else None,
        "cardholder": wanted.cardholder.lower() or None,
        "approval_code": wanted.approval_code.upper() or None,
        "payment_way": wanted.payment_way or None,
    }
    return {
        **conditions,
        "other_bins": issuer is not None and issuer.excluded,
        "of_attempt": any(value is not None for value in conditions.values()),
    }


def _place(line: OrderLine) -> Place:
    return Place(line.created_at, line.key.order_id)
