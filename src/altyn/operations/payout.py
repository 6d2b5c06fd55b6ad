"""Payout: the merchant pays a sum to a card that has paid nothing before.

The order of a payout has one attempt. When it fails, the order is over, and a further payout needs
an order of its own. Source: rest-orders.md §3.7; docs/decisions/0023-payouts.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from altyn.domain import action_codes as codes
from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import Event
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Decision, Refused, accept
from altyn.operations.paying.attempts import new_attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRequest:
    """What is kept of a payout: the name of the card's way, and the masked card."""

    payment_way: str
    card: PaymentCard


def decide_payout(order: Order, request: PayoutRequest, now: datetime) -> Decision:
    """Ask the connector to pay out the order's sum.

    Refuses: SESSION_OVER (the order has ended before, or has been asked for).
    """
    if refused := _refuse(order):
        return refused
    attempt = _attempt(order, request, now)
    return accept(order, HistoryEvent.PAYOUT_ASKED, now, attempt=attempt, ask=True)


def decide_failed_payout(
    order: Order, request: PayoutRequest, action_code: int, now: datetime
) -> Decision:
    """Record a payout that failed before the connector was asked. Refuses: as `decide_payout`."""
    if refused := _refuse(order):
        return refused
    failed = replace(
        _attempt(order, request, now),
        state=AttemptState.DECLINED,
        action_code=action_code,
        answered_at=now,
    )
    return settle_payout(order, failed, now)


def settle_payout(order: Order, attempt: Attempt, now: datetime) -> Accepted:
    """Move the sum from the merchant to the payer, or end the order with the bank's refusal."""
    approved, amount = attempt.state is AttemptState.APPROVED, attempt.amount_minor
    notification = OrderNotification(
        CallbackOperation.REFUNDED, succeeded=approved, amount_minor=amount
    )
    if not approved:
        code = attempt.action_code or codes.PROCESSING_UNAVAILABLE
        return accept(
            order,
            Event.PAYOUT_FAILED,
            now,
            attempt=replace(attempt, action_code=code),
            effects=(notification,),
            action_code=code,
        )
    return accept(
        order,
        Event.PAYOUT_APPROVED,
        now,
        attempt=attempt,
        postings=ledger.payout(amount),
        effects=(notification,),
        paid_out_minor=amount,
        refunded_at=now,
        action_code=0,
    )


def refuse_payout(order: Order) -> Refused:
    """Why a payout is neither paid, cancelled nor refunded: no payer pays it."""
    rule = "the order is a payout (instantRefund.do): it is never paid, cancelled or refunded"
    return Refused(Refusal.WRONG_STATUS, rule, order)


def _refuse(order: Order) -> Refused | None:
    if order.attempts or not order.allows(Event.PAYOUT_APPROVED):
        rule = f"a payout is asked for once, before its session ends; this order is {order.status}"
        return Refused(Refusal.SESSION_OVER, rule, order)
    return None


def _attempt(order: Order, request: PayoutRequest, now: datetime) -> Attempt:
    return replace(
        new_attempt(order, Kind.PAYOUT, order.amount_minor, now),
        card=request.card,
        payment_way=request.payment_way,
    )
