"""The code lists of ATOL Online: each code of a receipt and the word that the provider has for it.

Source: fiscal.md §4, §14.
"""

from collections.abc import Mapping
from typing import Final

from altyn.domain.receipt.settings import FfdVersion

VERSION_PATHS: Final[Mapping[FfdVersion, str]] = {FfdVersion.V1_05: "v4", FfdVersion.V1_2: "v5"}
"""The version of the protocol that serves a version of the format of fiscal documents."""

TAX_SYSTEMS: Final[Mapping[int, str]] = {
    0: "osn",
    1: "usn_income",
    2: "usn_income_outcome",
    3: "envd",
    4: "esn",
    5: "patent",
}

_RATES: Final[Mapping[int, str]] = {
    0: "none",
    1: "vat0",
    2: "vat10",
    4: "vat110",
    6: "vat20",
    7: "vat120",
    10: "vat5",
    11: "vat105",
    12: "vat7",
    13: "vat107",
    14: "vat22",
    15: "vat122",
}
RATES: Final[Mapping[FfdVersion, Mapping[int, str]]] = {
    FfdVersion.V1_05: {**_RATES, 3: "vat18", 5: "vat118"},
    FfdVersion.V1_2: _RATES,
}
"""VAT rates. The rates of other countries (8 %, 12 %) have no word."""

PAYMENT_METHODS: Final[Mapping[int, str]] = {
    1: "full_prepayment",
    2: "prepayment",
    3: "advance",
    4: "full_payment",
    5: "partial_payment",
    6: "credit",
    7: "credit_payment",
}

PAYMENT_OBJECT_WORDS: Final[Mapping[int, str]] = {
    1: "commodity",
    2: "excise",
    3: "job",
    4: "service",
    5: "gambling_bet",
    6: "gambling_prize",
    7: "lottery",
    8: "lottery_prize",
    9: "intellectual_activity",
    10: "payment",
    11: "agent_commission",
    12: "composite",
    13: "another",
    14: "property_right",
    15: "non-operating_gain",
    16: "insurance_premium",
    17: "sales_tax",
    18: "resort_fee",
    19: "deposit",
    20: "expense",
    21: "pension_insurance_ip",
    22: "pension_insurance",
    23: "medical_insurance_ip",
    24: "medical_insurance",
    25: "social_insurance",
    26: "casino_payment",
}
"""The objects of payment of v4. In v5 an object is its number (tag 1212)."""

AGENT_TYPES: Final[Mapping[int, str]] = {
    1: "bank_paying_agent",
    2: "bank_paying_subagent",
    3: "paying_agent",
    4: "paying_subagent",
    5: "attorney",
    6: "commission_agent",
    7: "another",
}

ELECTRONICALLY: Final = 1
PREPAYMENT_OFFSET: Final = 2
"""The ways of payment in a receipt: by card, and by what was paid before (a closing receipt)."""

UNIT_NAMES: Final[Mapping[str, int]] = {
    "шт": 0, "штука": 0, "штук": 0, "ед": 0, "единица": 0, "pc": 0, "pcs": 0, "piece": 0,
    "г": 10, "гр": 10, "g": 10, "кг": 11, "kg": 11, "т": 12, "тонна": 12, "см": 20, "дм": 21,
    "м": 22, "m": 22, "см2": 30, "см²": 30, "дм2": 31, "дм²": 31, "м2": 32, "м²": 32, "мл": 40,
    "ml": 40, "л": 41, "l": 41, "м3": 42, "м³": 42, "квт·ч": 50, "квт.ч": 50, "квтч": 50,
    "гкал": 51, "сут": 70, "сутки": 70, "день": 70, "ч": 71, "час": 71, "мин": 72, "минута": 72,
    "с": 73, "сек": 73, "кб": 80, "мб": 81, "гб": 82, "тб": 83,
}  # fmt: skip
"""Measures that shops write as words, for v5, where a measure is a code of fiscal.md §4.5."""

OTHER_MEASURE: Final = 255
