"""Reconciliation: asks the bank about every request whose answer was lost, until it is known.

It runs at the start too, so a killed process leaves no attempt without an outcome.
"""

import asyncio
from collections import deque
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

import structlog

from altyn.operations.perform import inquire
from altyn.operations.ports import RECONCILIATION, Actor, Clock, OrderKey, World
from altyn.workers.supervision import ORDER_FAILURES

BATCH: Final = 16
LEASE: Final = timedelta(minutes=2)
WORRYING_INQUIRIES: Final = 10
PULSE_SECONDS: Final = 1.0
WORKER: Final = Actor(name=RECONCILIATION)
LEAVE_ASKED: Final = datetime.min.replace(tzinfo=UTC)
"""For `asked_before`: every request that was sent may still bring its own answer."""

log = structlog.get_logger("altyn.reconciliation")


class LaggedClock:
    """The gateway's time some real time ago, by which requests are found to be overdue.

    A bank answers in real seconds, while the sandbox's clock may jump by days: a jump must not make
    a request that was just sent look overdue.
    """

    def __init__(self, clock: Clock, lag: timedelta) -> None:
        self._clock = clock
        self._lag_seconds = lag.total_seconds()
        self._readings = deque([(monotonic(), clock.now())])
        self._earliest = clock.now() - lag

    def look(self) -> datetime:
        """Read the clock, and return the time that it showed the lag ago, or a little earlier."""
        now = monotonic()
        self._readings.append((now, self._clock.now()))
        while self._readings[0][0] <= now - self._lag_seconds:
            self._earliest = self._readings.popleft()[1]
        return self._earliest


async def settle_unknown(world: World, *, asked_before: datetime = LEAVE_ASKED) -> int:
    """Ask the bank about every attempt that should have been answered; return how many were asked.

    An attempt that was asked after `asked_before` is left alone: its own request may still bring
    the answer. One that is known to be pending or unknown is asked about when it is due, ever more
    rarely. Each attempt is claimed first, so that any number of processes may run this.
    """
    now, asked = world.clock.now(), 0
    while True:
        claimed = await world.orders.claim_unsettled(
            now, asked_before=asked_before, lease_until=now + LEASE, limit=BATCH
        )
        await asyncio.gather(*(_settle(key, number, world) for key, number in claimed))
        asked += len(claimed)
        if len(claimed) < BATCH:
            return asked


async def run_reconciliation(
    world: World, lagged: LaggedClock, *, pulse_seconds: float = PULSE_SECONDS
) -> None:
    """Look for lost answers once a pulse, until cancelled.

    The lag of `lagged` is longer than the bank's time-out.
    """
    while True:
        await settle_unknown(world, asked_before=lagged.look())
        await asyncio.sleep(pulse_seconds)


async def _settle(key: OrderKey, number: int, world: World) -> None:
    """Ask about one attempt. After an error its lease ends, and it is asked about again."""
    try:
        await _ask_about(key, number, world)
    except Exception:
        ORDER_FAILURES.labels("reconciliation").inc()
        log.exception(
            "inquiry_failed",
            merchant_id=key.merchant_id,
            order_id=str(key.order_id),
            attempt=number,
        )


async def _ask_about(key: OrderKey, number: int, world: World) -> None:
    order = await world.orders.load(key)
    if order is None or not order.attempt(number).in_flight:
        return
    attempt = order.attempt(number)
    decision = await inquire(order, attempt, world=world, actor=WORKER)
    long_unknown = attempt.inquiries >= WORRYING_INQUIRIES
    (log.warning if long_unknown else log.info)(
        "inquired",
        order_id=str(key.order_id),
        attempt=number,
        kind=attempt.kind.value,
        inquiries=attempt.inquiries,
        outcome=type(decision).__name__,
    )
