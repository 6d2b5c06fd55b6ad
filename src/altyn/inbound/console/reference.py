"""The reference of the methods, shown from the tables by which the gateway reads requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from altyn.inbound.console.pages import CONSOLE, console_frame, render
from altyn.inbound.web.responses import page
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.table import Method

REFERENCE_PATH: Final = f"{CONSOLE}/reference"
NOT_FOUND: Final = 404
NAME: Final = "name"  # of a parameter, in the text of a refusal


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """A refusal of a method: its code, its text, and its reason in `X-Altyn-Rule`."""

    code: str
    text: str
    reason: str


async def show_methods(request: Request) -> Response:
    """The list of the methods."""
    html = render(
        "reference.html",
        console_frame(request, "reference"),
        methods=METHODS.values(),
        address=CLASSIC.address,
        path=REFERENCE_PATH,
    )
    return page(html)


async def show_method(request: Request) -> Response:
    """One method: its parameters, and its refusals in order of precedence."""
    frame = console_frame(request, "reference")
    method = METHODS.get(request.path_params["method"])
    if method is None:
        return page(render("no_method.html", frame, path=REFERENCE_PATH), NOT_FOUND)
    html = render(
        "method.html",
        frame,
        method=method,
        addresses=[CLASSIC.address(each) for each in method.rest],
        refusals=list(refusal_rows(method, frame.language)),
        path=REFERENCE_PATH,
    )
    return page(html)


def reference_of(method: str) -> str:
    """The address of a method's page; empty for a name that is no method's."""
    return f"{REFERENCE_PATH}/{method}" if method in METHODS else ""


def refusal_rows(method: Method, language: str) -> Iterator[RefusalRow]:
    """The refusals of a method, in order of precedence."""
    for refusal, error in method.refusals.items():
        yield RefusalRow(str(error.code), error.text(language, name=NAME), refusal.value)
