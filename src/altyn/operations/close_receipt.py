"""The closing receipt: the goods of an earlier payment are handed over.

It moves no money. It may be made any number of times. Source: fiscal.md §10.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.codes import FULL_PAYMENT
from altyn.domain.cart.document import Cart
from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.cart.values import ReadCart
from altyn.domain.history import HistoryEvent
from altyn.domain.merchant import Merchant
from altyn.domain.order import Kind, Order
from altyn.domain.receipt.contact import RECEIPT_CURRENCY, ofd_params_of
from altyn.domain.receipt.content import default_line, kept_lines, line_of
from altyn.domain.receipt.settings import FiscalSettings
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind, ReceiptLine
from altyn.domain.refusals import Refusal
from altyn.operations.cart_rules import refusal_of, rules_of
from altyn.operations.decisions import Busy, Decision, Refused, accept
from altyn.operations.history import history_detail

AMOUNT_MAX: Final = 999_999_999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseReceipt:
    """A request for a closing receipt.

    Without `cart` and with no `amount_minor`, or the order's, the order's own cart is meant.
    `receipt_params` are the parameters of the whole receipt.
    """

    amount_minor: int | None = None
    cart: Cart | None = None
    receipt_params: ReceiptParams = field(default_factory=ReceiptParams)
    json_params: Mapping[str, str] = field(default_factory=dict)


def decide_closing(
    order: Order, command: CloseReceipt, merchant: Merchant, now: datetime
) -> Decision:
    """Make a closing receipt of what the payer has not got back.

    Refuses: ACCESS_DENIED (the shop has no receipts, or the order is not in roubles), WRONG_STATUS
    (nothing was deposited, or all of it was refunded), the faults of the cart as `refuse_cart`,
    AMOUNT_INVALID (no sum, or one of more than 12 digits). A cart without positions counts as none.
    Busy while a refund or a reversal is under way. Source: fiscal.md §10.
    """
    settings = merchant.settings.fiscal
    if not settings.enabled:
        return Refused(Refusal.ACCESS_DENIED, "the shop has no receipts: fiscal.provider is none")
    if order.currency != RECEIPT_CURRENCY:
        return Refused(Refusal.ACCESS_DENIED, "receipts are in roubles (currency 643)")
    if order.in_flight(Kind.REFUND, Kind.REVERSE):
        return Busy(order)
    if not order.left_minor:
        rule = f"a closing receipt needs a deposit that is not wholly returned: {order.status}"
        return Refused(Refusal.WRONG_STATUS, rule)
    due = _due(order, command, merchant)
    if isinstance(due, Refused):
        return due
    if not 0 < due.amount_minor <= AMOUNT_MAX:
        return Refused(Refusal.AMOUNT_INVALID, f"{due.amount_minor}", parameter="amount_minor")
    detail = {
        "amount": due.amount_minor,
        **history_detail(items=None, json_params=command.json_params or None),
    }
    return accept(order, HistoryEvent.RECEIPT_CLOSED, now, effects=(due,), detail=detail)


def _due(order: Order, command: CloseReceipt, merchant: Merchant) -> ReceiptDue | Refused:
    """The receipt of the request: its cart, or else what is left of the order's."""
    settings, params = merchant.settings.fiscal, command.receipt_params.known
    cart = ReadCart()
    if command.cart is not None:
        receipt = {**ofd_params_of(order), **params}
        rules = rules_of(merchant, currency=order.currency, receipt=receipt)
        cart, faults = check_cart(command.cart.document, rules, amount_minor=None)
        if faults:
            return refusal_of(faults, parameter="cart")
    closing = replace(settings, payment_method=FULL_PAYMENT)
    own_lines = tuple(line_of(position, closing) for position in cart.positions)
    lines = own_lines or _lines(order, command, settings)
    return ReceiptDue(
        receipt_kind=ReceiptKind.CLOSING,
        amount_minor=sum(line.amount_minor for line in lines),
        lines=lines,
        own_cart=bool(own_lines),
        customer=cart.customer,
        ofd_params={**cart.receipt, **params},
    )


def _lines(
    order: Order, command: CloseReceipt, settings: FiscalSettings
) -> tuple[ReceiptLine, ...]:
    """The lines of a closing receipt without a cart in the request."""
    lines = kept_lines(order, settings)
    if command.amount_minor not in {None, order.amount_minor}:
        lines = (default_line(command.amount_minor or 0, settings),)
    return tuple(replace(line, payment_method=FULL_PAYMENT) for line in lines)
