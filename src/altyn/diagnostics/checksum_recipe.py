"""A recipe computes a checksum; each step of the computation is a field that can be replaced.

A mistake is a recipe with one changed step; two mistakes are two changed steps.
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
    """The text without a change; the default of most steps."""
    return text


def as_bytes(name: str) -> bytes:
    """The sort key of a name: its bytes (callbacks.md §6.1)."""
    return name.encode()


def name_value(name: str, value: str) -> str:
    """One parameter in the signed text, without the semicolon after it."""
    return f"{name};{value}"


def in_hex(digest: bytes) -> str:
    """The checksum as text: upper-case hexadecimal."""
    return digest.hex().upper()


def everything(_: Pair) -> bool:
    """True: every parameter is signed."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a checksum is computed from a received callback; by default, the correct way.

    The first `own_pairs` parameters belong to the query of the shop's own address and are not
    signed. `decode` undoes the encoding for the transport, `change_value` changes the decoded
    values. `sort` is the sort key of names; with None they keep the order received. `keep` selects
    the signed parameters. Raises UnicodeError for a character that `charset` does not have.
    """

    received: Received
    own_pairs: int = 0
    first_wins: bool = False
    decode: Callable[[str], str]
    change_name: Callable[[str], str] = unchanged
    change_value: Callable[[str], str] = unchanged
    left_out: frozenset[str] = UNSIGNED
    keep: Callable[[Pair], bool] = everything
    sort: Callable[[str], Any] | None = as_bytes
    join_pair: Callable[[str, str], str] = name_value
    separator: str = ";"
    ends_with_separator: bool = True
    charset: str = "utf-8"
    key: bytes = field(default=b"", repr=False)
    hash: str = "sha256"
    digest: Callable[[bytes, bytes, str], bytes] = hmac.digest
    encode: Callable[[bytes], str] = in_hex

    def signed(self) -> str:
        """The signed text."""
        values: dict[str, str] = {}
        for pair in self._signed_pairs():
            if not (self.first_wins and pair.name in values):
                values[pair.name] = pair.value
        names = list(values) if self.sort is None else sorted(values, key=self.sort)
        text = self.separator.join(self.join_pair(name, values[name]) for name in names)
        return f"{text}{self.separator}" if self.ends_with_separator and names else text

    def _signed_pairs(self) -> list[Pair]:
        named = zip(self.received.names, self.received.pairs, strict=True)
        pairs = [
            Pair(self.change_name(name), self.change_value(self.decode(pair.value)), pair.nested)
            for name, pair in islice(named, self.own_pairs, None)
        ]
        return [pair for pair in pairs if pair.name not in self.left_out and self.keep(pair)]

    def signed_bytes(self) -> bytes:
        """The signed text, encoded in `charset`."""
        return self.signed().encode(self.charset)

    def checksum(self) -> str:
        """The checksum of the signed text."""
        return self.encode(self.digest(self.key, self.signed_bytes(), self.hash))
