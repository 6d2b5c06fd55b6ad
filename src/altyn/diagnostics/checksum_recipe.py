"""The making of a checksum taken apart into its steps, so that any one of them can be done wrongly.

It exists so that a mistake is a changed step and nothing more: two mistakes are two changed steps.
Source: callbacks.md §6.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from altyn.diagnostics.received_callback import Pair, Received
from altyn.protocol.dialects.classic.callbacks.checksum import UNSIGNED


def unchanged(text: str) -> str:
    """The step that does nothing."""
    return text


def as_bytes(name: str) -> bytes:
    """Names are sorted by their bytes (callbacks.md §6.1)."""
    return name.encode()


def name_value(name: str, value: str) -> str:
    """One parameter in the signed text, but for the semicolon after it."""
    return f"{name};{value}"


def in_hex(made: bytes) -> str:
    """How a checksum is written."""
    return made.hex().upper()


def everything(_: Pair) -> bool:
    """All parameters are signed."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a checksum is made of what was received; with the defaults, the right way.

    The first `own` pairs are of the shop's own address and not signed. `decode` undoes the encoding
    of the way, `revalue` changes values after it. `sort` is the key of sorting names, None for
    none. Raises UnicodeError where a character set lacks a letter.
    """

    received: Received
    own: int = 0
    first_counts: bool = False
    decode: Callable[[str], str]
    rename: Callable[[str], str] = unchanged
    revalue: Callable[[str], str] = unchanged
    left_out: frozenset[str] = UNSIGNED
    keeps: Callable[[Pair], bool] = everything
    sort: Callable[[str], Any] | None = as_bytes
    spell: Callable[[str, str], str] = name_value
    between: str = ";"
    at_end: bool = True
    charset: str = "utf-8"
    key: bytes = field(default=b"", repr=False)
    hash: str = "sha256"
    make: Callable[[bytes, bytes, str], bytes] = hmac.digest
    write: Callable[[bytes], str] = in_hex

    def signed(self) -> str:
        """The text that is signed."""
        values: dict[str, str] = {}
        for pair in self._signed_pairs():
            if not (self.first_counts and pair.name in values):
                values[pair.name] = pair.value
        names = list(values) if self.sort is None else sorted(values, key=self.sort)
        text = self.between.join(self.spell(name, values[name]) for name in names)
        return f"{text}{self.between}" if self.at_end and names else text

    def _signed_pairs(self) -> list[Pair]:
        named = zip(self.received.names, self.received.pairs, strict=True)
        pairs = [
            Pair(self.rename(name), self.revalue(self.decode(pair.value)), pair.nested)
            for name, pair in islice(named, self.own, None)
        ]
        return [pair for pair in pairs if pair.name not in self.left_out and self.keeps(pair)]

    def material(self) -> bytes:
        """The same in bytes."""
        return self.signed().encode(self.charset)

    def checksum(self) -> str:
        """What comes out."""
        return self.write(self.make(self.key, self.material(), self.hash))
