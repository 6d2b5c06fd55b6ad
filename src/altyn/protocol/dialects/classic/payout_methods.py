"""The method that pays a sum of the merchant to a card, as a table, and its answer.

Source: rest-orders.md §3.7; docs/decisions/0023-payouts.md.
"""

from dataclasses import replace
from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.results import PaidOut
from altyn.protocol import types as t
from altyn.protocol.action_codes import describe
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic.card_view import approval_code
from altyn.protocol.dialects.classic.envelopes import PLAIN
from altyn.protocol.dialects.classic.one_call_methods import SE_TOKEN, card_rows, holder_row
from altyn.protocol.dialects.classic.order_view import rrn
from altyn.protocol.dialects.classic.registration import REGISTRATION
from altyn.protocol.dialects.classic.shared_rows import (
    ALWAYS,
    LENIENT_LANGUAGE,
    MERCHANT_LOGIN,
    WHO,
)
from altyn.protocol.dialects.classic.status_fields import Field, Fields, OrderView, show, view_of
from altyn.protocol.error_code import ErrorCode
from altyn.protocol.presentation import AnswerContext, Members, presents
from altyn.protocol.table import Method, Parameter

_ROWS: Final = {row.name: row for row in REGISTRATION}
_STORED_CARD: Final = "bindingId"


def _error(order: Order) -> ErrorCode:
    """What became of the payout: of an unknown one the shop must not make a second one."""
    if order.paid_out_minor:
        return e.SUCCESS
    return e.PAYOUT_UNKNOWN if order.in_flight() else e.DECLINED


def _error_message(view: OrderView) -> str:
    """The text of the outcome; of a refusal the text of its action code, where it has one."""
    error = _error(view.order)
    reason = describe(view.order.action_code, view.language) if error is e.DECLINED else ""
    return reason or error.text(view.language)


STATUS: Final[Fields[OrderView]] = Fields(
    source="rest-orders.md §3.7",
    rows=(
        Field("approvalCode", approval_code, "paid out"),
        Field("rrn", rrn, "paid out"),
        Field("ErrorCode", lambda s: str(_error(s.order).code)),
        Field("ErrorMessage", _error_message),
    ),
)


def _paid_out(paid: PaidOut, context: AnswerContext) -> Members:
    """The order with its outcome; the answer's own error code is that of the outcome too."""
    order, error = paid.order, _error(paid.order)
    view = view_of(order, context.merchant, context.language)
    return {
        "errorCode": str(error.code),
        "errorMessage": error.text(context.language),
        "orderId": str(order.order_id),
        "orderStatus": show(STATUS, view, context.merchant),
    }


def _unless_stored(row: Parameter) -> Parameter:
    """The row of a card that may be a stored one instead."""
    return replace(row, unless=_STORED_CARD) if row.required else row


INSTANT_REFUND: Final = Method(
    name="instantRefund",
    operation=Operation.INSTANT_REFUND,
    rest=("instantRefund.do",),
    soap="instantRefund",
    source="rest-orders.md §3.7",
    summary="Pay a sum of the merchant to a card, without an earlier payment.",
    needs=Permission.INSTANT_REFUND,
    parameters=(
        _ROWS["orderNumber"],
        replace(_ROWS["amount"], type=t.ORDER_AMOUNT, note="The sum to pay out, in minor units."),
        _ROWS["currency"],
        replace(
            _ROWS["description"], note="What the sum is for; the bank gets its first 24 characters."
        ),
        Parameter(_STORED_CARD, t.text(255), "binding_id",
                  "The stored card that gets the sum, instead of a card; with permission bindings.",
                  invalid=Refusal.BINDING_UNKNOWN),
        *(_unless_stored(row) for row in card_rows(cvc_note="The security code; may be left out.")),
        _unless_stored(holder_row("cardholderName", "cardholder")),
        *SE_TOKEN,
        MERCHANT_LOGIN,
        LENIENT_LANGUAGE,
    ),
    refusals={
        **WHO,
        Refusal.ORDER_NUMBER_EMPTY: e.NUMBER_EMPTY,
        Refusal.AMOUNT_MISSING: e.AMOUNT_MISSING,
        Refusal.PAN_EMPTY: e.PARAMETER_MISSING,
        Refusal.ORDER_NUMBER_INVALID: e.NUMBER_INVALID,
        Refusal.AMOUNT_INVALID: e.AMOUNT_INVALID,
        Refusal.PAN_INVALID: e.PAN_INVALID,
        Refusal.EXPIRY_INVALID: e.EXPIRY_INVALID,
        Refusal.CVC_INVALID: e.PARAMETER_INVALID,
        Refusal.HOLDER_INVALID: e.PARAMETER_INVALID,
        Refusal.PARAMETER_INVALID: e.PARAMETER_INVALID,
        Refusal.CURRENCY_UNKNOWN: e.CURRENCY_UNKNOWN,
        Refusal.CARD_AMBIGUOUS: e.PARAMETER_INVALID,
        Refusal.BINDING_UNKNOWN: e.BINDING_UNKNOWN,
        Refusal.PAN_NOT_A_TEST_CARD: e.NOT_A_TEST_CARD,
        Refusal.CARD_EXPIRED: e.CARD_EXPIRED,
        Refusal.ORDER_NUMBER_TAKEN: e.NUMBER_TAKEN,
        Refusal.SESSION_OVER: e.SESSION_OVER,
        Refusal.DECLINED_BY_BANK: e.DECLINED,
        **ALWAYS,
        Refusal.OUTCOME_UNKNOWN: e.PAYOUT_UNKNOWN,
    },
    present=presents(PaidOut, _paid_out),
    envelope=PLAIN,
)  # fmt: skip
