"""A purchase on credit: the application that the payer makes before the payment by card.

An order keeps its application. Source: bnpl.md §8.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import msgspec

from altyn.domain.order import Order, OrderRequest

CREDIT: Final = "credit"
"""The name under which the order's request keeps the application."""


class CreditProduct(StrEnum):
    """What the payer applies for; the words of `productType`."""

    CREDIT = "CREDIT"
    INSTALLMENT = "INSTALLMENT"


class CreditState(StrEnum):
    """How far an application is."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


MONTHS: Final = {CreditProduct.CREDIT: (6, 12, 24, 36), CreditProduct.INSTALLMENT: (3, 6, 9)}
"""The terms that an applicant may choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditApplication:
    """An application: what was asked for, and what became of it. `months` is the chosen term."""

    product: CreditProduct
    product_id: str
    state: CreditState = CreditState.OPEN
    months: int = 0
    back_to_shop: str = ""


def application_of(order: Order) -> CreditApplication | None:
    """The order's application; None for an order that is no purchase on credit."""
    kept = order.request.more.get(CREDIT)
    return msgspec.json.decode(kept, type=CreditApplication) if kept else None


def with_application(request: OrderRequest, application: CreditApplication) -> OrderRequest:
    """The request with this application."""
    kept = msgspec.json.encode(application).decode()
    return replace(request, more={**request.more, CREDIT: kept})


def awaits_credit(order: Order) -> bool:
    """Whether the payer has to apply for the credit before the payment."""
    application = application_of(order)
    return application is not None and application.state is not CreditState.APPROVED
