"""The history of an order for people to read: a line of a list, an event, a movement of money.

Pure values. Amounts are minor units of the order's currency; times are aware UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from altyn.domain.ledger import Posting
from altyn.domain.lifecycle import OrderStatus
from altyn.operations.ports import OrderKey


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """An order as one line of a list. Amounts: minor units of `currency`."""

    key: OrderKey
    merchant: str
    order_number: str
    status: OrderStatus
    currency: str
    amount_minor: int
    approved_minor: int
    deposited_minor: int
    refunded_minor: int
    action_code: int
    created_at: datetime
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """One change of an order; `version` is the version of the order that it made."""

    version: int
    at: datetime
    event: str
    actor: str
    actor_ip: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BookedPosting:
    """A movement of money, with the version of the order that was saved with it."""

    version: int
    posting: Posting


class OrderEvents(Protocol):
    """Reads what happened to an order, and how its money moved, oldest first."""

    async def events(self, key: OrderKey) -> Sequence[OrderEvent]: ...
    async def postings(self, key: OrderKey) -> Sequence[BookedPosting]: ...
