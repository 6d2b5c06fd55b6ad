"""Words of an order's page: every member of an enumeration has them, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pytest

from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import Event
from altyn.domain.order import IN_FLIGHT, AttemptState, Kind
from altyn.inbound.web.order_story import words
from altyn.inbound.web.order_story.words import EVENT_WORDS
from altyn.look import Words

TABLES: Final[dict[str, Mapping[Enum, Any]]] = {
    name: table
    for name, table in vars(words).items()
    if isinstance(table, Mapping) and isinstance(next(iter(table)), Enum) and name != "EVENT_WORDS"
}
QUERIES: Final = Path(__file__).parents[4] / "src/altyn/storage/queries"


def test_tables_are_found() -> None:
    assert {"STATUS_WORDS", "ATTEMPT_WORDS", "KIND_WORDS", "MOVEMENT_WORDS"} <= TABLES.keys()


@pytest.mark.parametrize("name", TABLES)
def test_every_member_has_words_in_both_languages(name: str) -> None:
    table = TABLES[name]
    assert set(table) == set(type(next(iter(table))))
    for row in table.values():
        assert is_translated(row if isinstance(row, Words) else row[0])


def test_every_event_of_the_history_has_words_in_both_languages() -> None:
    assert set(EVENT_WORDS) == {*Event, *HistoryEvent}
    assert all(is_translated(each) for each in EVENT_WORDS.values())


def test_every_answer_that_ends_no_attempt_is_an_event() -> None:
    for kind in Kind:
        for state in IN_FLIGHT - {AttemptState.ASKED}:
            assert HistoryEvent(f"{kind}_{state}") in EVENT_WORDS


def test_statements_that_write_the_history_name_known_events_only() -> None:
    """`save_orders` writes the event of a decision, which is one of the two enumerations."""
    writers = {
        path.stem: path.read_text()
        for path in QUERIES.glob("*.sql")
        if "INSERT INTO order_events" in path.read_text()
    }
    assert set(writers) == {"register_orders", "save_orders"}
    assert f"'{HistoryEvent.REGISTERED}'" in writers["register_orders"]


def is_translated(text: Words) -> bool:
    """Whether there is a text in both languages, and not one text twice."""
    return bool(text.ru and text.en) and text.ru != text.en
