"""The console's test order: the message names the number that was sent, else the id."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.account.browser import Browser
from tests.shop import Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"order_number": " MY-17 "}, "MY-17"),
        ({"more": "orderNumber=MY-18"}, "MY-18"),
    ],
)
async def test_message_names_the_number(shop: Shop, fields: dict[str, str], number: str) -> None:
    browser = Browser(shop.gateway.router)
    shown = await browser.post("/console/test-order", amount="15.00", **fields)
    assert f"Order {number} is registered" in shown.text


async def test_message_names_the_id_where_the_gateway_made_the_number(shop: Shop) -> None:
    shown = await Browser(shop.gateway.router).post("/console/test-order", amount="15.00")
    found = re.search("Order ([^ ]+) is registered", shown.text)
    assert found is not None, shown.text
    order = await shop.pool.fetchrow("SELECT order_id FROM orders ORDER BY created_at DESC LIMIT 1")
    assert order is not None
    assert found[1] == str(order["order_id"])
