"""Answers of the console and the personal account: pages, parts of pages, redirects.

Every answer has the strict policy: scripts, styles, calls and forms stay on this server, nothing
runs inline, no page is framed, no cache keeps one.
"""

from collections.abc import Mapping
from typing import Final

from starlette.responses import HTMLResponse, RedirectResponse, Response

from altyn.inbound.payment_page.responses import NOT_FRAMED

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {**NOT_FRAMED, "Content-Security-Policy": POLICY}
SEE_OTHER: Final = 303


def page(html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A page, or a part of one that a script puts into the open page."""
    return HTMLResponse(html, status, {**HEADERS, **(headers or {})})


def see_other(address: str) -> Response:
    """A redirect by GET after a form has been carried out, so that a reload does not repeat it."""
    return RedirectResponse(address, SEE_OTHER, dict(NOT_FRAMED))


def is_part(headers: Mapping[str, str]) -> bool:
    """Whether a script asks for a part of the page, not the browser for the whole page."""
    return headers.get("hx-request") == "true" and headers.get("hx-request-type") != "full"
