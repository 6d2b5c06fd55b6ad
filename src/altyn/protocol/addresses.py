"""Addresses that shops give: written so that a browser or a request can carry them.

Source: rest-orders.md §2.1 (returnUrl); callbacks.md §1.
"""

import re
from contextlib import suppress
from typing import Final
from urllib.parse import quote

_PARTS: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*://)([^/?#]*)(.*)", re.DOTALL)
_HOST: Final = re.compile(r"(.*@)?(.*?)(:[0-9]*)?", re.DOTALL)
_STRAY_PERCENT: Final = re.compile("%(?![0-9a-fA-F]{2})")
_LEFT_AS_IT_IS: Final = "%:/?#[]@!$&'()*+,;="  # reserved signs, and what is encoded already


def ascii_address(address: str) -> str:
    """An address in ASCII: other letters are encoded, in the host by IDNA, elsewhere as %XX.

    Spaces, quotes and other signs that an address cannot have become %XX too. Parts that are
    encoded already stay. A text that is not an absolute address stays one that cannot be called.
    """
    parts = _PARTS.fullmatch(address)
    if parts is None:
        return _percent(address)
    scheme, netloc, rest = parts.groups()
    return f"{scheme}{_ascii_host(netloc)}{_percent(rest)}"


def with_query(text: str, query: str) -> str:
    """Add to the query of an address, or of a fragment that has one; what is there stays."""
    if not query or text.endswith(("?", "&")):
        return text + query
    return f"{text}{'&' if '?' in text else '?'}{query}"


def with_return_query(address: str, query: str, *, before_fragment: bool) -> str:
    """The address to which a payer returns, with a query.

    It is added behind the fragment, where a shop with hash routes reads it; `before_fragment` adds
    it where RFC 3986 has it. Source: rest-orders.md §2.1 (additions).
    """
    base, hash_, fragment = address.partition("#")
    if hash_ and not before_fragment:
        return f"{base}#{with_query(fragment, query)}"
    return f"{with_query(base, query)}{hash_}{fragment}"


def _ascii_host(netloc: str) -> str:
    if netloc.isascii():
        return _percent(netloc)
    found = _HOST.fullmatch(netloc)
    assert found is not None, "every text has this shape"
    user, host, port = (part or "" for part in found.groups())
    with suppress(UnicodeError):  # a text that is not a host cannot be called
        host = host.encode("idna").decode()
    return f"{_percent(user)}{_percent(host)}{port}"


def _percent(text: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe=_LEFT_AS_IT_IS)
