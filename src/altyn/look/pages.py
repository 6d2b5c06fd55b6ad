"""The Jinja environment of every page, with the common templates (frame, icons) and text filters.

Templates escape every value, and an undefined name is an error, so no page is rendered in part.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from altyn.domain.web_address import web_address
from altyn.look.words import (
    amount_text,
    card_number_text,
    date_text,
    day_time_text,
    duration_text,
    precise_text,
)

_HERE: Final = Path(__file__).parent
LOOK_STATIC: Final = _HERE / "static"
_LOOK_TEMPLATES: Final = _HERE / "templates"


def mark() -> Markup:
    """The logo, a coin ring with a notch, as inline SVG; its colour comes from the style sheet."""
    return Markup((LOOK_STATIC / "mark.svg").read_text("utf-8"))  # noqa: S704 - a file of ours


def web_link(address: str | None) -> str | None:
    """The address if a page may link to it, else None. Escaping alone does not stop `javascript:`.

    Allowed: http and https with a host, and a path on the page's own host.
    """
    if address is None or any(character <= " " or character == "\\" for character in address):
        return None
    if address.startswith("/"):
        return None if address.startswith("//") else address
    return address if web_address(address) else None


def page_environment(*template_folders: Path) -> Environment:
    """An environment with the templates of these folders and the common ones (`look/page.html`)."""
    environment = Environment(
        loader=FileSystemLoader([*template_folders, _LOOK_TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "amount": amount_text,
        "card_number": card_number_text,
        "date": date_text,
        "day_time": day_time_text,
        "duration": duration_text,
        "precise": precise_text,
        "web_link": web_link,
    }
    environment.globals |= {"mark": mark()}
    return environment
