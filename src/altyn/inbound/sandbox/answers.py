"""Shared by the endpoints of the sandbox: JSON responses, short bodies, and the check of the
origin."""

from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from altyn.inbound.http.forms import read_form
from altyn.inbound.http.json_bodies import refuse_unstorable
from altyn.inbound.http.request_reader import DEFAULT_LIMITS
from altyn.request_body import BodyTooLarge, read_body

BODY_MAX: Final = 4096
Members = TypeVar("Members")


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
    """The body. Raises ValueError when it has more bytes than `longest`; BodyTooSlow and
    Disconnected, which the guard of the pages answers."""
    length = request.headers.get("content-length", "").encode("latin-1")
    try:
        return await read_body(length, request.receive, bytes_max=longest)
    except BodyTooLarge:
        raise ValueError(f"the body is at most {longest} bytes long") from None


async def read_json(request: Request, into: type[Members], *, longest: int = BODY_MAX) -> Members:
    """The members of a JSON body; an empty one has none.

    Raises ValueError: a body that is too long, too deep, or has U+0000; what `into` does not take.
    """
    body = await body_of(request, longest=longest) or b"{}"
    refuse_unstorable(body, depth_max=DEFAULT_LIMITS.depth)
    return msgspec.json.decode(body, type=into)


def read_query(request: Request) -> dict[str, str]:
    """The parameters of the address. Raises ValueError: too many, or one with U+0000."""
    query = request.scope["query_string"]
    pairs, _ = read_form(query, charset=None, fields_max=DEFAULT_LIMITS.fields)
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise ValueError(f"{name!r} contains the character U+0000 (%00): remove it")
    return dict(pairs)
