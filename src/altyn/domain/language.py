"""Languages: which codes may be asked for, and which languages have texts.

A shop may ask for any language. Where there are no texts in it, texts and our own pages fall back
to the shop's default language, then to Russian; the address of a page keeps what was asked for, so
that a shop's own page set may have that language.
Source: rest-orders.md §1.4, §2.1 (language); payment-page.md §1.
"""

import re
from typing import Final

TEXT_LANGUAGES: Final = ("ru", "en")
DEFAULT_LANGUAGE: Final = "ru"
_CODE: Final = re.compile("[A-Za-z]{2}")


def language_code(text: str) -> str | None:
    """The code of a language in lower case; None when the text is not two Latin letters."""
    return text.lower() if _CODE.fullmatch(text) else None


def text_language(*requested: str | None) -> str:
    """The first of these languages that has texts, in any case of letters, else Russian."""
    lower = (each.lower() for each in requested if each)
    return next((each for each in lower if each in TEXT_LANGUAGES), DEFAULT_LANGUAGE)
