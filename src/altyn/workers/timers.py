"""Timers: what is due by the gateway's clock is done, earliest first.

Any number of processes may run this: what an order does is a versioned save, so of two workers one
wins and the other finds nothing left to do.
"""

import asyncio
from datetime import datetime
from typing import Final

import structlog

from altyn.operations.due_actions import run_due_action
from altyn.operations.ports import World

BATCH: Final = 200
PULSE_SECONDS: Final = 1.0
log = structlog.get_logger("altyn.timers")


async def run_due_actions(world: World, until: datetime) -> int:
    """Do everything that is due by `until` (UTC); return how many orders were moved on."""
    fired = 0
    while True:
        due = await world.orders.due(until, limit=BATCH)
        if not due:
            return fired
        await asyncio.gather(*(run_due_action(each, world) for each in due))
        fired += len(due)
        if len(due) < BATCH:
            return fired


async def run_timers(world: World, *, pulse_seconds: float = PULSE_SECONDS) -> None:
    """Look once a pulse for what is due, until cancelled."""
    while True:
        try:
            fired = await run_due_actions(world, world.clock.now())
            if fired:
                log.info("fired", orders=fired)
        except Exception:
            log.exception("timers_failed")
        await asyncio.sleep(pulse_seconds)
