"""The words of the main page: every refusal has a reason, every text both languages."""

from __future__ import annotations

import pytest

from altyn.inbound.personal_account.main_page.page import (
    REASONS_SHOWN,
    percent_text,
    refusal_rows,
    way_rows,
)
from altyn.inbound.personal_account.main_page.texts import MAIN_TEXTS, way_text
from altyn.inbound.web.refusal_words import REFUSAL_WORDS, refusal_text
from altyn.operations.dashboard import Attempts, RefusalCount, WayCount
from altyn.protocol.action_codes import ACTION_CODES

NO_REFUSALS = {0, -100, 400, -9000}


def test_every_refusal_of_the_table_has_a_reason_in_words() -> None:
    assert set(REFUSAL_WORDS) == set(ACTION_CODES) - NO_REFUSALS


def test_unknown_code_has_the_text_for_the_payer() -> None:
    assert refusal_text(123456, "en") == "Operation declined. Contact the merchant."


def test_texts_differ_between_the_languages() -> None:
    alike = [key for key, words in MAIN_TEXTS.items() if words.ru == words.en]
    assert not alike


@pytest.mark.parametrize(
    ("share", "language", "text"),
    [
        (0.6342, "ru", "63,4\u00a0%"),
        (0.6342, "en", "63.4%"),
        (None, "en", "—"),
        (1, "en", "100.0%"),
    ],
)
def test_share_is_a_percentage_with_one_decimal(
    share: float | None, language: str, text: str
) -> None:
    assert percent_text(share, language) == text


def test_rare_reasons_are_one_row() -> None:
    refusals = [RefusalCount(code, 10) for code in list(REFUSAL_WORDS)[: REASONS_SHOWN + 2]]
    rows = refusal_rows(Attempts((), refusals), "en")
    assert len(rows) == REASONS_SHOWN + 1
    assert (rows[-1].label, rows[-1].count) == ("Other reasons", 20)
    assert sum(row.share for row in rows) == pytest.approx(1)


def test_ways_have_their_share_of_the_payments() -> None:
    rows = way_rows(Attempts([WayCount("CARD", 3), WayCount("MTS", 1)], ()), "ru")
    assert [(row.label, row.share) for row in rows] == [("Карта", 0.75), ("Mts", 0.25)]
    assert way_text("SBRF_SBOL", "en") == "SberPay"
