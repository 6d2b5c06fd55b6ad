"""The terms of recurring payments and of instalments that an order's payment begins.

Source: 004 (recurring payments); rest-orders.md §7.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused

PAYMENTS: Final = "installments"
TOTAL: Final = "totalInstallmentAmount"
"""The parameters of a registration that agree to instalments: how many, and which sum in all."""


class AgreesToInstalments(Protocol):
    """The part of a registration that is about instalments."""

    @property
    def more(self) -> Mapping[str, str]: ...
    @property
    def amount_minor(self) -> int: ...


def recurring_terms(order: Order, merchant: Merchant) -> tuple[int, str] | None:
    """The frequency in days and the last day (YYYYMMDD) of recurring payments that the order's
    payment begins; None where it begins none. Source: 004 (recurring payments)."""
    days, until = order.request.recurring_frequency, order.request.recurring_expiry
    if days is None or until is None or not merchant.may(Permission.RECURRENT):
        return None
    return days, until


def instalment_terms(order: Order, merchant: Merchant) -> tuple[int, int] | None:
    """How many instalments, and which sum in all (minor units), the order's payment agrees to;
    None where it agrees to none."""
    payments, total = order.request.more.get(PAYMENTS), order.request.more.get(TOTAL)
    if payments is None or total is None or not merchant.may(Permission.RECURRENT):
        return None
    return int(payments), int(total)


def refuse_instalments(command: AgreesToInstalments, merchant: Merchant) -> Refused | None:
    """JSON_PARAMS_INVALID for one of the two parameters alone, or a first payment above the sum."""
    payments, total = command.more.get(PAYMENTS), command.more.get(TOTAL)
    if (payments is None and total is None) or not merchant.may(Permission.RECURRENT):
        return None
    if payments is None or total is None:
        rule = f"{PAYMENTS} and {TOTAL} go together: both or neither"
        return Refused(Refusal.JSON_PARAMS_INVALID, rule, parameter=PAYMENTS)
    if command.amount_minor > int(total):
        rule = f"the amount {command.amount_minor} of the first payment is above it"
        return Refused(Refusal.JSON_PARAMS_INVALID, rule, parameter=TOTAL)
    return None
