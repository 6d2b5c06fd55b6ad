"""The sandbox's HTTP API to put the clock back to the real time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.sandbox.answers import body_of, from_another_site, json_answer, problem
from altyn.inbound.sandbox.endpoint import clock_members

CONSEQUENCES: Final = (
    "Their histories keep these times, and the next change of such an order is recorded at its "
    "last time at the earliest. Sessions, holds and retries of callbacks end when the clock "
    "reaches their time again."
)


class Future(Protocol):
    """How many orders, callbacks and settings were changed at a time that is still to come."""

    @property
    def orders(self) -> int: ...
    @property
    def callbacks(self) -> int: ...
    @property
    def settings(self) -> int: ...
    def __bool__(self) -> bool: ...


class ResettableClock(Protocol):
    """The sandbox's clock, which can be put back to the real time. Times: UTC."""

    async def future(self) -> Future: ...
    async def reset(self) -> datetime: ...


class ResetRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a reset. `force`: also when something lies in the future."""

    force: bool = False


def clock_reset_routes(clock: ResettableClock) -> list[BaseRoute]:
    """`POST /sandbox/clock/reset`: 409 when something lies in the future, unless forced."""

    async def reset(request: Request) -> Response:
        if from_another_site(request):
            return problem("another site's page may not move this clock", 403)
        try:
            wanted = msgspec.json.decode(await body_of(request) or b"{}", type=ResetRequest)
        except (msgspec.MsgspecError, ValueError) as error:
            return problem(str(error), 400)
        future = await clock.future()
        if future and not wanted.force:
            return problem(refusal_of(future), 409)
        warning = f"{_words(future)} {CONSEQUENCES}" if future else None
        return json_answer({**clock_members(await clock.reset()), "warning": warning})

    return [Route("/sandbox/clock/reset", reset, methods=["POST"])]


def refusal_of(future: Future) -> str:
    """Why the clock is not put back, what happens if it is forced, and what else can be done."""
    return (
        f"The clock is not put back. {_words(future)} If it is forced: "
        f"{CONSEQUENCES[0].lower()}{CONSEQUENCES[1:]} Force it with `altyn clock reset --force` "
        '({"force": true}), or delete all data of the sandbox with `altyn reset`.'
    )


def _words(future: Future) -> str:
    return f"Changed at a time that is still to come: {', '.join(_counted(future))}."


def _counted(future: Future) -> Iterator[str]:
    for count, one, many in (
        (future.orders, "order", "orders"),
        (future.callbacks, "callback", "callbacks"),
        (future.settings, "version of settings", "versions of settings"),
    ):
        if count:
            yield f"{count} {one if count == 1 else many}"
