"""Which ways to pay a shop and an order allow, whatever else the way needs.

Source: merchant-settings.md §6; bnpl.md §3.
"""

from typing import Final

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order

ALLOWED_WAYS: Final = "allowedPaymentWays"
"""The parameter of a registration; the order keeps names with commas between."""


def allows_way(way: str, order: Order, merchant: Merchant) -> bool:
    """Whether the shop's list of ways has this one, and the order's too; an empty list has all."""
    own = order.request.more.get(ALLOWED_WAYS, "")
    lists = (merchant.settings.allowed_payment_ways, tuple(filter(None, own.split(","))))
    return all(way in names for names in lists if names)
