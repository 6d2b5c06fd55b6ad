"""Spans of time as a person types them: `7d`, `2h30m`, `45s`.

It exists so that every command reads them the same way, and says what it would have understood.
"""

import re
from datetime import timedelta
from typing import Final

from altyn.cli.output import CommandError

_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART: Final = re.compile(r"([0-9]{1,9})([wdhms])")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")


def parse_duration(text: str) -> timedelta:
    """Read `7d`, `2h30m`, `1w 2d`. Refuses with CommandError: anything else, nothing at all."""
    compact = re.sub(r"\s", "", text.lower())
    if not _WHOLE.fullmatch(compact):
        raise CommandError(
            f"{text!r} is no span of time. Write numbers with w, d, h, m or s behind them: 7d, "
            "2h30m, 45s."
        )
    span = sum(
        (timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(compact)),
        timedelta(),
    )
    if not span:
        raise CommandError(f"{text!r} is no time at all. Write at least 1s.")
    return span


def describe(span: timedelta) -> str:
    """The same in words, two units at most: "7 days", "2 h 30 min"."""
    seconds = int(span.total_seconds())
    parts = []
    for size, name in ((86400, "day"), (3600, "h"), (60, "min"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if name == 'day' and count != 1 else ''}")
    return " ".join(parts[:2]) or "0 s"
