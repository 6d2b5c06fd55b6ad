"""The console's pages: their menu, their frame, and how one is rendered."""

from datetime import datetime
from pathlib import Path
from typing import Final

from starlette.requests import Request

from altyn.domain.moscow import to_moscow
from altyn.inbound.console.texts import console_text
from altyn.inbound.web.frame import MenuItem, WebFrame, WebPages
from altyn.inbound.web.language import language_of

START: Final = "start"
CONSOLE: Final = "/console"
"""The addresses of the console begin with it, but for its first page."""

MENU: Final = (
    (START, "/", "home"),
    ("requests", "/console/requests", "list"),
    ("orders", "/console/orders", "orders"),
    ("callbacks", "/console/callbacks", "bell"),
    ("phones", "/sandbox/phone", "phone"),
    ("mail", "/sandbox/mail", "envelope"),
    ("reference", "/console/reference", "book"),
    ("account", "/mportal3", "user"),
)


def clock_seconds(moment: datetime) -> str:
    """A time of day in Moscow time, with seconds: "18:42:07"."""
    return f"{to_moscow(moment):%H:%M:%S}"


render: Final = WebPages(
    Path(__file__).parent / "templates", console_text, {"clock_seconds": clock_seconds}
).renderer()


def console_frame(request: Request, here: str) -> WebFrame:
    """The frame of a console's page, in the reader's language."""
    language = language_of(request.query_params, request.cookies, request.headers)
    menu = [
        MenuItem(name, address, icon, console_text(f"menu_{name}", language=language))
        for name, address, icon in MENU
    ]
    return WebFrame(
        language=language,
        area="console",
        menu=menu,
        here=here,
        path=request.url.path,
        query=request.url.query,
        sandbox=True,
    )
