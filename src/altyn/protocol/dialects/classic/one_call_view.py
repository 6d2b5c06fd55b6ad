"""The answers of the methods that register an order and pay it in one call.

Source: rest-orders.md §5.4 to §5.6.
"""

from typing import Final

from altyn.domain.merchant import Permission
from altyn.domain.order import Kind
from altyn.operations.paying.card.steps import RegisteredAndPaid
from altyn.operations.paying.steps import Ended
from altyn.protocol.action_codes import describe
from altyn.protocol.dialects.classic.card_view import approval_code
from altyn.protocol.dialects.classic.order_view import rrn, short_status
from altyn.protocol.dialects.classic.payment_steps import Redirects, present_step
from altyn.protocol.dialects.classic.status_fields import (
    Field,
    Fields,
    OrderView,
    epoch_ms_or_none,
    show,
    view_of,
)
from altyn.protocol.presentation import AnswerContext, Members, presents


def _paid_at_once(paid: RegisteredAndPaid, context: AnswerContext) -> Members:
    """The step of the payment, and the order's status in the old form."""
    order = paid.order
    return {
        "orderId": str(order.order_id),
        **_step(paid, context),
        "orderStatus": short_status(order, context.merchant, context.language),
    }


def _step(paid: RegisteredAndPaid, context: AnswerContext) -> Members:
    return present_step(
        paid.step,
        context.merchant,
        redirects=Redirects.ALWAYS,
        language=context.language,
        base_url=context.base_url,
    )


def _moto(paid: RegisteredAndPaid, context: AnswerContext) -> Members:
    """As an instant payment; clients of newer versions read `success`, `mdOrder`, `orderNumber`."""
    members = _paid_at_once(paid, context)
    order = paid.order
    named = {"success": True, "mdOrder": members["orderId"], "orderNumber": order.order_number}
    return {**members, **named}


def _card_checked(paid: RegisteredAndPaid, context: AnswerContext) -> Members:
    """The result of the check, and the step that a payer has to do for it."""
    view = view_of(paid.order, context.merchant, context.language)
    members = show(_CARD_CHECK, view, context.merchant)
    step = paid.step
    over = isinstance(step, Ended) and not step.order.in_flight(Kind.PAY)
    return members if over else {**members, **_step(paid, context)}


def _finished_ms(view: OrderView) -> int | None:
    return epoch_ms_or_none(view.payment.answered_at) if view.payment else None


def _eci(view: OrderView) -> str | None:
    proof = view.payment.authentication if view.payment else None
    return f"{proof.eci:02}" if proof and proof.eci is not None else None


_CARD_CHECK: Final[Fields[OrderView]] = Fields(
    source="rest-orders.md §5.6",
    rows=(
        Field("orderId", lambda s: str(s.order.order_id)),
        Field("orderNumber", lambda s: s.order.order_number),
        Field("rrn", rrn, "approved"),
        Field("authCode", approval_code, "approved"),
        Field("actionCode", lambda s: s.order.action_code),
        Field("actionCodeDescription", lambda s: describe(s.order.action_code, s.language)),
        Field("time", _finished_ms, "the bank has answered"),
        Field("eci", _eci, "known", needs=Permission.SEND_ECI_CAVV),
        Field("amount", lambda s: s.order.amount_minor),
        Field("currency", lambda s: s.order.currency),
    ),
)

CARD_CHECKED: Final = presents(RegisteredAndPaid, _card_checked)
PAID_AT_ONCE: Final = presents(RegisteredAndPaid, _paid_at_once)
MOTO: Final = presents(RegisteredAndPaid, _moto)
