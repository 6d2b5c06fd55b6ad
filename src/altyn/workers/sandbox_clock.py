"""Moves the sandbox's clock forward, and does everything that becomes due on the way, in order.

A shop developer who advances the clock by eight days finds the hold released, the session expired
and the receipts written as if the days had passed. Source: docs/architecture.md.
"""

from datetime import datetime, timedelta
from typing import Final

from altyn.operations.ports import MovableClock, World
from altyn.workers.reconciliation import settle_unknown
from altyn.workers.timers import FailedOrders, next_due, run_due_actions

STOPS_MAX: Final = 10_000
STEP_MIN: Final = timedelta(milliseconds=1)
"""Real time passes between two moves, and the clock refuses to go back."""


async def move_clock(world: World, clock: MovableClock, to: datetime) -> datetime:
    """Move the clock to a moment, stopping at each due time on the way; return the new time (UTC).

    Refuses with ClockRefusedError, as `MovableClock.set` does.
    """
    if to < clock.now():
        return await clock.set(to)  # refused, with the reason
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
