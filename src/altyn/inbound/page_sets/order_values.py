"""The values of an order in a page of a set: where they stand, and how they are filled in.

A page names a value by `data-order`, a link by `data-link`. The check leaves a place there, which
no uploaded text can have, as it may not have U+0000.
Source: payment-page.md §3.1.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

VALUES: Final = ("amount", "orderNumber", "description", "shopName", "payUntil", "reason")
LINKS: Final = ("shop",)
_PLACE: Final = re.compile("\0([A-Za-z]+)\0")


def place_of(name: str) -> str:
    """What stands in a page that was checked where this value is filled in."""
    return f"\0{name}\0"


def filled(page: str, values: Mapping[str, str]) -> str:
    """The page with the values, escaped for texts and for attributes; one that is missing is empty.

    `shop` has to be an address that a page may link to.
    """
    return _PLACE.sub(lambda found: escape(values.get(found[1], "")), page)
