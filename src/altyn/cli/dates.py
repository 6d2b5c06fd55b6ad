"""Moments as people at a terminal read them: Moscow time, as the shops and the bank say it.

It exists so that every command writes a time in one way.
"""

from datetime import datetime

from altyn.domain.moscow import to_moscow


def in_moscow(moment: datetime) -> str:
    """A moment to the second, for a column: "2026-11-21 18:42:07"."""
    return f"{to_moscow(moment):%Y-%m-%d %H:%M:%S}"


def in_words(moment: datetime) -> str:
    """A moment in a sentence: "21 November 2026, 18:42:07 (Moscow)"."""
    local = to_moscow(moment)
    return f"{local.day} {local:%B %Y, %H:%M:%S} (Moscow)"
