"""Sends a callback: one letter to a shop, and what became of it.

Whatever the shop does, a reply comes back within the time: a callback that fails is the shop's
affair, and must never become the gateway's. Source: callbacks.md §1.
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
    PatientResolver,
)

log = structlog.get_logger("altyn.callbacks")

REQUEST_URL_LENGTH_MAX: Final = 8_000  # with the parameters of a GET; most servers read up to 8 KiB
BODY_BYTES_MAX: Final = 4_096  # read of an answer
BODY_LENGTH_MAX: Final = 1_000  # kept of it, in characters
HEADERS_MAX: Final = 40
HEADER_LENGTH_MAX: Final = 1_000
NAMES_KEPT_SECONDS: Final = 10
NO_LIMITS: Final = aiohttp.ClientTimeout(total=None)  # the one limit stands around everything

# What a connection that the shop has closed a moment ago looks like to whoever writes to it.
DROPPED: Final = (
    aiohttp.ClientOSError,
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientConnectionResetError,
)


class CallbackSender:
    """The sender of letters. `session` is made by `opened`, and shared by all letters."""

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
        """A sender with connections of its own, which are kept open from letter to letter.

        Trusts the system's certification authorities unless an `ssl_context` is given; asks the
        system for names (and so reads its hosts file) unless a `resolver` is.
        """
        guarded = GuardedResolver(resolver or PatientResolver(), rules)
        connector = aiohttp.TCPConnector(
            resolver=guarded,
            ttl_dns_cache=NAMES_KEPT_SECONDS,  # keeps what was judged, as briefly as is of use
            limit=connections_max,
            limit_per_host=connections_per_host,
            ssl=ssl_context or True,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),  # a letter owes nothing to an earlier one
            trust_env=False,  # a proxy would resolve names by itself, past the guard
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
        """Send a letter once, and tell what became of it. Never raises, unless cancelled.

        The time covers the whole try. Redirects are not followed: they are a status that is not
        200. When a connection kept from an earlier letter turns out to be closed, the letter goes
        out once more, for the shop has most likely not seen it.
        Refuses (no try can help): the address, an extra header. A name that stands for a forbidden
        address is a failure like others: names are mended.
        """
        begun = perf_counter()
        response = await self._response(request, timeout_seconds)
        return replace(response, took_seconds=perf_counter() - begun)

    async def _response(self, request: CallbackRequest, timeout_seconds: float) -> CallbackResponse:
        refusal = refusal_of_url(request.url, self._rules, length_max=REQUEST_URL_LENGTH_MAX)
        refusal = refusal or refusal_of_headers(request.headers)
        if refusal is not None:
            return CallbackResponse(problem=refusal, refused=True, contacted=False)
        where, visit = _where(request.url), _Visit()
        try:
            return await self._exchange(request, visit, timeout_seconds)
        except ForbiddenAddressError as error:  # what a name stands for may be mended
            return CallbackResponse(problem=str(error), contacted=False)
        except TimeoutError:
            problem = problem_of_timeout(visit.stage, where=where, timeout_seconds=timeout_seconds)
        except (aiohttp.ClientError, DroppedError, OSError, ValueError) as error:
            problem = problem_of(error, where=where)
        except Exception as error:  # one shop's oddity must not end the deliveries to all others
            log.exception("callback_failed", where=where)
            problem = problem_of(error, where=where)
        return CallbackResponse(problem=problem)

    async def _exchange(
        self, request: CallbackRequest, visit: "_Visit", timeout_seconds: float
    ) -> CallbackResponse:
        """The status is the answer; its body is read as far as it comes in time, for people."""
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        async with asyncio.timeout_at(deadline):
            answer = await self._session.request(
                request.method,
                URL(request.url, encoded=True),
                data=request.body,
                headers=request.headers,
                timeout=NO_LIMITS,
                allow_redirects=False,
                middlewares=(visit.once_more_when_stale,),
                trace_request_ctx=visit,
            )
        try:
            body = await _beginning(answer.content, deadline)
        finally:
            answer.close()  # ends the connection, unless all was read and it is free again
        return CallbackResponse(
            status=answer.status,
            headers=tuple(_readable(answer.raw_headers)),
            body=_text(body, answer.charset)[:BODY_LENGTH_MAX],
        )


def refusal_of_headers(headers: Iterable[tuple[str, str]]) -> str | None:
    """Why a letter with these headers is not sent, in words for the shop; None when it is."""
    for name, _ in headers:
        if is_reserved_header(name):
            return f"The header {name} is the gateway's to set; remove it from the extra headers."
    return None


async def _beginning(content: aiohttp.StreamReader, deadline: float) -> bytes:
    """As much of a body as was sent in time, at most `BODY_BYTES_MAX` of it.

    However it ends, the shop has said its status, and the rest is ignored (callbacks.md §1).
    """
    body = bytearray()
    with suppress(Exception):
        async with asyncio.timeout_at(deadline):
            while len(body) <= BODY_BYTES_MAX and (piece := await content.readany()):
                body += piece
    return bytes(body[:BODY_BYTES_MAX])


def _readable(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    for name, value in list(headers)[:HEADERS_MAX]:
        yield _text(name), _text(value)[:HEADER_LENGTH_MAX]


def _text(raw: bytes, charset: str | None = None) -> str:
    """Text for people and for the database, which takes neither halves of letters nor NUL."""
    try:
        text = raw.decode(charset or "utf-8", "replace")
        text.encode()  # some charsets, utf-7 among them, make what no other one can write
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    return text.replace("\0", "\ufffd")


def _where(url: str) -> str:
    """Host and port of an address that the guard let pass."""
    return urlsplit(url).netloc


@dataclass(slots=True)
class _Visit:
    """How far one try has come, told by aiohttp on the way. `reused`: over a kept connection."""

    stage: Stage = Stage.QUEUEING
    reused: bool = False

    async def once_more_when_stale(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Without this aiohttp would send a GET twice to whoever drops it, and a POST never."""
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
    """Name a drop by our own name, on which aiohttp does nothing by itself."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # was never connected, and so not dropped
    except DROPPED as error:
        raise DroppedError from error


def _traces() -> aiohttp.TraceConfig:
    """What aiohttp tells on its way, noted in the visit that the request was given."""
    traces = aiohttp.TraceConfig()
    traces.on_connection_create_start.append(_noting(Stage.CONNECTING))
    traces.on_dns_resolvehost_start.append(_noting(Stage.RESOLVING))
    traces.on_dns_resolvehost_end.append(_noting(Stage.CONNECTING))
    traces.on_connection_create_end.append(_noting(Stage.WAITING))
    traces.on_connection_reuseconn.append(_noting(Stage.WAITING, reused=True))
    return traces


def _noting(stage: Stage, *, reused: bool = False) -> Any:
    async def note(_session: aiohttp.ClientSession, context: SimpleNamespace, _: Any) -> None:
        visit = context.trace_request_ctx
        visit.stage, visit.reused = stage, reused

    return note
