"""The bank simulator over HTTP, for a gateway that is configured with a bank's address.

It is for sandboxes only: it moves no money, so it needs no authentication.
"""

from __future__ import annotations

from collections.abc import Sequence

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

_JSON = "application/json"


def routes(bank: IssuerSimulator) -> Sequence[Route]:
    """`POST /issuer/acquiring` for acquirer requests, `POST /issuer/card-check` for card checks.

    Both use JSON.
    """

    async def acquiring(request: Request) -> Response:
        try:
            acquirer_request = decode_request(await _body(request))
        except AcquiringFormatError as error:
            return PlainTextResponse(str(error), 400)
        return Response(encode_response(await bank.handle(acquirer_request)), media_type=_JSON)

    async def card_check(request: Request) -> Response:
        try:
            check = decode_card_check(await _body(request))
        except AcquiringFormatError as error:
            return PlainTextResponse(str(error), 400)
        return Response(encode_card_check_response(await bank.check_card(check)), media_type=_JSON)

    return (
        Route("/issuer/acquiring", acquiring, methods=["POST"]),
        Route("/issuer/card-check", card_check, methods=["POST"]),
    )


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "").encode("latin-1")
    try:
        return await read_body(length, request.receive, bytes_max=MESSAGE_BYTES_MAX)
    except BodyTooLarge:
        raise AcquiringFormatError("the message is too long") from None
