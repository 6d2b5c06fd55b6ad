"""An order whose due action fails stops no other order, and is retried ever more rarely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from altyn.operations.ports import DueOrder, OrderKey, World
from altyn.workers import timers
from altyn.workers.timers import BATCH, HOLD_BACK_MAX, FailedOrders, run_due_actions
from tests.integration.rest.logbook import Logbook, logbook_kept

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def key_of(number: int) -> OrderKey:
    return OrderKey(1, UUID(int=number))


@dataclass
class FewOrders:
    """A world with a clock and with due orders only; a done order is no longer due."""

    due_orders: dict[OrderKey, datetime]
    broken: set[OrderKey] = field(default_factory=set)
    time: datetime = NOW
    done: list[OrderKey] = field(default_factory=list)
    attempts: list[OrderKey] = field(default_factory=list)

    @property
    def orders(self) -> FewOrders:
        return self

    @property
    def clock(self) -> FewOrders:
        return self

    def now(self) -> datetime:
        return self.time

    async def due(self, until: datetime, *, limit: int) -> Sequence[DueOrder]:
        rows = sorted(self.due_orders.items(), key=lambda row: row[1])
        return [DueOrder(key, at) for key, at in rows if at <= until][:limit]

    async def run(self, due: DueOrder, _: object) -> None:
        self.attempts.append(due.key)
        if due.key in self.broken:
            raise ValueError("the order is broken")
        del self.due_orders[due.key]
        self.done.append(due.key)


def a_world(monkeypatch: pytest.MonkeyPatch, orders: int, broken: int) -> FewOrders:
    """So many due orders, of which the first ones are broken."""
    keys = [key_of(number) for number in range(orders)]
    due = {key: NOW - timedelta(seconds=orders - at) for at, key in enumerate(keys)}
    world = FewOrders(due, set(keys[:broken]))
    monkeypatch.setattr(timers, "run_due_action", world.run)
    return world


async def run(world: FewOrders, failed: FailedOrders) -> int:
    return await run_due_actions(cast("World", world), world.now(), failed)


def failures() -> float:
    labels = {"worker": "timers"}
    return REGISTRY.get_sample_value("altyn_worker_order_failures_total", labels) or 0


@pytest.fixture(autouse=True)
def logbook() -> Iterator[Logbook]:
    with logbook_kept() as logbook:
        yield logbook


async def test_failing_order_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, logbook: Logbook
) -> None:
    world, before = a_world(monkeypatch, orders=5, broken=1), failures()
    assert await run(world, FailedOrders()) == 4
    assert world.done == [key_of(number) for number in range(1, 5)]
    assert failures() - before == 1
    [line] = logbook.errors()
    assert (line["event"], line["order_id"]) == ("due_action_failed", str(UUID(int=0)))


async def test_whole_batch_of_failing_orders_does_not_stop_the_later_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = a_world(monkeypatch, orders=2 * BATCH + 3, broken=2 * BATCH)
    assert await run(world, FailedOrders()) == 3
    assert len(world.attempts) == 2 * BATCH + 3  # each failing order was attempted once


async def test_failing_order_is_held_back_for_a_growing_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, failed = a_world(monkeypatch, orders=1, broken=1), FailedOrders()
    attempted_at = []
    for second in range(40):
        world.time = NOW + timedelta(seconds=second)
        before = len(world.attempts)
        await run(world, failed)
        attempted_at += [second] * (len(world.attempts) - before)
    assert attempted_at == [0, 1, 3, 7, 15, 31]


async def test_repaired_order_is_done_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    world, failed = a_world(monkeypatch, orders=1, broken=1), FailedOrders()
    assert await run(world, failed) == 0
    assert len(failed) == 1
    world.broken.clear()
    world.time += timedelta(seconds=1)
    assert await run(world, failed) == 1
    assert len(failed) == 0


async def test_order_that_is_no_longer_due_is_forgotten() -> None:
    failed = FailedOrders()
    failed.add(key_of(1), NOW)
    failed.remove_old(NOW + HOLD_BACK_MAX)
    assert len(failed) == 1
    failed.remove_old(NOW + 2 * HOLD_BACK_MAX)
    assert len(failed) == 0
