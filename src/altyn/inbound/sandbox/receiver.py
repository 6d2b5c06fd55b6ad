"""A receiver of callbacks that fails on request, for a shop that has no receiver yet.

Retries, time-outs and dead callbacks can be seen with it without writing a server. The requests
that it received are shown with the callback itself.
"""

import asyncio
import re
from collections import OrderedDict
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.sandbox.answers import body_of, problem

BODY_MAX: Final = 65_536
SUBJECTS_MAX: Final = 10_000
SLOW_SECONDS: Final = 15  # more than a callback's usual time-out
WAIT_SECONDS_MAX: Final = 90
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
EMPTY: Final = frozenset({204, 205, 304})  # responses without a body
BEHAVIOURS: Final = (
    "There are: /sandbox/receiver/ok, a status from 200 to 599 (/sandbox/receiver/500), slow "
    f"(answers after ?seconds=, {SLOW_SECONDS} by default), drop (never answers). ?times=2 makes "
    "the first two requests of each order fail and answers 200 afterwards."
)

_STATUS: Final = re.compile(r"[2-5][0-9]{2}")
_NUMBER: Final = re.compile(r"[0-9]{1,4}")


def receiver_routes() -> list[BaseRoute]:
    """`/sandbox/receiver/{behaviour}` with any method; the counts are kept in this process."""
    failures = Failures()

    async def receive(request: Request) -> Response:
        behaviour = request.path_params["behaviour"]
        options = _options(request)
        if options is None or not (
            behaviour in {"ok", "slow", "drop"} or _STATUS.fullmatch(behaviour)
        ):
            return problem(BEHAVIOURS, 404)
        times, seconds = options
        if times is not None:
            count = failures.count(behaviour, await _subject(request))
            if count > times:
                return PlainTextResponse(f"ok: {times} failed before, as asked\n")
        return await _behave(request, behaviour, seconds)

    return [Route("/sandbox/receiver/{behaviour}", receive, methods=list(METHODS))]


class Failures:
    """Counts requests by behaviour and subject; the oldest counts are forgotten."""

    def __init__(self, subjects_max: int = SUBJECTS_MAX) -> None:
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._subjects_max = subjects_max

    def count(self, behaviour: str, subject: str) -> int:
        """Count one more request. The new count."""
        count = self._counts.pop((behaviour, subject), 0) + 1
        self._counts[behaviour, subject] = count
        if len(self._counts) > self._subjects_max:
            self._counts.popitem(last=False)
        return count


def _options(request: Request) -> tuple[int | None, int] | None:
    """How many requests of an order fail (None: all) and how many seconds to wait; None when one of
    them is not a number."""
    times, seconds = (request.query_params.get(name) for name in ("times", "seconds"))
    if not all(value is None or _NUMBER.fullmatch(value) for value in (times, seconds)):
        return None
    slow = SLOW_SECONDS if seconds is None else min(int(seconds), WAIT_SECONDS_MAX)
    return (None if times is None else int(times)), slow


async def _behave(request: Request, behaviour: str, seconds: int) -> Response:
    if behaviour == "slow":
        await _wait(request, seconds)
        return PlainTextResponse(f"ok, after {seconds} s\n")
    if behaviour == "drop":
        # An ASGI server cannot close a connection without a response, so it waits for the caller.
        await _wait(request, WAIT_SECONDS_MAX)
        return PlainTextResponse("nobody hung up\n", 503)
    status = 200 if behaviour == "ok" else int(behaviour)
    if status in EMPTY:
        return Response(status_code=status)
    headers = {"location": "/sandbox/receiver/ok"} if 300 <= status < 400 else None  # noqa: PLR2004 - redirects
    return PlainTextResponse("ok\n" if status == 200 else f"{status}, as asked\n", status, headers)  # noqa: PLR2004 - as in words


async def _wait(request: Request, seconds: float) -> None:
    """Wait for this time, or until the caller closes the connection."""
    if seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _subject(request: Request) -> str:
    """The order or stored card of a callback, from the query or the body."""
    parameters: dict[str, Any] = dict(request.query_params)
    try:
        body = await body_of(request, longest=BODY_MAX)
        if body[:1] == b"{":
            parameters |= msgspec.json.decode(body, type=dict[str, Any])
        else:
            parameters |= {name: values[-1] for name, values in parse_qs(body.decode()).items()}
    except (
        ValueError,
        RecursionError,
        msgspec.MsgspecError,
    ):  # a body that is not a callback names no subject
        pass
    return str(parameters.get("mdOrder") or parameters.get("bindingId") or "")
