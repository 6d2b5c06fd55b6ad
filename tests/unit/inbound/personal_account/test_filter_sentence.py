"""The amounts of a filter in words: with the sign of the only currency, or of each order's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from altyn.inbound.personal_account.orders.filters import read_filter
from altyn.inbound.personal_account.orders.sentence import sentence_of

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "currencies", "words"),
    [
        ({"from": "10 000"}, {"643"}, "over 10 000 ₽"),
        ({"from": "10000,50"}, {"643"}, "over 10 000.50 ₽"),
        ({"from": "10000.5", "to": "20000"}, {"643"}, "10 000.50 ₽ to 20 000 ₽"),
        ({"to": "1500"}, {"392"}, "up to 1 500 JPY"),
        ({"to": "1.5"}, {"414"}, "up to 1.500 KWD"),
        ({"to": "1500"}, {"643", "840"}, "up to 1 500 in the order's currency"),
        ({"from": "10", "currency": "840"}, {"643", "840"}, "in USD, over 10 $"),
        ({"currency": "810"}, {"643", "840"}, "in RUB"),
        ({"from": "1", "to": "2"}, {"643", "840"}, "1 to 2 in the order's currency"),
    ],
)
def test_amounts_are_in_the_currency_of_the_shops(
    typed: dict[str, str], currencies: set[str], words: str
) -> None:
    asked = read_filter([*typed.items(), ("period", "ever")], (), NOW)
    sentence = sentence_of(asked, currencies, "en").replace("\u202f", " ").replace("\xa0", " ")
    assert sentence.endswith(f", {words}"), sentence


def test_amount_is_typed_with_the_digits_that_a_currency_may_have() -> None:
    assert not read_filter([("from", "1,2345")], (), NOW).faults
    assert read_filter([("from", "1,23456")], (), NOW).faults == {"from"}
