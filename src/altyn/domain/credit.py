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

    OPEN = "open"  # the payer has not applied
    APPLIED = "applied"  # the bank has not decided
    APPROVED = "approved"
    REFUSED = "refused"

    @property
    def decided(self) -> bool:
        """Whether the bank has decided; its decision is final."""
        return self in {CreditState.APPROVED, CreditState.REFUSED}


MONTHS: Final = {CreditProduct.CREDIT: (6, 12, 24, 36), CreditProduct.INSTALLMENT: (3, 6, 9)}
"""The terms that an applicant may choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditApplication:
    """An application: what was asked for, and what became of it. `months` is the chosen term.

    `other_ways`: the shop takes another payment from an applicant whom the bank has refused.
    """

    product: CreditProduct
    product_id: str
    state: CreditState = CreditState.OPEN
    months: int = 0
    back_to_shop: str = ""
    other_ways: bool = False


def application_of(order: Order) -> CreditApplication | None:
    """The order's application; None for an order that is no purchase on credit."""
    kept = order.request.more.get(CREDIT)
    return msgspec.json.decode(kept, type=CreditApplication) if kept else None


def with_application(request: OrderRequest, application: CreditApplication) -> OrderRequest:
    """The request with this application."""
    return replace(request, more={**request.more, CREDIT: application_text(application)})


def application_text(application: CreditApplication) -> str:
    """The text of an application, as the order's request keeps it."""
    return msgspec.json.encode(application).decode()


def awaits_credit(order: Order) -> bool:
    """Whether the order takes no payment, because its payer has no credit for it.

    An applicant whom the bank has refused may pay in another way, where the shop allows that.
    """
    application = application_of(order)
    if application is None or application.state is CreditState.APPROVED:
        return False
    return not (application.state is CreditState.REFUSED and application.other_ways)


def has_credit(order: Order) -> bool:
    """Whether the bank has granted the credit for this order."""
    application = application_of(order)
    return application is not None and application.state is CreditState.APPROVED
