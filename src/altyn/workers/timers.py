"""Timers: runs the due actions of orders by the gateway's clock, earliest first.

Several processes may run this at the same time: each due action is a versioned save, so one of two
workers saves it, and the other finds the order no longer due.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from altyn.operations.due_actions import run_due_action
from altyn.operations.ports import DueOrder, OrderKey, World
from altyn.workers.supervision import ORDER_FAILURES

BATCH: Final = 200
PULSE_SECONDS: Final = 1.0
HOLD_BACK_MIN: Final = timedelta(seconds=1)
HOLD_BACK_MAX: Final = timedelta(minutes=10)
log = structlog.get_logger("altyn.timers")


@dataclass(frozen=True, slots=True)
class _Failure:
    """An order's latest failure: how long the order is held back, and until when (UTC)."""

    pause: timedelta
    until: datetime


@dataclass(slots=True)
class FailedOrders:
    """Orders whose due action raised an error; each is held back for a pause that doubles.

    Without this pause a batch of orders that always fail would be loaded again and again, and later
    orders would never be processed.
    """

    _failures: dict[OrderKey, _Failure] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._failures)

    def add(self, key: OrderKey, now: datetime) -> None:
        """Hold an order back from `now` (UTC): 1 s at first, then 2, 4 … at most 10 minutes."""
        last = self._failures.get(key)
        pause = min(2 * last.pause, HOLD_BACK_MAX) if last else HOLD_BACK_MIN
        self._failures[key] = _Failure(pause, now + pause)

    def remove(self, key: OrderKey) -> None:
        """Forget the failures of an order."""
        self._failures.pop(key, None)

    def holds(self, key: OrderKey, now: datetime) -> bool:
        """Whether the order's pause is not over yet."""
        failure = self._failures.get(key)
        return failure is not None and now < failure.until

    def remove_old(self, now: datetime) -> None:
        """Forget orders not retried within ten minutes after their pause: they are not due now."""
        old = [k for k, each in self._failures.items() if each.until + HOLD_BACK_MAX < now]
        for key in old:
            del self._failures[key]


async def next_due(
    world: World, until: datetime, failed: FailedOrders, *, limit: int
) -> Sequence[DueOrder]:
    """The first orders that are due by `until` (UTC), without those that are held back."""
    now = world.clock.now()
    due = await world.orders.due(until, limit=limit + len(failed))
    return [each for each in due if not failed.holds(each.key, now)][:limit]


async def run_due_actions(world: World, until: datetime, failed: FailedOrders) -> int:
    """Run all actions that are due by `until` (UTC); return how many succeeded.

    An error of an action is logged and counted, and its order is added to `failed`. It does not
    stop the actions of other orders.
    """
    succeeded = 0
    while True:
        due = await next_due(world, until, failed, limit=BATCH)
        succeeded += sum(await asyncio.gather(*(_run(each, world, failed) for each in due)))
        if len(due) < BATCH:
            return succeeded


async def run_timers(world: World, *, pulse_seconds: float = PULSE_SECONDS) -> None:
    """Run due actions every `pulse_seconds`, until cancelled."""
    failed = FailedOrders()
    while True:
        done = await run_due_actions(world, world.clock.now(), failed)
        if done:
            log.info("due_actions_done", orders=done)
        failed.remove_old(world.clock.now())
        await asyncio.sleep(pulse_seconds)


async def _run(due: DueOrder, world: World, failed: FailedOrders) -> bool:
    """Run the due action of one order; False after an error."""
    try:
        await run_due_action(due, world)
    except Exception:
        failed.add(due.key, world.clock.now())
        ORDER_FAILURES.labels("timers").inc()
        log.exception(
            "due_action_failed",
            merchant_id=due.key.merchant_id,
            order_id=str(due.key.order_id),
        )
        return False
    failed.remove(due.key)
    return True
