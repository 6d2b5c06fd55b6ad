"""Durations: what users may type, what is refused, and how they are printed."""

from datetime import timedelta

import pytest

from altyn.cli.durations import describe, parse_duration
from altyn.cli.output import CommandError


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("7d", timedelta(days=7)),
        ("2h30m", timedelta(hours=2, minutes=30)),
        ("45s", timedelta(seconds=45)),
        ("1w 2D", timedelta(days=9)),
    ],
)
def test_duration_is_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "7", "d", "-7d", "1.5h", "3x", "7d!", "0s", "٣d"])
def test_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match=r"7d|1s"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["999999999w", "999999w", "36500d1s"])
def test_duration_of_more_than_a_century_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="at most 36500d"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(days=1), "1 day"),
        (timedelta(days=7, hours=2, minutes=1), "7 days 2 h"),
        (timedelta(minutes=19, seconds=58), "19 min 58 s"),
        (timedelta(), "0 s"),
        (
            timedelta(days=3) - timedelta(milliseconds=40),
            "3 days",
        ),  # two clocks, one after the other
    ],
)
def test_duration_is_printed_with_at_most_two_units(duration: timedelta, words: str) -> None:
    assert describe(duration) == words
