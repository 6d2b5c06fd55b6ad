"""The console's pages: their menu, their frame, and how one is rendered."""

from pathlib import Path
from typing import Final

from starlette.requests import Request

from altyn.inbound.console.texts import console_text
from altyn.inbound.web.frame import MenuItem, WebFrame, WebPages
from altyn.inbound.web.language import language_of

START: Final = "start"
MENU: Final = (
    (START, "/", "home"),
    ("orders", "/console/orders", "orders"),
    ("callbacks", "/console/callbacks", "bell"),
    ("phones", "/sandbox/phone", "phone"),
    ("mail", "/sandbox/mail", "envelope"),
    ("account", "/mportal3", "user"),
)

render: Final = WebPages(Path(__file__).parent / "templates", console_text).renderer()


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
