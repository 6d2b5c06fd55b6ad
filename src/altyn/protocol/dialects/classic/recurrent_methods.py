"""The methods that charge a stored card as its client has agreed, in the folder of their own.

Source: rest-orders.md §7.
"""

from dataclasses import replace
from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.operation import Operation
from altyn.domain.refusals import Refusal
from altyn.operations.results import OrderCharged
from altyn.protocol import types as t
from altyn.protocol.dialects.classic import cautions as k
from altyn.protocol.dialects.classic import error_codes as e
from altyn.protocol.dialects.classic.envelopes import INSTALMENT, PLAIN, RECURRENT
from altyn.protocol.dialects.classic.order_view import extended_status
from altyn.protocol.dialects.classic.payment_methods import ORDER_TAKES_NO_PAYMENT
from altyn.protocol.dialects.classic.registration import (
    PRE_AUTHORISATION,
    REGISTRATION,
    REGISTRATION_REFUSALS,
)
from altyn.protocol.dialects.classic.shared_rows import LENIENT_LANGUAGE, Refusals
from altyn.protocol.presentation import AnswerContext, Members, presents
from altyn.protocol.table import Method, Parameter

_ROWS: Final = {row.name: row for row in (*REGISTRATION, *PRE_AUTHORISATION)}
_CHARGE_LAST: Final = (
    Refusal.ORDER_NUMBER_TAKEN,
    Refusal.BUSY,
    Refusal.OUTCOME_UNKNOWN,
    Refusal.SYSTEM_ERROR,
)


def _instalment(charged: OrderCharged, context: AnswerContext) -> Members:
    """The order with its status; `error` is false in every answer without an error."""
    status = extended_status(charged.order, charged.merchant, context.language)
    return {
        "orderId": str(charged.order.order_id),
        "orderStatus": PLAIN.success(status, context.language),
        "error": False,
    }


def _charged(charged: OrderCharged, context: AnswerContext) -> Members:
    """The order, whether it is paid or declined, with its status."""
    status = extended_status(charged.order, charged.merchant, context.language)
    return {
        "data": {"orderId": str(charged.order.order_id)},
        "orderStatus": PLAIN.success(status, context.language),
    }


_REFUSALS: Final[Refusals] = {
    **{
        refusal: error
        for refusal, error in REGISTRATION_REFUSALS.items()
        if refusal not in _CHARGE_LAST
    },
    Refusal.PARAMETER_EMPTY: e.PARAMETER_MISSING,
    **ORDER_TAKES_NO_PAYMENT,
    Refusal.PAN_NOT_A_TEST_CARD: e.NOT_A_TEST_CARD,
    **{refusal: REGISTRATION_REFUSALS[refusal] for refusal in _CHARGE_LAST},
    Refusal.ORDER_NUMBER_TAKEN: e.NUMBER_REGISTERED,
}

RECURRENT_PAYMENT: Final = Method(
    name="recurrentPayment",
    operation=Operation.PAY_RECURRENT,
    rest=("/payment/recurrentPayment.do", "recurrentPayment.do"),
    soap="recurrentPayment",
    source="rest-orders.md §7",
    summary="Charge a stored card as its client has agreed: register an order and pay it.",
    needs=Permission.RECURRENT,
    parameters=(
        _ROWS["orderNumber"],
        Parameter("bindingId", t.text(255), "binding_id", "The stored card.",
                  Refusal.PARAMETER_EMPTY),
        _ROWS["amount"],
        _ROWS["currency"],
        _ROWS["description"],
        Parameter("preAuth", t.BOOLEAN, "two_phase", "true: only hold the sum."),
        _ROWS["feeInput"],
        _ROWS["features"],
        replace(
            _ROWS["jsonParams"],
            name="additionalParameters",
            aliases=("jsonParams",),
            remarks=k.remarks_without_app,
        ),
        _ROWS["autocompletionDate"],
        _ROWS["orderBundle"],
        _ROWS["merchantLogin"],
        LENIENT_LANGUAGE,
    ),
    refusals=_REFUSALS,
    present=presents(OrderCharged, _charged),
    envelope=RECURRENT,
)  # fmt: skip

INSTALMENT_PAYMENT: Final = replace(
    RECURRENT_PAYMENT,
    name="installmentPayment",
    operation=Operation.PAY_INSTALMENT,
    rest=("/payment/installmentPayment.do", "installmentPayment.do"),
    soap="installmentPayment",
    summary="Charge an instalment to a stored card as its client has agreed: register an order and "
    "pay it.",
    present=presents(OrderCharged, _instalment),
    envelope=INSTALMENT,
)
