"""Time travel: in the sandbox the clock is moved on, and everything on the way happens in order.

A shop developer advances eight days and finds the hold released, the session expired and the
receipts written as if the days had passed. Source: docs/architecture.md.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol

from altyn.operations.ports import World
from altyn.workers.reconciliation import settle_unknown
from altyn.workers.timers import run_due_actions

STOPS_MAX: Final = 10_000
A_MOMENT: Final = timedelta(milliseconds=1)


class MovableClock(Protocol):
    """The sandbox's clock. Both moves go forward only, and return the new time (UTC)."""

    def now(self) -> datetime: ...
    async def advance(self, by: timedelta) -> datetime: ...
    async def set(self, moment: datetime) -> datetime: ...


async def travel(world: World, clock: MovableClock, to: datetime) -> datetime:
    """Move the clock to a moment, stopping at each due time on the way to do what is due then."""
    if to < clock.now():
        return await clock.set(to)  # the clock itself says why not
    for _ in range(STOPS_MAX):
        await settle_unknown(world)
        due = await world.orders.due(to, limit=1)
        if not due:
            break
        if due[0].at > clock.now():
            # a moment ahead at least: time goes on by itself, and the clock refuses to go back
            await clock.set(max(due[0].at, clock.now() + A_MOMENT))
        await run_due_actions(world, clock.now())
    return await clock.set(max(to, clock.now() + A_MOMENT))
