"""The page of an address that no page has, and of an unexpected error of the gateway."""

from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Final

from starlette.responses import Response

from altyn.inbound.web.frame import WebFrame, WebPages
from altyn.inbound.web.responses import page
from altyn.inbound.web.texts import frame_text

_render: Final = WebPages(Path(__file__).parent / "templates", frame_text).renderer()


class PageError(StrEnum):
    """What the page is about; the values are the names of its texts."""

    MISSING = "page_missing"
    FAILED = "page_failed"


_STATUS: Final = MappingProxyType(
    {PageError.MISSING: HTTPStatus.NOT_FOUND, PageError.FAILED: HTTPStatus.INTERNAL_SERVER_ERROR}
)


def error_page(frame: WebFrame, error: PageError) -> Response:
    """The page, with its status. It names nothing of the request nor of the error."""
    return page(_render("web/error.html", frame, name=str(error)), _STATUS[error])
