"""The router of a process: directs each request to the REST endpoint, to SOAP or to the pages.

Above its capacity it answers at once (429; in SOAP a fault with 503), so that no queue grows
without end. When the process is older than its database it answers 503.
"""

from collections.abc import Callable
from typing import Any, Final

from altyn.inbound.connections.refused_requests import RefusedRequest, Report
from altyn.inbound.request_log.recording import Recording
from altyn.inbound.rest.endpoint import RestEndpoint
from altyn.inbound.soap.endpoint import SoapEndpoint
from altyn.inbound.soap.faults import OUTDATED, OVERLOADED, SoapFault
from altyn.protocol.dialect import TransportFault

GET_AND_POST: Final = frozenset({"GET", "POST"})
HEALTH: Final = frozenset({"/health", "/ready"})
"""Answered above the capacity too: a busy gateway is alive."""

OF_OPERATORS: Final = HEALTH | {"/metrics"}
"""Answered by a process that is older than its database, too."""


def _never() -> bool:
    return False


class Router:
    """An ASGI application: REST and SOAP go to their endpoints, all other requests to `pages`."""

    def __init__(
        self,
        rest: RestEndpoint,
        soap: SoapEndpoint,
        pages: Any,
        concurrency_max: int,
        recording: Recording | None = None,
        *,
        outdated: Callable[[], bool] = _never,
    ) -> None:
        self._rest = rest
        self._soap = soap
        self._pages = pages
        self._concurrency_max = concurrency_max
        self._recording = recording
        self._outdated = outdated
        self._open = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, and record it where the request log is on."""
        if self._recording is None:
            await self._route(scope, receive, send)
        else:
            await self._recording.serve(self._route, scope, receive, send)

    @property
    def report_refused(self) -> Report | None:
        """What gets the requests that the HTTP server refuses; None where the log is off."""
        return None if self._recording is None else self._record_refused

    def _record_refused(self, refused: RefusedRequest) -> None:
        assert self._recording is not None, "report_refused is None then"
        route = self._rest.route(refused.path)
        self._recording.record_refused(refused, route.method.name if route else "")

    async def _route(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
            return
        path: str = scope["path"]
        if self._outdated() and path not in OF_OPERATORS:
            await self._refuse(path, send, OUTDATED, TransportFault.OUTDATED)
            return
        if scope["method"] not in GET_AND_POST and await self._rest.refuse_http_method(path, send):
            return
        if self._open >= self._concurrency_max and path not in HEALTH:
            await self._refuse(path, send, OVERLOADED, TransportFault.OVERLOADED)
            return
        self._open += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self._open -= 1

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        path: str = scope["path"]
        if route := self._rest.route(path):
            await self._rest(route, scope, receive, send)
        elif self._soap.serves(path):
            await self._soap(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _refuse(
        self, path: str, send: Any, in_soap: SoapFault, elsewhere: TransportFault
    ) -> None:
        if self._soap.serves(path):
            await self._soap.refuse(send, in_soap)
        else:
            await self._rest.refuse(path, send, elsewhere)
