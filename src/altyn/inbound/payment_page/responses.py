"""Responses to a payer's browser: pages, redirects and JSON, each with its security headers.

Scripts, styles and calls stay on our origin (PCI DSS 6.4.3), no cache stores a response, and no
address with an order's id is sent to another host.
Source: payment-page.md §6, rule 10; docs/architecture.md.
"""

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from starlette.responses import HTMLResponse, RedirectResponse, Response

from altyn.domain.order import Order
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.view import CONTENT_SECURITY_POLICY

ALWAYS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ASSET_CACHE: Final = "public, max-age=300"
NOT_FRAMED: Final = {**ALWAYS, "X-Frame-Options": "DENY"}

# A page set that the provider has installed or approved is trusted like our files. Such sets have
# inline scripts and styles, which are therefore allowed. Foreign scripts and eval are not: an
# altered page set cannot send a card to another host by a script.
SHOP_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-src https: http:; "
    "form-action https: http:; base-uri 'none'; frame-ancestors 'none'"
)
# A page of a set that was only checked, not read by a person. It runs no script at all, loads only
# the set's own styles, pictures and fonts, and has no frame. Its form goes to its own address; the
# shop and the ACS, to which the answer redirects, are on other hosts.
CHECKED_POLICY: Final = (
    "default-src 'none'; script-src 'none'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; form-action https: http:; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# The page that the 3-D Secure method reports to is shown in the hidden frame of our own page, which
# may itself be in a frame of a shop. It is empty, so framing it gains nothing.
FRAME_POLICY: Final = "default-src 'none'; base-uri 'none'"

_NO_ANCESTORS: Final = "frame-ancestors 'none'"
_OWN_IMAGES: Final = "img-src 'self'"
_ANY_FRAME: Final = "frame-src https: http:"
_ANY_FORM: Final = "form-action https: http:"
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*(?=:(?![0-9]))")
_JSON: Final = "application/json;charset=UTF-8"


def page(
    html: str,
    status: int = 200,
    *,
    page_order: PageOrder | None = None,
    acs_origins: Iterable[str] = (),
) -> Response:
    """One of our own pages; `page_order` is None when it belongs to no order."""
    logo = page_order.merchant.settings.page_logo if page_order else ""
    policy = _with_logo(CONTENT_SECURITY_POLICY, logo)
    return _html(html, status, policy, page_order, tuple(acs_origins))


def shop_page(html: bytes, page_order: PageOrder) -> Response:
    """A page from a shop's own set that the provider has installed or approved, unchanged."""
    return _html(html, 200, SHOP_POLICY, page_order, ())


def checked_page(html: str, page_order: PageOrder) -> Response:
    """A page from a set that was accepted by its check, with the order's values."""
    return _html(html, 200, CHECKED_POLICY, page_order, ())


def _html(
    html: str | bytes,
    status: int,
    policy: str,
    page_order: PageOrder | None,
    acs_origins: tuple[str, ...],
) -> Response:
    """A page that only the sites of the shop's setting `page_frame_origins` may frame."""
    policy = policy_for(policy, page_order.order if page_order else None, acs_origins)
    origins = page_order.merchant.settings.page_frame_origins if page_order else ()
    if origins:
        policy = policy.replace(_NO_ANCESTORS, " ".join(("frame-ancestors", *origins)))
    headers = ALWAYS if origins else NOT_FRAMED
    return HTMLResponse(html, status, {**headers, "Content-Security-Policy": policy})


def asset(content: bytes, media_type: str) -> Response:
    """A file of a shop's own page set."""
    headers = {"Cache-Control": ASSET_CACHE, "X-Content-Type-Options": "nosniff"}
    # An SVG picture may contain scripts: opened as a document it must not run them.
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(content, headers=headers, media_type=media_type)


def framed(html: str) -> Response:
    """An empty page that is shown in a hidden frame of our own page."""
    return HTMLResponse(html, headers={**ALWAYS, "Content-Security-Policy": FRAME_POLICY})


def redirect(address: str, status: int = 302) -> Response:
    """A redirect to another address, by GET. It shows nothing, so it may happen in a frame."""
    return RedirectResponse(address, status, dict(ALWAYS))


def json(members: Any, status: int = 200) -> Response:
    """An answer of the page's methods."""
    return Response(msgspec.json.encode(members), status, dict(NOT_FRAMED), _JSON)


def policy_for(policy: str, order: Order | None, acs_origins: tuple[str, ...]) -> str:
    """The content security policy of a page of this order.

    Chromium applies `form-action` to the redirects after a posted form too, so the scheme of a
    shop's app (`myshop://paid`) is added to it. The origins of ACSs, where they are known, limit
    the frames. Forms may go to any web address, because ACSs and shops redirect to further hosts.
    """
    if acs_origins:
        policy = policy.replace(_ANY_FRAME, " ".join(("frame-src 'self'", *acs_origins)))
    apps = sorted(_app_schemes(order)) if order else []
    return policy.replace(_ANY_FORM, " ".join((_ANY_FORM, *(f"{each}:" for each in apps))))


def _with_logo(policy: str, logo: str) -> str:
    """The policy with the origin of the shop's logo, or with `data:` for a logo in its address."""
    if not logo:
        return policy
    parts = urlsplit(logo)
    origin = "data:" if parts.scheme == "data" else f"{parts.scheme}://{parts.netloc}"
    return policy.replace(_OWN_IMAGES, f"{_OWN_IMAGES} {origin}")


def _app_schemes(order: Order) -> set[str]:
    """Schemes other than http and https in the addresses that this order returns to."""
    addresses = (order.request.return_url, order.request.fail_url or "")
    schemes = {found[0].lower() for each in addresses if (found := _SCHEME.match(each))}
    return schemes - {"http", "https"}
