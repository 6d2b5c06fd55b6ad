"""Housekeeping: deletes old cards, callbacks, mails and logged requests.

It also moves the other cards to the active key, and sums up the orders of the last hours.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from altyn.operations.ports import Clock

PULSE_SECONDS: Final = 60.0
BATCH: Final = 1000
MAILS_MAX: Final = 1000
MAIL_DAYS: Final = 30
log = structlog.get_logger("altyn.housekeeping")


class Rewrapping(Protocol):
    """The result of moving cards to the active key: rows moved, and rows without a known key."""

    @property
    def rows(self) -> int: ...
    @property
    def unreadable(self) -> int: ...


class CardStore(Protocol):
    """A store that deletes cards after their storage time, and moves the others to a new key."""

    async def purge(self, now: datetime) -> int: ...
    async def rewrap_all(self) -> Rewrapping: ...


class CallbackStore(Protocol):
    """A store that deletes settled callbacks, at most `limit` at once; `purge` returns how many."""

    async def purge(self, *, before: datetime, limit: int = ...) -> int: ...


class Mailbox(Protocol):
    """The sandbox's mailbox, which is kept small."""

    async def purge(self, *, before: datetime, keep: int) -> None: ...


Task = Callable[[], Awaitable[None]]
"""Deletes what is too old or too much, or brings something up to date."""


async def purge_callbacks(callbacks: CallbackStore, before: datetime) -> None:
    """Delete the callbacks that were settled before a time (UTC), in small batches."""
    purged = 0
    while deleted := await callbacks.purge(before=before, limit=BATCH):
        purged += deleted
    if purged:
        log.info("callbacks_purged", callbacks=purged)


async def purge_mails(mailbox: Mailbox | None, now: datetime) -> None:
    """Keep the newest MAILS_MAX mails of the last MAIL_DAYS days."""
    if mailbox is not None:
        await mailbox.purge(before=now - timedelta(days=MAIL_DAYS), keep=MAILS_MAX)


async def maintain_cards(cards: CardStore, now: datetime) -> None:
    """Delete cards whose storage time is over at `now` (UTC); move the others to the active key."""
    purged = await cards.purge(now)
    if purged:
        log.info("cards_purged", cards=purged)
    rewrapped = await cards.rewrap_all()
    if rewrapped.rows:
        log.info("cards_rewrapped", cards=rewrapped.rows)
    if rewrapped.unreadable:
        log.warning("cards_under_unknown_keys", cards=rewrapped.unreadable)


async def run_housekeeping(
    cards: CardStore,
    callbacks: CallbackStore,
    clock: Clock,
    *,
    keep_callbacks: timedelta,
    mailbox: Mailbox | None = None,
    purge_requests: Task | None = None,
    update_sums: Task | None = None,
    pulse_seconds: float = PULSE_SECONDS,
) -> None:
    """Maintain cards, callbacks, mails, request log and sums each `pulse_seconds`, until cancelled.

    An error of one task does not stop the others; errors are raised together after all have run.
    """
    while True:
        results = await asyncio.gather(
            maintain_cards(cards, clock.now()),
            purge_callbacks(callbacks, clock.now() - keep_callbacks),
            purge_mails(mailbox, clock.now()),
            *(task() for task in (purge_requests, update_sums) if task is not None),
            return_exceptions=True,
        )
        if errors := [result for result in results if isinstance(result, Exception)]:
            raise ExceptionGroup("housekeeping", errors)
        await asyncio.sleep(pulse_seconds)
