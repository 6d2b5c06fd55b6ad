"""What the sandbox's doors have in common: JSON out, a short body in, and whose page is asking.

It exists so that every one of them is guarded in the same way.
"""

from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

BODY_MAX: Final = 4096


def json_answer(members: Any, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(
        msgspec.json.encode(members), status, media_type="application/json;charset=UTF-8"
    )


def problem(text: str, status: int) -> Response:
    """What is wrong and what to do, as every door of the sandbox says it."""
    return json_answer({"error": text}, status)


def from_another_site(request: Request) -> bool:
    """Whether a page of somebody else sends this; programs send no Origin at all."""
    ours = str(request.base_url).rstrip("/")
    return request.headers.get("origin", ours) != ours


async def body_of(request: Request, *, longest: int = BODY_MAX) -> bytes:
    """The body. Raises ValueError when it has more bytes than `longest`."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > longest:
            raise ValueError(f"a wish is at most {longest} bytes long")
    return bytes(body)
