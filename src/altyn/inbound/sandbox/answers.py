"""Shared by the endpoints of the sandbox: JSON responses, short bodies, and the check of the
origin."""

from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

BODY_MAX: Final = 4096


def json_answer(members: Any, status: int = 200) -> Response:
    """A response in JSON."""
    return Response(
        msgspec.json.encode(members), status, media_type="application/json;charset=UTF-8"
    )


def problem(text: str, status: int) -> Response:
    """A refusal: what is wrong and what to do."""
    return json_answer({"error": text}, status)


def from_another_site(request: Request) -> bool:
    """Whether a page of another site sends this; programs send no Origin at all."""
    own_site = str(request.base_url).rstrip("/")
    return request.headers.get("origin", own_site) != own_site


async def body_of(request: Request, *, longest: int = BODY_MAX) -> bytes:
    """The body. Raises ValueError when it has more bytes than `longest`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise ValueError(f"the body is at most {longest} bytes long")
    return bytes(body)
