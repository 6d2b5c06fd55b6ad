"""The messages between the gateway and the bank whose app lets a payer confirm an invoice.

The format is our own. A deposit, a reversal or a refund of a confirmed invoice goes to the acquirer
(`acquiring.py`), with the key of the invoice as `original_key`. Amounts are minor units, times
aware UTC. Source: sberpay.md §2, §4, §6.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class InvoiceOperation(StrEnum):
    """What the bank is asked to do with an invoice."""

    SEND = "SEND"  # show the invoice to the payer
    CANCEL = "CANCEL"  # it cannot be confirmed any more
    INQUIRE = "INQUIRE"  # what became of a key?


class InvoiceState(StrEnum):
    """How far an invoice is. Only APPROVED, DECLINED and NOT_SENT are final."""

    WAITING = "WAITING"  # for the payer
    PROCESSING = "PROCESSING"  # confirmed; the bank moves the money
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    NOT_SENT = "NOT_SENT"  # the bank does not have it, and never will under this key


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRequest:
    """One request about an invoice.

    `key` is the idempotency key of the payment. An inquiry for a key that the bank does not have
    answers NOT_SENT and closes the key. `phone` (eleven digits) gets a push, or an SMS where the
    payer has no app; empty: the payer opens the app by a link or a QR code with `invoice_id`.
    `hold`: the sum is reserved, not taken. After `expires_at` the invoice cannot be confirmed.
    `return_url` is where the app takes the payer afterwards, or empty. CANCEL has `by_shop`: the
    shop has cancelled the order; else the payer has chosen another way to pay.
    """

    key: str
    operation: InvoiceOperation
    invoice_id: str = ""
    merchant: str = ""
    shop_name: str = ""
    terminal: str = ""
    amount_minor: int = 0
    currency: str = "643"
    order_id: UUID | None = None
    order_number: str = ""
    description: str = ""
    phone: str = ""
    hold: bool = False
    expires_at: datetime | None = None
    return_url: str = ""
    by_shop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceResponse:
    """The bank's answer. `action_code` is that of a refusal; `rrn` belongs to APPROVED.

    `decided_at` is when the payer or the bank decided. `phone` got the push for the invoice; empty:
    the payer opens it by a link or a QR code.
    """

    state: InvoiceState
    action_code: int = 0
    rrn: str | None = None
    approval_code: str | None = None
    decided_at: datetime | None = None
    phone: str = ""
