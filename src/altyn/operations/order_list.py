"""The list of orders that a person filters and pages through: what is asked, and what is found.

Times are aware UTC. Source: personal-account.md §3.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.receipt.values import ReceiptState
from altyn.operations.order_history import OrderLine
from altyn.operations.paging import PAGE_SIZE, ListPage, Place


class OrderDate(StrEnum):
    """The date of an order that a period is about."""

    CREATED = "created"
    PAID = "paid"  # the bank's approval
    DEPOSITED = "deposited"
    REVERSED = "reversed"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class IssuerFilter:
    """Cards of a bank: they begin with one of these six digits, or with `excluded` with others."""

    bins: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders are wanted; what is None or empty is not filtered.

    `since` is included, `until` is not. `order_number` may have `%` for any characters.
    `amount_from`, `amount_to` are whole units of each order's own currency: roubles of an order in
    roubles, yen of one in yen. `card_end` are the last digits of the card, `cardholder` is a part
    of the name on it, in any case. These, `issuer`, `approval_code` and `payment_way` are wanted of
    one payment or payout.
    """

    merchant_ids: tuple[int, ...]
    since: datetime | None = None
    until: datetime | None = None
    date: OrderDate = OrderDate.CREATED
    statuses: tuple[OrderStatus, ...] = ()
    order_number: str = ""
    order_id: UUID | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    currency: str = ""
    action_code: int | None = None
    receipt_state: ReceiptState | None = None
    card_end: str = ""
    issuer: IssuerFilter | None = None
    cardholder: str = ""
    approval_code: str = ""
    email: str = ""
    payment_way: str = ""


class OrderLists(Protocol):
    """Reads pages of the list."""

    async def page(
        self, wanted: OrderFilter, *, before: Place | None = None, size: int = PAGE_SIZE
    ) -> ListPage[OrderLine]: ...
