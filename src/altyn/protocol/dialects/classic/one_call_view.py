"""The answers of the methods that register an order and pay it in one call.

Source: rest-orders.md §5.4 to §5.6.
"""

from typing import Final

from altyn.operations.paying.card.steps import RegisteredAndPaid
from altyn.protocol.dialects.classic.order_view import short_status
from altyn.protocol.dialects.classic.payment_steps import Redirects, present_step
from altyn.protocol.presentation import AnswerContext, Members, presents


def _paid_at_once(paid: RegisteredAndPaid, context: AnswerContext) -> Members:
    """The step of the payment, and the order's status in the old form."""
    step = present_step(
        paid.step,
        context.merchant,
        redirects=Redirects.ALWAYS,
        language=context.language,
        base_url=context.base_url,
    )
    order = paid.order
    return {
        "orderId": str(order.order_id),
        **step,
        "orderStatus": short_status(order, context.merchant, context.language),
    }


def _moto(paid: RegisteredAndPaid, context: AnswerContext) -> Members:
    """As an instant payment; clients of newer versions read `success`, `mdOrder`, `orderNumber`."""
    members = _paid_at_once(paid, context)
    order = paid.order
    named = {"success": True, "mdOrder": members["orderId"], "orderNumber": order.order_number}
    return {**members, **named}


PAID_AT_ONCE: Final = presents(RegisteredAndPaid, _paid_at_once)
MOTO: Final = presents(RegisteredAndPaid, _moto)
