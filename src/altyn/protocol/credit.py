"""The messages between the gateway and the bank that decides applications for a credit.

The format is our own. The payer applies once for an order; the bank grants the credit, refuses it,
or needs time. Its decision is final. Amounts are minor units, times aware UTC.
Source: bnpl.md §8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from altyn.domain.credit import CreditProduct


class CreditDecision(StrEnum):
    """What the bank has decided about an application."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"  # the order's session ended before the bank decided


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRequest:
    """A payer applies for the credit for an order. `phone` has eleven digits.

    After `expires_at`, the end of the order's session, the bank grants nothing.
    """

    order_id: UUID
    product: CreditProduct
    product_id: str
    months: int
    phone: str
    amount_minor: int
    currency: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditAnswer:
    """The application as the bank has it. `decides_at` is the time of the decision."""

    order_id: UUID
    decision: CreditDecision
    months: int
    phone: str
    decides_at: datetime
