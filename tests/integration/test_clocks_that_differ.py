"""Two machines never agree quite on the time; an order's history runs forward all the same."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from altyn.domain.order import Order
from altyn.operations.decisions import Accepted, accept
from altyn.operations.perform import perform
from altyn.operations.ports import Actor
from altyn.storage.clock import SystemClock
from tests.audit import audit
from tests.shop import open_shop

WHO = Actor(name="test-api")


def note(name: str, order: Order, now: datetime) -> Accepted:
    """The shop adds a parameter."""
    return accept(order, "params_added", now, params={**order.params, name: "1"})


async def test_a_process_whose_clock_is_behind_writes_no_history_backwards(
    database_url: str, tmp_path: Path
) -> None:
    async with open_shop(database_url, tmp_path) as shop:
        await shop.travel(timedelta(minutes=3))
        order_id = await shop.paid(1000_00)
        key = await shop.key(order_id)
        # it has not heard yet that the sandbox's clock was moved
        behind = dataclasses.replace(shop.gateway.world, clock=SystemClock())

        first = await perform(partial(note, "first"), key, world=behind, actor=WHO)
        second = await perform(partial(note, "second"), key, world=behind, actor=WHO)
        assert isinstance(first, Accepted)
        assert isinstance(second, Accepted)

        moments = [
            row["at"]
            for row in await shop.pool.fetch(
                "SELECT at FROM order_events WHERE order_id = $1 ORDER BY version", key.order_id
            )
        ]
        assert moments == sorted(moments)
        assert moments[-1] == second.order.changed_at
        assert await audit(shop.pool, [order_id]) == []
