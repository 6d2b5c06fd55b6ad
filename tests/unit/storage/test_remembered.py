"""What is remembered: nothing older than the last drop, and never more than there is room for."""

from __future__ import annotations

import asyncio

from altyn.storage.remembered import Remembered


class Table:
    """A pretended table that counts how often it is read."""

    def __init__(self, **rows: int) -> None:
        self.rows = rows
        self.read: list[str] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.listening = True

    async def load(self, key: str) -> int | None:
        self.read.append(key)
        value = self.rows.get(key)
        await self.hold.wait()
        return value

    def remembered(self, room: int = 10, room_for_missing: int = 10) -> Remembered[str, int]:
        return Remembered(
            self.load,
            listening=lambda: self.listening,
            room=room,
            room_for_missing=room_for_missing,
        )


async def test_a_value_and_its_absence_are_read_once() -> None:
    table = Table(a=1)
    memory = table.remembered()
    assert [await memory.get(key) for key in "abab"] == [1, None, 1, None]
    assert table.read == ["a", "b"]


async def test_what_is_dropped_is_read_again() -> None:
    table = Table(a=1, b=2)
    memory = table.remembered()
    await memory.get("a")
    await memory.get("b")
    table.rows["a"] = 3
    memory.drop("a")
    assert [await memory.get("a"), await memory.get("b")] == [3, 2]
    assert table.read == ["a", "b", "a"]


async def test_dropping_by_value_takes_what_is_missing_with_it() -> None:
    table = Table(a=1, b=2)
    memory = table.remembered()
    for key in "abc":
        await memory.get(key)
    table.rows |= {"c": 1}
    memory.drop_where(lambda value: value == 1)
    assert [await memory.get(key) for key in "abc"] == [1, 2, 1]
    assert table.read == ["a", "b", "c", "a", "c"]


async def test_a_value_read_before_a_drop_is_not_kept_after_it() -> None:
    table = Table(a=1)
    memory = table.remembered()
    table.hold.clear()
    reading = asyncio.create_task(memory.get("a"))
    await asyncio.sleep(0)
    table.rows["a"] = 2
    memory.drop("a")
    table.hold.set()
    assert await reading == 1
    assert await memory.get("a") == 2


async def test_while_nobody_listens_everything_is_read() -> None:
    table = Table(a=1)
    memory = table.remembered()
    await memory.get("a")
    table.listening = False
    table.rows["a"] = 2
    assert await memory.get("a") == 2
    table.listening = True
    memory.drop_all()
    assert await memory.get("a") == 2
    assert table.read == ["a", "a", "a"]


async def test_the_longest_unused_makes_room_and_unknown_keys_push_nobody_out() -> None:
    table = Table(a=1, b=2, c=3)
    memory = table.remembered(room=2, room_for_missing=1)
    for key in ("a", "b", "a", "c"):
        await memory.get(key)
    for unknown in "xyz":
        await memory.get(unknown)
    table.read.clear()
    for key in ("a", "c", "b", "z", "x"):
        await memory.get(key)
    assert table.read == ["b", "x"]
