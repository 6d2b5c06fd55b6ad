"""Reconciliation: questions to the bank whose answers were lost are asked about until known.

It runs at start too, so that a killed process leaves nothing hanging.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from altyn.domain.order import Attempt, AttemptState
from altyn.operations.perform import inquire
from altyn.operations.ports import RECONCILIATION, Actor, OrderKey, World

BATCH: Final = 200
PULSE_SECONDS: Final = 1.0
WORKER: Final = Actor(name=RECONCILIATION)
log = structlog.get_logger("altyn.reconciliation")


async def settle_unknown(world: World, *, answer_within: timedelta) -> int:
    """Ask the bank about every attempt that should have been answered; return how many were asked.

    An attempt that was just asked is left alone for `answer_within`, longer than the bank's
    time-out: its own request may still bring the answer. One that is known to be pending or unknown
    is asked about at once, then ever more rarely.
    """
    now = world.clock.now()
    asked = 0
    for key in await world.orders.unsettled(now, limit=BATCH):
        asked += await _settle_order(key, world, now, answer_within)
    return asked


async def run_reconciliation(
    world: World, *, answer_within: timedelta, pulse_seconds: float = PULSE_SECONDS
) -> None:
    """Look once a pulse for lost answers, until cancelled."""
    while True:
        try:
            await settle_unknown(world, answer_within=answer_within)
        except Exception:
            log.exception("reconciliation_failed")
        await asyncio.sleep(pulse_seconds)


async def _settle_order(
    key: OrderKey, world: World, now: datetime, answer_within: timedelta
) -> int:
    order = await world.orders.load(key)
    if order is None:
        return 0
    ripe = [attempt for attempt in order.in_flight() if _ripe(attempt, now, answer_within)]
    for attempt in ripe:
        decision = await inquire(order, attempt, world=world, actor=WORKER)
        log.info(
            "inquired",
            order_id=str(key.order_id),
            attempt=attempt.number,
            kind=attempt.kind.value,
            outcome=type(decision).__name__,
        )
    return len(ripe)


def _ripe(attempt: Attempt, now: datetime, answer_within: timedelta) -> bool:
    """Whether it is time to ask about an attempt (again): after 1, 2, 4 … seconds, then minutes."""
    if attempt.state is AttemptState.ASKED:
        return now - attempt.started_at >= answer_within
    last = attempt.answered_at or attempt.started_at
    wait = min(2 ** max(0, attempt.inquiries - 1), 600)
    return now - last >= timedelta(seconds=wait)
