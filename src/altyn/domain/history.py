"""The events of an order's history that keep its status.

Those that may move it are `Event`, in `lifecycle.py`. The names are stored.
"""

from enum import StrEnum


class HistoryEvent(StrEnum):
    """What can happen to an order and leaves its status as it is."""

    REGISTERED = "registered"  # written by `register_orders.sql`
    PAYER_SEEN = "payer_seen"
    CHALLENGE_ASKED = "challenge_asked"
    ATTEMPT_REFUSED = "attempt_refused"

    PAYMENT_ASKED = "payment_asked"
    DEPOSIT_ASKED = "deposit_asked"
    DEPOSIT_DECLINED = "deposit_declined"
    REVERSAL_ASKED = "reversal_asked"
    REVERSAL_DECLINED = "reversal_declined"
    REFUND_ASKED = "refund_asked"
    REFUND_DECLINED = "refund_declined"
    PAYOUT_ASKED = "payout_asked"

    # The connector's answer does not end the attempt: the kind of the attempt, and its state.
    PAY_PENDING = "pay_pending"
    PAY_UNKNOWN = "pay_unknown"
    DEPOSIT_PENDING = "deposit_pending"
    DEPOSIT_UNKNOWN = "deposit_unknown"
    REVERSE_PENDING = "reverse_pending"
    REVERSE_UNKNOWN = "reverse_unknown"
    REFUND_PENDING = "refund_pending"
    REFUND_UNKNOWN = "refund_unknown"
    PAYOUT_PENDING = "payout_pending"
    PAYOUT_UNKNOWN = "payout_unknown"

    INSTALMENT_CHARGED = "instalment_charged"
    INSTALMENT_DECLINED = "instalment_declined"
    CREDIT_APPLIED = "credit_applied"
    CREDIT_APPROVED = "credit_approved"
    CREDIT_REFUSED = "credit_refused"

    PARAMS_ADDED = "params_added"
    LINK_SENT = "link_sent"
    FINAL_PAYMENT_REGISTERED = "final_payment_registered"
    RECEIPT_RECEIVED = "receipt_received"
    RECEIPT_CLOSED = "receipt_closed"
    RECEIPT_RESENT = "receipt_resent"
    TIMER_POSTPONED = "timer_postponed"
