"""Words of an order's page: every member of an enumeration has them, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import pytest

from altyn.inbound.web.order_story import words
from altyn.look import Words

TABLES: Final[dict[str, Mapping[Enum, Any]]] = {
    name: table
    for name, table in vars(words).items()
    if isinstance(table, Mapping) and isinstance(next(iter(table)), Enum)
}


def test_tables_are_found() -> None:
    assert {"STATUS_WORDS", "ATTEMPT_WORDS", "KIND_WORDS", "MOVEMENT_WORDS"} <= TABLES.keys()


@pytest.mark.parametrize("name", TABLES)
def test_every_member_has_words_in_both_languages(name: str) -> None:
    table = TABLES[name]
    assert set(table) == set(type(next(iter(table))))
    for row in table.values():
        text = row if isinstance(row, Words) else row[0]
        assert text.ru
        assert text.en
        assert text.ru != text.en
