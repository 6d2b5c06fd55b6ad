"""Spans of time: what a person may type, what is told when it is none, and how they read."""

from datetime import timedelta

import pytest

from altyn.cli.durations import describe, parse_duration
from altyn.cli.output import CommandError


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("7d", timedelta(days=7)),
        ("2h30m", timedelta(hours=2, minutes=30)),
        ("45s", timedelta(seconds=45)),
        ("1w 2D", timedelta(days=9)),
    ],
)
def test_a_span_is_read(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "7", "d", "-7d", "1.5h", "3x", "7d!", "0s", "٣d"])
def test_what_is_no_span_is_told(text: str) -> None:
    with pytest.raises(CommandError, match=r"7d|1s"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=1), "1 day"),
        (timedelta(days=7, hours=2, minutes=1), "7 days 2 h"),
        (timedelta(minutes=19, seconds=58), "19 min 58 s"),
        (timedelta(), "0 s"),
    ],
)
def test_a_span_reads_in_two_units_at_most(span: timedelta, words: str) -> None:
    assert describe(span) == words
