"""Phone numbers and their normal form. Source: 004 (phone); fiscal.md §3.1, §14;
sberpay.md §3."""

import re
from typing import Final

from altyn.domain.money import NO_BREAK_SPACE

_SEPARATORS: Final = re.compile(r"[\s().\u2010-\u2015-]+")
_DIGITS: Final = re.compile(r"\+?[0-9]+")
_ELEVEN: Final = re.compile("7[0-9]{10}")
# +7, 7, 8 or no prefix before a mobile number; landlines need their prefix.
_AFTER_PREFIX: Final = re.compile(r"(?:\+7|7|8)?([0-9]{10})")
_RUSSIAN: Final = re.compile(r"(?:\+?7|8)?(9[0-9]{9})|(?:\+?7|8)([3-8][0-9]{9})")


def phone_text(sent: str) -> str:
    """The number with its plus: a plus that a client does not escape arrives as a space."""
    return f"+{sent[1:]}" if sent.startswith(" ") else sent


def number_of(sent: str) -> str | None:
    """The number without blanks, hyphens, dots and brackets, as far as it is one; None for none."""
    text = phone_text(sent)
    return (compact_phone(text) or text).strip() or None


def compact_phone(text: str) -> str | None:
    """The number without blanks, hyphens, dots and brackets; None when other characters are left.

    Only digits are left, with a plus before them where one was sent.
    """
    number = _SEPARATORS.sub("", text)
    return number if _DIGITS.fullmatch(number) else None


def phone_after_prefix(text: str) -> str | None:
    """Ten digits with +7, 7, 8 or nothing before them, as the eleven digits of the normal form.

    The form of `phone` for push messages: no separators, and any ten digits. None for other texts.
    Source: sberpay.md §3.
    """
    found = _AFTER_PREFIX.fullmatch(phone_text(text))
    return f"7{found[1]}" if found else None


def russian_phone(text: str) -> str | None:
    """The 11 digits of a Russian number, `79998887766`; None for any other number.

    Accepted: `+79998887766`, `79998887766`, `89998887766`, `9998887766`, each with blanks, hyphens,
    dots and brackets. A number with an area code (`84951234567`) needs its 7 or 8, and so do the
    numbers of Kazakhstan. After a plus only 7 is the code of the country: `+89998887766` is none.
    """
    found = _RUSSIAN.fullmatch(compact_phone(text) or "")
    return f"7{found[1] or found[2]}" if found else None


def international_phone(text: str) -> str:
    """A plus and digits. A Russian number in any spelling begins with +7, others keep their digits.

    Characters that are no digits are left out.
    """
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    return f"+{russian_phone(text) or digits}"


def readable_phone(digits: str) -> str:
    """Eleven digits as people write them: `+7 999 888-77-66`; other texts unchanged."""
    if not _ELEVEN.fullmatch(digits):
        return digits
    code, first, second, third = digits[1:4], digits[4:7], digits[7:9], digits[9:]
    return f"+7 {code} {first}-{second}-{third}".replace(" ", NO_BREAK_SPACE)
