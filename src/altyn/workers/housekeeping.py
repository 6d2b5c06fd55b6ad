"""Housekeeping: cards that nobody waits for leave the vault, the others follow a change of keys,
and callbacks that were settled long ago are forgotten."""

import asyncio
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from altyn.operations.ports import Clock

PULSE_SECONDS: Final = 60.0
PIECE: Final = 1000
log = structlog.get_logger("altyn.housekeeping")


class Rewrapping(Protocol):
    """What bringing cards under the active key came to."""

    @property
    def rows(self) -> int: ...
    @property
    def unreadable(self) -> int: ...


class CardKeeper(Protocol):
    """A store that forgets what is past its time, and moves to new keys while payments go on."""

    async def purge(self, now: datetime) -> int: ...
    async def rewrap_all(self) -> Rewrapping: ...


class CallbackKeeper(Protocol):
    """A store that forgets callbacks, so many at once; tells how many it has forgotten."""

    async def purge(self, *, before: datetime, limit: int = ...) -> int: ...


async def forget_callbacks(callbacks: CallbackKeeper, before: datetime) -> None:
    """Forget what was settled before a moment (UTC), piece by piece so that nobody waits."""
    forgotten = 0
    while gone := await callbacks.purge(before=before, limit=PIECE):
        forgotten += gone
    if forgotten:
        log.info("forgotten", callbacks=forgotten)


async def keep_house(cards: CardKeeper, now: datetime) -> None:
    """Purge what is past its time (UTC), and bring the rest under the active key."""
    purged = await cards.purge(now)
    if purged:
        log.info("purged", cards=purged)
    rewrapped = await cards.rewrap_all()
    if rewrapped.rows:
        log.info("rewrapped", cards=rewrapped.rows)
    if rewrapped.unreadable:
        log.warning("cards_under_unknown_keys", cards=rewrapped.unreadable)


async def run_housekeeping(
    cards: CardKeeper,
    callbacks: CallbackKeeper,
    clock: Clock,
    *,
    keep_callbacks: timedelta,
    pulse_seconds: float = PULSE_SECONDS,
) -> None:
    """Keep house once a pulse, until cancelled."""
    while True:
        try:
            await keep_house(cards, clock.now())
            await forget_callbacks(callbacks, clock.now() - keep_callbacks)
        except Exception:
            log.exception("housekeeping_failed")
        await asyncio.sleep(pulse_seconds)
