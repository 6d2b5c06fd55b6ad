"""The addresses that both areas share: their static files."""

from starlette.routing import BaseRoute

from altyn.inbound.http.static_route import static_route
from altyn.inbound.web.frame import STATIC, STATIC_BASE


def web_routes() -> list[BaseRoute]:
    """The style sheet, the script and the libraries of the pages."""
    return [static_route(STATIC_BASE, STATIC)]
