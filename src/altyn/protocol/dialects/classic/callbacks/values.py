"""Values of the optional parameters of a callback that need more than one field of the order.

Amounts with the letters of their currency, dates in the words of the protocol, and values that the
status response spells in another way. Source: callbacks.md §3.1, §3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.money import CURRENCIES, Money
from altyn.protocol.dialects.classic import card_view as card
from altyn.protocol.dialects.classic.order_view import fee_minor
from altyn.protocol.dialects.classic.status_fields import OrderView, epoch_ms
from altyn.protocol.issuers import issuer_of


@dataclass(frozen=True, slots=True)
class NotifiedChange:
    """The notification of a change and its time (UTC), with the order as it is after the change."""

    snapshot: OrderView
    notification: OrderNotification
    at: datetime


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────

# The words are English wherever the gateway runs, so they do not come from a locale.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def creation_date(at: datetime) -> str:
    """`callbackCreationDate`: "Mon Jan 31 21:46:52 UTC 2022". Source: callbacks.md §3.1."""
    utc = at.astimezone(UTC)
    day, month = _DAYS[utc.weekday()], _MONTHS[utc.month - 1]
    return f"{day} {month} {utc:%d %H:%M:%S} UTC {utc.year}"


def decline_ms(change: NotifiedChange) -> int | None:
    """The time of the decline: the last change of a declined order, which does not change again."""
    declined = change.snapshot.order.status is OrderStatus.DECLINED
    return epoch_ms(change.at) if declined else None


# ── Amounts ───────────────────────────────────────────────────────────────────────────────────────


def formatted(
    minor: Callable[[NotifiedChange], int | None],
) -> Callable[[NotifiedChange], str | None]:
    """Decimal text with the letters of the order's currency: "1000.00 RUB"."""

    def text(change: NotifiedChange) -> str | None:
        amount_minor = minor(change)
        if amount_minor is None:
            return None
        return Money(amount_minor, CURRENCIES[change.snapshot.order.currency]).wire()

    return text


def total_minor(change: NotifiedChange) -> int:
    """The amount of the order plus the payer's fee."""
    return change.snapshot.order.amount_minor + (fee_minor(change.snapshot) or 0)


def deposited_total_minor(change: NotifiedChange) -> int | None:
    """The deposited amount before refunds plus the fee; None before a deposit."""
    deposited_minor = change.snapshot.order.deposited_minor
    return deposited_minor + (fee_minor(change.snapshot) or 0) if deposited_minor else None


def amount_of(operation: CallbackOperation) -> Callable[[NotifiedChange], int | None]:
    """The amount of the operation that the callback is about, if it is this operation."""
    return lambda c: c.notification.amount_minor if c.notification.operation is operation else None


# ── The card and 3-D Secure ───────────────────────────────────────────────────────────────────────

THREE_DS_TYPES: Final = MappingProxyType(
    {
        card.TYPE_SSL: "SSL",
        card.TYPE_VERSION_1: "THREE_DS1_FULL",
        card.TYPE_VERSION_1_ATTEMPT: "THREE_DS1_ATTEMPT",
        card.TYPE_VERSION_2_CHALLENGE: "THREE_DS2_FULL",
        card.TYPE_VERSION_2_FRICTIONLESS: "THREE_DS2_FRICTIONLESS",
        card.TYPE_VERSION_2_ATTEMPT: "THREE_DS2_ATTEMPT",
    }
)

# The status response has letters, a callback has numbers with the same meaning (codes.md §6).
AVS_NUMBERS: Final = MappingProxyType({"A": 1, "B": 1, "C": 2, "D": -1, "E": 3, "F": 50})


def authentication(change: NotifiedChange) -> ThreeDSData:
    """The 3-D Secure data of the last attempt with a card."""
    attempt = change.snapshot.card_attempt
    return (attempt.authentication if attempt else None) or ThreeDSData()


def bank_name(change: NotifiedChange) -> str | None:
    """The issuer of the card of the last attempt."""
    issuer = issuer_of(change.snapshot.card.masked_pan) if change.snapshot.card else None
    return issuer.name if issuer else None


# ── The order ─────────────────────────────────────────────────────────────────────────────────────

# Newer gateways have two more words, pending and partly_deposited, for statuses not sent here.
PAYMENT_STATES: Final = MappingProxyType(
    {
        OrderStatus.CREATED: "started",
        OrderStatus.WAITING: "started",
        OrderStatus.APPROVED: "payment_approved",
        OrderStatus.DEPOSITED: "payment_deposited",
        OrderStatus.REVERSED: "payment_void",
        OrderStatus.REFUNDED: "refunded",
        OrderStatus.DECLINED: "payment_declined",
    }
)
