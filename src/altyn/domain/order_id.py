"""Order ids, which contain the merchant's number, and order numbers for shops without any.

An id is a UUID (version 8): 48 bits of milliseconds keep inserts local in the index, 18 bits name
the merchant so that no lookup by id is global, and 56 random bits make the id a capability: a
holder of the id may pay the order, and the id cannot be guessed.
"""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from altyn.domain.card.values import passes_for_card

MERCHANT_BITS: Final = 18
MERCHANTS_MAX: Final = (1 << MERCHANT_BITS) - 1
_RANDOM_BITS: Final = 56
_LOW_MERCHANT_BITS: Final = 6  # the other 12 stand between version and variant


def new_order_id(now: datetime, merchant_id: int) -> UUID:
    """A fresh id for an order of this merchant (1 to `MERCHANTS_MAX`)."""
    assert 0 < merchant_id <= MERCHANTS_MAX
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    high, low = merchant_id >> _LOW_MERCHANT_BITS, merchant_id & ((1 << _LOW_MERCHANT_BITS) - 1)
    random = int.from_bytes(secrets.token_bytes(_RANDOM_BITS // 8))
    return UUID(
        int=milliseconds << 80 | 0x8 << 76 | high << 64 | 0b10 << 62 | low << _RANDOM_BITS | random
    )


def first_order_id(since: datetime) -> UUID:
    """Ids of orders that are registered from this time on are not below it, earlier ones are."""
    return UUID(int=(int(since.timestamp() * 1000) & ((1 << 48) - 1)) << 80)


def merchant_of(order_id: UUID) -> int | None:
    """The merchant an id names; None when the id has another form."""
    bits = order_id.int
    if order_id.version != 8:  # noqa: PLR2004 - the version is part of the layout above
        return None
    high = bits >> 64 & 0xFFF
    low = bits >> _RANDOM_BITS & ((1 << _LOW_MERCHANT_BITS) - 1)
    return high << _LOW_MERCHANT_BITS | low or None


def read_order_id(text: str | None) -> UUID | None:
    """The id in a text; None for a text that is not an id of this gateway."""
    try:
        order_id = UUID(text or "")
    except ValueError:
        return None
    return order_id if merchant_of(order_id) else None


def new_order_number(now: datetime) -> str:
    """An order number of 18 digits for a shop that leaves numbering to the gateway.

    It does not pass for a card number, which logs and the request log would mask.
    """
    while True:
        number = f"{int(now.timestamp() * 1000):013d}{secrets.randbelow(100_000):05d}"
        if not passes_for_card(number):
            return number
