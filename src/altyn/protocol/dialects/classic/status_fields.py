"""What a status answer is made of: rows, one for each field, and the look at an order they share.

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

Value = int | str | bool | list[dict[str, Any]] | dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Field(Generic[T]):
    """One field of an answer.

    `value` finds it, None means that it is left out; `present` says in words when it is there.
    Response versions from `since` up to, but without, `before` know it, and a merchant without the
    permission `needs` does not see it.
    """

    name: str
    value: Callable[[T], Value | None]
    present: str = "always"
    since: int = 1
    before: int | None = None
    needs: Permission | None = None

    def known_to(self, version: int) -> bool:
        """Whether answers of this response version have the field."""
        return self.since <= version and (self.before is None or version < self.before)


@dataclass(frozen=True, slots=True, eq=False)
class Fields(Generic[T]):
    """The fields of one object in the order of the wire; compared by identity, as a cache key."""

    source: str
    rows: tuple[Field[T], ...]


_Row = tuple[str, Callable[[Any], Value | None]]

_SETTINGS_REMEMBERED: Final = 4096  # objects × versions × sets of permissions: a few per merchant


@lru_cache(_SETTINGS_REMEMBERED)
def _rows_for(
    fields: Fields[Any], version: int, permissions: frozenset[Permission]
) -> tuple[_Row, ...]:
    """What can be there at all, worked out once for every kind of merchant."""
    return tuple(
        (row.name, row.value)
        for row in fields.rows
        if row.known_to(version) and (row.needs is None or row.needs in permissions)
    )


def show(fields: Fields[T], subject: T, merchant: Merchant) -> dict[str, Any]:
    """Write an object as this merchant sees it: only fields that are there, and never None."""
    settings = merchant.settings
    shown: dict[str, Any] = {}
    for name, find in _rows_for(fields, settings.status_version, settings.permissions):
        value = find(subject)
        if value is not None:
            shown[name] = value
    return shown


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order as somebody looks at it: who looks, in which language ("en", otherwise Russian).

    `payment` is the last try to pay, `card_try` the last one with a card, and `card` its card.
    """

    order: Order
    merchant: Merchant
    language: str
    payment: Attempt | None
    card_try: Attempt | None
    card: PaymentCard | None


def look_at(order: Order, merchant: Merchant, language: str) -> OrderSeen:
    """Find once what several fields ask for."""
    if not order.attempts:
        return OrderSeen(order, merchant, language, None, None, None)
    tries = order.payments
    card_try = next((a for a in reversed(tries) if a.card is not None), None)
    payment = tries[-1] if tries else None
    card = card_try.card if card_try else None
    return OrderSeen(order, merchant, language, payment, card_try, card)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def epoch_ms(moment: datetime) -> int:
    """A moment as the wire has it: whole milliseconds since 1970 UTC (rest-orders.md §1.3)."""
    return (moment - _EPOCH) // _MILLISECOND


def epoch_ms_or_none(moment: datetime | None) -> int | None:
    """As `epoch_ms`; None for what has not happened."""
    return None if moment is None else epoch_ms(moment)
