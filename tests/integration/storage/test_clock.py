"""The clocks: moved forward for all processes at once, and never backwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from altyn.operations.ports import ClockRefusedError
from altyn.storage import clock
from altyn.storage.clock import SystemClock
from altyn.storage.database import Pool
from tests.integration.storage.processes import Process, eventually

Start = Callable[[], Awaitable[Process]]
WEEK = timedelta(days=7)


def test_system_clock_shows_the_time_of_the_system_in_utc() -> None:
    before, shown, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert before <= shown <= after
    assert shown.tzinfo is UTC


def test_system_clock_stands_still_when_the_system_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nine, ten, eleven = (datetime(2026, 11, 21, hour, tzinfo=UTC) for hour in (9, 10, 11))
    readings = iter([ten, nine, eleven])

    class SteppingSystem:
        @staticmethod
        def now(_zone: object) -> datetime:
            return next(readings)

    system = SystemClock()
    monkeypatch.setattr(clock, "datetime", SteppingSystem)
    assert [system.now() for _ in range(3)] == [ten, ten, eleven]


async def test_advancing_moves_all_processes(pool: Pool, start_process: Start) -> None:
    here, there = await start_process(), await start_process()
    before = datetime.now(UTC)
    assert await here.clock.advance(WEEK) >= before + WEEK
    assert here.clock.now() >= before + WEEK

    async def moved() -> bool:
        return there.clock.now() >= before + WEEK

    await eventually(moved)
    # A process that starts later has the time of the others.
    assert (await start_process()).clock.now() >= before + WEEK


async def test_concurrent_advances_add_up(pool: Pool, start_process: Start) -> None:
    here, there = await start_process(), await start_process()
    before = datetime.now(UTC)
    await asyncio.gather(here.clock.advance(WEEK), there.clock.advance(WEEK))

    async def both() -> bool:
        return min(here.clock.now(), there.clock.now()) >= before + 2 * WEEK

    await eventually(both)


async def test_set_moves_the_clock_to_a_moment(pool: Pool, start_process: Start) -> None:
    process = await start_process()
    moscow = timezone(timedelta(hours=3))
    midnight = datetime(2030, 1, 1, tzinfo=moscow)
    shown = await process.clock.set(midnight)
    assert midnight <= shown < midnight + timedelta(minutes=5)
    assert shown.utcoffset() == timedelta()


async def test_clock_does_not_go_back(pool: Pool, start_process: Start) -> None:
    here, there = await start_process(), await start_process()
    await here.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(ClockRefusedError, match="forward only"):
        await here.clock.set(datetime(2029, 12, 31, tzinfo=UTC))
    with pytest.raises(ClockRefusedError, match="forward only"):
        await here.clock.advance(timedelta(seconds=-1))
    # A process that has not been notified yet is refused by the database.
    there.clock._ahead_by = timedelta()
    with pytest.raises(ClockRefusedError, match="forward only"):
        await there.clock.set(datetime(2029, 12, 31, tzinfo=UTC))
    assert here.clock.now() >= datetime(2030, 1, 1, tzinfo=UTC)


async def test_clock_does_not_pass_its_maximum(pool: Pool, start_process: Start) -> None:
    process = await start_process()
    with pytest.raises(ClockRefusedError, match="2100"):
        await process.clock.set(datetime(2100, 1, 2, tzinfo=UTC))
    with pytest.raises(ClockRefusedError, match="2100"):
        await process.clock.advance(timedelta(days=100 * 366))
    with pytest.raises(ClockRefusedError, match="2100"):
        await process.clock.advance(timedelta.max)
    with pytest.raises(ValueError, match="time zone"):
        await process.clock.set(datetime(2030, 1, 1))  # noqa: DTZ001 - that is what is refused


async def test_late_notification_does_not_move_the_clock_back(
    pool: Pool, start_process: Start
) -> None:
    process = await start_process()
    shown = await process.clock.advance(WEEK)
    process.clock._moved("0")
    assert process.clock.now() >= shown


async def test_reset_puts_all_processes_back_to_the_real_time(
    pool: Pool, start_process: Start
) -> None:
    here, there = await start_process(), await start_process()
    await here.clock.advance(WEEK)

    async def moved() -> bool:
        return there.clock.now() > datetime.now(UTC) + WEEK / 2

    await eventually(moved)
    before = datetime.now(UTC)
    assert before <= await here.clock.reset() <= datetime.now(UTC)

    async def back() -> bool:
        return there.clock.now() <= datetime.now(UTC)

    await eventually(back)
    assert (await start_process()).clock.now() <= datetime.now(UTC)


async def test_clock_can_be_moved_at_once_after_its_reset(pool: Pool, start_process: Start) -> None:
    here, there = await start_process(), await start_process()
    await here.clock.advance(2 * WEEK)
    await here.clock.reset()
    await here.clock.advance(WEEK)

    for _ in range(20):  # the notifications of all three moves come back meanwhile
        assert WEEK <= here.clock.now() - datetime.now(UTC) + timedelta(minutes=1) < 2 * WEEK
        await asyncio.sleep(0.01)

    async def same() -> bool:
        return abs(there.clock.now() - here.clock.now()) < timedelta(minutes=1)

    await eventually(same)
