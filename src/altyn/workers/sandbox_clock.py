"""Moves the sandbox's clock forward, and runs each action that becomes due, in order of time.

A shop developer who moves the clock by eight days finds the hold released and the session expired,
as if the days had passed. Source: docs/architecture.md.
"""

from datetime import datetime, timedelta
from typing import Final

from altyn.operations.ports import MovableClock, World
from altyn.workers.reconciliation import settle_unknown
from altyn.workers.timers import FailedOrders, next_due, run_due_actions

STOPS_MAX: Final = 10_000
STEP_MIN: Final = timedelta(milliseconds=1)
"""The shortest move: the clock runs on between two moves, and refuses to go back."""


async def move_clock(world: World, clock: MovableClock, to: datetime) -> datetime:
    """Move the clock to a time, and stop at each due time before it; return the new time (UTC).

    Raises ClockRefusedError, as `MovableClock.set` does, before anything moves.
    """
    clock.check(to)
    failed = FailedOrders()
    for _ in range(STOPS_MAX):
        await settle_unknown(world)
        due = await next_due(world, to, failed, limit=1)
        if not due:
            break
        if due[0].at > clock.now():
            await clock.set(max(due[0].at, clock.now() + STEP_MIN))
        await run_due_actions(world, clock.now(), failed)
    return await clock.set(max(to, clock.now() + STEP_MIN))
