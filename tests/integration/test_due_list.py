"""What the sandbox's clock carries out next: `GET /sandbox/due`, the same list as the console's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.asgi_client import AsgiClient
from tests.integration.bnpl.payer import TWO_WEEKS, Payer
from tests.integration.payment_page.page_client import PAYER_IP, PageClient
from tests.shop import Shop, open_shop

WAIT_SECONDS = 60
DECLINED = 6
REVERSED = 3


@pytest.fixture
async def shop(empty_database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(empty_database_url, tmp_path) as opened:
        yield opened


async def due(shop: Shop, query: str = "") -> list[dict[str, Any]]:
    answer = await AsgiClient(shop.gateway.router, ip="127.0.0.1").get(f"/sandbox/due{query}")
    assert answer.status == 200, answer.text
    members = answer.json()
    assert datetime.fromisoformat(members["now"]["utc"]) <= shop.clock.now()
    found: list[dict[str, Any]] = members["due"]
    return found


async def test_end_of_a_session_is_due_with_its_order_and_time(shop: Shop) -> None:
    order_id = await shop.register(1000_00, sessionTimeoutSecs=600, orderNumber="first")
    before = shop.clock.now()

    [entry] = await due(shop)

    assert entry["action"] == "session_expiry"
    assert (entry["orderId"], entry["orderNumber"], entry["shop"]) == (order_id, "first", "test")
    assert entry["text"] == "The time to pay ends; the order is declined"
    at = datetime.fromisoformat(entry["utc"])
    assert timedelta(minutes=9) < at - before < timedelta(minutes=11)
    assert datetime.fromisoformat(entry["moscow"]) == at


async def test_move_to_the_time_of_an_entry_carries_it_out(shop: Shop) -> None:
    order_id = await shop.register(1000_00)
    [entry] = await due(shop)

    await shop.travel_to(datetime.fromisoformat(entry["utc"]))

    assert (await shop.see(order_id)).status == DECLINED
    assert await due(shop) == []


async def test_each_kind_of_timer_is_named(shop: Shop) -> None:
    held = await shop.paid(1000_00, two_phase=True)
    when = (shop.clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S")
    deposited = await shop.register(1000_00, two_phase=True, autocompletionDate=when)
    reversed_ = await shop.register(1000_00, two_phase=True, autoReverseDate=when)
    for order_id in (deposited, reversed_):
        await shop.pay(order_id)

    actions = {each["orderId"]: each["action"] for each in await due(shop)}

    assert actions == {
        held: "hold_release",
        deposited: "auto_completion",
        reversed_: "auto_reverse",
    }


async def test_entries_come_in_the_order_of_their_times_and_are_bounded(shop: Shop) -> None:
    late = await shop.register(1000_00, sessionTimeoutSecs=900)
    soon = await shop.register(1000_00, sessionTimeoutSecs=300)

    assert [each["orderId"] for each in await due(shop)] == [soon, late]
    assert [each["orderId"] for each in await due(shop, "?limit=1")] == [soon]


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?limit=x", "?size=2"])
async def test_wrong_parameter_is_refused(shop: Shop, query: str) -> None:
    answer = await AsgiClient(shop.gateway.router, ip="127.0.0.1").get(f"/sandbox/due{query}")

    assert answer.status == 400
    assert "limit" in answer.json()["error"]


async def test_next_attempt_of_a_callback_names_its_address_and_its_number(shop: Shop) -> None:
    order_id = await shop.register(
        1000_00, dynamicCallbackUrl="http://127.0.0.1:9/callback?secret=1"
    )
    await shop.pay(order_id)

    entry = await waiting_entry(shop, "callback")

    assert entry["operation"] == "deposited"
    assert entry["orderId"] == order_id
    assert entry["orderNumber"]
    assert entry["attempt"] == 2
    assert entry["text"] == "Callback “deposited”, attempt 2, to http://127.0.0.1:9"
    assert entry["problem"]
    assert "secret" not in str(entry)


async def test_later_parts_of_a_payment_are_due_on_their_days(shop: Shop) -> None:
    payer = Payer(PageClient(shop, AsgiClient(shop.gateway.router, PAYER_IP)))
    order_id = await payer.paid()
    paid_at = shop.clock.now()

    parts = [each for each in await due(shop) if each["action"] == "instalment"]

    assert [each["text"] for each in parts] == [
        f"Part {number} of the payment in parts is charged" for number in (2, 3, 4)
    ]
    assert {each["orderId"] for each in parts} == {order_id}
    for weeks, part in enumerate(parts, 1):
        distance = datetime.fromisoformat(part["utc"]) - paid_at
        assert TWO_WEEKS * weeks - timedelta(days=1) < distance <= TWO_WEEKS * weeks

    await shop.travel_to(datetime.fromisoformat(parts[0]["utc"]))
    left = [each for each in await due(shop) if each["action"] == "instalment"]
    assert [each["text"] for each in left] == [each["text"] for each in parts[1:]]


async def waiting_entry(shop: Shop, action: str) -> dict[str, Any]:
    """The entry of an action, when its first attempt has failed."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            for each in await due(shop):
                if each["action"] == action and each["problem"]:
                    return each
            await asyncio.sleep(0.05)
