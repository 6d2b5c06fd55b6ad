"""Housekeeping: an error about cards does not keep callbacks from being purged, and the reverse."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from altyn.workers.housekeeping import run_housekeeping

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEEP = timedelta(days=90)


@dataclass(frozen=True)
class Rewrapped:
    rows: int = 0
    unreadable: int = 0


@dataclass
class Cards:
    broken: bool = False
    purged_at: list[datetime] = field(default_factory=list)

    async def purge(self, now: datetime) -> int:
        if self.broken:
            raise ValueError("cards are broken")
        self.purged_at.append(now)
        return 0

    async def rewrap_all(self) -> Rewrapped:
        return Rewrapped()


@dataclass
class Callbacks:
    broken: bool = False
    settled: int = 2_500
    purged_before: list[datetime] = field(default_factory=list)

    async def purge(self, *, before: datetime, limit: int = 1) -> int:
        if self.broken:
            raise ValueError("callbacks are broken")
        self.purged_before.append(before)
        purged = min(limit, self.settled)
        self.settled -= purged
        return purged


class StoppedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Mails:
    purged: list[tuple[datetime, int]] = field(default_factory=list)

    async def purge(self, *, before: datetime, keep: int) -> None:
        self.purged.append((before, keep))


async def run_for_a_moment(
    cards: Cards, callbacks: Callbacks, mailbox: Mails | None = None
) -> None:
    """Run housekeeping for a moment."""
    work = run_housekeeping(cards, callbacks, StoppedClock(), keep_callbacks=KEEP, mailbox=mailbox)
    async with asyncio.timeout(5):
        task = asyncio.create_task(work)
        await asyncio.wait([task], timeout=0.05)
        if task.done():
            await task
        task.cancel()


async def test_settled_callbacks_are_purged_in_batches() -> None:
    callbacks = Callbacks()
    await run_for_a_moment(Cards(), callbacks)
    assert callbacks.settled == 0
    assert callbacks.purged_before == [NOW - KEEP] * 4


async def test_error_about_cards_does_not_stop_the_purge_of_callbacks() -> None:
    callbacks = Callbacks()
    with pytest.raises(ExceptionGroup) as failed:
        await run_for_a_moment(Cards(broken=True), callbacks)
    assert [str(error) for error in failed.value.exceptions] == ["cards are broken"]
    assert callbacks.settled == 0


async def test_error_about_callbacks_does_not_stop_the_purge_of_cards() -> None:
    cards = Cards()
    with pytest.raises(ExceptionGroup):
        await run_for_a_moment(cards, Callbacks(broken=True))
    assert cards.purged_at == [NOW]


async def test_old_requests_are_purged_from_the_request_log() -> None:
    purges: list[str] = []

    async def purge() -> None:
        purges.append("request log")

    work = run_housekeeping(
        Cards(), Callbacks(), StoppedClock(), keep_callbacks=KEEP, purge_requests=purge
    )
    task = asyncio.create_task(work)
    await asyncio.wait([task], timeout=0.05)
    task.cancel()
    assert purges == ["request log"]


async def test_sums_are_brought_up_to_date_when_another_task_fails() -> None:
    updates: list[str] = []

    async def update() -> None:
        updates.append("sums")

    work = run_housekeeping(
        Cards(broken=True), Callbacks(), StoppedClock(), keep_callbacks=KEEP, update_sums=update
    )
    with pytest.raises(ExceptionGroup):
        await work
    assert updates == ["sums"]


async def test_mailbox_is_bounded_by_age_and_number() -> None:
    mails = Mails()
    await run_for_a_moment(Cards(), Callbacks(), mails)
    assert mails.purged == [(NOW - timedelta(days=30), 1000)]
