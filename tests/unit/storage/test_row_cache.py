"""The row cache: it keeps nothing older than the last drop, and never more than its limit."""

from __future__ import annotations

import asyncio

from altyn.storage.row_cache import RowCache


class Table:
    """Replaces a table, and records how often it is read."""

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

    def cached(self, rows_max: int = 10, missing_max: int = 10) -> RowCache[str, int]:
        return RowCache(
            self.load,
            listening=lambda: self.listening,
            rows_max=rows_max,
            missing_max=missing_max,
        )


async def test_value_and_absence_are_read_once() -> None:
    table = Table(a=1)
    cache = table.cached()
    assert [await cache.get(key) for key in "abab"] == [1, None, 1, None]
    assert table.read == ["a", "b"]


async def test_dropped_value_is_read_again() -> None:
    table = Table(a=1, b=2)
    cache = table.cached()
    await cache.get("a")
    await cache.get("b")
    table.rows["a"] = 3
    cache.drop("a")
    assert [await cache.get("a"), await cache.get("b")] == [3, 2]
    assert table.read == ["a", "b", "a"]


async def test_drop_by_value_drops_missing_keys_too() -> None:
    table = Table(a=1, b=2)
    cache = table.cached()
    for key in "abc":
        await cache.get(key)
    table.rows |= {"c": 1}
    cache.drop_where(lambda value: value == 1)
    assert [await cache.get(key) for key in "abc"] == [1, 2, 1]
    assert table.read == ["a", "b", "c", "a", "c"]


async def test_value_read_before_a_drop_is_not_cached_after_it() -> None:
    table = Table(a=1)
    cache = table.cached()
    table.hold.clear()
    reading = asyncio.create_task(cache.get("a"))
    await asyncio.sleep(0)
    table.rows["a"] = 2
    cache.drop("a")
    table.hold.set()
    assert await reading == 1
    assert await cache.get("a") == 2


async def test_every_value_is_read_while_not_listening() -> None:
    table = Table(a=1)
    cache = table.cached()
    await cache.get("a")
    table.listening = False
    table.rows["a"] = 2
    assert await cache.get("a") == 2
    table.listening = True
    cache.drop_all()
    assert await cache.get("a") == 2
    assert table.read == ["a", "a", "a"]


async def test_least_used_row_is_removed_and_unknown_keys_remove_no_row() -> None:
    table = Table(a=1, b=2, c=3)
    cache = table.cached(rows_max=2, missing_max=1)
    for key in ("a", "b", "a", "c"):
        await cache.get(key)
    for unknown in "xyz":
        await cache.get(unknown)
    table.read.clear()
    for key in ("a", "c", "b", "z", "x"):
        await cache.get(key)
    assert table.read == ["b", "x"]
