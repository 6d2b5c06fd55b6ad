"""Addresses that only take forms, opened as a page: by a language link, a bookmark, a reload.

They lead to the nearest page above them, instead of an answer 405 without words.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.web.responses import see_other


def form_addresses(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Each path that takes forms only, with the path of the nearest page above it."""
    served = [each for each in routes if isinstance(each, Route)]
    pages = {each.path for each in served if "GET" in (each.methods or ())}
    for path in dict.fromkeys(each.path for each in served if each.path not in pages):
        page = path
        while page and page not in pages:
            page = page.rpartition("/")[0]
        if page or "/" in pages:
            yield path, page or "/"


def leading_to(page: str) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that leads to a page; both paths have the same parameters."""

    async def answer(request: Request) -> Response:
        named = {name: quote(f"{each}", safe="") for name, each in request.path_params.items()}
        return see_other(page.format(**named))

    return answer
