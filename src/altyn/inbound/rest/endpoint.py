"""The REST door: a bare ASGI callable over the method table.

It reads parameters however they were sent, and answers as the classic dialect does: HTTP 200 with
JSON for everything that is about orders, errors included. Source: rest-orders.md §1.1, §1.4.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import structlog

from altyn.domain.refusals import Refusal
from altyn.inbound.http.reading import BodyTooLarge, Disconnected, Limits, read_fields
from altyn.inbound.metrics import count_request
from altyn.inbound.request_handler import (
    DEFAULT_LANGUAGE,
    Refusing,
    Request,
    RequestHandler,
    Served,
)
from altyn.inbound.rest.answers import (
    BODY_TOO_LARGE,
    NO_STORE,
    OVERLOADED,
    Receive,
    Scope,
    Send,
    base_url_of,
    client_ip,
    rule_header,
    send_answer,
)
from altyn.operations.ports import Overloaded
from altyn.protocol.dialects.classic.error_codes import SUCCESS, SYSTEM_ERROR
from altyn.protocol.table import Envelope, Method

PREFIX: Final = "/payment/rest/"
JSON: Final = (b"content-type", b"application/json;charset=UTF-8")
_encode: Final = msgspec.json.Encoder().encode
log = structlog.get_logger("altyn.rest")


class RestEndpoint:
    """Serves the methods of a table under `/payment/rest/`.

    `show_rules` adds the header `X-Altyn-Rule` to refusals: the exact rule that was broken, for the
    developer in front of the sandbox.
    """

    def __init__(
        self,
        desk: RequestHandler,
        methods: Mapping[str, Method],
        *,
        limits: Limits,
        public_url: str | None,
        show_rules: bool,
    ) -> None:
        self._desk = desk
        self._methods = {
            f"{PREFIX}{path}".lower(): method for method in methods.values() for path in method.rest
        }
        self._limits = limits
        self._public_url = public_url
        self._show_rules = show_rules

    def serves(self, path: str) -> Method | None:
        """The method of this path. Clients differ in the case of letters; the table decides."""
        return self._methods.get(path.lower())

    async def __call__(self, method: Method, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for `method`."""
        try:
            fields = await read_fields(scope, receive, self._limits)
        except BodyTooLarge:
            await send_answer(send, 413, BODY_TOO_LARGE, (JSON,))
            return
        except Disconnected:
            return
        request = Request(
            method=method,
            source=fields,
            ip=client_ip(scope),
            base_url=self._public_url or base_url_of(scope),
            malformed=fields.malformed,
            broken_body=fields.malformed_body,
        )
        try:
            answer = await self._desk.serve(request)
        except Overloaded:
            await send_answer(send, 429, OVERLOADED, (JSON,))
            return
        except Exception:
            log.exception("failed", method=method.name)
            count_request(method.name, SYSTEM_ERROR.code)
            await self._send(send, present_failure(method, fields.get("language")), ())
            return
        error = answer.error if isinstance(answer, Refusing) else SUCCESS
        count_request(method.name, error.code)
        await self._send(send, present(method, answer), self._rule_header(answer))

    async def _send(
        self, send: Send, members: dict[str, Any], headers: tuple[tuple[bytes, bytes], ...]
    ) -> None:
        await send_answer(send, 200, _encode(members), (JSON, NO_STORE, *headers))

    def _rule_header(self, answer: Served | Refusing) -> tuple[tuple[bytes, bytes], ...]:
        if not self._show_rules or not isinstance(answer, Refusing):
            return ()
        told = f"{answer.parameter}: {answer.rule}" if answer.parameter else answer.rule
        return (rule_header(told),)


def present(method: Method, answer: Served | Refusing) -> dict[str, Any]:
    """The members of an answer in the method's envelope."""
    if isinstance(answer, Refusing):
        return REFUSED[method.envelope](answer)
    return SERVED[method.envelope](answer)


def present_failure(method: Method, language: str | None) -> dict[str, Any]:
    """Something broke on our side: the protocol's own words for it, never a traceback."""
    failure = Refusing(SYSTEM_ERROR, Refusal.SYSTEM_ERROR, (language or DEFAULT_LANGUAGE).lower())
    return REFUSED[method.envelope](failure)


def _plain(answer: Served) -> dict[str, Any]:
    return {"errorCode": "0", "errorMessage": SUCCESS.text(answer.language), **answer.members}


def _members(answer: Served) -> dict[str, Any]:
    return answer.members


def _payment(answer: Served) -> dict[str, Any]:
    return {**answer.members, "errorCode": 0}


def _refused(answer: Refusing) -> dict[str, Any]:
    return {"errorCode": str(answer.error.code), "errorMessage": answer.message}


def _refused_capitals(answer: Refusing) -> dict[str, Any]:
    return {"ErrorCode": str(answer.error.code), "ErrorMessage": answer.message}


def _refused_payment(answer: Refusing) -> dict[str, Any]:
    return {
        "error": answer.message,
        "errorCode": answer.error.code,
        "errorMessage": answer.message,
        "is3DSVer2": False,
    }


SERVED: Final[dict[Envelope, Callable[[Served], dict[str, Any]]]] = {
    Envelope.PLAIN: _plain,
    Envelope.REGISTRATION: _members,
    Envelope.CAPITALS: _members,
    Envelope.PAYMENT: _payment,
}
REFUSED: Final[dict[Envelope, Callable[[Refusing], dict[str, Any]]]] = {
    Envelope.PLAIN: _refused,
    Envelope.REGISTRATION: _refused,
    Envelope.CAPITALS: _refused_capitals,
    Envelope.PAYMENT: _refused_payment,
}
