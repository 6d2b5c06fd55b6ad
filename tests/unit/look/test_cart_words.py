"""Each code of a cart and a receipt has an English name, without a Russian letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from altyn.domain.cart import codes
from altyn.look import cart_words

RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (cart_words.tax_types, codes.TAX_TYPES),
        (cart_words.tax_systems, codes.TAX_SYSTEMS),
        (cart_words.payment_methods, codes.PAYMENT_METHODS),
        (cart_words.payment_objects, codes.PAYMENT_OBJECTS),
        (cart_words.measures, codes.MEASURES),
    ],
)
def test_each_code_has_its_english_name(
    words: Callable[[str], Mapping[int, str]], known: Mapping[int, object]
) -> None:
    english = words("en")
    assert english.keys() == words("ru").keys() == known.keys()
    assert not [name for name in english.values() if RUSSIAN.search(name)]
    assert len(set(english.values())) == len(english), "two codes have the same name"


@pytest.mark.parametrize(
    ("measure", "language", "shown"),
    [
        ("0", "en", "pcs"),
        ("0", "ru", "шт."),
        ("255", "en", ""),
        ("77", "en", ""),
        (" box ", "en", "box"),
        ("шт", "en", "шт"),
    ],
)
def test_measure_is_shown_as_a_word(measure: str, language: str, shown: str) -> None:
    assert cart_words.measure_text(measure, language) == shown
