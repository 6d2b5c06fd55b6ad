"""Money prints exactly, counts in whole minor units and finds currencies by code."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.iso_4217 import EXPONENTS
from altyn.domain.money import CURRENCIES, RUB, Currency, Money, canonical_currency

YEN = Currency("392", "JPY", 0, "¥")
DINAR = Currency("414", "KWD", 3, "KWD")


@pytest.mark.parametrize(
    ("code", "alpha", "exponent"),
    [
        ("643", "RUB", 2),
        ("810", "RUB", 2),
        ("840", "USD", 2),
        ("978", "EUR", 2),
        ("156", "CNY", 2),
        ("826", "GBP", 2),
        ("398", "KZT", 2),
        ("933", "BYN", 2),
        ("051", "AMD", 2),
        ("944", "AZN", 2),
        ("417", "KGS", 2),
        ("860", "UZS", 2),
        ("946", "RON", 2),
        ("975", "BGN", 2),
        ("012", "DZD", 2),
        ("788", "TND", 3),
        ("084", "BZD", 2),
        ("554", "NZD", 2),
        ("048", "BHD", 3),
        ("392", "JPY", 0),
        ("990", "CLF", 4),
    ],
)
def test_a_currency_is_known_by_its_numeric_code(code: str, alpha: str, exponent: int) -> None:
    currency = canonical_currency(code)
    assert currency is not None
    assert (currency.alpha, currency.exponent) == (alpha, exponent)


def test_every_currency_has_one_code_and_one_name() -> None:
    assert len({each.alpha for each in CURRENCIES.values()}) == len(CURRENCIES) == len(EXPONENTS)
    assert all(re.fullmatch("[0-9]{3}-[A-Z]{3}", row) for row in EXPONENTS)


# 959 is gold, 963 is for tests, 999 is no currency: none has a minor unit.
@pytest.mark.parametrize("code", ["", "51", "RUB", "000", "6430", "959", "963", "999", " 643"])
def test_an_unknown_currency_is_none(code: str) -> None:
    assert canonical_currency(code) is None


def test_old_rouble_code_is_an_alias_of_the_rouble() -> None:
    assert canonical_currency("810") is RUB
    assert "810" not in CURRENCIES
    assert all(code == currency.code for code, currency in CURRENCIES.items())


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(250000, RUB), "2500.00"),
        (Money(0, RUB), "0.00"),
        (Money(5, RUB), "0.05"),
        (Money(-5, RUB), "-0.05"),
        (Money(-150, RUB), "-1.50"),
        (Money(1234, YEN), "1234"),
        (Money(1234, DINAR), "1.234"),
    ],
)
def test_decimal_text(money: Money, text: str) -> None:
    assert money.text() == text


def test_the_wire_form_names_the_currency() -> None:
    assert Money(250000, RUB).wire() == "2500.00 RUB"


def test_displayed_amount_is_grouped_by_no_break_spaces() -> None:
    assert Money(150000, RUB).human() == "1\u202f500,00\u00a0₽"
    assert Money(150000, RUB).human("ru") == "1\u202f500,00\u00a0₽"
    assert Money(150000, RUB).human("en") == "1\u202f500.00\u00a0₽"
    assert Money(123456789012, RUB).human() == "1\u202f234\u202f567\u202f890,12\u00a0₽"
    assert Money(99900, RUB).human() == "999,00\u00a0₽"
    assert Money(-150000, RUB).human() == "\u22121\u202f500,00\u00a0₽"
    assert Money(1500, YEN).human("en") == "1\u202f500\u00a0¥"


@pytest.mark.parametrize("amount", [1.0, Decimal(1), "1", True, None])
def test_amount_must_be_an_integer(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(cast("int", amount), RUB)


@given(st.integers(-(10**14), 10**14), st.sampled_from([RUB, YEN, DINAR]))
def test_every_form_keeps_each_minor_unit(amount_minor: int, currency: Currency) -> None:
    money = Money(amount_minor, currency)
    assert Decimal(money.text()).scaleb(currency.exponent) == amount_minor
    digits = re.sub(r"[^0-9]", "", money.human())
    assert int(digits) == abs(amount_minor)
