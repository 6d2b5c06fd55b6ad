"""Parses form-encoded text (`a=1&b=2`): query strings and the bodies of most shops.

Every request goes through it; it is faster than `urllib.parse.parse_qsl` and gives the same
result.
Source: rest-orders.md §1.1.
"""

from __future__ import annotations

import re
from binascii import a2b_qp, unhexlify
from collections.abc import Sequence
from functools import partial
from typing import Final

from altyn.inbound.http.bodies import Pairs, Unreadable, read_text

_ESCAPES: Final = re.compile(
    rb"(?:%[0-9A-Fa-f]{2})+"
)  # a whole run at a time: «Заказ» is ten escapes, one call
_QUOTED_PRINTABLE: Final = bytes.maketrans(b"%", b"=")
_LONG: Final = 256  # bytes; below it the short way costs more than it saves


def parse_form(data: bytes, encoding: str = "utf-8", errors: str = "replace") -> Pairs:
    """As `parse_qsl(keep_blank_values=True)`: bad escapes stay, `;` does not separate."""
    return _pairs(data.split(b"&"), encoding, errors)


def _pairs(pieces: Sequence[bytes], encoding: str, errors: str) -> Pairs:
    pairs = []
    for sent in pieces:
        piece = sent.replace(b"+", b" ")
        if piece:
            name, _, value = piece.partition(b"=")
            if b"%" in piece:
                name, value = _unquoted(name), _unquoted(value)
            pairs.append((name.decode(encoding, errors), value.decode(encoding, errors)))
    return pairs


def read_form(data: bytes, *, charset: str | None, fields_max: int) -> tuple[Pairs, bool]:
    """The pairs of a form, and whether bytes were lost. Raises Unreadable for too many fields."""
    pieces = data.split(b"&", fields_max)
    if len(pieces) > fields_max:
        raise Unreadable(f"more than {fields_max} fields")
    return read_text(partial(_pairs, pieces), charset)


def _unquoted(text: bytes) -> bytes:
    """The text without its escapes; one that is not hexadecimal stays as it is.

    Quoted-printable text has the same escapes with another sign, and is read in C: a cart has ten
    thousand of them. Each good escape makes the text shorter by two; where the length is another
    one, or line breaks have a meaning there, the escapes are read one run at a time.
    """
    if len(text) > _LONG and b"\n" not in text and b"\r" not in text:
        plain = a2b_qp(text.replace(b"=", b"=3D").translate(_QUOTED_PRINTABLE))
        if len(plain) == len(text) - 2 * text.count(b"%"):
            return plain
    return _ESCAPES.sub(_unescaped, text)


def _unescaped(run: re.Match[bytes]) -> bytes:
    return unhexlify(run[0].replace(b"%", b""))
