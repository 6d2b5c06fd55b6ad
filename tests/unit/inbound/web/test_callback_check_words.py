"""Each reason for a wrong checksum has Russian words, next to the English ones of the table."""

from altyn.diagnostics.checksum_mistakes import FOUND_WITHOUT_SEARCH, MISTAKES
from altyn.inbound.web.callbacks.check_texts import REASONS

ROWS = {row.name: row for row in (*MISTAKES, *FOUND_WITHOUT_SEARCH)}


def test_each_reason_is_explained_in_russian() -> None:
    assert REASONS.keys() == ROWS.keys()
    for name, reason in REASONS.items():
        assert reason.happened, name
        assert reason.remedy, name
        assert bool(reason.altered) is bool(ROWS[name].altered), name
