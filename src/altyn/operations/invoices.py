"""Invoices: orders that a user of the personal account registers for a payer, and sends as a link.

An invoice is an order like any other; only that it is one, who made it and for whom is kept here.
Source: personal-account.md §5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from altyn.domain.lifecycle import OrderStatus
from altyn.operations.ports import OrderKey

NEWEST: Final = 20
SENDER: Final = "invoiceSender"
PAYER_NAME: Final = "invoicePayer"
"""The names under which the order's parameters keep the sender of the mail and its addressee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An order as an invoice. `created_by` is the login of a user of the account; times are UTC."""

    key: OrderKey
    created_at: datetime
    created_by: str
    payer_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """An invoice as a line of the list, with the state of its order. Amount: minor units."""

    invoice: Invoice
    order_number: str
    status: OrderStatus
    currency: str
    amount_minor: int
    expires_at: datetime

    def is_expired(self, now: datetime) -> bool:
        """Whether the time to pay is over. The order itself is declined a little later."""
        return self.status is OrderStatus.CREATED and now >= self.expires_at


class Invoices(Protocol):
    """Stores which orders are invoices."""

    async def add(self, invoice: Invoice) -> None:
        """Store an invoice; one that is stored already stays as it is."""

    async def has(self, key: OrderKey) -> bool:
        """Whether an order is an invoice of this merchant."""

    async def newest(
        self, merchant_ids: Sequence[int], *, limit: int = NEWEST
    ) -> Sequence[InvoiceLine]:
        """The newest invoices of some merchants, newest first."""
