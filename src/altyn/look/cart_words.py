"""The codes of a cart and of its receipt in words, in Russian and English.

The Russian words are those of the code lists. The English ones help a reader; a printed receipt is
Russian by law. Source: fiscal.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.domain.cart.codes import (
    MEASURES,
    PAYMENT_METHODS,
    PAYMENT_OBJECTS,
    TAX_SYSTEMS,
    TAX_TYPES,
)

ENGLISH: Final = "en"
OTHER_MEASURE: Final = 255

TAX_SYSTEMS_EN: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "general",
        1: "simplified, on income",
        2: "simplified, on income minus expenses",
        3: "unified tax on imputed income",
        4: "unified agricultural tax",
        5: "patent",
    }
)
PAYMENT_METHODS_EN: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "full prepayment",
        2: "partial prepayment",
        3: "advance payment",
        4: "full payment",
        5: "partial payment and credit",
        6: "handed over on credit",
        7: "payment of a credit",
    }
)
PAYMENT_OBJECTS_EN: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "goods",
        2: "excisable goods",
        3: "work",
        4: "service",
        5: "bet in gambling",
        6: "prize in gambling",
        7: "lottery ticket",
        8: "lottery prize",
        9: "result of intellectual activity",
        10: "payment",
        11: "agent's fee",
        12: "composite object",
        13: "other object",
        14: "property right",
        15: "non-operating income",
        16: "insurance contributions",
        17: "trade levy",
        18: "resort levy",
        19: "pledge",
        20: "expense",
        21: "pension insurance contributions of a sole proprietor",
        22: "pension insurance contributions",
        23: "medical insurance contributions of a sole proprietor",
        24: "medical insurance contributions",
        25: "social insurance contributions",
        26: "casino payment",
        27: "payout of cash",
        30: "excisable marked goods without a code",
        31: "excisable marked goods with a code",
        32: "marked goods without a code",
        33: "marked goods with a code",
    }
)
MEASURES_EN: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "pcs",
        10: "g",
        11: "kg",
        12: "t",
        20: "cm",
        21: "dm",
        22: "m",
        30: "cm²",
        31: "dm²",
        32: "m²",
        40: "ml",
        41: "l",
        42: "m³",
        50: "kWh",
        51: "Gcal",
        70: "days",
        71: "h",
        72: "min",
        73: "s",
        80: "KB",
        81: "MB",
        82: "GB",
        83: "TB",
        OTHER_MEASURE: "other",
    }
)


def tax_types(language: str) -> Mapping[int, str]:
    """The VAT rates by code, as they are printed."""
    return {code: tax_text(code, language) for code in TAX_TYPES}


def tax_text(code: int, language: str) -> str:
    """A VAT rate as it is printed."""
    rate = TAX_TYPES[code]
    if language != ENGLISH:
        return rate.text
    return "no VAT" if rate.percent is None else rate.text.replace("НДС", "VAT")


def tax_systems(language: str) -> Mapping[int, str]:
    """The taxation systems by code."""
    return TAX_SYSTEMS_EN if language == ENGLISH else TAX_SYSTEMS


def payment_methods(language: str) -> Mapping[int, str]:
    """The ways in which a position is paid, by code."""
    return PAYMENT_METHODS_EN if language == ENGLISH else PAYMENT_METHODS


def payment_objects(language: str) -> Mapping[int, str]:
    """What a position may be, by code."""
    return PAYMENT_OBJECTS_EN if language == ENGLISH else PAYMENT_OBJECTS


def measures(language: str) -> Mapping[int, str]:
    """The units of a quantity, by code."""
    return MEASURES_EN if language == ENGLISH else MEASURES


def measure_text(measure: str, language: str) -> str:
    """A measure as a word; a code of FFD 1.2 in the language of the page, "other" as no word."""
    text = measure.strip()
    if not (text.isascii() and text.isdigit()):
        return text
    code = int(text)
    return "" if code == OTHER_MEASURE else measures(language).get(code, "")


def subject_text(payment_object: int, payment_method: int, language: str) -> str:
    """What the money is for, and how it is paid."""
    parts = (
        payment_objects(language).get(payment_object, ""),
        payment_methods(language).get(payment_method, ""),
    )
    return ", ".join(filter(None, parts))
