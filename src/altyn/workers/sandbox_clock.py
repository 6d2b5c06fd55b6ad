"""Moves the sandbox's clock forward, and runs each action that becomes due, in order of time.

A shop developer who moves the clock by eight days finds the hold released and the session expired,
as if the days had passed. Source: docs/architecture.md.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from altyn.operations.ports import ClockRefusedError, ClockStoppedError, MovableClock, World
from altyn.workers.awaited_entries import AwaitedEntries, StillOpenError
from altyn.workers.reconciliation import settle_unknown
from altyn.workers.timers import FailedOrders, next_due, run_due_actions

NEW_STOPS_MAX: Final = 50
"""A move stops so often for receipts that are made meanwhile."""

MOVE_SECONDS_MAX: Final = 240.0
"""How long a move may take, in real time; `altyn clock` waits longer for the answer."""

STEP_MIN: Final = timedelta(milliseconds=1)
"""The shortest move: the clock runs on between two moves, and refuses to go back."""


async def move_clock(
    world: World,
    clock: MovableClock,
    to: datetime,
    awaited: AwaitedEntries,
    *,
    seconds_max: float = MOVE_SECONDS_MAX,
) -> datetime:
    """Move the clock to a time, and stop at each due time before it; return the new time (UTC).

    At each stop the due actions of orders are run, and the awaited entries of the outbox that are
    due are carried out; so are those at the end.
    Raises ClockRefusedError, as `MovableClock.set` does, before anything moves. Raises
    ClockStoppedError when not everything was done after `seconds_max`; the clock stays at its stop.
    """
    clock.check(to)
    failed, deadline = FailedOrders(), monotonic() + seconds_max
    await settle_unknown(world)
    planned = await awaited.planned(to)
    new_stops = 0
    while stop := await _next_stop(
        world, to, failed, awaited, planned, with_new=new_stops < NEW_STOPS_MAX
    ):
        new_stops += stop not in planned
        if monotonic() > deadline:
            raise ClockStoppedError(clock.now(), "")
        if stop > clock.now():
            await _set(clock, stop)
        planned = [at for at in planned if at > stop]
        await run_due_actions(world, clock.now(), failed)
        await _carry_out(awaited, clock, deadline)
        await settle_unknown(world)
    arrived = await _set(clock, to)
    await _carry_out(awaited, clock, deadline)
    return arrived


async def _set(clock: MovableClock, moment: datetime) -> datetime:
    """Set the clock to a time, unless a concurrent move has passed it; return the new time."""
    with suppress(ClockRefusedError):
        return await clock.set(max(moment, clock.now() + STEP_MIN))
    return clock.now()


async def _carry_out(awaited: AwaitedEntries, clock: MovableClock, deadline: float) -> None:
    """Wait for the entries that are due now. Raises ClockStoppedError at the deadline."""
    try:
        await awaited.carry_out(clock.now(), deadline=deadline)
    except StillOpenError as still_open:
        raise ClockStoppedError(clock.now(), str(still_open)) from None


async def _next_stop(
    world: World,
    until: datetime,
    failed: FailedOrders,
    awaited: AwaitedEntries,
    planned: Collection[datetime],
    *,
    with_new: bool,
) -> datetime | None:
    """The first time by `until` (UTC) at which something is due; None when nothing is."""
    orders = await next_due(world, until, failed, limit=1)
    stops = await awaited.stops(until, with_planned=with_new)
    times = [*(each.at for each in orders), *stops, *planned]
    return min(times, default=None)
