"""What the readers of forms, JSON and multipart share: decoding of text, parameters of a header.

Source: rest-orders.md §1.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

Pairs = list[tuple[str, str]]
"""Names and values in the order in which they were sent; a name may come back."""

T = TypeVar("T")

# The charsets that shops in Russia still declare. The table is closed: some codecs of Python are
# slow, and Python keeps every name that it has looked up for ever.
CHARSETS: Final = {
    "windows-1251": "cp1251",
    "cp1251": "cp1251",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "iso-8859-5": "iso8859-5",
    "cp866": "cp866",
    "ibm866": "cp866",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15",
}

# `; name=value` or `; name="quoted \" value"`; possessive, so that it never backtracks.
_PARAMETER: Final = re.compile(
    r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^;]*+))', re.DOTALL
)
_BACKSLASHED: Final = re.compile(r"\\(.)", re.DOTALL)


class Unreadable(ValueError):  # noqa: N818 — a finding about the body, not an error of the gateway
    """The body cannot be read; the text says why and repeats nothing of the body."""


def read_text(read: Callable[[str, str], T], charset: str | None) -> tuple[T, bool]:
    """Read as UTF-8; if it is not that, in the declared charset; else with U+FFFD for bad bytes.

    `read` takes an encoding and an error handler, as `bytes.decode` does. The second value is True
    when bytes were lost. UTF-8 is tried first, even against the declaration: declarations
    are often wrong, and text in another charset is hardly ever valid UTF-8.
    """
    for encoding in ("utf-8", CHARSETS.get((charset or "").lower())):
        if encoding:
            try:
                return read(encoding, "strict"), False
            except UnicodeDecodeError:
                continue
    return read("utf-8", "replace"), True


def header_parameters(header: str) -> dict[str, str]:
    """The `; name=value` parameters of a Content-… header, their names in lower case."""
    return {
        name.lower(): _BACKSLASHED.sub(r"\1", quoted) if quoted else bare.strip()
        for name, quoted, bare in _PARAMETER.findall(header)
    }
