"""The port to one way to pay: six requests, each with one of five outcomes.

A connector begins a payment, inquires about it, cancels it, deposits, reverses and refunds. It
answers at once, or *pending*; a pending payment is inquired about later, or a notification pushes
its result in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from altyn.domain.merchant import Merchant
from altyn.domain.order import Attempt, AttemptState, Order
from altyn.domain.order_id import merchant_of
from altyn.domain.waiting import AnyWaiting


class Outcome(StrEnum):
    """What became of a request. APPROVED, DECLINED and NOT_SENT are final."""

    APPROVED = "approved"
    PENDING = "pending"  # the other side has it and is not done
    DECLINED = "declined"
    NOT_SENT = "not_sent"  # the other side does not have it, and never will under this key
    UNKNOWN = "unknown"  # sent, not answered: it may have happened


ATTEMPT_STATES: Final = {
    Outcome.APPROVED: AttemptState.APPROVED,
    Outcome.PENDING: AttemptState.PENDING,
    Outcome.DECLINED: AttemptState.DECLINED,
    Outcome.NOT_SENT: AttemptState.NOT_SENT,
    Outcome.UNKNOWN: AttemptState.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorResponse:
    """The answer of a connector.

    `action_code` is 0 for APPROVED, else one of codes.md §4.2. `rrn` and `approval_code` are there
    where something was approved. `approved_at` (aware UTC) is when the payer confirmed the payment,
    where the other side names it. `waiting` goes with PENDING and says what the payer has to do.
    `details` are facts that the connector gets back with each later request about the payment.
    `network_transaction_id` is the payment system's number of an approved card payment.
    """

    outcome: Outcome
    action_code: int = 0
    rrn: str | None = None
    approval_code: str | None = None
    approved_at: datetime | None = None
    avs_code: str | None = None
    network_transaction_id: str | None = None
    waiting: AnyWaiting | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One request to a connector: the attempt that it stands for, with its order and merchant.

    `key` is the idempotency key: sent twice, done once, answered the same. `approved` is the
    payment attempt that a deposit, a reversal or a refund belongs to, and `approved_key` its key.
    The amount is `attempt.amount_minor`, in minor units of `order.currency`. `by_shop` goes with a
    payment that is cancelled: the shop has cancelled the order.
    """

    key: str
    order: Order
    merchant: Merchant
    attempt: Attempt
    approved: Attempt | None = None
    approved_key: str | None = None
    by_shop: bool = False


class Connector(Protocol):
    """One way to pay. No method raises for anything that the network or the other side does.

    A time-out is UNKNOWN, a refused connection NOT_SENT. After an inquiry was answered NOT_SENT the
    other side never carries that key out. A payment that waits for its payer ends with the order's
    session: after `order.expires_at` an inquiry answers DECLINED or NOT_SENT.
    """

    async def begin(self, payment: Payment, details: object | None) -> ConnectorResponse:
        """Start a payment. `details` is what this way needs, as a value of its own package.

        The card's connector also begins a payout: an attempt of the kind PAYOUT.
        """
        ...

    async def inquire(self, payment: Payment) -> ConnectorResponse:
        """What became of the request with this key."""
        ...

    async def cancel(self, payment: Payment) -> ConnectorResponse:
        """Withdraw a payment that waits for its payer, who has chosen another way, or whose order
        the shop has cancelled (`payment.by_shop`).

        A payment that the payer has confirmed already answers as an inquiry does.
        """
        ...

    async def deposit(self, payment: Payment) -> ConnectorResponse: ...
    async def reverse(self, payment: Payment) -> ConnectorResponse: ...
    async def refund(self, payment: Payment) -> ConnectorResponse: ...


def payment_key(order_id: UUID, number: int) -> str:
    """The idempotency key of an attempt: `<order id in hex>-<number>`."""
    return f"{order_id.hex}-{number}"


def read_payment_key(key: str) -> tuple[int, UUID, int] | None:
    """Merchant, order and attempt number of a key of ours; None for any other text."""
    order_hex, _, number = key.partition("-")
    try:
        order_id = UUID(hex=order_hex)
    except ValueError:
        return None
    merchant_id = merchant_of(order_id)
    if merchant_id is None or re.fullmatch("[0-9]{1,9}", number) is None:
        return None
    return merchant_id, order_id, int(number)
