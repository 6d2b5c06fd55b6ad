"""Reads a form of a page: of the console, of the personal account, of a shop's links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.requests import Request

from altyn.inbound.http.forms import read_form
from altyn.inbound.http.request_reader import DEFAULT_LIMITS
from altyn.inbound.http.uploads import MULTIPART, read_upload
from altyn.request_body import read_body

FORM_BYTES_MAX: Final = 64 * 1024


async def read_page_form(
    request: Request, *, bytes_max: int = FORM_BYTES_MAX
) -> tuple[Sequence[tuple[str, str]], Mapping[str, bytes]]:
    """The fields of a form, without NUL, and its files.

    Raises Unreadable: too many fields, a broken multipart body; and as `read_body`, which PageGuard
    answers.
    """
    length = request.headers.get("content-length", "").encode("latin-1")
    body = await read_body(length, request.receive, bytes_max=bytes_max)
    kind = request.headers.get("content-type", "")
    files: Mapping[str, bytes] = {}
    if kind.lower().startswith(MULTIPART):
        pairs, files = read_upload(body, kind)
    else:
        pairs, _ = read_form(body, charset=None, fields_max=DEFAULT_LIMITS.fields)
    return [(name, value.replace("\0", "")) for name, value in pairs], files
