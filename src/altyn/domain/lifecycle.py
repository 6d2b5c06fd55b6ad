"""The life of an order, as one table.

Every status change in Altyn is looked up here; docs print this table and a test walks every
(status, event) pair, so what is not written below cannot happen.
"""

from enum import StrEnum
from typing import Final


class OrderStatus(StrEnum):
    """The state of an order. A dialect's `order_statuses.py` has the wire numbers."""

    CREATED = "created"
    WAITING = "waiting"  # the payer has a step to do elsewhere, whatever the way to pay
    APPROVED = "approved"
    DEPOSITED = "deposited"
    REVERSED = "reversed"
    REFUNDED = "refunded"
    DECLINED = "declined"


class Event(StrEnum):
    """What can happen to an order and moves (or keeps) its status."""

    WAITING_FOR_PAYER = "waiting_for_payer"
    ATTEMPT_FAILED = "attempt_failed"
    LAST_ATTEMPT_FAILED = "last_attempt_failed"
    HOLD_APPROVED = "hold_approved"
    PURCHASE_APPROVED = "purchase_approved"
    CARD_VERIFIED = "card_verified"
    SESSION_EXPIRED = "session_expired"
    CANCELLED = "cancelled"
    DEPOSIT_APPROVED = "deposit_approved"
    REVERSAL_APPROVED = "reversal_approved"
    PARTIAL_REVERSAL_APPROVED = "partial_reversal_approved"
    REFUND_APPROVED = "refund_approved"
    PAYOUT_APPROVED = "payout_approved"
    PAYOUT_FAILED = "payout_failed"


CREATED, WAITING, APPROVED, DEPOSITED, REVERSED, REFUNDED, DECLINED = OrderStatus

LIFECYCLE: Final = (
    # from             event                             to
    (CREATED,          Event.WAITING_FOR_PAYER,     WAITING),
    (WAITING,          Event.WAITING_FOR_PAYER,     WAITING),
    (CREATED,          Event.ATTEMPT_FAILED,             CREATED),
    (WAITING,          Event.ATTEMPT_FAILED,             CREATED),
    (CREATED,          Event.LAST_ATTEMPT_FAILED,        DECLINED),
    (WAITING,          Event.LAST_ATTEMPT_FAILED,        DECLINED),
    (CREATED,          Event.HOLD_APPROVED,              APPROVED),
    (WAITING,          Event.HOLD_APPROVED,              APPROVED),
    (CREATED,          Event.PURCHASE_APPROVED,          DEPOSITED),
    (WAITING,          Event.PURCHASE_APPROVED,          DEPOSITED),
    (CREATED,          Event.CARD_VERIFIED,              REVERSED),
    (WAITING,          Event.CARD_VERIFIED,              REVERSED),
    (CREATED,          Event.SESSION_EXPIRED,            DECLINED),
    (WAITING,          Event.SESSION_EXPIRED,            DECLINED),
    (CREATED,          Event.CANCELLED,                  DECLINED),
    (WAITING,          Event.CANCELLED,                  DECLINED),
    (CREATED,          Event.PAYOUT_APPROVED,            REFUNDED),
    (CREATED,          Event.PAYOUT_FAILED,              DECLINED),
    (APPROVED,         Event.DEPOSIT_APPROVED,           DEPOSITED),
    (APPROVED,         Event.REVERSAL_APPROVED,          REVERSED),
    (APPROVED,         Event.PARTIAL_REVERSAL_APPROVED,  APPROVED),
    (DEPOSITED,        Event.REVERSAL_APPROVED,          REVERSED),
    (DEPOSITED,        Event.PARTIAL_REVERSAL_APPROVED,  DEPOSITED),
    (DEPOSITED,        Event.REFUND_APPROVED,            REFUNDED),
    (REFUNDED,         Event.REFUND_APPROVED,            REFUNDED),
)  # fmt: skip

TRANSITIONS: Final = {(status, event): then for status, event, then in LIFECYCLE}
PAYABLE: Final = frozenset({CREATED, WAITING})
