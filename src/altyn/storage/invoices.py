"""The invoices of shops in PostgreSQL, behind the `Invoices` port."""

from typing import Any, Final

from altyn.domain.lifecycle import OrderStatus
from altyn.operations.invoices import Invoice, InvoiceFilter, InvoiceLine
from altyn.operations.paging import LOOKED_THROUGH_MAX, PAGE_SIZE, ListPage, Place
from altyn.operations.ports import OrderKey
from altyn.storage import keyset
from altyn.storage.database import Pool
from altyn.storage.keyset import FIRST, LAST, LOOK_COST, TICK, bounded_page
from altyn.storage.number_search import is_exact, like_pattern
from altyn.storage.statements import statement

LOOKED_THROUGH: Final = LOOKED_THROUGH_MAX // LOOK_COST
"""So many invoices of a shop are looked through for one page: each has a look at its order."""


class InvoiceStore:
    """One row for each invoice; amount and state are read from its order."""

    def __init__(self, pool: Pool, looked_through: int = LOOKED_THROUGH) -> None:
        self._pool = pool
        self._looked_through = looked_through

    async def add(self, invoice: Invoice) -> None:
        """Store an invoice; one that is stored already stays as it is."""
        await statement("add_invoice").execute(
            self._pool,
            merchant_id=invoice.key.merchant_id,
            order_id=invoice.key.order_id,
            created_at=invoice.created_at,
            created_by=invoice.created_by,
            payer_name=invoice.payer_name,
        )

    async def has(self, key: OrderKey) -> bool:
        """Whether an order is an invoice of this merchant."""
        rows = await statement("has_invoice").fetch(
            self._pool, merchant_id=key.merchant_id, order_id=key.order_id
        )
        return bool(rows)

    async def page(
        self, wanted: InvoiceFilter, *, before: Place | None = None, size: int = PAGE_SIZE
    ) -> ListPage[InvoiceLine]:
        """A page of the invoices that are wanted, newest first, after a place in the list."""
        return await bounded_page(
            self._pool,
            "list_invoices",
            await self._bounds(wanted, before),
            _conditions(wanted),
            size=size,
            line_of=_line,
            place_of=_place,
        )

    async def _bounds(self, wanted: InvoiceFilter, place: Place | None) -> list[dict[str, Any]]:
        """Where the page of each shop begins and ends; of a whole order number: where it is."""
        common = {**keyset.before(place), "looked_through": self._looked_through}
        shops = wanted.merchant_ids
        if not is_exact(wanted.order_number):
            ever = {"created_since": FIRST, "created_until": LAST.created_at}
            return [{**common, **ever, "merchant_id": each} for each in shops]
        number = wanted.order_number
        rows = await statement("created_of_invoice").fetch_each(
            self._pool, [{"merchant_id": each, "order_number": number} for each in shops]
        )
        return [
            {
                **common,
                "merchant_id": row["merchant_id"],
                "created_since": row["created_at"],
                "created_until": row["created_at"] + TICK,
            }
            for row in rows
        ]


def _conditions(wanted: InvoiceFilter) -> dict[str, Any]:
    return {
        "number_like": like_pattern(wanted.order_number),
        "payer": wanted.payer.lower() or None,
        "status": wanted.status and str(wanted.status),
        "expired": wanted.expired,
        "now": wanted.now,
    }


def _place(line: InvoiceLine) -> Place:
    return Place(line.invoice.created_at, line.invoice.key.order_id)


def _line(row: Any) -> InvoiceLine:
    return InvoiceLine(
        invoice=Invoice(
            key=OrderKey(row["merchant_id"], row["order_id"]),
            created_at=row["created_at"],
            created_by=row["created_by"],
            payer_name=row["payer_name"],
        ),
        order_number=row["order_number"],
        status=OrderStatus(row["status"]),
        currency=row["currency"],
        amount_minor=row["amount_minor"],
        expires_at=row["expires_at"],
    )
