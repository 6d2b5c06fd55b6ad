"""Which ways to pay a shop and an order allow, whatever else the way needs.

Source: merchant-settings.md §6; bnpl.md §3.
"""

from typing import Final

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.paying.bnpl.offer import forbids_way

ALLOWED_WAYS: Final = "allowedPaymentWays"
"""The parameter of a registration; the order keeps names with commas between."""


def allows_way(way: str, order: Order, merchant: Merchant) -> bool:
    """Whether the shop's list of ways has this one, and the order's too; an empty list has all.

    An order that can be paid in parts only allows no other way.
    """
    own = tuple(filter(None, order.request.more.get(ALLOWED_WAYS, "").split(",")))
    listed = shop_allows_way(way, merchant) and (not own or way in own)
    return listed and not forbids_way(way, order, merchant)


def shop_allows_way(way: str, merchant: Merchant) -> bool:
    """Whether the shop's list of ways has this one; an empty list has all."""
    ways = merchant.settings.allowed_payment_ways
    return not ways or way in ways
