"""A receiver of callbacks for developers: shows each request, checks it, and answers or fails.

A developer sees callbacks before the shop can receive them, and can watch the gateway's retries.
Source: callbacks.md §1, §5.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from altyn.diagnostics.checksum_verdict import Verdict
from altyn.diagnostics.received_callback import Received, UnreadableCallbackError, read_received

SHUTDOWN_SECONDS: Final = 1.0
OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the receiver answers: with a status, after a pause, or not at all.

    `times`: the number of first requests that it applies to; later ones are answered 200 at once.
    None: all requests.
    """

    status: int = OK
    pause_seconds: float = 0.0
    drops: bool = False
    times: int | None = None

    def at(self, number: int) -> "Behaviour":
        """How the request with this number, counted from 1, is answered."""
        return self if self.times is None or number <= self.times else Behaviour()

    @property
    def words(self) -> str:
        """The answer in words: "500 after 30 s"."""
        if self.drops:
            return "connection closed without an answer"
        return f"{self.status}" + (f" after {self.pause_seconds:g} s" if self.pause_seconds else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """One request as received. `problem` says why it is not a callback.

    `at` is the real time, `gateway_at` the time of the gateway's clock, where it is known; both are
    UTC.
    """

    number: int
    at: datetime
    method: str
    address: str
    behaviour: Behaviour
    callback: Received | None = None
    verdict: Verdict | None = field(default=None, repr=False)
    problem: str = ""
    gateway_at: datetime | None = None


class Receiver:
    """An HTTP server, inside `async with`. It calls `show` with each request before it answers.

    `gateway_time` reads the gateway's clock (UTC); None when no gateway answers.
    """

    def __init__(
        self,
        check: Callable[[Received], Verdict],
        show: Callable[[ReceivedRequest], None],
        *,
        behaviour: Behaviour | None = None,
        gateway_time: Callable[[], datetime | None] = lambda: None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._check = check
        self._show = show
        self._behaviour = behaviour or Behaviour()
        self._gateway_time = gateway_time
        self._host, self._port = host, port
        self._count = 0
        self._ending = asyncio.Event()
        self._runner = web.ServerRunner(
            web.Server(self._receive, access_log=None), shutdown_timeout=SHUTDOWN_SECONDS
        )

    @property
    def port(self) -> int:
        """The port on which it listens; with port 0 the one that the system has chosen."""
        return int(self._runner.addresses[0][1])

    async def __aenter__(self) -> Self:
        """Start to listen. Raises OSError: the port is in use, or the address is not local."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._ending.set()
        await self._runner.cleanup()

    async def _receive(self, request: web.BaseRequest) -> web.StreamResponse:
        body = (await request.read()).decode(errors="replace")
        self._count += 1
        received = ReceivedRequest(
            number=self._count,
            at=datetime.now(UTC),
            method=request.method,
            address=request.raw_path,
            behaviour=self._behaviour.at(self._count),
        )
        # In a thread, because the gateway is asked for its time.
        gateway_at = await asyncio.to_thread(self._gateway_time)
        received = replace(received, gateway_at=gateway_at)
        # aiohttp decodes the query and encodes it again; only the raw path is as it was received
        received = await self._checked(received, body if body.strip() else request.raw_path)
        self._show(received)
        return await self._answer(request, received.behaviour)

    async def _checked(self, request: ReceivedRequest, text: str) -> ReceivedRequest:
        """The request with the verdict. The parameters are in the body if there is one, else in
        the query."""
        try:
            callback = read_received(text)
        except UnreadableCallbackError as error:
            return replace(request, problem=str(error))
        # In a thread, because the search for a mistake may take half a second.
        verdict = await asyncio.to_thread(self._check, callback)
        return replace(request, callback=callback, verdict=verdict)

    async def _answer(self, request: web.BaseRequest, behaviour: Behaviour) -> web.StreamResponse:
        if behaviour.pause_seconds:
            with suppress(TimeoutError):  # the usual case: the pause ends before the receiver does
                await asyncio.wait_for(self._ending.wait(), behaviour.pause_seconds)
        if behaviour.drops and request.transport is not None:
            request.transport.abort()
        text = "OK" if behaviour.status == OK else ""
        return web.Response(status=behaviour.status, text=text)
