"""The addresses of the console."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route

from altyn.inbound.console.callbacks import CallbackPages
from altyn.inbound.console.orders import CALLBACKS_PATH, ORDERS_PATH, OrderPages
from altyn.inbound.console.start_page import (
    CLOCK_PATH,
    ORDER_PATH,
    PROGRAM_PATH,
    ReturnPage,
    StartPage,
)
from altyn.inbound.console.test_order import RETURN_PATH
from altyn.inbound.sandbox.answers import Endpoint, own_site_only
from altyn.inbound.web.language import keeping_language


def console_routes(
    start: StartPage, returned: ReturnPage, orders: OrderPages, callbacks: CallbackPages
) -> list[BaseRoute]:
    """The console's pages. A page of another site may not use them."""
    served: Sequence[tuple[str, str, Endpoint]] = (
        ("GET", "/", start.show),
        ("POST", ORDER_PATH, start.register),
        ("POST", PROGRAM_PATH, start.show_program),
        ("POST", CLOCK_PATH, start.advance),
        ("GET", RETURN_PATH, returned.show),
        ("GET", ORDERS_PATH, orders.list),
        ("GET", f"{ORDERS_PATH}/{{order}}", orders.story),
        ("GET", CALLBACKS_PATH, callbacks.list),
        ("GET", f"{CALLBACKS_PATH}/{{callback}}", callbacks.show),
        ("POST", f"{CALLBACKS_PATH}/{{callback}}", callbacks.resend),
    )
    return [
        Route(path, own_site_only(keeping_language(work)), methods=[method])
        for method, path, work in served
    ]
