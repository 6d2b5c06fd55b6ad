"""Names and addresses of payers' pages: reads and writes names like `iphone_payment_en.html`.

Published page sets and shops' links use these names. Source: payment-page.md §1;
004 (pageView).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote
from uuid import UUID

from altyn.protocol.dialects.classic.return_links import page_prefix

FINISH_FILE: Final = "finish.html"
_FILE: Final = re.compile(
    r"(?:(?P<prefix>[A-Za-z0-9_-]{1,20})_)?(?P<kind>payment|errors?)_(?P<language>[a-z]{2})\.html"
)
_VIEW: Final = re.compile("[A-Za-z0-9_-]{1,20}")
_VIEWS: Final = {"": "DESKTOP", "mobile": "MOBILE"}


class Kind(StrEnum):
    """The purpose of a page."""

    PAYMENT = "payment"
    ERRORS = "errors"


@dataclass(frozen=True, slots=True)
class PageName:
    """The parts of the name of a page file. `page_view` is DESKTOP, MOBILE or the shop's prefix."""

    page_view: str
    kind: Kind
    language: str

    @property
    def file(self) -> str:
        """The file's name: "mobile_payment_ru.html"."""
        return self.in_language(self.language)

    def in_language(self, language: str) -> str:
        """The same page's file in another language."""
        return f"{page_prefix(self.page_view)}{self.kind}_{language}.html"

    def spellings(self, language: str) -> tuple[str, ...]:
        """The file names under which a shop may have this page, the best match first.

        004 spells custom error pages `iphone_error_ru.html`. A view without pages of its own uses
        the shop's desktop pages.
        """
        kinds = ("errors", "error") if self.kind is Kind.ERRORS else ("payment",)
        prefixes = dict.fromkeys((page_prefix(self.page_view), ""))
        return tuple(f"{prefix}{kind}_{language}.html" for prefix in prefixes for kind in kinds)


def read_page_view(text: str) -> str | None:
    """The text if it is a valid pageView, a part of a page's name; else None (004, pageView)."""
    return text if _VIEW.fullmatch(text) else None


def read_page_name(file: str) -> PageName | None:
    """The parts of a file name; None when it is not the name of a page."""
    found = _FILE.fullmatch(file)
    if found is None:
        return None
    prefix = found["prefix"] or ""
    kind = Kind.PAYMENT if found["kind"] == "payment" else Kind.ERRORS
    return PageName(_VIEWS.get(prefix.lower(), prefix), kind, found["language"])


def page_address(base_url: str, login: str, order_id: UUID, name: PageName) -> str:
    """The full address of a page of an order."""
    folder = f"{base_url}/payment/merchants/{quote(login, safe='')}"
    return f"{folder}/{quote(name.file)}?mdOrder={order_id}"


def relative_address(order_id: UUID, name: PageName, language: str) -> str:
    """The address of a page in a language, relative to the page itself."""
    return f"{quote(name.in_language(language))}?mdOrder={order_id}"
