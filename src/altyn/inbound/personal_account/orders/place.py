"""A place in the list of orders as one parameter of an address."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from altyn.operations.order_list import Place

BEFORE: Final = "before"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DIGITS_MAX: Final = 17


def place_text(place: Place) -> str:
    """The place: microseconds since 1970, a dot, the order's id."""
    return f"{(place.created_at - _EPOCH) // _MICROSECOND}.{place.order_id.hex}"


def read_place(text: str) -> Place | None:
    """The place that a text names; None for any other text."""
    moment, _, order_id = text.partition(".")
    if not (moment.isascii() and moment.isdigit()) or len(moment) > _DIGITS_MAX:
        return None
    try:
        return Place(_EPOCH + int(moment) * _MICROSECOND, UUID(order_id))
    except (ValueError, OverflowError):
        return None
