"""The parts of a status answer: one row per field, and the view of an order that the rows read.

The set of fields that a shop sees depends on the response version and the permissions of its
merchant, so both stand in the row; REST, SOAP and the printed reference read the same rows.
Source: rest-orders.md §4; merchant-settings.md §4, §5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Attempt, Order

T = TypeVar("T")

Value = int | str | bool | list[dict[str, Any]] | list[str] | dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Field(Generic[T]):
    """One field of an answer.

    `value` finds it, None means that it is left out; `present` says in words when there is one.
    Response versions from `since` up to, but without, `before` have it, for merchants with the
    permission `needs`.
    """

    name: str
    value: Callable[[T], Value | None]
    present: str = "always"
    since: int = 1
    before: int | None = None
    needs: Permission | None = None

    def is_in(self, version: int) -> bool:
        """Whether answers of this response version have the field."""
        return self.since <= version and (self.before is None or version < self.before)


@dataclass(frozen=True, slots=True, eq=False)
class Fields(Generic[T]):
    """The fields of one object in the order of the wire; compared by identity, as a cache key."""

    source: str
    rows: tuple[Field[T], ...]


_Row = tuple[str, Callable[[Any], Value | None]]

_CACHED_ROWS_MAX: Final = 4096  # objects × versions × sets of permissions: a few per merchant


@lru_cache(_CACHED_ROWS_MAX)
def _rows_for(
    fields: Fields[Any], version: int, permissions: frozenset[Permission]
) -> tuple[_Row, ...]:
    """The rows that a merchant may have, computed once per version and set of permissions."""
    return tuple(
        (row.name, row.value)
        for row in fields.rows
        if row.is_in(version) and (row.needs is None or row.needs in permissions)
    )


def show(fields: Fields[T], subject: T, merchant: Merchant) -> dict[str, Any]:
    """The object as this merchant gets it: only fields with a value, and never None."""
    settings = merchant.settings
    shown: dict[str, Any] = {}
    for name, find in _rows_for(fields, settings.status_version, settings.permissions):
        value = find(subject)
        if value is not None:
            shown[name] = value
    return shown


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order for a merchant, in a language ("en", otherwise Russian).

    `payment` is the last payment attempt, or the payout; `card_attempt` the last one with a card,
    and `card` its card.
    """

    order: Order
    merchant: Merchant
    language: str
    payment: Attempt | None
    card_attempt: Attempt | None
    card: PaymentCard | None


def view_of(order: Order, merchant: Merchant, language: str) -> OrderView:
    """The view of an order; it finds once what several fields read."""
    if not order.attempts:
        return OrderView(order, merchant, language, None, None, None)
    payments = order.payments or order.payouts
    card_attempt = next((a for a in reversed(payments) if a.card is not None), None)
    payment = payments[-1] if payments else None
    card = card_attempt.card if card_attempt else None
    return OrderView(order, merchant, language, payment, card_attempt, card)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def epoch_ms(moment: datetime) -> int:
    """A moment as the wire has it: whole milliseconds since 1970 UTC (rest-orders.md §1.3)."""
    return (moment - _EPOCH) // _MILLISECOND


def epoch_ms_or_none(moment: datetime | None) -> int | None:
    """As `epoch_ms`; None for None."""
    return None if moment is None else epoch_ms(moment)
