"""The invoices of shops in PostgreSQL, behind the `Invoices` port."""

from collections.abc import Sequence
from typing import Any

from altyn.domain.lifecycle import OrderStatus
from altyn.operations.invoices import NEWEST, Invoice, InvoiceLine
from altyn.operations.ports import OrderKey
from altyn.storage.database import Pool
from altyn.storage.statements import statement


class InvoiceStore:
    """One row for each invoice; amount and state are read from its order."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

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

    async def newest(
        self, merchant_ids: Sequence[int], *, limit: int = NEWEST
    ) -> Sequence[InvoiceLine]:
        """The newest invoices of some merchants, newest first."""
        rows = await statement("newest_invoices").fetch_each(
            self._pool, [{"merchant_id": each, "limit": limit} for each in merchant_ids]
        )
        lines = sorted(map(_line, rows), key=lambda each: each.invoice.created_at, reverse=True)
        return lines[:limit]


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
