"""Values as XML text, by their type; None for a value that its type cannot hold.

So an answer is valid XML of its schema whatever an order contains (a cart is the shop's own JSON).
Source: soap.md §1.3, §5.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from math import isfinite
from typing import Any, Final

from altyn.protocol.dialects.classic.soap.dates import date_time
from altyn.protocol.dialects.classic.soap.types import ENUMERATIONS

Write = Callable[[Any], str | None]

# The characters to escape: XML markup, white space that a parser would change, and characters that
# XML cannot contain.
_SPECIAL: Final = re.compile("[^ !#-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPELLED: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_INTEGER: Final = re.compile("-?[0-9]{1,19}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def escape(text: str) -> str:
    """The text, escaped for an attribute and for an element."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda found: _SPELLED.get(found[0], "\ufffd"), text)


def _string(value: Any) -> str | None:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, bool):
        return _boolean(value)
    return str(value) if isinstance(value, int | float) else None


def _number(value: Any, bits: int) -> str | None:
    """A whole number. Shops compute carts in floating point, so 100.0 is accepted."""
    if isinstance(value, bool):
        return None
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if not whole and not (isinstance(value, str) and _INTEGER.fullmatch(value)):
        return None
    number = int(value)
    return str(number) if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1) else None


def _decimal(value: Any) -> str | None:
    if isinstance(value, float):
        return str(value) if isfinite(value) else None  # 1e-07 is a number in XML too
    text = str(value)
    return text if _DECIMAL.fullmatch(text) else None


def _boolean(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value in ("true", "false") else None


def _moment(value: Any) -> str | None:
    """A date in a field of text: milliseconds are written as a dateTime, as in other fields."""
    return date_time(value) or _string(value)


def _one_of(value: Any, values: frozenset[str]) -> str | None:
    return value if isinstance(value, str) and value in values else None


WRITERS: Final[Mapping[str, Write]] = {
    "string": _string,
    "short": partial(_number, bits=16),
    "int": partial(_number, bits=32),
    "long": partial(_number, bits=64),
    "float": _decimal,
    "boolean": _boolean,
    "dateTime": date_time,
    "moment": _moment,
    **{name: partial(_one_of, values=frozenset(each)) for name, each in ENUMERATIONS.items()},
}
