"""Names and addresses of payers' pages: `iphone_payment_en.html` read, and written.

Published page sets and shops' links rely on these names. Source: payment-page.md §1;
004 (pageView).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlencode
from uuid import UUID

from altyn.protocol.dialects.classic.return_links import page_prefix

FINISH_FILE: Final = "finish.html"
_FILE: Final = re.compile(
    r"(?:(?P<prefix>[A-Za-z0-9_-]{1,20})_)?(?P<kind>payment|errors?)_(?P<language>[a-z]{2})\.html"
)
_VIEW: Final = re.compile("[A-Za-z0-9_-]{1,20}")
_VIEWS: Final = {"": "DESKTOP", "mobile": "MOBILE"}


class Kind(StrEnum):
    """What a page is for."""

    PAYMENT = "payment"
    ERRORS = "errors"


@dataclass(frozen=True, slots=True)
class PageName:
    """The name of a page file, taken apart. `page_view` is DESKTOP, MOBILE or the shop's prefix."""

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
        """The files in which a shop may have put this page, the best first.

        004 spells custom error pages `iphone_error_ru.html`; a view without pages of its own is
        shown the shop's desktop pages.
        """
        kinds = ("errors", "error") if self.kind is Kind.ERRORS else ("payment",)
        prefixes = dict.fromkeys((page_prefix(self.page_view), ""))
        return tuple(f"{prefix}{kind}_{language}.html" for prefix in prefixes for kind in kinds)


def read_page_view(text: str) -> str | None:
    """A pageView as it may stand in a page's name; None for what is none (004, pageView)."""
    return text if _VIEW.fullmatch(text) else None


def read_page_name(file: str) -> PageName | None:
    """Take a file name apart; None when it is no name of a page."""
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


def beside(order_id: UUID, name: PageName, language: str) -> str:
    """The same page in another language, relative to itself."""
    return f"{quote(name.in_language(language))}?mdOrder={order_id}"


def with_parameters(address: str, **parameters: str) -> str:
    """An address with more parameters in its query; a fragment stays at the end."""
    bare, hash_, fragment = address.partition("#")
    glue = "&" if "?" in bare else "?"
    return f"{bare}{glue}{urlencode(parameters)}{hash_}{fragment}"
