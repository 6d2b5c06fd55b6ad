"""The QR code of a payment in an app, as inline SVG, and the link that it contains."""

import re
from typing import Final

import segno
from markupsafe import Markup

_LINK: Final = re.compile(r"([a-z][a-z0-9+.-]*):[^\s<>\"]+", re.IGNORECASE)
_RUN_BY_BROWSERS: Final = frozenset({"javascript", "data", "vbscript", "file", "blob", "about"})


def qr_svg(payload: str) -> Markup:
    """A QR code that is read from a screen; its text is not in the SVG."""
    code = segno.make(payload, micro=False, error="m")
    svg = code.svg_inline(border=3, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(svg)  # noqa: S704 - drawn by the library; the text is not in it


def is_app_link(address: str) -> bool:
    """Whether a page may link to it: an address with the scheme of an app or of the web."""
    found = _LINK.fullmatch(address)
    return found is not None and found[1].lower() not in _RUN_BY_BROWSERS
