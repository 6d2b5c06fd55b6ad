"""A shop's end of callbacks, pretended: it takes whatever comes, judges it, and answers or fails.

It exists so that callbacks can be seen before a shop can receive them, and so that a gateway's
repeated tries can be watched. Source: callbacks.md §1, §5.
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
class Answering:
    """How the receiver answers: with a status, after a pause, or not at all.

    With `times` only the first so many requests; those after them are answered 200 at once.
    """

    status: int = OK
    pause_seconds: float = 0.0
    drops: bool = False
    times: int | None = None

    def at(self, number: int) -> "Answering":
        """How the request of this number, counted from 1, is answered."""
        return self if self.times is None or number <= self.times else Answering()

    @property
    def words(self) -> str:
        """As it is told to a person."""
        if self.drops:
            return "connection closed without an answer"
        return f"{self.status}" + (f" after {self.pause_seconds:g} s" if self.pause_seconds else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request as it came. `at`: UTC; `problem` says why it was no callback."""

    number: int
    at: datetime
    method: str
    address: str
    answer: Answering
    received: Received | None = None
    verdict: Verdict | None = field(default=None, repr=False)
    problem: str = ""


class Receiver:
    """Listens between `async with`; each request is told to `tell` before it is answered."""

    def __init__(
        self,
        judge: Callable[[Received], Verdict],
        tell: Callable[[Arrival], None],
        *,
        answering: Answering | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._judge = judge
        self._tell = tell
        self._answering = answering or Answering()
        self._host, self._port = host, port
        self._arrived = 0
        self._ending = asyncio.Event()
        self._runner = web.ServerRunner(
            web.Server(self._take, access_log=None), shutdown_timeout=SHUTDOWN_SECONDS
        )

    @property
    def port(self) -> int:
        """Where it really listens, also when port 0 had let the system choose."""
        return int(self._runner.addresses[0][1])

    async def __aenter__(self) -> Self:
        """Begin to listen. Raises OSError: the port is taken, or the address not this machine's."""
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

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        body = (await request.read()).decode(errors="replace")
        self._arrived += 1
        arrival = Arrival(
            number=self._arrived,
            at=datetime.now(UTC),
            method=request.method,
            address=request.raw_path,
            answer=self._answering.at(self._arrived),
        )
        # What aiohttp shows of a query has been decoded and encoded again; we want it as it came.
        arrival = await self._judged(arrival, body if body.strip() else request.raw_path)
        self._tell(arrival)
        return await self._answer(request, arrival.answer)

    async def _judged(self, arrival: Arrival, text: str) -> Arrival:
        """The same with the verdict. A body has the parameters where there is one, else the
        query."""
        try:
            received = read_received(text)
        except UnreadableCallbackError as error:
            return replace(arrival, problem=str(error))
        # To name a mistake may take half a second, in which others want to be answered.
        verdict = await asyncio.to_thread(self._judge, received)
        return replace(arrival, received=received, verdict=verdict)

    async def _answer(self, request: web.BaseRequest, answer: Answering) -> web.StreamResponse:
        if answer.pause_seconds:
            with suppress(TimeoutError):  # the usual case: nobody ends us meanwhile
                await asyncio.wait_for(self._ending.wait(), answer.pause_seconds)
        if answer.drops and request.transport is not None:
            request.transport.abort()
        return web.Response(status=answer.status, text="OK" if answer.status == OK else "")
