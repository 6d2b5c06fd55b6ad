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
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.cart.rules import CartRules
from altyn.domain.merchant import Merchant
from altyn.domain.order import Kind, Order
from altyn.domain.receipt.contact import RECEIPT_CURRENCY
from altyn.domain.receipt.content import default_line, kept_lines, line_of
from altyn.domain.receipt.settings import FiscalSettings
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind, ReceiptLine
from altyn.domain.refusals import Refusal
from altyn.operations.cart_rules import refusal_of, rules_of
from altyn.operations.decisions import Busy, Decision, Refused, accept
from altyn.operations.history import history_detail

AMOUNT_MAX: Final = 999_999_999_999

RECEIPT_CLOSED: Final = "receipt_closed"
"""The event in the order's history."""


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
    lines = _lines(order, command, merchant)
    if isinstance(lines, Refused):
        return lines
    amount = sum(line.amount_minor for line in lines)
    if not 0 < amount <= AMOUNT_MAX:
        return Refused(Refusal.AMOUNT_INVALID, f"{amount}", parameter="amount_minor")
    due = ReceiptDue(
        receipt_kind=ReceiptKind.CLOSING,
        amount_minor=amount,
        lines=lines,
        ofd_params={**_receipt_params(command.cart), **command.receipt_params.known},
    )
    detail = {
        "amount": due.amount_minor,
        **history_detail(items=None, json_params=command.json_params or None),
    }
    return accept(order, RECEIPT_CLOSED, now, effects=(due,), detail=detail)


def _lines(
    order: Order, command: CloseReceipt, merchant: Merchant
) -> tuple[ReceiptLine, ...] | Refused:
    settings = merchant.settings.fiscal
    if command.cart is not None:
        rules = rules_of(merchant, currency=order.currency, receipt=command.receipt_params.known)
        lines_of_cart = _lines_of_cart(command.cart, rules, settings)
        if lines_of_cart:
            return lines_of_cart
    lines = kept_lines(order, settings)
    if command.amount_minor not in {None, order.amount_minor}:
        lines = (default_line(command.amount_minor or 0, settings),)
    return tuple(replace(line, payment_method=FULL_PAYMENT) for line in lines)


def _receipt_params(cart: Cart | None) -> Mapping[str, str]:
    """What the cart of the request says of the whole receipt."""
    return read_bundle(cart.document)[0].receipt if cart is not None else {}


def _lines_of_cart(
    cart: Cart, rules: CartRules, settings: FiscalSettings
) -> tuple[ReceiptLine, ...] | Refused:
    """The cart of the request as it is, whatever the sum of the order."""
    read, faults = check_cart(cart.document, rules, amount_minor=None)
    if faults:
        return refusal_of(faults, parameter="cart")
    closing = replace(settings, payment_method=FULL_PAYMENT)
    return tuple(line_of(position, closing) for position in read.positions)
