"""What was done with an order's money: the lists `refunds` and `operations` of a status answer.

Source: rest-orders.md §4.2; merchant-settings.md §4, §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.protocol.dialects.classic.status_fields import Field, Fields, OrderView, epoch_ms, show

Objects = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Done:
    """An approved attempt, and the order that it belongs to."""

    order: Order
    attempt: Attempt


_TO_PAYER: Final = frozenset({Kind.REFUND, Kind.PAYOUT})
"""A payout is shown as a refund: clients know no other word for money that goes to the payer."""

_OPERATION_TYPES: Final = {
    Kind.DEPOSIT: "COMPLETION",
    Kind.REVERSE: "REVERSAL",
    Kind.REFUND: "REFUND",
    Kind.PAYOUT: "REFUND",
}


def _operation_type(done: _Done) -> str:
    if done.attempt.kind is Kind.PAY:
        return "AUTHORIZATION" if done.order.takes_money_at_once else "PREAUTHORIZATION"
    return _OPERATION_TYPES[done.attempt.kind]


def _card_holder(done: _Done) -> str | None:
    return (done.attempt.card.holder or None) if done.attempt.card else None


_DATE: Final[Field[_Done]] = Field(
    "date", lambda d: epoch_ms(d.attempt.answered_at or d.attempt.started_at)
)
_AMOUNT: Final[Field[_Done]] = Field("amount", lambda d: d.attempt.amount_minor)
_REFERENCE: Final[Field[_Done]] = Field(
    "referenceNumber", lambda d: d.attempt.rrn or None, "RRN known"
)
_ACTION_CODE: Final[Field[_Done]] = Field("actionCode", lambda d: d.attempt.action_code)

REFUND: Final[Fields[_Done]] = Fields(
    source="rest-orders.md §4.2",
    rows=(
        _DATE,
        Field(
            "externalRefundId", lambda d: d.attempt.external_refund_id or None, "given", since=21
        ),
        Field("approvalCode", lambda d: d.attempt.approval_code or None, "known", since=26),
        _ACTION_CODE,
        _REFERENCE,
        _AMOUNT,
    ),
)

# The object has the newer names and the older ones (cardHolder, authCode): a client reads either.
OPERATION: Final[Fields[_Done]] = Fields(
    source="rest-orders.md §4.2",
    rows=(
        _DATE,
        Field("type", _operation_type),
        _AMOUNT,
        _REFERENCE,
        Field("externalRefundId", lambda d: d.attempt.external_refund_id or None, "given"),
        Field("approvalCode", lambda d: d.attempt.approval_code or None, "known"),
        _ACTION_CODE,
        Field("cardHolder", _card_holder, "payment"),
        Field("authCode", lambda d: d.attempt.approval_code or None, "known"),
    ),
)


def refunds(view: OrderView) -> Objects | None:
    """Every refund that the bank approved, oldest first; or the payout."""
    if not view.order.returned_minor:
        return None
    return [
        show(REFUND, _Done(view.order, attempt), view.merchant)
        for attempt in view.order.attempts
        if attempt.kind in _TO_PAYER and attempt.state is AttemptState.APPROVED
    ] or None


def operations(view: OrderView) -> Objects | None:
    """Everything that the bank approved, oldest first."""
    if not view.order.attempts:
        return None
    return [
        show(OPERATION, _Done(view.order, attempt), view.merchant)
        for attempt in view.order.attempts
        if attempt.state is AttemptState.APPROVED
    ] or None
