"""Sends callback requests over HTTP.

Each delivery has a result within the time-out. Errors of a shop are results, not exceptions.
Source: callbacks.md §1.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from time import perf_counter
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver
from yarl import URL

from altyn import __version__
from altyn.domain.callback import CallbackRequest, CallbackResponse, is_reserved_header
from altyn.outbound.callbacks.guard import Rules, refusal_of_url
from altyn.outbound.callbacks.problems import (
    DroppedError,
    Stage,
    problem_of,
    problem_of_timeout,
)
from altyn.outbound.callbacks.resolver import (
    ForbiddenAddressError,
    GuardedResolver,
    ThreadedResolver,
)

log = structlog.get_logger("altyn.callbacks")

REQUEST_URL_LENGTH_MAX: Final = 8_000  # with the parameters of a GET; most servers read up to 8 KiB
BODY_BYTES_MAX: Final = 4_096  # the part of a response's body that is read
BODY_LENGTH_MAX: Final = 1_000  # the part of the body that is stored, in characters
HEADERS_MAX: Final = 40
HEADER_LENGTH_MAX: Final = 1_000
NAMES_KEPT_SECONDS: Final = 10
NO_LIMITS: Final = aiohttp.ClientTimeout(total=None)  # one limit covers the whole delivery

# The errors of a connection that the shop has just closed.
DROPPED: Final = (
    aiohttp.ClientOSError,
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientConnectionResetError,
)


class CallbackSender:
    """Sends callback requests. `opened` creates the `session`, which all deliveries share."""

    def __init__(self, session: aiohttp.ClientSession, rules: Rules) -> None:
        self._session = session
        self._rules = rules

    @classmethod
    @asynccontextmanager
    async def opened(
        cls,
        rules: Rules,
        *,
        connections_max: int = 100,
        connections_per_host: int = 8,
        ssl_context: ssl.SSLContext | None = None,
        resolver: AbstractResolver | None = None,
    ) -> AsyncIterator["CallbackSender"]:
        """A sender with its own connections, which stay open between deliveries.

        Trusts the system's certification authorities unless an `ssl_context` is given; resolves
        names with the system's resolver (and its hosts file) unless a `resolver` is given.
        """
        guarded = GuardedResolver(resolver or ThreadedResolver(), rules)
        connector = aiohttp.TCPConnector(
            resolver=guarded,
            ttl_dns_cache=NAMES_KEPT_SECONDS,  # keeps checked addresses for a short time
            limit=connections_max,
            limit_per_host=connections_per_host,
            ssl=ssl_context or True,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),  # no cookies between deliveries
            trust_env=False,  # a proxy would resolve names without our check
            auto_decompress=False,
            headers={"User-Agent": f"Altyn/{__version__}"},
            skip_auto_headers=("Accept-Encoding", "Content-Type"),
            read_bufsize=BODY_BYTES_MAX,
            trace_configs=[_traces()],
        )
        try:
            async with session:
                yield cls(session, rules)
        finally:
            await guarded.close()

    async def send(self, request: CallbackRequest, *, timeout_seconds: float) -> CallbackResponse:
        """Send a request once. Never raises, unless cancelled.

        The time-out covers the whole delivery. Redirects are not followed: they are a status other
        than 200. When the open connection of an earlier delivery has been closed by the shop, the
        request is sent once more, because the shop has most likely not received it.
        `refused` means that further attempts would fail too: the URL or an extra header is not
        allowed. A name that resolves to a forbidden address is an ordinary failure, because DNS can
        be corrected.
        """
        started = perf_counter()
        response = await self._response(request, timeout_seconds)
        return replace(response, took_seconds=perf_counter() - started)

    async def _response(self, request: CallbackRequest, timeout_seconds: float) -> CallbackResponse:
        refusal = refusal_of_url(request.url, self._rules, length_max=REQUEST_URL_LENGTH_MAX)
        refusal = refusal or refusal_of_headers(request.headers)
        if refusal is not None:
            return CallbackResponse(problem=refusal, refused=True, contacted=False)
        where, progress = _where(request.url), _Progress()
        try:
            return await self._exchange(request, progress, timeout_seconds)
        except ForbiddenAddressError as error:  # DNS can be corrected
            return CallbackResponse(problem=str(error), contacted=False)
        except TimeoutError:
            problem = problem_of_timeout(
                progress.stage, where=where, timeout_seconds=timeout_seconds
            )
        except (aiohttp.ClientError, DroppedError, OSError, ValueError) as error:
            problem = problem_of(error, where=where)
        except Exception as error:  # one shop must not stop deliveries to others
            log.exception("callback_failed", where=where)
            problem = problem_of(error, where=where)
        return CallbackResponse(problem=problem)

    async def _exchange(
        self, request: CallbackRequest, progress: "_Progress", timeout_seconds: float
    ) -> CallbackResponse:
        """Send the request and read the response.

        The status decides the result. The part of the body that arrives in time is kept for people.
        """
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        async with asyncio.timeout_at(deadline):
            response = await self._session.request(
                request.method,
                URL(request.url, encoded=True),
                data=request.body,
                headers=request.headers,
                timeout=NO_LIMITS,
                allow_redirects=False,
                middlewares=(progress.resend_when_stale,),
                trace_request_ctx=progress,
            )
        try:
            body = await _beginning(response.content, deadline)
        finally:
            response.close()  # closes the connection, unless the whole body was read
        return CallbackResponse(
            status=response.status,
            headers=tuple(_readable(response.raw_headers)),
            body=_text(body, response.charset)[:BODY_LENGTH_MAX],
        )


def refusal_of_headers(headers: Iterable[tuple[str, str]]) -> str | None:
    """Why a request with these headers is not sent, in words for the shop; None when it is sent."""
    for name, _ in headers:
        if is_reserved_header(name):
            return f"The gateway itself sets the header {name}; remove it from the extra headers."
    return None


async def _beginning(content: aiohttp.StreamReader, deadline: float) -> bytes:
    """The part of a body that arrives in time, at most `BODY_BYTES_MAX` bytes.

    The status has been received, so errors of the body are ignored (callbacks.md §1).
    """
    body = bytearray()
    with suppress(Exception):
        async with asyncio.timeout_at(deadline):
            while len(body) <= BODY_BYTES_MAX and (chunk := await content.readany()):
                body += chunk
    return bytes(body[:BODY_BYTES_MAX])


def _readable(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    for name, value in list(headers)[:HEADERS_MAX]:
        yield _text(name), _text(value)[:HEADER_LENGTH_MAX]


def _text(raw: bytes, charset: str | None = None) -> str:
    """Text for people and for the database, which accepts neither lone surrogates nor NUL."""
    try:
        text = raw.decode(charset or "utf-8", "replace")
        text.encode()  # some charsets, such as utf-7, decode to lone surrogates
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    return text.replace("\0", "\ufffd")


def _where(url: str) -> str:
    """Host and port of an address that the rules allow."""
    return urlsplit(url).netloc


@dataclass(slots=True)
class _Progress:
    """The stage of one delivery, as aiohttp reports it. `reused`: it uses an open connection."""

    stage: Stage = Stage.QUEUEING
    reused: bool = False

    async def resend_when_stale(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send once more when a reused connection was closed; aiohttp itself would resend every GET
        but no POST."""
        try:
            return await _attempt(request, handler)
        except DroppedError:
            if not self.reused:
                raise
        self.stage = Stage.QUEUEING
        return await _attempt(request, handler)


async def _attempt(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Raise our own error for a dropped connection, so that aiohttp does not resend."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # no connection was established
    except DROPPED as error:
        raise DroppedError from error


def _traces() -> aiohttp.TraceConfig:
    """Records the events of aiohttp in the progress of the delivery."""
    traces = aiohttp.TraceConfig()
    traces.on_connection_create_start.append(_record(Stage.CONNECTING))
    traces.on_dns_resolvehost_start.append(_record(Stage.RESOLVING))
    traces.on_dns_resolvehost_end.append(_record(Stage.CONNECTING))
    traces.on_connection_create_end.append(_record(Stage.WAITING))
    traces.on_connection_reuseconn.append(_record(Stage.WAITING, reused=True))
    return traces


def _record(stage: Stage, *, reused: bool = False) -> Any:
    async def record(_session: aiohttp.ClientSession, context: SimpleNamespace, _: Any) -> None:
        progress = context.trace_request_ctx
        progress.stage, progress.reused = stage, reused

    return record
