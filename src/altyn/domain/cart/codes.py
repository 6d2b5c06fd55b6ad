"""The code lists of a cart and of its receipt. Source: fiscal.md §4."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class TaxType:
    """A VAT rate (tag 1199).

    `percent` is None for a position without VAT. `inside` marks the calculated rates (20/120). An
    amount contains its VAT in both cases. `name` is the one of receipts in answers.
    """

    code: int
    name: str
    percent: int | None
    text: str
    inside: bool = False

    def vat_minor(self, amount_minor: int) -> int:
        """The VAT inside an amount, in minor units, rounded half up (fiscal.md §4.2)."""
        if not self.percent:
            return 0
        whole = 100 + self.percent
        return (2 * amount_minor * self.percent + whole) // (2 * whole)


TAX_TYPES: Final = {
    each.code: each
    for each in (
        TaxType(0, "NONE", None, "без НДС"),
        TaxType(1, "VAT_0", 0, "НДС 0 %"),
        TaxType(2, "VAT_10", 10, "НДС 10 %"),
        TaxType(3, "VAT_18", 18, "НДС 18 %"),
        TaxType(4, "VAT_110", 10, "НДС 10/110", inside=True),
        TaxType(5, "VAT_118", 18, "НДС 18/118", inside=True),
        TaxType(6, "VAT_20", 20, "НДС 20 %"),
        TaxType(7, "VAT_120", 20, "НДС 20/120", inside=True),
        TaxType(8, "VAT_12", 12, "НДС 12 %"),
        TaxType(9, "VAT_8", 8, "НДС 8 %"),
        TaxType(10, "VAT_5", 5, "НДС 5 %"),
        TaxType(11, "VAT_105", 5, "НДС 5/105", inside=True),
        TaxType(12, "VAT_7", 7, "НДС 7 %"),
        TaxType(13, "VAT_107", 7, "НДС 7/107", inside=True),
        TaxType(14, "VAT_22", 22, "НДС 22 %"),
        TaxType(15, "VAT_122", 22, "НДС 22/122", inside=True),
    )
}

HISTORIC_TAX_TYPES: Final = frozenset({3, 5})
"""Rates of 18 %, which ended with the year 2018."""

TAX_SYSTEMS: Final = {
    0: "общая",
    1: "упрощённая, доход",
    2: "упрощённая, доход минус расход",
    3: "единый налог на вменённый доход",
    4: "единый сельскохозяйственный налог",
    5: "патентная",
}

PAYMENT_METHODS: Final = {
    1: "полная предоплата",
    2: "частичная предоплата",
    3: "аванс",
    4: "полный расчёт",
    5: "частичный расчёт и кредит",
    6: "передача в кредит",
    7: "оплата кредита",
}
FULL_PREPAYMENT: Final = 1
FULL_PAYMENT: Final = 4

PAYMENT_OBJECTS: Final = {
    1: "товар",
    2: "подакцизный товар",
    3: "работа",
    4: "услуга",
    5: "ставка азартной игры",
    6: "выигрыш азартной игры",
    7: "лотерейный билет",
    8: "выигрыш лотереи",
    9: "результат интеллектуальной деятельности",
    10: "платёж",
    11: "агентское вознаграждение",
    12: "составной предмет расчёта",
    13: "иной предмет расчёта",
    14: "имущественное право",
    15: "внереализационный доход",
    16: "страховые взносы",
    17: "торговый сбор",
    18: "курортный сбор",
    19: "залог",
    20: "расход",
    21: "взносы на ОПС ИП",
    22: "взносы на ОПС",
    23: "взносы на ОМС ИП",
    24: "взносы на ОМС",
    25: "взносы на ОСС",
    26: "платёж казино",
    27: "выдача денежных средств",
    30: "подакцизный маркируемый товар без кода",
    31: "подакцизный маркируемый товар с кодом",
    32: "маркируемый товар без кода",
    33: "маркируемый товар с кодом",
}
GOODS: Final = 1
ONLY_FFD_12: Final = frozenset({30, 31, 32, 33})
"""Payment objects that the format of fiscal documents 1.05 does not know."""

MEASURES: Final = {
    0: "шт.",
    10: "г",
    11: "кг",
    12: "т",
    20: "см",
    21: "дм",
    22: "м",
    30: "см²",
    31: "дм²",
    32: "м²",
    40: "мл",
    41: "л",
    42: "м³",
    50: "кВт·ч",
    51: "Гкал",
    70: "сутки",
    71: "час",
    72: "мин",
    73: "с",
    80: "КБ",
    81: "МБ",
    82: "ГБ",
    83: "ТБ",
    255: "иное",
}
"""Units of a quantity under the format of fiscal documents 1.2 (tag 2108)."""

PIECE: Final = 0

AGENT_TYPES: Final = {
    1: "банковский платёжный агент",
    2: "банковский платёжный субагент",
    3: "платёжный агент",
    4: "платёжный субагент",
    5: "поверенный",
    6: "комиссионер",
    7: "иной агент",
}
