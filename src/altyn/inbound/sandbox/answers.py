"""Shared by the endpoints of the sandbox: JSON responses, refusals, short bodies, and the check of
the origin."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.card.free_text import mask_card_numbers
from altyn.domain.clearing import clear_unshared, forget_frames
from altyn.inbound.http.forms import read_form
from altyn.inbound.http.json_bodies import refuse_unstorable
from altyn.inbound.http.request_reader import DEFAULT_LIMITS
from altyn.inbound.request_log.bodies import keep_json
from altyn.request_body import BodyTooLarge, read_body

BODY_MAX: Final = 4096
Members = TypeVar("Members")
Endpoint = Callable[[Request], Awaitable[Response]]
ANOTHER_SITE: Final = (
    "a page of another site may not use the sandbox: call this gateway as localhost or by its IP "
    "address, or set ALTYN_PUBLIC_URL to the address by which it is called"
)
# Names that are never registered: RFC 6761, RFC 6762, RFC 8375, and `.internal` for private use.
LOCAL_DOMAINS: Final = (".localhost", ".local", ".test", ".example", ".home.arpa", ".internal")


def json_answer(members: Any, status: int = 200) -> Response:
    """A response in JSON."""
    return Response(
        msgspec.json.encode(members), status, media_type="application/json;charset=UTF-8"
    )


def problem(text: str, status: int) -> Response:
    """A refusal: what is wrong and what to do. A card number in the text is masked: a client may
    have sent one in any place, and answers are kept in logs."""
    return json_answer({"error": mask_card_numbers(text)}, status)


class RefusedError(Exception):
    """The request is refused; the text says what is wrong, where, and what to do."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def own_site_only(work: Endpoint) -> Endpoint:
    """The endpoint, closed to pages of other sites."""

    async def answer(request: Request) -> Response:
        return problem(ANOTHER_SITE, 403) if from_another_site(request) else await work(request)

    return answer


def explained(work: Endpoint) -> Endpoint:
    """The endpoint, closed to pages of other sites, with a text for each refusal."""

    async def answer(request: Request) -> Response:
        try:
            return await work(request)
        except RefusedError as error:
            return problem(str(error), error.status)
        except (msgspec.MsgspecError, ValueError) as error:
            return problem(str(error), 400)

    return own_site_only(answer)


def from_another_site(request: Request) -> bool:
    """Whether a page of another site may have sent this; programs send no Origin at all.

    An Origin has to be the configured public address, or this server under a loopback name: after
    DNS rebinding a page of another site has an Origin that is equal to its Host. A browser sends no
    Origin when it reads a page, so without one the Host must not be a name of the public DNS.
    """
    public_url = public_url_of(request)
    origin, own = request.headers.get("origin"), request.base_url
    if origin is None:
        return has_foreign_name(request, public_url)
    if public_url is not None and origin == _origin_of(public_url):
        return False
    return not (is_loopback(own.hostname or "") and origin == _origin_of(str(own)))


def has_foreign_name(request: Request, public_url: str | None) -> bool:
    """Whether the gateway is called by a name of the public DNS that is not its own."""
    host = request.base_url.hostname or ""
    return _in_public_dns(host) and host != urlsplit(public_url or "").hostname


def public_url_of(request: Request) -> str | None:
    """The configured public address of this gateway (`state.public_url` of the application)."""
    url: str | None = getattr(request.app.state, "public_url", None)
    return url


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_loopback(host: str) -> bool:
    """Whether a host name or address is always this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _in_public_dns(host: str) -> bool:
    """Whether someone can register this name: no IP address, no single label, no reserved name."""
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.endswith(LOCAL_DOMAINS)
    return False


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
    try:
        refuse_unstorable(body, depth_max=DEFAULT_LIMITS.depth)
        keep_json(body)
        return msgspec.json.decode(body, type=into)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        forget_frames(error)
        raise
    finally:
        clear_unshared(body)


def read_query(request: Request) -> dict[str, str]:
    """The parameters of the address. Raises ValueError: too many, or one with U+0000."""
    query = request.scope["query_string"]
    pairs, _ = read_form(query, charset=None, fields_max=DEFAULT_LIMITS.fields)
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise ValueError(f"{name!r} contains the character U+0000 (%00): remove it")
    return dict(pairs)
