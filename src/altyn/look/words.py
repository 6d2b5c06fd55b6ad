"""Formats of amounts, dates, card numbers and counts for readers, in Russian and English.

Every page uses these functions, so that the same amount is always written in one way.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from altyn.domain.money import NO_BREAK_SPACE, Money
from altyn.domain.moscow import to_moscow

_MONTHS: Final = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}
_WEEKDAYS: Final = {
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_MOSCOW_TIME: Final = {"ru": "МСК", "en": "Moscow time"}


def amount_text(amount: Money, language: str = "ru") -> str:
    """An amount: "1 500,00 ₽" in Russian, "1 500.00 ₽" in English, with no-break spaces."""
    return amount.human(language)


def date_text(moment: datetime, language: str = "ru") -> str:
    """A date and time in Moscow time: "21 ноября 2026, 18:42 (МСК)", without seconds."""
    local = to_moscow(moment)
    return f"{day_text(local.date(), language)}, {day_time_text(moment, language)}"


def precise_text(moment: datetime, language: str = "ru") -> str:
    """A date and time in Moscow time with seconds: "21 ноября 2026, 18:42:07 (МСК)"."""
    local = to_moscow(moment)
    zone = _MOSCOW_TIME[language].replace(" ", NO_BREAK_SPACE)
    return f"{day_text(local.date(), language)}, {local:%H:%M:%S}{NO_BREAK_SPACE}({zone})"


def day_text(day: date, language: str = "ru") -> str:
    """A day: "21 ноября 2026"."""
    month = _MONTHS[language].split()[day.month - 1]
    return NO_BREAK_SPACE.join((str(day.day), month, str(day.year)))


def weekday_text(moment: datetime, language: str = "ru") -> str:
    """A day in Moscow time: "суббота, 21 ноября", without its year."""
    local = to_moscow(moment)
    weekday = _WEEKDAYS[language].split()[local.weekday()]
    return f"{weekday}, {day_month_text(moment, language)}"


def day_month_text(moment: datetime, language: str = "ru") -> str:
    """A day in Moscow time: "21 ноября", without its year."""
    local = to_moscow(moment)
    return f"{local.day}{NO_BREAK_SPACE}{_MONTHS[language].split()[local.month - 1]}"


def clock_text(moment: datetime) -> str:
    """A time of day in Moscow time, as a clock shows it: "18:42"."""
    return f"{to_moscow(moment):%H:%M}"


def day_time_text(moment: datetime, language: str = "ru") -> str:
    """A time of day in Moscow time: "18:42 (МСК)"."""
    zone = _MOSCOW_TIME[language].replace(" ", NO_BREAK_SPACE)
    return f"{clock_text(moment)}{NO_BREAK_SPACE}({zone})"


def duration_text(seconds: int) -> str:
    """A time that is left: "18:42", from one hour on "1:18:42"; "0:00" for a negative one."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def card_number_text(digits: str) -> str:
    """A test card number in groups: of four digits, for AMEX of 4, 6 and 5."""
    if digits.startswith(("34", "37")):
        return f"{digits[:4]} {digits[4:10]} {digits[10:]}".strip()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def plural(count: int, language: str = "ru") -> str:
    """The plural form for a count: "one", "few" or "many" in Russian, "one" or "many" in English.

    They are the categories of Unicode CLDR, so a script gets the same ones from Intl.PluralRules.
    """
    if language != "ru":
        return "one" if count == 1 else "many"
    tens, ones = count % 100, count % 10
    if ones == 1 and tens != 11:  # noqa: PLR2004 - одиннадцать попыток
        return "one"
    if ones in {2, 3, 4} and tens not in {12, 13, 14}:
        return "few"
    return "many"
