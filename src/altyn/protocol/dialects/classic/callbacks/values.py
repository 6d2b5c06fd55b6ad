"""How the values of a callback's optional parameters are found, where a look is not enough.

It exists so that the table of them stays a table: sums with the letters of their currency, moments
in the protocol's words, lists of values that the status answer spells otherwise.
Source: callbacks.md §3.1, §3.3.
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


@dataclass(frozen=True, slots=True)
class ChangeSeen:
    """What happened to an order and when, with the look at the order as it was after it."""

    seen: OrderView
    notice: OrderNotification
    at: datetime


# ── Moments ───────────────────────────────────────────────────────────────────────────────────────

# The protocol's words are English wherever the gateway runs, so no locale is asked for them.
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


def decline_ms(change: ChangeSeen) -> int | None:
    """A declined order changes no more, so that its last change is its decline."""
    declined = change.seen.order.status is OrderStatus.DECLINED
    return epoch_ms(change.at) if declined else None


# ── Amounts ───────────────────────────────────────────────────────────────────────────────────────


def formatted(minor: Callable[[ChangeSeen], int | None]) -> Callable[[ChangeSeen], str | None]:
    """Decimal text with the letters of the order's currency: "1000.00 RUB"."""

    def text(change: ChangeSeen) -> str | None:
        amount_minor = minor(change)
        if amount_minor is None:
            return None
        return Money(amount_minor, CURRENCIES[change.seen.order.currency]).wire()

    return text


def total_minor(change: ChangeSeen) -> int:
    """The order's sum and the payer's fee."""
    return change.seen.order.amount_minor + (fee_minor(change.seen) or 0)


def deposited_total_minor(change: ChangeSeen) -> int | None:
    """What was deposited, refunded since or not, and the fee; None before there is any."""
    deposited_minor = change.seen.order.deposited_minor
    return deposited_minor + (fee_minor(change.seen) or 0) if deposited_minor else None


def of_this(notification: CallbackOperation) -> Callable[[ChangeSeen], int | None]:
    """The sum of what is told, where it is such an operation."""
    return lambda c: c.notice.amount_minor if c.notice.notification is notification else None


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

# The status answer has letters, a callback numbers; they meet by meaning (codes.md §6).
AVS_NUMBERS: Final = MappingProxyType({"A": 1, "B": 1, "C": 2, "D": -1, "E": 3, "F": 50})


def said(change: ChangeSeen) -> ThreeDSData:
    """What 3-D Secure said about the last try with a card."""
    card_attempt = change.seen.card_attempt
    return (card_attempt.authentication if card_attempt else None) or ThreeDSData()


def bank_name(change: ChangeSeen) -> str | None:
    """The issuer of the last card tried."""
    issuer = card.issuer_of(change.seen.card.masked_pan) if change.seen.card else None
    return issuer.name if issuer else None


# ── The order ─────────────────────────────────────────────────────────────────────────────────────

# Newer gateways have two words more, pending and partly_deposited, for statuses not sent here.
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
