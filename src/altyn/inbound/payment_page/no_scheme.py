"""The sandbox's page for a payer whose shop gave a return address without https://.

Such an address is the gateway's own, so the payer comes here instead of to the shop. The page says
what happened, how the payment ended, and what the shop's developer has to change. Production has
no such page. Source: 004 (returnUrl); rest-orders.md §2.1.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from altyn.inbound.payment_page import pages, responses
from altyn.inbound.payment_page.addresses import Kind, PageName
from altyn.inbound.payment_page.page_order import PageOrder, find_page_order
from altyn.inbound.payment_page.pages import PageContext
from altyn.inbound.payment_page.view import NoSchemeView, render_no_scheme
from altyn.operations.ports import World
from altyn.protocol.dialects.classic.return_links import has_scheme


def no_scheme_page(world: World) -> Callable[[Request, Exception], Awaitable[Response]]:
    """The handler of requests that no route of the sandbox has: "not found", or the page."""

    async def serve(request: Request, error: Exception) -> Response:
        query = request.query_params
        order_id = query.get("orderId") if request.method == "GET" else None
        page_order = await find_page_order(order_id, world)
        parameter, address = _address_of_result(page_order) if page_order else ("", "")
        if page_order is None or not address or has_scheme(address):
            return await not_found(request, error)
        return responses.page(_html(page_order, query.get("lang"), parameter, address))

    return serve


async def not_found(_: Request, __: Exception) -> Response:
    """The answer for an address that no route has."""
    return PlainTextResponse("Not Found", 404)


def _address_of_result(page_order: PageOrder) -> tuple[str, str]:
    """The parameter that holds the address for this result, and the address."""
    request = page_order.order.request
    if request.fail_url and not page_order.paid:
        return "failUrl", request.fail_url
    return "returnUrl", request.return_url


def _html(page_order: PageOrder, language: str | None, parameter: str, address: str) -> str:
    view = page_order.order.request.page_view or "DESKTOP"
    shown = page_order.language(language)
    context = PageContext(
        name=PageName(view, Kind.PAYMENT, shown), language=shown, base_url="", sandbox=True
    )
    frame = context.frame(page_order)
    frame["languages"] = {
        code: f"?orderId={page_order.order_id}&lang={code}" for code in frame["languages"]
    }
    return render_no_scheme(
        NoSchemeView(
            **frame,
            result=pages.end_result(page_order),
            order_number=page_order.order.order_number,
            amount=page_order.amount,
            parameter=parameter,
            address=address,
        )
    )
