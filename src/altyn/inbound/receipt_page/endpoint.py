"""`GET /receipts/{orderId}/{uuid}`: the page of a fiscal receipt.

The address is known to those who know the order's id: the payer and the shop.
Source: fiscal.md §9; docs/architecture.md.
"""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.domain.order_id import merchant_of
from altyn.inbound.http.static_route import static_route
from altyn.inbound.receipt_page.view import (
    CONTENT_SECURITY_POLICY,
    STATIC,
    ReceiptView,
    render_missing,
    render_receipt,
)
from altyn.look import LANGUAGES
from altyn.operations.ports import OrderKey, World

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def receipt_routes(world: World, *, sandbox: bool) -> list[BaseRoute]:
    """The page of a receipt, and its static files."""

    async def show(request: Request) -> Response:
        language = request.query_params.get("language", "").lower()
        view = await _view(request, world, sandbox=sandbox)
        if view is None:
            chosen = language if language in LANGUAGES else "ru"
            return HTMLResponse(render_missing(chosen, sandbox=sandbox), 404, HEADERS)
        return HTMLResponse(
            render_receipt(view, language if language in LANGUAGES else "ru"), headers=HEADERS
        )

    return [
        static_route("/receipts/static", STATIC),
        Route("/receipts/{order_id}/{receipt_id}", show, methods=["GET"]),
    ]


async def _view(request: Request, world: World, *, sandbox: bool) -> ReceiptView | None:
    order_id = _uuid(request.path_params["order_id"])
    receipt_id = _uuid(request.path_params["receipt_id"])
    merchant_id = merchant_of(order_id) if order_id else None
    if order_id is None or receipt_id is None or merchant_id is None:
        return None
    receipt = await world.receipts.by_id(merchant_id, receipt_id)
    order = await world.orders.load(OrderKey(merchant_id, order_id))
    if receipt is None or order is None or receipt.order_id != order_id:
        return None
    merchant = await world.merchants.get(merchant_id)
    return ReceiptView(
        receipt=receipt,
        merchant=merchant,
        order_number=order.order_number,
        sandbox=sandbox,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
