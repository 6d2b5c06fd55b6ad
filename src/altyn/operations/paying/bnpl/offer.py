"""Which orders can be paid in parts, and which only so.

Source: bnpl.md §3, §4.
"""

from typing import Final

from altyn.domain.instalments import WAY
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.money import RUB
from altyn.domain.order import Order

FEATURE: Final = "BNPL"


def offers_bnpl(order: Order, merchant: Merchant) -> bool:
    """Whether the payer may pay in parts: permission, roubles, the sum within the shop's limits."""
    return (
        merchant.may(Permission.BNPL)
        and order.currency == RUB.code
        and merchant.settings.bnpl.covers(order.amount_minor)
        and not order.checks_card_only
    )


def takes_only_parts(order: Order, merchant: Merchant) -> bool:
    """Whether the order can be paid in no other way: the shop or this order wants it so."""
    return merchant.may(Permission.BNPL) and (
        merchant.settings.bnpl.only or order.request.has(FEATURE)
    )


def forbids_way(way: str, order: Order, merchant: Merchant) -> bool:
    """Whether the order can be paid in parts only, and this way is another one."""
    return way != WAY and takes_only_parts(order, merchant)
