"""The banks that issue cards, by the first six digits of a number: only the test bank is known.

Source: merchant-settings.md §4; codes.md §9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from altyn.protocol.test_cards import ALL, RANGES

BIN_DIGITS: Final = 6
"""So many first digits of a number name the issuer; a masked number shows them."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """What is known about the issuer of a card."""

    name: str
    country_code: str
    country_ru: str
    country_en: str
    product_category: str


TEST_BANK: Final = Issuer("TEST BANK", "RU", "Россия", "Russia", "DEBIT")

BINS: Final[Mapping[Issuer, frozenset[str]]] = MappingProxyType(
    {TEST_BANK: frozenset(number[:BIN_DIGITS] for number in (*(card.pan for card in ALL), *RANGES))}
)
"""The first six digits of the cards of each bank."""


def issuer_of(masked_pan: str) -> Issuer | None:
    """The bank by the first six digits; None: not known."""
    begin = masked_pan[:BIN_DIGITS]
    return next((issuer for issuer, bins in BINS.items() if begin in bins), None)
