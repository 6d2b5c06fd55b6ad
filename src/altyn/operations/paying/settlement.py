"""What a connector's response makes of an order, however it arrives.

The request itself, a notification and reconciliation settle the same way. Settling twice changes
nothing: an attempt that is no longer in flight keeps its first outcome.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import Event
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.operations.connector import ATTEMPT_STATES, ConnectorResponse, Outcome
from altyn.operations.decisions import Accepted, Decision, Unchanged, accept
from altyn.operations.deposit import settle_deposit
from altyn.operations.paying.decisions import settle_payment
from altyn.operations.payout import settle_payout
from altyn.operations.refund import settle_refund
from altyn.operations.reverse import settle_reversal

INQUIRY_WAIT_MAX_SECONDS: Final = 600

Settle = Callable[[Order, Attempt, datetime], Accepted]

SETTLE: Final[dict[Kind, Settle]] = {
    Kind.PAY: settle_payment,
    Kind.DEPOSIT: settle_deposit,
    Kind.REVERSE: settle_reversal,
    Kind.REFUND: settle_refund,
    Kind.PAYOUT: settle_payout,
}


def settle(order: Order, number: int, response: ConnectorResponse, now: datetime) -> Decision:
    """Decide what the response to attempt `number` makes of the order.

    APPROVED, DECLINED and NOT_SENT end the attempt. PENDING and UNKNOWN keep it in flight, and
    `workers/reconciliation.py` inquires later. PENDING with something to do for the payer makes the
    order wait for the payer; an unanswered inquiry (UNKNOWN) does not end that wait.
    """
    attempt = order.attempt(number)
    if not attempt.in_flight:
        return Unchanged(order, number)
    answered = replace(
        attempt,
        state=_state_after(attempt, response),
        answered_at=now,
        action_code=response.action_code,
        rrn=response.rrn or attempt.rrn,
        approval_code=response.approval_code or attempt.approval_code,
        inquiries=attempt.inquiries + 1,
        inquire_at=_next_inquiry(order, attempt, now),
        avs_code=response.avs_code or attempt.avs_code,
        details={**attempt.details, **response.details},
        card=_card_after(attempt, response),
    )
    if answered.in_flight:
        return _keep_in_flight(order, answered, response, now)
    if answered.waiting is not None:
        answered = replace(answered, waiting=None)
    if attempt.kind is Kind.PAY:
        approved_at = _approved_at(attempt, response, now)
        return settle_payment(order, answered, now, approved_at=approved_at)
    return SETTLE[attempt.kind](order, answered, now)


def _approved_at(attempt: Attempt, response: ConnectorResponse, now: datetime) -> datetime:
    """The date of a payment's money: its business day, and the beginning of its hold.

    The other side names the time at which the payer confirmed. Without it, a payment that waited
    for its payer is dated by the answer, and one that did not wait by the request, because the bank
    answers such a request on the day it arrives, even if that answer was lost.
    """
    if response.approved_at is not None:
        return max(attempt.started_at, min(response.approved_at, now))
    return attempt.started_at if attempt.waiting is None else now


def _card_after(attempt: Attempt, response: ConnectorResponse) -> PaymentCard | None:
    number = response.network_transaction_id
    if attempt.card is None or number is None:
        return attempt.card
    return replace(attempt.card, network_transaction_id=number)


def _state_after(attempt: Attempt, response: ConnectorResponse) -> AttemptState:
    waits = attempt.state is AttemptState.PENDING and attempt.waiting is not None
    if waits and response.outcome is Outcome.UNKNOWN:
        return attempt.state
    return ATTEMPT_STATES[response.outcome]


def _keep_in_flight(
    order: Order, answered: Attempt, response: ConnectorResponse, now: datetime
) -> Accepted:
    waiting = response.waiting or answered.waiting
    kept = replace(answered, waiting=waiting)
    begins = answered.kind is Kind.PAY and response.waiting not in {None, answered.waiting}
    if begins and answered.state is AttemptState.PENDING:
        return accept(order, Event.WAITING_FOR_PAYER, now, attempt=kept)
    event = HistoryEvent(f"{answered.kind}_{answered.state}")
    return accept(order, event, now, attempt=kept)


def _next_inquiry(order: Order, attempt: Attempt, now: datetime) -> datetime:
    """After 1, 2, 4 … seconds, at most ten minutes; for a payment also when the session ends."""
    wait = timedelta(seconds=min(2 ** min(attempt.inquiries, 20), INQUIRY_WAIT_MAX_SECONDS))
    if attempt.kind is Kind.PAY and order.expires_at > now:
        return min(now + wait, order.expires_at)
    return now + wait
