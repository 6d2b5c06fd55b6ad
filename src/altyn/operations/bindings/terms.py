"""The terms of recurring payments that an order's payment begins."""

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order


def recurring_terms(order: Order, merchant: Merchant) -> tuple[int, str] | None:
    """The frequency in days and the last day (YYYYMMDD) of recurring payments that the order's
    payment begins; None where it begins none. Source: 004 (recurring payments)."""
    days, until = order.request.recurring_frequency, order.request.recurring_expiry
    if days is None or until is None or not merchant.may(Permission.RECURRENT):
        return None
    return days, until
