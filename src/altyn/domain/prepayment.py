"""The names of two orders in each other: a prepayment, and the payments that complete it.

Source: fiscal.md §2 (prepaymentMdOrder).
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from altyn.domain.order import Order, OrderRequest

PREPAYMENT: Final = "prepaymentMdOrder"
FINAL_PAYMENTS: Final = "partpaymentMdOrders"


def prepayment_of(order: Order) -> UUID | None:
    """The order of the prepayment that this order completes."""
    named = order.request.more.get(PREPAYMENT)
    return UUID(named) if named else None


def final_payments(order: Order) -> list[str]:
    """The orders that complete this prepayment, oldest first."""
    named = order.request.more.get(FINAL_PAYMENTS)
    return named.split(",") if named else []


def with_final_payment(order: Order, final: UUID) -> OrderRequest:
    """The request of a prepayment's order that names one more order."""
    named = ",".join((*final_payments(order), str(final)))
    return replace(order.request, more={**order.request.more, FINAL_PAYMENTS: named})
