"""Dates and times as the command prints them: in Moscow time, which shops and the bank use."""

from datetime import datetime

from altyn.domain.moscow import to_moscow


def in_moscow(moment: datetime) -> str:
    """The date and time to the second, for a column: "2026-11-21 18:42:07"."""
    return f"{to_moscow(moment):%Y-%m-%d %H:%M:%S}"


def in_words(moment: datetime) -> str:
    """The date and time for a sentence: "21 November 2026, 18:42:07 (Moscow)"."""
    local = to_moscow(moment)
    return f"{local.day} {local:%B %Y, %H:%M:%S} (Moscow)"
