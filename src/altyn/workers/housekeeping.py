"""Housekeeping: cards that nobody waits for any more leave the vault."""

import asyncio
from datetime import datetime
from typing import Final, Protocol

import structlog

from altyn.operations.ports import Clock

PULSE_SECONDS: Final = 60.0
log = structlog.get_logger("altyn.housekeeping")


class Purgeable(Protocol):
    """A store that forgets what is past its time."""

    async def purge(self, now: datetime) -> int: ...


async def run_housekeeping(
    cards: Purgeable, clock: Clock, *, pulse_seconds: float = PULSE_SECONDS
) -> None:
    """Purge once a pulse, until cancelled."""
    while True:
        try:
            purged = await cards.purge(clock.now())
            if purged:
                log.info("purged", cards=purged)
        except Exception:
            log.exception("housekeeping_failed")
        await asyncio.sleep(pulse_seconds)
