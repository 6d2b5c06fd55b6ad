"""`GET /payment/qr/{orderId}.svg` and `.png`: the payment link of an order as a QR code.

It needs no credentials: the order's id is all that the payment page needs, and it cannot be
guessed. So a till shows the code by an `<img>`. Errors are short texts. Source: bnpl.md §6.
"""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.rest.answers import base_url_of
from altyn.look.qr import qr_png, qr_svg
from altyn.operations.payment_link import refuse_link
from altyn.operations.ports import World
from altyn.protocol.dialects.classic.return_links import QR_FOLDER, payment_link

SIDE: Final = "size"
SIDE_DEFAULT: Final = 400
SIDE_MIN: Final = 100
SIDE_MAX: Final = 2000
_DIGITS: Final = re.compile("[0-9]{1,4}")

_HEADERS: Final = {
    # The code ends with the order: each use asks whether it is still valid.
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",  # the till's page is another site
}
_NO_ORDER: Final = "there is no order with this id: it is the orderId of register.do's answer\n"
_SIZE_RULE: Final = f"{SIDE}: whole pixels from {SIDE_MIN} to {SIDE_MAX}\n"


def qr_routes(world: World, public_url: str | None) -> list[BaseRoute]:
    """The codes. `public_url` is the gateway's address for payers.

    Refuses: 400 another parameter than `size`, or a size out of bounds; 404 no such order; 410 an
    order that takes no payment.
    """

    def serving(kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def show(request: Request) -> Response:
            side = _side(request)
            if side is None:
                return _text(_SIZE_RULE, 400)
            found = await find_page_order(request.path_params["order_id"], world)
            if found is None:
                return _text(_NO_ORDER, 404)
            refused = refuse_link(found.order, found.merchant, world.clock.now())
            if refused is not None:
                return _text(f"{refused.rule}\n", 410)
            return _picture(request, kind, side, _link_of(found, request, public_url))

        return show

    return [
        Route(f"{QR_FOLDER}{{order_id}}.{kind}", serving(kind), methods=["GET"]) for kind in _KINDS
    ]


def _link_of(found: PageOrder, request: Request, public_url: str | None) -> str:
    base_url = public_url or base_url_of(request.scope)
    return payment_link(base_url, found.merchant.login, found.order)


def _side(request: Request) -> int | None:
    """The side of the picture in pixels; None when the address says anything else."""
    query = request.query_params
    sent = query.get(SIDE, str(SIDE_DEFAULT))
    if set(query) - {SIDE} or not _DIGITS.fullmatch(sent):
        return None
    return int(sent) if SIDE_MIN <= int(sent) <= SIDE_MAX else None


def _picture(request: Request, kind: str, side: int, link: str) -> Response:
    draw, media_type = _KINDS[kind]
    tag = f'"{sha256(f"{kind} {side} {link}".encode()).hexdigest()[:32]}"'
    headers = {**_HEADERS, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(draw(link, side=side), headers=headers, media_type=media_type)


def _text(text: str, status: int) -> Response:
    return PlainTextResponse(text, status, {**_HEADERS, "Cache-Control": "no-store"})


_KINDS: Final = {"svg": (qr_svg, "image/svg+xml"), "png": (qr_png, "image/png")}
