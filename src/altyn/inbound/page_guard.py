"""Answers for every endpoint of pages what the endpoint itself does not: a body that cannot be
read, an address that cannot be stored, a database that cannot be used, a defect.

So no endpoint answers with a traceback or closes its connection without saying so.
Source: docs/architecture.md (limits).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from altyn.inbound.http.incomplete import CLOSE, log_body_too_slow, log_client_left
from altyn.inbound.rest.answers import (
    JSON,
    NO_STORE,
    RETRY,
    Header,
    Message,
    Receive,
    Scope,
    Send,
    encode_json,
    send_answer,
)
from altyn.operations.ports import Overloaded
from altyn.protocol.dialect import TransportFault
from altyn.protocol.dialects.classic.dialect import TRANSPORT_FAULTS, transport_fault
from altyn.request_body import BodyTooLarge, BodyTooSlow, Disconnected, TooManyBodies

NUL_IN_ADDRESS: Final = transport_fault(
    "The address contains the character U+0000 (%00): remove it"
)
FAILED: Final = transport_fault("The gateway failed to answer this request: repeat it later")
log = structlog.get_logger("altyn.pages")


FailedPage = Callable[[Request], Response | None]


def _no_page(_: Request) -> None:
    return None


class PageGuard:
    """An ASGI middleware around the endpoints of pages, simulators and the sandbox.

    `failed` makes the page of an unexpected error; None: the answer is JSON.
    """

    def __init__(self, app: Any, failed: FailedPage = _no_page) -> None:
        self._app = app
        self._failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; every request is answered, unless its client has left."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "\0" in scope["path"]:
            await _send(send, HTTPStatus.NOT_FOUND, NUL_IN_ADDRESS)
            return
        answer = _Answer(send)
        try:
            await self._app(scope, receive, answer.send)
        except (BodyTooLarge, BodyTooSlow, TooManyBodies, Overloaded) as error:
            if answer.started:
                raise
            await _refuse(scope, send, error)
        except (Disconnected, ClientDisconnect):
            log_client_left(scope)
        except Exception:
            log.exception("failed", path=scope["path"])
            if answer.started:
                raise  # the server closes the connection, so that the client sees the end
            page = self._failed(Request(scope))
            if page is None:
                await _send(send, HTTPStatus.INTERNAL_SERVER_ERROR, FAILED)
            else:
                await page(scope, receive, send)


class _Answer:
    """Whether the endpoint has begun its answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def send(self, message: Message) -> None:
        self.started = True
        await self._send(message)


async def _refuse(scope: Scope, send: Send, error: Exception) -> None:
    """Answer that the body cannot be read, or that the gateway is busy."""
    if isinstance(error, BodyTooLarge):
        await _send_fault(send, TransportFault.BODY_TOO_LARGE)
    elif isinstance(error, BodyTooSlow):
        log_body_too_slow(scope)
        await _send_fault(send, TransportFault.BODY_TOO_SLOW, CLOSE)
    else:  # a lost database is logged where it was lost
        log.debug("busy", path=scope["path"], reason=str(error))
        await _send_fault(send, TransportFault.OVERLOADED, RETRY)


async def _send_fault(send: Send, fault: TransportFault, *headers: Header) -> None:
    await _send(send, fault.status, TRANSPORT_FAULTS[fault], *headers)


async def _send(send: Send, status: int, members: Any, *headers: Header) -> None:
    await send_answer(send, status, encode_json(members), (JSON, NO_STORE, *headers))
