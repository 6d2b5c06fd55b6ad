"""Watching: every delivery once, also slow ones, and across a jump of the clock."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from altyn.cli.callbacks.watch import DELIVERY_SECONDS_MAX, SKEW, Memory, watch
from altyn.domain.callback_history import DeliverySummary
from tests.callbacks import NOW, a_delivery_summary

SECOND = timedelta(seconds=1)


@dataclass
class Deliveries:
    """Deliveries as they were recorded."""

    rows: list[DeliverySummary] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def recent(
        self, merchant_id: int | None, after: datetime, limit: int
    ) -> Sequence[DeliverySummary]:
        self.asked.append(after)
        self.looked.set()
        return sorted((each for each in self.rows if each.at > after), key=lambda each: each.at)


async def test_earlier_deliveries_are_not_shown_and_new_ones_once() -> None:
    deliveries = Deliveries([a_delivery_summary(attempt=1, at=NOW - SECOND)])
    watching = watch(deliveries, None, NOW, pause_seconds=0)
    first = asyncio.ensure_future(anext(watching))
    await deliveries.looked.wait()

    deliveries.rows += [a_delivery_summary(attempt=2), a_delivery_summary(attempt=3)]
    got = [await first, await anext(watching)]
    deliveries.rows.append(a_delivery_summary(attempt=4))
    got.append(await anext(watching))
    await watching.aclose()

    assert [each.attempt for each in got] == [2, 3, 4]
    assert deliveries.asked[0] == NOW - SKEW


def test_long_delivery_is_shown_after_a_later_one() -> None:
    memory = Memory(NOW)
    quick, slow = (
        a_delivery_summary(attempt=2, at=NOW + 30 * SECOND),
        a_delivery_summary(attempt=1, at=NOW + SECOND),
    )

    assert memory.new([quick], real=1) == [quick]
    assert memory.after(60) < slow.at
    assert memory.new([slow, quick], real=60) == [slow]


def test_deliveries_are_shown_after_a_jump_of_the_clock() -> None:
    memory = Memory(NOW)
    week = a_delivery_summary(attempt=2, at=NOW + timedelta(days=7))
    before = a_delivery_summary(attempt=1, at=NOW + SECOND)  # began before the jump, ended after it
    memory.new([week], real=5)

    assert memory.after(5 + DELIVERY_SECONDS_MAX - 1) == NOW
    assert memory.new([before, week], real=60) == [before]


def test_watcher_looks_back_no_further_than_necessary() -> None:
    memory = Memory(NOW)
    delivery = a_delivery_summary(at=NOW + SECOND)
    memory.new([delivery], real=5)

    assert memory.after(5 + DELIVERY_SECONDS_MAX) == delivery.at
