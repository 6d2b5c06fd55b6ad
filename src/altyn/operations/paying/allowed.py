"""Which ways to pay a shop and an order allow, whatever else the way needs.

Source: merchant-settings.md §6; bnpl.md §3.
"""

from typing import Final

from altyn.domain.credit import has_credit
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.bnpl.offer import forbids_way
from altyn.protocol.payment_ways import PaymentWay

ALLOWED_WAYS: Final = "allowedPaymentWays"
"""The parameter of a registration; the order keeps names with commas between."""


CREDIT_WAYS: Final = (PaymentWay.CARD, PaymentWay.CARD_BINDING)
"""The ways in which an order is paid after its credit was granted."""


def allows_way(way: str, order: Order, merchant: Merchant) -> bool:
    """Whether the shop's list of ways has this one, and the order's too; an empty list has all.

    An order that can be paid in parts only allows no other way. A granted credit is paid by card. A
    list with CARD has stored cards too.
    """
    return why_not_allowed(way, order, merchant) is None


def why_not_allowed(way: str, order: Order, merchant: Merchant) -> str | None:
    """Why shop and order do not allow this way, as a predicate of its name; None when they do."""
    if way not in CREDIT_WAYS and has_credit(order):
        return "cannot pay an order whose credit is granted: that is paid by card"
    if not shop_allows_way(way, merchant):
        return "is not in the shop's list of ways (setting allowed_payment_ways)"
    if not _has(own_ways(order), way):
        return "is not in the order's list of ways (allowedPaymentWays)"
    if forbids_way(way, order, merchant):
        return "cannot pay an order that is paid in parts only (features=BNPL or bnpl.only)"
    return None


def own_ways(order: Order) -> tuple[str, ...]:
    """The order's own list of ways; empty: all that the shop has."""
    return tuple(filter(None, order.request.more.get(ALLOWED_WAYS, "").split(",")))


def shop_allows_way(way: str, merchant: Merchant) -> bool:
    """Whether the shop's list of ways has this one; an empty list has all."""
    return _has(merchant.settings.allowed_payment_ways, way)


def refuse_way(way: str, order: Order, merchant: Merchant) -> Refused | None:
    """PARAMETER_INVALID for a way that the shop or the order does not allow."""
    reason = why_not_allowed(way, order, merchant)
    if reason is None:
        return None
    rule = f"{way} {reason}"
    return Refused(Refusal.PARAMETER_INVALID, rule, order, parameter="paymentWay")


def _has(ways: tuple[str, ...], way: str) -> bool:
    names = {way, PaymentWay.CARD.value} if way == PaymentWay.CARD_BINDING else {way}
    return not ways or bool(names & {*ways})
