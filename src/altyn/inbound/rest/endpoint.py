"""The REST endpoint: a bare ASGI callable over the methods of all dialects.

It reads the parameters however they were sent, and answers in the envelope of the method: HTTP 200
with JSON for everything that concerns orders, errors included. Source: rest-orders.md §1.1, §1.4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from altyn.domain.refusals import Refusal
from altyn.inbound.http.request_reader import (
    BodyKindRefused,
    BodyTooLarge,
    Disconnected,
    Limits,
    read_fields,
)
from altyn.inbound.metrics import SERVED, count_request
from altyn.inbound.request_handler import (
    DEFAULT_LANGUAGE,
    Refusing,
    Request,
    RequestHandler,
    Served,
)
from altyn.inbound.rest.answers import (
    JSON,
    NO_STORE,
    Header,
    Receive,
    Scope,
    Send,
    base_url_of,
    client_ip,
    encode_json,
    rule_header,
    send_answer,
)
from altyn.operations.ports import Overloaded
from altyn.protocol.dialect import Dialect, TransportFault
from altyn.protocol.presentation import ErrorAnswer, Members
from altyn.protocol.table import Method

RETRY: Final[Header] = (b"retry-after", b"1")
log = structlog.get_logger("altyn.rest")


@dataclass(frozen=True, slots=True)
class Route:
    """What is served at a path: a method of a dialect, and how much a request may hold."""

    dialect: Dialect
    method: Method
    limits: Limits


class RestEndpoint:
    """Serves the methods of dialects, each under its dialect's prefix.

    A busy answer for a path outside all prefixes has the first dialect's form. `show_rules` adds
    the header `X-Altyn-Rule` to refusals: the exact rule that was broken, for a developer who uses
    the sandbox.
    """

    def __init__(
        self,
        handler: RequestHandler,
        dialects: Sequence[Dialect],
        *,
        limits: Limits,
        public_url: str | None,
        show_rules: bool,
    ) -> None:
        self._handler = handler
        self._dialects = tuple(dialects)
        self._routes = _routes_by_path(dialects, limits)
        self._public_url = public_url
        self._show_rules = show_rules

    def route(self, path: str) -> Route | None:
        """The method of this path. Clients differ in the case of letters of a method's own path."""
        route = self._routes.get(path.lower())
        return route if route is not None and path.startswith(route.dialect.prefix) else None

    async def __call__(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            request = await self._read(route, scope, receive)
        except BodyTooLarge:
            await _send_fault(send, route.dialect, TransportFault.BODY_TOO_LARGE)
        except BodyKindRefused:
            await _send_fault(send, route.dialect, TransportFault.BODY_KIND)
        except Disconnected:
            return
        else:
            await self._answer(request, send)

    async def send_busy(self, path: str, send: Send) -> None:
        """Answer a request that the gateway has no capacity for; the client may try again."""
        lowered = path.lower()
        own = (each for each in self._dialects if lowered.startswith(each.prefix.lower()))
        dialect = next(own, self._dialects[0])
        await _send_fault(send, dialect, TransportFault.OVERLOADED, RETRY)

    async def _read(self, route: Route, scope: Scope, receive: Receive) -> Request:
        fields = await read_fields(scope, receive, route.limits, route.dialect.bodies)
        return Request(
            dialect=route.dialect,
            method=route.method,
            source=fields,
            ip=client_ip(scope),
            base_url=self._public_url or base_url_of(scope),
            malformed=fields.malformed,
            broken_body=fields.malformed_body,
        )

    async def _answer(self, request: Request, send: Send) -> None:
        method = request.method
        try:
            answer = await self._handler.serve(request)
        except Overloaded:
            await _send_fault(send, request.dialect, TransportFault.OVERLOADED, RETRY)
        except Exception:
            log.exception("failed", method=method.name)
            await _send(send, _failure(request), ())
        else:
            code = answer.error.code if isinstance(answer, Refusing) else SERVED
            count_request(method.name, code)
            await _send(send, present(method, answer), self._rule_header(answer))

    def _rule_header(self, answer: Served | Refusing) -> tuple[Header, ...]:
        if not self._show_rules or not isinstance(answer, Refusing):
            return ()
        return (rule_header(answer.broken_rule),)


def present(method: Method, answer: Served | Refusing) -> Members:
    """The members of an answer in the method's envelope."""
    if isinstance(answer, Refusing):
        return method.envelope.refusal(answer.answer)
    return method.envelope.success(answer.members, answer.language)


def _routes_by_path(dialects: Sequence[Dialect], limits: Limits) -> dict[str, Route]:
    """The routes by path in lower case. Raises ValueError for two methods of one path, and for two
    dialects of one name: a merchant's setting could not tell them apart."""
    names = [dialect.name for dialect in dialects]
    if len(set(names)) != len(names):
        raise ValueError(f"each dialect needs a name of its own: {', '.join(names)}")
    routes: dict[str, Route] = {}
    for path, route in _routes(dialects, limits):
        if path in routes:
            raise ValueError(f"two methods have the path {path}")
        routes[path] = route
    return routes


def _routes(dialects: Sequence[Dialect], limits: Limits) -> Iterator[tuple[str, Route]]:
    for dialect in dialects:
        own = replace(limits, fields=dialect.limits.fields, depth=dialect.limits.depth)
        for path, method in dialect.paths.items():
            yield path.lower(), Route(dialect, method, own)


def _failure(request: Request) -> Members:
    """A defect or an outage of the gateway: the dialect's system error, never a traceback."""
    error = request.method.error(Refusal.SYSTEM_ERROR)
    count_request(request.method.name, error.code)
    language = request.source.get(request.dialect.caller.language) or DEFAULT_LANGUAGE
    text = error.text(language.lower())
    return request.method.envelope.refusal(ErrorAnswer(error.code, text))


async def _send(send: Send, members: Members, headers: tuple[Header, ...]) -> None:
    await send_answer(send, 200, encode_json(members), (JSON, NO_STORE, *headers))


async def _send_fault(
    send: Send, dialect: Dialect, fault: TransportFault, *headers: Header
) -> None:
    body = encode_json(dialect.transport_faults[fault])
    await send_answer(send, fault.value, body, (JSON, *headers))
