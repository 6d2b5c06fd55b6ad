"""What the bank's answer makes of an order, whoever brings it: the request, or reconciliation.

Settling twice is harmless: an attempt that is no longer in flight keeps its first reply.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.operations.decisions import Accepted, Decision, Unchanged, accept
from altyn.operations.deposit import settle_deposit
from altyn.operations.pay import settle_payment
from altyn.operations.refund import settle_refund
from altyn.operations.reverse import settle_reversal
from altyn.protocol.acquiring import AcquirerOutcome, AcquirerResponse

STATES: Final = {
    AcquirerOutcome.APPROVED: AttemptState.APPROVED,
    AcquirerOutcome.PENDING: AttemptState.PENDING,
    AcquirerOutcome.DECLINED: AttemptState.DECLINED,
    AcquirerOutcome.NOT_SENT: AttemptState.NOT_SENT,
    AcquirerOutcome.UNKNOWN: AttemptState.UNKNOWN,
}

INQUIRY_WAIT_MAX_SECONDS: Final = 600

Settle = Callable[[Order, Attempt, datetime], Accepted]

SETTLE: Final[dict[Kind, Settle]] = {
    Kind.PAY: settle_payment,
    Kind.DEPOSIT: settle_deposit,
    Kind.REVERSE: settle_reversal,
    Kind.REFUND: settle_refund,
}


def settle(order: Order, number: int, reply: AcquirerResponse, now: datetime) -> Decision:
    """Decide what the reply to attempt `number` makes of the order.

    Approved, declined and not sent end the attempt; pending and unknown keep it in flight, and
    `workers/reconciliation.py` asks again.
    """
    attempt = order.attempt(number)
    if not attempt.in_flight:
        return Unchanged(order, number)
    answered = replace(
        attempt,
        state=STATES[reply.outcome],
        answered_at=now,
        action_code=reply.action_code,
        rrn=reply.rrn or attempt.rrn,
        approval_code=reply.approval_code or attempt.approval_code,
        inquiries=attempt.inquiries + 1,
        inquire_at=now + _until_next_inquiry(attempt.inquiries),
        avs_code=reply.avs_code or attempt.avs_code,
    )
    if answered.in_flight:
        return accept(order, f"{attempt.kind}_{answered.state}", now, attempt=answered)
    return SETTLE[attempt.kind](order, answered, now)


def _until_next_inquiry(inquiries: int) -> timedelta:
    """Ask again after 1, 2, 4 … seconds, and every ten minutes at last."""
    return timedelta(seconds=min(2 ** min(inquiries, 20), INQUIRY_WAIT_MAX_SECONDS))
