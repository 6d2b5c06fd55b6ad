"""Marked cards: numbers of the test ranges that occur nowhere else, and every form to search for.

A number is searched as ASCII, grouped in fours, as a Python string of two or four bytes per
character, and encoded: percent signs, hexadecimal digits, base64, packed digits. Three digits alone
occur everywhere, so a code is searched next to a name of its field only.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from altyn.domain.card.values import luhn_digit
from altyn.protocol.test_cards import ALL, RANGES

CODE_NAMES: Final = (b"cvc", b"CVC", b"Cvc", b"cvv", b"CVV", b"securityCode")
LISTED: Final = frozenset(card.pan for card in ALL)


@dataclass(frozen=True, slots=True)
class MarkedCard:
    """A card that one scenario uses."""

    pan: str
    cvc: str

    @property
    def grouped(self) -> str:
        """As it is embossed: `4111 1111 1111 1111`."""
        return " ".join(self.pan[place : place + 4] for place in range(0, len(self.pan), 4))

    @property
    def masked(self) -> str:
        return f"{self.pan[:6]}**{self.pan[-4:]}"

    def forms(self) -> tuple[bytes, ...]:
        """Every spelling of the number that is searched."""
        pan = self.pan
        groups = self.grouped.split(" ")
        separators = (" ", "-", ".", "+", "%20", "\u00a0", "\u202f")
        texts = [pan, *(each.join(groups) for each in separators)]
        wide = [text.encode(name) for text in texts[:3] for name in ("utf-16-le", "utf-32-le")]
        encoded = [pan.encode().hex().encode(), bytes.fromhex(pan), *_base64_of(pan.encode())]
        percent = "".join(f"%{ord(digit):02x}" for digit in pan).encode()
        return (*(text.encode() for text in texts), *wide, *encoded, percent)


def _base64_of(content: bytes) -> Iterator[bytes]:
    """What base64 makes of the content at each of the three places in a longer one."""
    for place in range(3):
        encoded = base64.b64encode(bytes(place) + content + bytes(2)).rstrip(b"=")
        yield encoded[4 if place else 0 : 4 + 16]


def marked_cards() -> Iterator[MarkedCard]:
    """Numbers of the test ranges that the sandbox approves, and that no table lists."""
    codes = itertools.count(613, 7)
    for number, beginning in itertools.product(range(613, 1000), RANGES):
        partial = f"{beginning}{number}"
        pan = partial + luhn_digit(partial)
        if pan not in LISTED:
            yield MarkedCard(pan, f"{next(codes) % 1000:03d}")


def declined_card(code: int) -> MarkedCard:
    """A card whose payments end with an action code that no table has."""
    partial = f"220000010{code:06d}"
    return MarkedCard(partial + luhn_digit(partial), f"{code % 1000:03d}")


def codes_pattern(cards: Iterable[MarkedCard]) -> re.Pattern[bytes]:
    """A security code of these cards after a name of its field, in a form, JSON or XML."""
    codes = b"|".join(sorted({card.cvc.encode() for card in cards}))
    between = rb"(?:[\"'=:>\s\\]|%3D|%22|%3A){1,8}"
    names = b"|".join(CODE_NAMES)
    return re.compile(rb"(?:" + names + rb")2?" + between + rb"(?:" + codes + rb")(?![0-9])")
