"""Invoices: orders that a user of the personal account registers for a payer, and sends as a link.

An invoice is an order like any other; only that it is one, who made it and for whom is kept here.
Source: personal-account.md §5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from altyn.domain.lifecycle import OrderStatus
from altyn.operations.paging import PAGE_SIZE, ListPage, Place
from altyn.operations.ports import OrderKey

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


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """Which invoices are wanted; what is None or empty is not filtered. `now` is UTC.

    `order_number` may have `%` for any characters. `payer` is a part of the name, in any case, or
    an e-mail address. `expired`: whether the time to pay is over.
    """

    merchant_ids: tuple[int, ...]
    now: datetime
    order_number: str = ""
    payer: str = ""
    status: OrderStatus | None = None
    expired: bool | None = None


class Invoices(Protocol):
    """Stores which orders are invoices."""

    async def add(self, invoice: Invoice) -> None:
        """Store an invoice; one that is stored already stays as it is."""

    async def has(self, key: OrderKey) -> bool:
        """Whether an order is an invoice of this merchant."""

    async def page(
        self, wanted: InvoiceFilter, *, before: Place | None = None, size: int = PAGE_SIZE
    ) -> ListPage[InvoiceLine]:
        """A page of the invoices that are wanted, newest first."""
