"""Records the requests of a process, around its router: each one after it was answered.

A request that the HTTP server itself refuses does not get to the router; the server reports it.
Not recorded: health checks, the files and simulators behind the pages, pages of the sandbox that
refresh themselves, the console, the pages of the personal account, and the request log's own API.
Source: docs/architecture.md.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import structlog

from altyn.domain.request_log import Endpoint
from altyn.inbound.connections.refused_requests import RefusedRequest
from altyn.inbound.request_log.open_call import (
    HTTP_ERROR,
    OpenCall,
    reset_open_call,
    set_open_call,
)
from altyn.inbound.request_log.refused_call import refused_call
from altyn.inbound.rest.answers import Message, Receive, Scope, Send
from altyn.operations.request_log import RequestRecorder

App = Callable[[Scope, Receive, Send], Awaitable[None]]
Now = Callable[[], datetime]

ENDPOINTS: Final = (
    ("/payment/webservices/", Endpoint.SOAP),
    ("/payment/merchants/", Endpoint.PAYMENT_PAGE),
    ("/payment/rest/", Endpoint.REST),
    ("/demopayment/docsite/", Endpoint.SHOP_LINK),
    ("/mportal", Endpoint.PERSONAL_ACCOUNT),
    ("/sandbox/", Endpoint.SANDBOX),
    ("/receipts/results/", Endpoint.NOTIFICATION),
)
NOT_RECORDED: Final = (
    *("/health", "/ready", "/metrics", "/sandbox/requests", "/favicon.ico"),
    *("/console", "/mportal3", "/web/"),  # people's pages; the account has its audit log
)
PAGE_ENDING: Final = ".html"
_OF_PAYERS: Final = frozenset({Endpoint.PAYMENT_PAGE, Endpoint.SHOP_LINK})
_FETCH: Final = b"sec-fetch-mode"
log = structlog.get_logger("altyn.requests")


class Recording:
    """Records what an ASGI application serves. `now` is the gateway's clock, UTC; `public_url` is
    the gateway's configured address."""

    def __init__(self, recorder: RequestRecorder, now: Now, public_url: str | None) -> None:
        self._recorder = recorder
        self._now = now
        self._public_url = public_url

    async def serve(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request by an application, and record it."""
        if (
            scope["type"] != "http"
            or scope["path"].startswith(NOT_RECORDED)
            or not self._recorder.has_room()
        ):
            await app(scope, receive, send)
            return
        call = OpenCall(scope, endpoint_of(scope["path"]))

        async def take(message: Message) -> None:
            call.take_answer(message)
            await send(message)

        token = set_open_call(call)
        try:
            await app(scope, receive, take)
        finally:
            reset_open_call(token)
            self._record(call)

    def record_refused(self, refused: RefusedRequest, method: str) -> None:
        """Record a request that the HTTP server refused; `method` is that of its path, or empty."""
        path = refused.path
        if path.startswith(NOT_RECORDED) or not self._recorder.has_room():
            return
        try:
            call = refused_call(refused, endpoint_of(path), method)
            self._recorder.add(call.closed(self._now(), self._public_url))
        except Exception:
            log.exception("not_recorded", path=path)  # its connection goes on, as below

    def _record(self, call: OpenCall) -> None:
        try:
            if is_wanted(call):
                self._recorder.add(call.closed(self._now(), self._public_url))
        except Exception:
            # The client has its answer: a defect of the log must not look like one of the gateway.
            log.exception("not_recorded", path=call.scope["path"])


def endpoint_of(path: str) -> Endpoint:
    """The interface that an address belongs to."""
    lowered = path.lower()
    return next(
        (endpoint for prefix, endpoint in ENDPOINTS if lowered.startswith(prefix)), Endpoint.UNKNOWN
    )


def is_wanted(call: OpenCall) -> bool:
    """Whether a request that was answered belongs into the log."""
    if call.status >= HTTP_ERROR:
        return True
    if call.endpoint is Endpoint.UNKNOWN:
        return False  # pages of the simulators, files
    reads = call.scope["method"] in {"GET", "HEAD"}
    if call.endpoint in _OF_PAYERS and not call.method:
        # The page itself: its name is what a developer looks for. The files around it are not.
        call.method = call.scope["path"].rpartition("/")[2]
        return call.method.endswith(PAGE_ENDING) or not reads
    if call.endpoint is Endpoint.SANDBOX and reads:
        return not any(name == _FETCH for name, _ in call.scope["headers"])
    return True
