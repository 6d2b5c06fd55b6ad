"""The bank simulator over HTTP, for a gateway that is configured with a bank's address.

It is mounted on request only, and answers only callers who send the acquirer's key: the key of an
attempt can be derived from its order, and would otherwise be enough to spoil a payment or a refund.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from hmac import compare_digest
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from altyn.protocol.acquiring import (
    MESSAGE_BYTES_MAX,
    AcquiringFormatError,
    decode_card_check,
    decode_request,
    encode_card_check_response,
    encode_response,
)
from altyn.request_body import BodyTooLarge, read_body
from altyn.simulators.issuer.bank import IssuerSimulator

_JSON: Final = "application/json"
ANOTHER_SITE: Final = (
    "a page of another site may not call the bank: call it as localhost or by its IP address, or "
    "set the bank's ALTYN_PUBLIC_URL to the address by which it is called\n"
)
WRONG_KEY: Final = (
    "the key is missing or wrong: send the bank's ALTYN_ACQUIRER_KEY as Authorization: Bearer\n"
)

_Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def routes(
    bank: IssuerSimulator, *, key: str, refused: Callable[[Request], bool]
) -> Sequence[Route]:
    """`POST /issuer/acquiring` for acquirer requests, `POST /issuer/card-check` for card checks.

    Both use JSON, and need the header `Authorization: Bearer` with `key`.
    Refuses in order: what `refused` refuses (403), a missing or wrong key (401), the message (400).
    """

    async def acquiring(request: Request) -> Response:
        acquirer_request = decode_request(await _body(request))
        return Response(encode_response(await bank.handle(acquirer_request)), media_type=_JSON)

    async def card_check(request: Request) -> Response:
        check = decode_card_check(await _body(request))
        return Response(encode_card_check_response(await bank.check_card(check)), media_type=_JSON)

    def guarded(answer: Callable[[Request], Awaitable[Response]]) -> _Endpoint:
        async def serve(request: Request) -> Response:
            if refused(request):
                return PlainTextResponse(ANOTHER_SITE, 403)
            if not _has_key(request, key):
                return PlainTextResponse(WRONG_KEY, 401, {"WWW-Authenticate": "Bearer"})
            try:
                return await answer(request)
            except AcquiringFormatError as error:
                return PlainTextResponse(str(error), 400)

        return serve

    return (
        Route("/issuer/acquiring", guarded(acquiring), methods=["POST"]),
        Route("/issuer/card-check", guarded(card_check), methods=["POST"]),
    )


def _has_key(request: Request, key: str) -> bool:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(sent.encode(), key.encode())


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "").encode("latin-1")
    try:
        return await read_body(length, request.receive, bytes_max=MESSAGE_BYTES_MAX)
    except BodyTooLarge:
        raise AcquiringFormatError("the message is too long") from None
