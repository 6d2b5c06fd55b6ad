"""The elements, attributes and fields that a page without own scripts may have: a closed list.

Source: personal-account.md §6; payment-page.md §3.2.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from altyn.inbound.page_sets.names import names

VOID: Final = frozenset({"meta", "link", "br", "hr", "img", "input", "col", "wbr"})
DROPPED: Final = frozenset({("meta", "charset"), ("meta", "http-equiv"), ("html", "xmlns")})
"""Attributes that are accepted and not written: the gateway sends the page as UTF-8."""

_EVERYWHERE: Final = names(
    "id class lang dir title hidden tabindex style role align data-order data-link"
)
_TABLE_CELL: Final = "colspan rowspan headers scope width height valign"
_ELEMENTS: Final = MappingProxyType(
    {
        "html": "xmlns",
        "head": "",
        "body": "",
        "title": "",
        "style": "type media",
        "meta": "charset name content http-equiv",
        "link": "rel href media type sizes",
        **dict.fromkeys(names("header footer main section article aside nav div span p br hr"), ""),
        **dict.fromkeys(names("h1 h2 h3 h4 h5 h6 ul dl dt dd figure figcaption"), ""),
        **dict.fromkeys(names("strong b em i u s small sub sup abbr address center wbr"), ""),
        **dict.fromkeys(names("blockquote q cite code pre mark caption thead tbody tfoot"), ""),
        "ol": "start type",
        "li": "value",
        "time": "datetime",
        "table": "border cellpadding cellspacing width",
        "tr": "valign",
        "td": _TABLE_CELL,
        "th": _TABLE_CELL,
        "colgroup": "span",
        "col": "span width",
        "a": "href target rel",
        "img": "src alt width height loading decoding",
        "form": "method action autocomplete novalidate name",
        "fieldset": "disabled",
        "legend": "",
        "label": "for",
        "input": "type name value placeholder maxlength minlength size required autocomplete "
        "inputmode spellcheck autocapitalize readonly checked autofocus disabled",
        "select": "name required autocomplete",
        "option": "value selected label disabled",
        "button": "type name value disabled",
        "details": "open",
        "summary": "",
    }
)
ALLOWED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {name: names(own) | _EVERYWHERE for name, own in _ELEMENTS.items()}
)
_ARIA: Final = re.compile(r"aria-[a-z]+")

# Values of attributes that are allowed with some values only.
VALUES: Final = MappingProxyType(
    {
        ("form", "method"): re.compile("post", re.IGNORECASE),
        ("form", "action"): re.compile(""),
        ("link", "rel"): re.compile(r"stylesheet|(?:shortcut )?icon|apple-touch-icon"),
        ("a", "target"): re.compile("_blank|_self|_top"),
        ("meta", "charset"): re.compile("utf-?8", re.IGNORECASE),
        ("meta", "http-equiv"): re.compile("content-type|x-ua-compatible", re.IGNORECASE),
        ("meta", "name"): re.compile(
            "viewport|description|theme-color|color-scheme|robots|format-detection|author"
            "|keywords|apple-mobile-web-app-title",
            re.IGNORECASE,
        ),
        ("html", "xmlns"): re.compile(re.escape("http://www.w3.org/1999/xhtml")),
        ("input", "type"): re.compile(
            "text|tel|email|number|hidden|checkbox|submit|password|radio", re.IGNORECASE
        ),
        ("button", "type"): re.compile("submit|reset|button", re.IGNORECASE),
        ("style", "type"): re.compile("text/css", re.IGNORECASE),
        ("link", "type"): re.compile("text/css|image/[a-z.+-]+", re.IGNORECASE),
    }
)
FIELDS: Final = names(
    "$PAN $CVC $EXPIRY MM YYYY TEXT email phone contact language pageView bindingNotNeeded"
    " paymentWay MDORDER"
)
"""The fields that a form may have: those that the gateway reads."""

HIDDEN_FIELDS: Final = names("$PAN $CVC")
"""The fields that may have the type `password`. Browsers fill in there what they have stored for
the site, the password of the personal account too, and the shop sees the other fields."""


def is_allowed(element: str, attribute: str) -> bool:
    """Whether an element may have an attribute, with some value."""
    names = ALLOWED.get(element, frozenset())
    return attribute in names or (bool(names) and _ARIA.fullmatch(attribute) is not None)


def is_value(element: str, attribute: str, value: str) -> bool:
    """Whether an attribute may have this value."""
    allowed = VALUES.get((element, attribute))
    if attribute == "name" and element in {"input", "select", "button"}:
        return value in FIELDS
    return allowed is None or allowed.fullmatch(value) is not None
