"""The REST endpoint: a bare ASGI callable over the methods of all dialects.

It reads the parameters however they were sent, and answers in the envelope of the method: HTTP 200
with JSON for everything that concerns orders, errors included. Source: rest-orders.md §1.1, §1.4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final

import structlog

from altyn.domain.credentials import FailedLogin
from altyn.domain.language import text_language
from altyn.domain.notes import Note
from altyn.domain.refusals import Refusal
from altyn.inbound.call_log import (
    answered_code,
    call_facts,
    delayed_login,
    log_answer,
    log_path,
    log_unread,
    log_unserved,
    record_failure,
)
from altyn.inbound.http.fields import Fields
from altyn.inbound.http.incomplete import CLOSE, log_body_too_slow, log_client_left
from altyn.inbound.http.request_reader import (
    BodyKindRefused,
    BodyTooLarge,
    BodyTooSlow,
    Disconnected,
    Limits,
    TooManyBodies,
    read_fields,
)
from altyn.inbound.metrics import count_request
from altyn.inbound.request_handler import BROKEN_ENCODING, Refusing, Request, RequestHandler, Served
from altyn.inbound.rest.answers import (
    JSON,
    NO_STORE,
    RETRY,
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
from altyn.protocol.dialect import Dialect, TransportFault, UnservedMethod
from altyn.protocol.presentation import ErrorAnswer, Members
from altyn.protocol.table import Method
from altyn.protocol.types import first_sent

log = structlog.get_logger("altyn.requests")
GET_AND_POST_ALLOWED: Final[Header] = (b"allow", b"GET, POST")
POST_ALLOWED: Final[Header] = (b"allow", b"POST")


class _CardByGetError(Exception):
    """The request has a card in its address, or is for a method that takes one."""


@dataclass(frozen=True, slots=True)
class Route:
    """What is served at a path: a method of a dialect, and how much a request may hold.

    `folder` is the part of the path whose capitals count.
    """

    dialect: Dialect
    method: Method
    limits: Limits
    folder: str


@dataclass(frozen=True, slots=True)
class UnservedRoute:
    """What is known at a path, but not served."""

    dialect: Dialect
    method: UnservedMethod
    limits: Limits


class RestEndpoint:
    """Serves the methods of dialects, each under its dialect's prefix.

    A busy answer for a path outside all prefixes has the first dialect's form. `show_rules` adds
    the header `X-Altyn-Rule`: the exact rule that was broken, and what of the request is ignored,
    for a developer who uses the sandbox.
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
        self._folders = [(folder.lower(), each) for each in dialects for folder in each.folders]
        self._unserved = {
            method.path.lower(): UnservedRoute(dialect, method, limits)
            for dialect in dialects
            for method in dialect.unserved
        }
        self._public_url = public_url
        self._show_rules = show_rules

    def route(self, path: str) -> Route | UnservedRoute | None:
        """The method of this path. Clients differ in the case of letters of a method's own path."""
        lowered = path.lower()
        route = self._routes.get(lowered)
        if route is None:
            return self._unserved.get(lowered)
        return route if path.startswith(route.folder) else None

    async def __call__(
        self, route: Route | UnservedRoute, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer one request, and log it."""
        started = perf_counter()
        if isinstance(route, UnservedRoute):
            await self._refuse_unserved(route, scope, receive, send, started)
            return
        try:
            request = await self._read(route, scope, receive)
        except _CardByGetError:
            await _send_fault(send, route.dialect, TransportFault.CARD_BY_GET, POST_ALLOWED)
            _log_fault(route.method, TransportFault.CARD_BY_GET, client_ip(scope), started)
        except BodyTooLarge:
            await _send_fault(send, route.dialect, TransportFault.BODY_TOO_LARGE)
            _log_fault(route.method, TransportFault.BODY_TOO_LARGE, client_ip(scope), started)
        except BodyTooSlow:
            log_body_too_slow(scope)
            await _send_fault(send, route.dialect, TransportFault.BODY_TOO_SLOW, CLOSE)
        except TooManyBodies:
            await _send_fault(send, route.dialect, TransportFault.OVERLOADED, RETRY)
            _log_fault(route.method, TransportFault.OVERLOADED, client_ip(scope), started)
        except BodyKindRefused:
            await _send_fault(send, route.dialect, TransportFault.BODY_KIND)
            _log_fault(route.method, TransportFault.BODY_KIND, client_ip(scope), started)
        except Disconnected:
            log_client_left(scope)
        else:
            await self._answer(request, send, started)

    async def _refuse_unserved(
        self, route: UnservedRoute, scope: Scope, receive: Receive, send: Send, started: float
    ) -> None:
        """Say that a known method is not served, in the language of the request."""
        requested: str | None = None
        try:
            fields = await read_fields(scope, receive, route.limits)
            requested = fields.get(route.dialect.caller.language)
        except (BodyTooLarge, BodyTooSlow, TooManyBodies):
            pass  # the answer is the same, in Russian
        except Disconnected:
            log_client_left(scope)
            return
        language = text_language(requested)
        error = route.method.error
        text = error.text(language)
        count_request(route.method.name, error.code)
        rule = error.text("en")
        headers = (rule_header(rule),) if self._show_rules else ()
        await _send(send, route.method.envelope.refusal(ErrorAnswer(error.code, text)), headers)
        log_unserved(
            route.method.name, code=error.code, rule=rule, ip=client_ip(scope), started=started
        )

    async def refuse(self, path: str, send: Send, fault: TransportFault) -> None:
        """Answer a request that this process cannot serve now; the client may try again."""
        dialect = self._dialect_of(path) or self._dialects[0]
        await _send_fault(send, dialect, fault, RETRY)
        log_path(path, code=fault.status, rule=fault.value)

    async def refuse_http_method(self, path: str, send: Send) -> bool:
        """Refuse another HTTP method than GET and POST below a dialect's prefix; False elsewhere.

        Source: rest-orders.md §1.1.
        """
        dialect = self._dialect_of(path)
        if dialect is None:
            return False
        await _send_fault(send, dialect, TransportFault.METHOD, GET_AND_POST_ALLOWED)
        log_path(path, code=TransportFault.METHOD.status, rule="http method")
        return True

    def _dialect_of(self, path: str) -> Dialect | None:
        """The dialect of a path below a prefix, or in a folder of methods: other things may be in
        the folders of such a folder."""
        lowered = path.lower()
        folder_of_path = f"{lowered.rpartition('/')[0]}/"
        return next(
            (
                dialect
                for folder, dialect in self._folders
                if folder == folder_of_path or lowered.startswith(dialect.prefix.lower())
            ),
            None,
        )

    async def _read(self, route: Route, scope: Scope, receive: Receive) -> Request:
        fields = await read_fields(scope, receive, route.limits, route.dialect.bodies)
        if scope["method"] == "GET" and route.method.refuses_get(fields):
            raise _CardByGetError
        return Request(
            dialect=route.dialect,
            method=route.method,
            source=fields,
            ip=client_ip(scope),
            base_url=self._public_url or base_url_of(scope),
            malformed=fields.malformed,
            broken_body=fields.malformed_body,
            remarks=tuple(_remarks_of(fields, route.method)),
        )

    async def _answer(self, request: Request, send: Send, started: float) -> None:
        method = request.method
        try:
            answer = await self._handler.serve(request)
        except Overloaded as busy:
            await _send_fault(send, request.dialect, TransportFault.OVERLOADED, RETRY)
            failed = delayed_login(busy)
            _log_fault(method, TransportFault.OVERLOADED, request.ip, started, failed)
        except Exception:
            code = method.error(Refusal.SYSTEM_ERROR).code
            record_failure(request, code)
            log.exception("failed", code=code, **call_facts(request, started))
            await _send(send, _failure(request), ())
        else:
            count_request(method.name, answered_code(answer))
            await _send(send, present(method, answer), self._rule_header(answer))
            log_answer(request, answer, started)

    def _rule_header(self, answer: Served | Refusing) -> tuple[Header, ...]:
        rule = answer.explanation if self._show_rules else ""
        return (rule_header(rule),) if rule else ()


def _remarks_of(fields: Fields, method: Method) -> Iterator[Note]:
    """The notes about bytes that are no text, and about a card in the address of a POST."""
    if fields.broken_encoding:
        yield BROKEN_ENCODING
    for name in sorted(method.card_names & fields.in_address):
        yield Note(name, "in the address, which logs keep: send it in the body of the request")


def present(method: Method, answer: Served | Refusing) -> Members:
    """The members of an answer in the method's envelope."""
    if isinstance(answer, Refusing):
        return method.envelope.refusal(answer.answer)
    return method.envelope.success(answer.members, answer.language)


def _log_fault(
    method: Method,
    fault: TransportFault,
    ip: str,
    started: float,
    failed: FailedLogin | None = None,
) -> None:
    rule = fault.name.lower().replace("_", " ")
    log_unread(method.name, code=fault.status, rule=rule, ip=ip, started=started, failed=failed)


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
            yield path.lower(), Route(dialect, method, own, dialect.folder_of(path))


def _failure(request: Request) -> Members:
    """A defect or an outage of the gateway: the dialect's system error, never a traceback."""
    error = request.method.error(Refusal.SYSTEM_ERROR)
    count_request(request.method.name, error.code)
    language = text_language(first_sent(request.source, request.dialect.caller.language))
    text = error.text(language)
    return request.method.envelope.refusal(ErrorAnswer(error.code, text))


async def _send(send: Send, members: Members, headers: tuple[Header, ...]) -> None:
    await send_answer(send, 200, encode_json(members), (JSON, NO_STORE, *headers))


async def _send_fault(
    send: Send, dialect: Dialect, fault: TransportFault, *headers: Header
) -> None:
    body = encode_json(dialect.transport_faults[fault])
    await send_answer(send, fault.status, body, (JSON, *headers))
