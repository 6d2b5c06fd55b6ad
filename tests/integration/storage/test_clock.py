"""The clocks: moved forward for everybody at once, and never backwards."""

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


def test_the_system_clock_says_the_system_s_time_in_utc() -> None:
    before, said, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert before <= said <= after
    assert said.tzinfo is UTC


def test_the_system_clock_waits_when_the_system_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nine, ten, eleven = (datetime(2026, 11, 21, hour, tzinfo=UTC) for hour in (9, 10, 11))
    told = iter([ten, nine, eleven])

    class Told:
        @staticmethod
        def now(_zone: object) -> datetime:
            return next(told)

    system = SystemClock()
    monkeypatch.setattr(clock, "datetime", Told)
    assert [system.now() for _ in range(3)] == [ten, ten, eleven]


async def test_advancing_moves_all_processes(pool: Pool, start_process: Start) -> None:
    here, there = await start_process(), await start_process()
    before = datetime.now(UTC)
    assert await here.clock.advance(WEEK) >= before + WEEK
    assert here.clock.now() >= before + WEEK

    async def moved() -> bool:
        return there.clock.now() >= before + WEEK

    await eventually(moved)
    # Who starts later begins where the others are.
    assert (await start_process()).clock.now() >= before + WEEK


async def test_advances_made_at_once_add_up(pool: Pool, start_process: Start) -> None:
    here, there = await start_process(), await start_process()
    before = datetime.now(UTC)
    await asyncio.gather(here.clock.advance(WEEK), there.clock.advance(WEEK))

    async def both() -> bool:
        return min(here.clock.now(), there.clock.now()) >= before + 2 * WEEK

    await eventually(both)


async def test_setting_takes_the_clock_to_a_moment(pool: Pool, start_process: Start) -> None:
    process = await start_process()
    moscow = timezone(timedelta(hours=3))
    midnight = datetime(2030, 1, 1, tzinfo=moscow)
    said = await process.clock.set(midnight)
    assert midnight <= said < midnight + timedelta(minutes=5)
    assert said.utcoffset() == timedelta()


async def test_the_clock_does_not_go_back(pool: Pool, start_process: Start) -> None:
    here, there = await start_process(), await start_process()
    await here.clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(ClockRefusedError, match="forward only"):
        await here.clock.set(datetime(2029, 12, 31, tzinfo=UTC))
    with pytest.raises(ClockRefusedError, match="forward only"):
        await here.clock.advance(timedelta(seconds=-1))
    # A process that has not heard yet is refused by the database.
    there.clock._ahead_by = timedelta()
    with pytest.raises(ClockRefusedError, match="forward only"):
        await there.clock.set(datetime(2029, 12, 31, tzinfo=UTC))
    assert here.clock.now() >= datetime(2030, 1, 1, tzinfo=UTC)


async def test_the_clock_ends_somewhere(pool: Pool, start_process: Start) -> None:
    process = await start_process()
    with pytest.raises(ClockRefusedError, match="2100"):
        await process.clock.set(datetime(2100, 1, 2, tzinfo=UTC))
    with pytest.raises(ClockRefusedError, match="2100"):
        await process.clock.advance(timedelta(days=100 * 366))
    with pytest.raises(ClockRefusedError, match="2100"):
        await process.clock.advance(timedelta.max)
    with pytest.raises(ValueError, match="time zone"):
        await process.clock.set(datetime(2030, 1, 1))  # noqa: DTZ001 - that is what is refused


async def test_a_late_notification_does_not_take_the_clock_back(
    pool: Pool, start_process: Start
) -> None:
    process = await start_process()
    said = await process.clock.advance(WEEK)
    process.clock._moved("0")
    assert process.clock.now() >= said
