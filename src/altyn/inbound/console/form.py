"""Reads a form of the console."""

from starlette.requests import Request

from altyn.inbound.web.forms import FORM_BYTES_MAX, read_page_form
from altyn.request_body import BodyTooLarge


async def read_console_form(request: Request) -> dict[str, str]:
    """The fields of a form. Raises ValueError, which a page explains: too long, or unreadable."""
    try:
        pairs, _ = await read_page_form(request)
    except BodyTooLarge:
        raise ValueError(f"the body is at most {FORM_BYTES_MAX} bytes long") from None
    return dict(pairs)
