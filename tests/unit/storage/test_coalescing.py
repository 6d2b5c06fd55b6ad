"""Concurrent calls share a statement without a timer, and one bad row fails no other call."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.operations.ports import Overloaded
from altyn.storage.coalescing import Coalescer


class Database:
    """Answers a batch when it is released, and records the calls."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def run(self, batch: Sequence[int]) -> list[int]:
        self.batches.append(list(batch))
        await self.open.wait()
        if any(call < 0 for call in batch):
            raise asyncpg.CheckViolationError("negative")
        return [call * 10 for call in batch]


async def test_calls_of_one_turn_are_sent_together() -> None:
    database = Database()
    calls = Coalescer(database.run)
    assert await asyncio.gather(*(calls.call(n) for n in range(5))) == [0, 10, 20, 30, 40]
    assert database.batches == [[0, 1, 2, 3, 4]]


async def test_single_call_is_sent_at_once() -> None:
    database = Database()
    calls = Coalescer(database.run)
    assert await calls.call(7) == 70
    assert database.batches == [[7]]


async def test_calls_during_a_batch_form_the_next_batch() -> None:
    database = Database()
    database.open.clear()
    calls = Coalescer(database.run)
    first = calls.call(1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [calls.call(n) for n in (2, 3)]
    await asyncio.sleep(0)
    assert database.batches == [[1]], "one lane: the second batch waits for the first"
    database.open.set()
    assert await asyncio.gather(first, *later) == [10, 20, 30]
    assert database.batches == [[1], [2, 3]]


async def test_batch_is_not_larger_than_its_limit() -> None:
    database = Database()
    calls = Coalescer(database.run, batch_max=3)
    await asyncio.gather(*(calls.call(n) for n in range(8)))
    assert [len(batch) for batch in database.batches] == [3, 3, 2]


async def test_bad_row_fails_no_other_call() -> None:
    database = Database()
    calls = Coalescer(database.run)
    good, bad, other = (calls.call(n) for n in (1, -1, 2))
    assert await good == 10
    assert await other == 20
    with pytest.raises(asyncpg.CheckViolationError):
        await bad


async def test_broken_connection_fails_every_caller_and_the_next_batch_works() -> None:
    broken = True

    async def run(batch: Sequence[int]) -> list[int]:
        if broken:
            raise ConnectionResetError
        return list(batch)

    calls = Coalescer(run)
    futures = [calls.call(n) for n in range(3)]
    for future in futures:
        with pytest.raises(ConnectionResetError):
            await future
    broken = False
    assert await calls.call(4) == 4


async def test_too_many_waiting_calls_are_refused_at_once() -> None:
    database = Database()
    database.open.clear()
    calls = Coalescer(database.run, queue_max=2, batch_max=1)
    first = calls.call(1)
    await asyncio.sleep(0)
    waiting = [calls.call(2), calls.call(3)]
    with pytest.raises(Overloaded):
        await calls.call(4)
    database.open.set()
    assert await asyncio.gather(first, *waiting) == [10, 20, 30]


async def test_cancelled_caller_does_not_affect_the_others() -> None:
    database = Database()
    database.open.clear()
    calls = Coalescer(database.run)
    gone, stays = calls.call(1), calls.call(2)
    await asyncio.sleep(0)
    gone.cancel()
    database.open.set()
    assert await stays == 20


@given(st.lists(st.integers(min_value=-3, max_value=50), max_size=40), st.integers(1, 7))
def test_each_caller_gets_its_own_result(numbers: list[int], cap: int) -> None:
    async def scenario() -> None:
        calls = Coalescer(Database().run, batch_max=cap)
        answers = await asyncio.gather(*(calls.call(n) for n in numbers), return_exceptions=True)
        for number, answer in zip(numbers, answers, strict=True):
            if number < 0:
                assert isinstance(answer, asyncpg.CheckViolationError)
            else:
                assert answer == number * 10

    asyncio.run(scenario())
