"""How amounts, dates, card numbers and counted things are written for people, in Russian and in
English.

Every page writes them through these functions, so that the same sum never appears in two spellings.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from altyn.domain.money import NO_BREAK_SPACE, Money
from altyn.domain.moscow import to_moscow

_MONTHS: Final = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}
_MOSCOW_TIME: Final = {"ru": "МСК", "en": "Moscow time"}


def amount_text(amount: Money, language: str = "ru") -> str:
    """The form people read: "1 500,00 ₽" in Russian, "1 500.00 ₽" in English; its spaces do not
    break.
    """
    return amount.human(language)


def date_text(moment: datetime, language: str = "ru") -> str:
    """An aware moment by the Moscow clock: "21 ноября 2026, 18:42 (МСК)". Seconds are left out."""
    local = to_moscow(moment)
    month = _MONTHS[language].split()[local.month - 1]
    day = NO_BREAK_SPACE.join((str(local.day), month, str(local.year)))
    return f"{day}, {day_time_text(moment, language)}"


def day_time_text(moment: datetime, language: str = "ru") -> str:
    """The time of day by the Moscow clock: "18:42 (МСК)"."""
    zone = _MOSCOW_TIME[language].replace(" ", NO_BREAK_SPACE)
    return f"{to_moscow(moment):%H:%M}{NO_BREAK_SPACE}({zone})"


def duration_text(seconds: int) -> str:
    """A time that is running out: "18:42", from an hour on "1:18:42"; below nothing it is
    "0:00".
    """
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def card_number_text(digits: str) -> str:
    """A card number in the groups people read and type: by four, of AMEX 4-6-5. For test numbers
    only.
    """
    if digits.startswith(("34", "37")):
        return f"{digits[:4]} {digits[4:10]} {digits[10:]}".strip()
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def plural(count: int, language: str = "ru") -> str:
    """Which form a counted word takes: "one", "few" or "many" in Russian, "one" or "many" in
    English.

    These are the categories of Unicode CLDR, so a script can ask Intl.PluralRules for the same
    ones.
    """
    if language != "ru":
        return "one" if count == 1 else "many"
    tens, ones = count % 100, count % 10
    if ones == 1 and tens != 11:  # noqa: PLR2004 - одиннадцать попыток
        return "one"
    if ones in {2, 3, 4} and tens not in {12, 13, 14}:
        return "few"
    return "many"
