"""What the readers of bodies share: a word for giving up, bytes into text, a header's parameters.

Form, JSON and multipart disagree about everything else, so only this much is common to them.
Source: rest-orders.md §1.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

Pairs = list[tuple[str, str]]
"""Names and values in the order in which they were sent; a name may come back."""

T = TypeVar("T")

# What shops in Russia still declare. A closed table, because Python's codecs include slow and
# surprising ones, and because Python remembers for ever each name it was asked to look up.
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

# `; name=value` or `; name="quoted \" value"`, without ever going back over what was read.
_PARAMETER: Final = re.compile(
    r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^;]*+))', re.DOTALL
)
_BACKSLASHED: Final = re.compile(r"\\(.)", re.DOTALL)


class Unreadable(Exception):  # noqa: N818 — a finding about the body, told to the caller, not an error of ours
    """The body cannot be read as what it is; the text says why and repeats nothing of the body."""


def read_text(read: Callable[[str, str], T], charset: str | None) -> tuple[T, bool]:
    """Read as UTF-8; if it is not that, in the declared charset; else with U+FFFD for bad bytes.

    `read` takes an encoding and an error handler, as `bytes.decode` does. The second value is True
    when bytes were lost. UTF-8 goes first even against the declaration: text in another charset is
    hardly ever valid UTF-8, while declarations are often copied from elsewhere.
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
