"""The types of parameters about the shop's own app. Source: sberpay.md §3."""

import re
from typing import Final

from altyn.domain.sberpay import RESULT_MARK, BankResult, filled_back_url
from altyn.protocol import types as t
from altyn.protocol.malformed import Malformed

OS_TYPES: Final = ("ios", "android")


def _os_type(value: str, _: t.Context) -> str:
    name = value.lower()
    if name not in OS_TYPES:
        raise Malformed(f"not one of {', '.join(OS_TYPES)}")
    return name


def _deep_link(value: str, context: t.Context) -> str:
    """A link of any app, such as `shop://paid`; never one that a browser would run."""
    link = str(_TEXT.parse(value, context))
    scheme = _LINK.fullmatch(link)
    if scheme is None or scheme[1].lower() in t.NOT_FOR_BROWSERS:
        raise Malformed("not a link that begins with the scheme of an app, such as shop://paid")
    return link


def _back_url(value: str, context: t.Context) -> str:
    """A whole address, of the web or of an app; it may have the mark of the result."""
    link = str(_ADDRESS.parse(value, context))
    filled = filled_back_url(link, BankResult.SUCCESS)
    if _LINK.fullmatch(filled) is None:
        raise Malformed(f"not a whole address, such as https://shop.example/paid?s={RESULT_MARK}")
    t.RETURN_URL.parse(filled, context)
    return link


_TEXT: Final = t.text(255, masks=False)
_ADDRESS: Final = t.text(512, masks=False)
_LINK: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):[^\s<>\"]+")
OS_TYPE: Final = t.Type("ios or android", _os_type)
DEEP_LINK: Final = t.Type("ANS..255", _deep_link, max_length=255)
BACK_URL: Final = t.Type("ANS..512", _back_url, max_length=512)
