"""The test cards of the payment page: all are shown, and each in the group of its result."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.sandbox_cards import test_card_groups as card_groups
from altyn.inbound.payment_page.view import TestCard
from altyn.protocol.test_cards import DOCUMENTED, FAULTS, Fault, card_for_fault
from tests.builders import a_merchant, an_order

NOW = datetime(2026, 11, 21, 15, 23, tzinfo=UTC)
LITTLE_MONEY = "2202205300068092"  # holds 100.00


def groups(language: str = "ru", amount_minor: int = 1_500_00) -> dict[str, list[TestCard]]:
    """The cards of each group, for a shop with 3-D Secure 1."""
    order = replace(an_order(), amount_minor=amount_minor)
    found = card_groups(PageOrder(order, a_merchant()), NOW, language)
    return {group.title_key: list(group.cards) for group in found}


def pans(cards: list[TestCard]) -> set[str]:
    return {card.pan for card in cards}


def test_every_documented_card_is_shown_once() -> None:
    shown = [card.pan for cards in groups().values() for card in cards]
    assert len(shown) == len(set(shown))
    assert {row.pan for row in DOCUMENTED} <= set(shown)
    later = {Fault.DEPOSIT_ANSWER_LOST, Fault.REVERSAL_ANSWER_LOST, Fault.REFUND_ANSWER_LOST}
    faults = {row.pan for row in FAULTS if row.fault not in later}
    assert set(shown) == {row.pan for row in DOCUMENTED} | faults


def test_groups_are_pays_asks_and_declines() -> None:
    assert list(groups()) == ["test_pays", "test_asks", "test_declines"]
    assert "5555555555555599" in pans(groups()["test_pays"])
    assert "4111111111111111" in pans(groups()["test_asks"])
    assert {"4000000000000002", "5432543254325430"} <= pans(groups()["test_declines"])
    assert card_for_fault(Fault.TIMEOUT_NOT_SENT) in pans(groups()["test_declines"])


def test_a_card_with_little_money_is_grouped_by_the_amount_of_the_order() -> None:
    assert LITTLE_MONEY in pans(groups(amount_minor=100_00)["test_asks"])
    assert LITTLE_MONEY in pans(groups(amount_minor=100_01)["test_declines"])


@pytest.mark.parametrize("language", ["ru", "en"])
def test_each_card_has_a_text_about_its_result(language: str) -> None:
    by_group = groups(language)
    for cards in by_group.values():
        for card in cards:
            assert card.does
            assert language == "ru" or not re.search("[а-яё]", card.does, re.IGNORECASE)
    for card in by_group["test_asks"]:
        assert re.search("(код|code) (12345678|111111)", card.does)
    for card in by_group["test_declines"]:
        assert re.search(r"\d", card.does), "a decline names its action code"
