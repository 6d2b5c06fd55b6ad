"""Reconciliation: asks the bank about each request without an outcome, until it is known.

It runs at the start too, so that attempts of a killed process also get their outcome.
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
"""For `asked_before`: leaves out all attempts whose own request may still get a response."""

log = structlog.get_logger("altyn.reconciliation")


class LaggedClock:
    """The gateway's time a fixed real time ago; requests sent before it are overdue.

    A bank answers in real seconds, but the sandbox's clock may jump by days. A jump must not make a
    request overdue that was just sent.
    """

    def __init__(self, clock: Clock, lag: timedelta) -> None:
        self._clock = clock
        self._lag_seconds = lag.total_seconds()
        self._readings = deque([(monotonic(), clock.now())])
        self._earliest = clock.now() - lag

    def look(self) -> datetime:
        """Read the clock, and return its reading of `lag` ago, or a slightly older one."""
        now = monotonic()
        self._readings.append((now, self._clock.now()))
        while self._readings[0][0] <= now - self._lag_seconds:
            self._earliest = self._readings.popleft()[1]
        return self._earliest


async def settle_unknown(world: World, *, asked_before: datetime = LEAVE_ASKED) -> int:
    """Inquire at the bank about all attempts without an outcome; return the number of inquiries.

    An attempt whose request was sent after `asked_before` is left out, because that request may
    still get its response. An attempt that is known to be pending or unknown is inquired about when
    it is due, with growing pauses. Each attempt is claimed first, so that several processes may run
    this at the same time.
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
    """Settle attempts without an outcome every `pulse_seconds`, until cancelled.

    The lag of `lagged` must be longer than the bank's time-out.
    """
    while True:
        await settle_unknown(world, asked_before=lagged.look())
        await asyncio.sleep(pulse_seconds)


async def _settle(key: OrderKey, number: int, world: World) -> None:
    """Inquire about one attempt. After an error its lease expires, and the inquiry is repeated."""
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
