"""The addresses of the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.console.callbacks import CHECK_PATH, CallbackPages
from altyn.inbound.console.clock_panel import DUE_PATH
from altyn.inbound.console.orders import CALLBACKS_PATH, ORDERS_PATH, OrderPages
from altyn.inbound.console.pages import console_frame, render
from altyn.inbound.console.reference import REFERENCE_PATH, show_method, show_methods
from altyn.inbound.console.requests import REQUESTS_PATH, RequestPages
from altyn.inbound.console.start_page import (
    CLOCK_PATH,
    ORDER_PATH,
    PROGRAM_PATH,
    ReturnPage,
    StartPage,
)
from altyn.inbound.console.test_order import RETURN_PATH
from altyn.inbound.sandbox.answers import Endpoint, own_site_only
from altyn.inbound.sandbox.payer.browser import PayerError
from altyn.inbound.web.form_addresses import form_addresses, leading_to
from altyn.inbound.web.language import keeping_language
from altyn.inbound.web.responses import page


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The pages of the console."""

    start: StartPage
    returned: ReturnPage
    requests: RequestPages
    orders: OrderPages
    callbacks: CallbackPages


def console_routes(console: Console) -> list[BaseRoute]:
    """The console's addresses. A page of another site may not use them."""
    start, requests = console.start, console.requests
    orders, callbacks = console.orders, console.callbacks
    served: Sequence[tuple[str, str, Endpoint]] = (
        ("GET", "/", start.show),
        ("POST", ORDER_PATH, start.register),
        ("POST", PROGRAM_PATH, start.show_program),
        ("POST", CLOCK_PATH, start.advance),
        ("GET", DUE_PATH, start.show_due),
        ("GET", RETURN_PATH, console.returned.show),
        ("POST", RETURN_PATH, console.returned.ask),
        ("GET", REQUESTS_PATH, requests.list),
        ("GET", f"{REQUESTS_PATH}/{{request}}", requests.show),
        ("POST", f"{REQUESTS_PATH}/{{request}}", requests.repeat),
        ("GET", ORDERS_PATH, orders.list),
        ("GET", f"{ORDERS_PATH}/{{order}}", orders.story),
        ("GET", REFERENCE_PATH, show_methods),
        ("GET", f"{REFERENCE_PATH}/{{method}}", show_method),
        ("GET", CALLBACKS_PATH, callbacks.list),
        ("GET", CHECK_PATH, callbacks.show_check),
        ("POST", CHECK_PATH, callbacks.check_received),
        ("GET", f"{CALLBACKS_PATH}/{{callback}}", callbacks.show),
        ("POST", f"{CALLBACKS_PATH}/{{callback}}", callbacks.resend),
    )
    routes = [
        Route(path, own_site_only(_kept(path, explained_page(work))), methods=[method])
        for method, path, work in served
    ]
    forms = [
        Route(path, own_site_only(keeping_language(leading_to(target))), methods=["GET"])
        for path, target in form_addresses(routes)
    ]
    return [*forms, *routes]


def _kept(path: str, work: Endpoint) -> Endpoint:
    """The endpoint, which keeps a chosen language; `lang` of a return address is the payer's."""
    return work if path == RETURN_PATH else keeping_language(work)


def explained_page(work: Endpoint) -> Endpoint:
    """The endpoint, with a page for what it cannot read: a body that is too long, a NUL."""

    async def answer(request: Request) -> Response:
        try:
            return await work(request)
        except (ValueError, PayerError) as error:
            frame = console_frame(request, "")
            return page(render("refused.html", frame, problem=str(error)), HTTPStatus.BAD_REQUEST)

    return answer
