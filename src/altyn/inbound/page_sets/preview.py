"""A page of a set as its shop looks at it before it is made active, with a sample order.

It is one HTML text without scripts: the styles and pictures of the set are inside it.
Source: personal-account.md §6.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from altyn.domain.money import Money, canonical_currency
from altyn.inbound.page_sets.addresses import FileCheck
from altyn.inbound.page_sets.file_types import media_type_of, suffix_of
from altyn.inbound.page_sets.order_values import filled
from altyn.inbound.page_sets.page_check import PageCheck
from altyn.inbound.page_sets.style import check_style
from altyn.look import Words

PREVIEW_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline' data:; img-src data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""No script runs, no form is sent, nothing is loaded, and the page has no origin of its own."""

PREVIEW_CHARS_MAX: Final = 32 * 1024 * 1024
"""Files inside of one preview, each as often as it is used; the others are left out.

The largest set fits when each of its files is used once, also by a style sheet.
"""

NOTHING: Final = "data:,"
SAMPLE_MINOR: Final = 150_000
_SAMPLE: Final = MappingProxyType(
    {
        "description": Words("Чай чёрный, 200 г", "Black tea, 200 g"),
        "payUntil": Words("18:42 (МСК)", "18:42 (Moscow)"),
        "reason": Words("На карте не хватает денег", "The card has not enough money"),
    }
)


def preview_page(path: str, files: Mapping[str, bytes], shop_name: str, language: str) -> str:
    """The page with its sample order. Scripts, all that the check does not allow, and files beyond
    PREVIEW_CHARS_MAX are left out."""
    sample = _sample(shop_name, language)
    text = filled(files[path].decode("utf-8", "replace"), sample).replace("\0", "")
    check = FileCheck(path, files.keys(), _Inside(files).address)
    return filled(PageCheck(check).written(text), sample)


def _sample(shop_name: str, language: str) -> dict[str, str]:
    currency = canonical_currency("643")
    assert currency is not None
    words = {name: words.text(language) for name, words in _SAMPLE.items()}
    amount = Money(SAMPLE_MINOR, currency).human(language)
    return {**words, "amount": amount, "orderNumber": "A-1024", "shopName": shop_name, "shop": "#"}


@dataclass
class _Inside:
    """The files inside of one preview as `data:` addresses."""

    files: Mapping[str, bytes]
    left: int = PREVIEW_CHARS_MAX
    written: dict[str, str] = field(default_factory=dict)

    def address(self, _: str, path: str) -> str:
        """The address of a file; NOTHING where it does not fit any more."""
        if path not in self.written:
            self.written[path] = self._data_address(path)
        found = self.written[path]
        if len(found) > self.left:
            return NOTHING
        self.left -= len(found)
        return found

    def _data_address(self, path: str) -> str:
        """In a style sheet its own files are such addresses too."""
        content = self.files[path]
        if suffix_of(path) == ".css":
            check = FileCheck(path, self.files.keys(), self.address)
            content = check_style(content.decode("utf-8", "replace"), check).encode()
        media_type = (media_type_of(path) or "").partition(";")[0]
        return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
