"""Dates of XML Schema, from and to the formats of REST.

SOAP clients send any zone or none; REST reads Moscow time without a zone, and answers milliseconds.
Source: soap.md §1.3; fiscal.md §3 (orderCreationDate).
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from altyn.domain.moscow import MOSCOW, to_moscow

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATE_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
# Shops send seconds in carts as well as milliseconds: a smaller number than this is seconds.
_SECONDS_MAX: Final = 10**11


def moscow_text(text: str, layout: str) -> str:
    """A dateTime as REST reads it: Moscow time, whole seconds, in this layout of strftime.

    A text that is not a dateTime is returned unchanged, and the parameter's own rule refuses it.
    """
    moment = _moscow(text)
    return text if moment is None else moment.strftime(layout)


def date_time(value: object) -> str | None:
    """A dateTime of XML Schema, Moscow time with zone and milliseconds.

    From epoch milliseconds, or from the text of a cart; None for any other value.
    """
    try:
        if isinstance(value, str):
            moment = _moscow(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            milliseconds = value * 1000 if abs(value) < _SECONDS_MAX else value
            moment = to_moscow(_EPOCH + timedelta(milliseconds=milliseconds))
        else:
            return None
    except OverflowError:
        return None
    return None if moment is None else moment.isoformat(timespec="milliseconds")


def _moscow(text: str) -> datetime | None:
    """A dateTime in Moscow time; without a zone it is Moscow time already."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match[1] + (match[2] or ""))
        return to_moscow(moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW))
    except (ValueError, OverflowError):
        return None
