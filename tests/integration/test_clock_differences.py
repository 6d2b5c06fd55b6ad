"""The times in an order's history never decrease, although the clocks of machines differ."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from altyn.domain.history import HistoryEvent
from altyn.domain.order import Order
from altyn.operations.decisions import Accepted, accept
from altyn.operations.perform import perform
from altyn.operations.ports import Actor
from altyn.storage.clock import SystemClock
from tests.audit import audit
from tests.shop import open_shop

WHO = Actor(name="test-api")


def add_parameter(name: str, order: Order, now: datetime) -> Accepted:
    """A decision that adds a parameter to the order."""
    return accept(order, HistoryEvent.PARAMS_ADDED, now, params={**order.params, name: "1"})


async def test_process_with_a_slow_clock_keeps_history_in_order(
    database_url: str, tmp_path: Path
) -> None:
    async with open_shop(database_url, tmp_path) as shop:
        await shop.travel(timedelta(minutes=3))
        order_id = await shop.paid(1000_00)
        key = await shop.key(order_id)
        # This process has not been notified yet that the sandbox's clock was moved.
        behind = dataclasses.replace(shop.gateway.world, clock=SystemClock())

        first = await perform(partial(add_parameter, "first"), key, world=behind, actor=WHO)
        second = await perform(partial(add_parameter, "second"), key, world=behind, actor=WHO)
        assert isinstance(first, Accepted)
        assert isinstance(second, Accepted)

        times = [
            row["at"]
            for row in await shop.pool.fetch(
                "SELECT at FROM order_events WHERE order_id = $1 ORDER BY version", key.order_id
            )
        ]
        assert times == sorted(times)
        assert times[-1] == second.order.changed_at
        assert await audit(shop.pool, [order_id]) == []
