"""Durations as users type them: `7d`, `2h30m`, `45s`; every command uses this format."""

import re
from datetime import timedelta
from typing import Final

from altyn.cli.output import CommandError

_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART: Final = re.compile(r"([0-9]{1,9})([wdhms])")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")
LONGEST: Final = timedelta(days=36_500)  # 100 years; the sandbox's clock ends in 2100


def parse_duration(text: str) -> timedelta:
    """Read `7d`, `2h30m`, `1w 2d`.

    Refuses with CommandError: any other text, a duration of more than 100 years or of 0.
    """
    compact = re.sub(r"\s", "", text.lower())
    if not _WHOLE.fullmatch(compact):
        raise CommandError(
            f"{text!r} is not a duration. Write numbers followed by w, d, h, m or s: 7d, "
            "2h30m, 45s."
        )
    try:
        duration = sum(
            (timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(compact)),
            timedelta(),
        )
    except OverflowError:
        duration = timedelta.max
    if duration > LONGEST:
        raise CommandError(f"{text!r} is too long. A duration is at most {LONGEST.days}d.")
    if not duration:
        raise CommandError(f"{text!r} is a duration of 0. Write at least 1s.")
    return duration


def describe(duration: timedelta) -> str:
    """The duration in words, rounded to seconds, with at most two units: "7 days", "2 h 30 min"."""
    seconds = round(duration.total_seconds())
    parts = []
    for size, name in ((86400, "day"), (3600, "h"), (60, "min"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if name == 'day' and count != 1 else ''}")
    return " ".join(parts[:2]) or "0 s"
