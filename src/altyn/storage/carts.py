"""Carts as the column `orders.cart`: their JSON text, packed when it is long.

The text is packed here, by zlib: PostgreSQL would take longer for it than for all the rest of the
order. The first byte tells which of the two a value is: JSON never begins as zlib's header does.
"""

import zlib
from typing import Final

PACKED_FROM: Final = 1024  # bytes
_LEVEL: Final = 1  # higher levels take twice the time and save a tenth
_HEADER: Final = 0x78


def pack_cart(text: str) -> bytes:
    """The value of the column for this text."""
    encoded = text.encode()
    return zlib.compress(encoded, _LEVEL) if len(encoded) >= PACKED_FROM else encoded


def unpack_cart(value: bytes) -> str:
    """The text in a value of the column."""
    return (zlib.decompress(value) if value[:1] == bytes([_HEADER]) else value).decode()
