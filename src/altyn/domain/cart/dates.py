"""The date in a cart, as the clients write it: ISO text, seconds or milliseconds since 1970.

Source: fiscal.md §3.
"""

import re
from datetime import UTC, datetime
from typing import Final

from altyn.domain.cart.fields import BadValue
from altyn.domain.cart.numbers import whole
from altyn.domain.moscow import from_moscow

_MILLISECONDS_FROM: Final = 100_000_000_000  # in seconds that is the year 5138
_EPOCH: Final = re.compile("[0-9]{9,14}")
_FORMS: Final = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def creation_date(value: object) -> datetime:
    """The moment in UTC; a text without a zone is Moscow time."""
    number = whole(value) if not isinstance(value, str) or _EPOCH.fullmatch(value) else None
    if number is not None and number > 0:
        seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, ValueError, OSError):
            raise BadValue(_RULE) from None
    if isinstance(value, str):
        for form in _FORMS:
            try:
                return from_moscow(value, form)
            except (ValueError, OverflowError):
                continue
    raise BadValue(_RULE)


_RULE: Final = "not yyyy-MM-ddTHH:mm:ss, yyyy-MM-dd, or seconds or milliseconds since 1970"
