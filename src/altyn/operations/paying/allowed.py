"""Which ways to pay a shop and an order allow, whatever else the way needs.

Source: merchant-settings.md §6; bnpl.md §3.
"""

from typing import Final

from altyn.domain.credit import has_credit
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.paying.bnpl.offer import forbids_way
from altyn.protocol.payment_ways import PaymentWay

ALLOWED_WAYS: Final = "allowedPaymentWays"
"""The parameter of a registration; the order keeps names with commas between."""


CREDIT_WAYS: Final = (PaymentWay.CARD, PaymentWay.CARD_BINDING)
"""The ways in which an order is paid after its credit was granted."""


def allows_way(way: str, order: Order, merchant: Merchant) -> bool:
    """Whether the shop's list of ways has this one, and the order's too; an empty list has all.

    An order that can be paid in parts only allows no other way. A granted credit is paid by card.
    """
    if way not in CREDIT_WAYS and has_credit(order):
        return False
    own = order.request.more.get(ALLOWED_WAYS, "")
    lists = (merchant.settings.allowed_payment_ways, tuple(filter(None, own.split(","))))
    listed = all(way in names for names in lists if names)
    return listed and not forbids_way(way, order, merchant)
