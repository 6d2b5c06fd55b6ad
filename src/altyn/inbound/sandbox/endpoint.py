"""The sandbox's HTTP API: read and move the clock, list the test cards.

A shop's own test suite can let a week pass in a second. The API does not exist in production.
Source: docs/architecture.md; codes.md §9.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.moscow import to_moscow
from altyn.inbound.sandbox.answers import (
    ANOTHER_SITE,
    from_another_site,
    json_answer,
    problem,
    read_json,
)
from altyn.operations.ports import ClockRefusedError, ClockStoppedError
from altyn.protocol.test_cards import ALL

MoveClock = Callable[[datetime], Awaitable[datetime]]
Now = Callable[[], datetime]


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a move of the clock: to a date (ISO 8601 with a zone), or by a duration."""

    to: datetime | None = None
    days: float = 0
    hours: float = 0
    minutes: float = 0
    seconds: float = 0

    def target(self, now: datetime) -> datetime:
        """The time to move to. Raises ValueError for a date without a time zone.

        A time that no calendar has is the end of the last year, which the clock refuses.
        """
        if self.to is not None and self.to.tzinfo is None:
            raise ValueError("the moment needs a time zone: 2026-12-31T23:59:59+03:00")
        try:
            if self.to is not None:
                return self.to.astimezone(UTC)
            return now + timedelta(
                days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds
            )
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)


def routes(now: Now, move_clock: MoveClock) -> list[BaseRoute]:
    """`GET /sandbox/clock`, `POST /sandbox/clock`, `GET /sandbox/cards`."""

    async def show(_: Request) -> Response:
        return json_answer(clock_members(now()))

    async def move(request: Request) -> Response:
        if from_another_site(request):
            return problem(ANOTHER_SITE, 403)
        try:
            wanted = await read_json(request, Move)
            arrived = await move_clock(wanted.target(now()))
        except (msgspec.MsgspecError, ValueError, OverflowError, ClockRefusedError) as error:
            return problem(str(error), 400)
        except ClockStoppedError as error:
            return problem(stopped_text(error), 503)
        return json_answer(clock_members(arrived))

    async def cards(_: Request) -> Response:
        return json_answer(
            {
                "cards": [
                    {
                        "pan": card.pan,
                        "expiry": card.expiry.wire if card.expiry else None,
                        "cvc": card.cvc,
                        "actionCode": card.action_code,
                        "note": card.note,
                    }
                    for card in ALL
                ]
            }
        )

    return [
        Route("/sandbox/clock", show, methods=["GET"]),
        Route("/sandbox/clock", move, methods=["POST"]),
        Route("/sandbox/cards", cards, methods=["GET"]),
    ]


def stopped_text(error: ClockStoppedError) -> str:
    """Where the clock stands, what is not done, and what to do."""
    still_open = error.still_open or "more is due than can be done in one move"
    return (
        f"The clock stopped at {to_moscow(error.at).isoformat(timespec='seconds')}. Still open: "
        f"{still_open}. `altyn order show` and the log of the gateway say why. Move the clock "
        "again, and it goes on from there."
    )


def clock_members(moment: datetime) -> dict[str, str]:
    """A time of the clock, in UTC and in Moscow time."""
    return {
        "utc": moment.isoformat(timespec="milliseconds"),
        "moscow": to_moscow(moment).isoformat(timespec="milliseconds"),
    }
