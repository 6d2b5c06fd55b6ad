"""A page of a set as its shop looks at it before it is made active, with a sample order.

It is one HTML text without scripts: the styles and pictures of the set are inside it.
Source: personal-account.md §6.
"""

import base64
from collections.abc import Mapping
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

SAMPLE_MINOR: Final = 150_000
_SAMPLE: Final = MappingProxyType(
    {
        "description": Words("Чай чёрный, 200 г", "Black tea, 200 g"),
        "payUntil": Words("18:42 (МСК)", "18:42 (Moscow)"),
        "reason": Words("На карте не хватает денег", "The card has not enough money"),
    }
)


def preview_page(path: str, files: Mapping[str, bytes], shop_name: str, language: str) -> str:
    """The page with its sample order. Scripts, and all that the check does not allow, are left
    out."""
    sample = _sample(shop_name, language)
    text = filled(files[path].decode("utf-8", "replace"), sample).replace("\0", "")

    def address(_: str, path: str) -> str:
        return _data_address(path, files)

    check = FileCheck(path, files.keys(), address)
    return filled(PageCheck(check).written(text), sample)


def _sample(shop_name: str, language: str) -> dict[str, str]:
    currency = canonical_currency("643")
    assert currency is not None
    words = {name: words.text(language) for name, words in _SAMPLE.items()}
    amount = Money(SAMPLE_MINOR, currency).human(language)
    return {**words, "amount": amount, "orderNumber": "A-1024", "shopName": shop_name, "shop": "#"}


def _data_address(path: str, files: Mapping[str, bytes]) -> str:
    """A file of the set as a `data:` address; in a style sheet its own files are such too."""
    content = files[path]
    if suffix_of(path) == ".css":
        check = FileCheck(path, files.keys(), lambda _, inner: _data_address(inner, files))
        content = check_style(content.decode("utf-8", "replace"), check).encode()
    return f"data:{media_type_of(path)};base64,{base64.b64encode(content).decode()}".replace(
        "; charset=utf-8", ""
    )
