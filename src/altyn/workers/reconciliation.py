"""Reconciliation: questions to the bank whose answers were lost are asked about until known.

It runs at start too, so that a killed process leaves nothing hanging.
"""

import asyncio
from collections import deque
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

import structlog

from altyn.operations.perform import inquire
from altyn.operations.ports import RECONCILIATION, Actor, Clock, OrderKey, World

BATCH: Final = 16
LEASE: Final = timedelta(minutes=2)
WORRYING_INQUIRIES: Final = 10
PULSE_SECONDS: Final = 1.0
WORKER: Final = Actor(name=RECONCILIATION)
LEAVE_ASKED: Final = datetime.min.replace(tzinfo=UTC)
"""For `asked_before`: whoever asked is waiting for the answer."""

log = structlog.get_logger("altyn.reconciliation")


class LaggedClock:
    """What the gateway's clock said some real time ago, to tell which questions are overdue.

    A bank answers in real seconds, while the sandbox's clock may be moved by days: an attempt that
    was just asked must not look a week old and have its key closed under its question's feet.
    """

    def __init__(self, clock: Clock, ago: timedelta) -> None:
        self._clock = clock
        self._ago_seconds = ago.total_seconds()
        self._noted = deque([(monotonic(), clock.now())])
        self._earliest = clock.now() - ago

    def look(self) -> datetime:
        """Note what the clock says, and tell what it said back then, or a little earlier."""
        now = monotonic()
        self._noted.append((now, self._clock.now()))
        while self._noted[0][0] <= now - self._ago_seconds:
            self._earliest = self._noted.popleft()[1]
        return self._earliest


async def settle_unknown(world: World, *, asked_before: datetime = LEAVE_ASKED) -> int:
    """Ask the bank about every attempt that should have been answered; return how many were asked.

    An attempt that was asked after `asked_before` is left alone: its own request may still bring
    the answer. One that is known to be pending or unknown is asked about when it is due, ever more
    rarely. What is asked about is claimed first, so that any number of processes may run this.
    """
    now, asked = world.clock.now(), 0
    while True:
        claimed = await world.orders.claim_unsettled(
            now, asked_before=asked_before, lease_until=now + LEASE, limit=BATCH
        )
        await asyncio.gather(*(_ask_about(key, number, world) for key, number in claimed))
        asked += len(claimed)
        if len(claimed) < BATCH:
            return asked


async def run_reconciliation(
    world: World, *, answer_within: timedelta, pulse_seconds: float = PULSE_SECONDS
) -> None:
    """Look once a pulse for lost answers, until cancelled.

    `answer_within`, in real time, is longer than the bank's time-out.
    """
    hindsight = LaggedClock(world.clock, answer_within)
    while True:
        try:
            await settle_unknown(world, asked_before=hindsight.look())
        except Exception:
            log.exception("reconciliation_failed")
        await asyncio.sleep(pulse_seconds)


async def _ask_about(key: OrderKey, number: int, world: World) -> None:
    order = await world.orders.load(key)
    if order is None or not order.attempt(number).in_flight:
        return
    attempt = order.attempt(number)
    try:
        decision = await inquire(order, attempt, world=world, actor=WORKER)
    except Exception:  # the lease ends, and it is asked about again
        log.exception("inquiry_failed", order_id=str(key.order_id), attempt=number)
        return
    long_unknown = attempt.inquiries >= WORRYING_INQUIRIES
    (log.warning if long_unknown else log.info)(
        "inquired",
        order_id=str(key.order_id),
        attempt=number,
        kind=attempt.kind.value,
        inquiries=attempt.inquiries,
        outcome=type(decision).__name__,
    )
