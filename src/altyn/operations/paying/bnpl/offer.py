"""Which orders can be paid in parts, and which only so.

Source: bnpl.md §3, §4.
"""

from typing import Final

from altyn.domain.instalments import WAY
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.money import RUB
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused

FEATURE: Final = "BNPL"


def refuse_parts(order: Order, merchant: Merchant) -> Refused | None:
    """Why the order can never be paid in parts; None when it can.

    Refuses: ACCESS_DENIED (permission), PARAMETER_INVALID (not roubles), AMOUNT_INVALID (outside
    the limits of the shop).
    """
    if not merchant.may(Permission.BNPL):
        return Refused(Refusal.ACCESS_DENIED, "permission bnpl is off")
    if order.currency != RUB.code:
        rule = f"takes roubles ({RUB.code}) only, and not {order.currency}"
        return Refused(Refusal.PARAMETER_INVALID, rule, parameter="currency")
    limits = merchant.settings.bnpl
    if not limits.covers(order.amount_minor):
        least, most = limits.amount_min_minor, limits.amount_max_minor
        rule = f"takes {least} to {most} minor units, and not {order.amount_minor}"
        return Refused(Refusal.AMOUNT_INVALID, rule, parameter="amount_minor")
    return None


def shop_takes_only_parts(merchant: Merchant) -> bool:
    """Whether the shop takes payments in parts and no other ones."""
    return merchant.may(Permission.BNPL) and merchant.settings.bnpl.only


def takes_only_parts(order: Order, merchant: Merchant) -> bool:
    """Whether the order can be paid in no other way: the shop or this order wants it so."""
    by_order = merchant.may(Permission.BNPL) and order.request.has(FEATURE)
    return by_order or shop_takes_only_parts(merchant)


def forbids_way(way: str, order: Order, merchant: Merchant) -> bool:
    """Whether the order can be paid in parts only, and this way is another one."""
    return way != WAY and takes_only_parts(order, merchant)
