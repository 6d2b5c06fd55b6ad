"""The limit of orders of an address holds for all processes of a gateway together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from altyn.inbound.shop_links.address_limit import ORDERS_MAX, WITHIN
from altyn.storage.payer_orders import PayerOrderCounts
from tests.asgi_client import HOST, Answer, AsgiClient
from tests.shop import Shop, open_shop

FORM = "/demopayment/docsite/payform-1.html"
TOKEN = "test-token"
ADDRESS = "203.0.113.9"
OTHER_ADDRESS = "203.0.113.10"


@pytest.fixture
async def two(own_database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Shop, Shop]]:
    """Two processes of one gateway."""
    async with open_shop(own_database_url, tmp_path) as first:  # noqa: SIM117 - the second one later
        async with open_shop(own_database_url, tmp_path) as second:
            yield first, second


async def sent(shop: Shop, ip: str = ADDRESS) -> Answer:
    client = AsgiClient(shop.gateway.router, ip=ip)
    headers = {"origin": f"http://{HOST}"}
    return await client.post(FORM, {"token": TOKEN, "amount": "1"}, headers=headers)


async def test_orders_of_another_process_count(two: tuple[Shop, Shop]) -> None:
    first, second = two
    for _ in range(ORDERS_MAX // 2):
        assert (await sent(first)).status == 303
        assert (await sent(second)).status == 303

    assert (await sent(first)).status == 429
    assert (await sent(second)).status == 429
    assert (await sent(second, OTHER_ADDRESS)).status == 303


async def test_orders_are_counted_by_network_within_the_window(two: tuple[Shop, Shop]) -> None:
    shop, _ = two
    for ip in ("192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
        assert (await sent(shop, ip)).status == 303
    merchant = await shop.gateway.world.merchants.by_login("test")
    assert merchant is not None
    counts, since = PayerOrderCounts(shop.pool), shop.clock.now() - WITHIN

    async def of(ip: str) -> int:
        return await counts.of_network(merchant.merchant_id, ip, since=since)

    assert await of("192.0.2.1") == await of("::ffff:192.0.2.1") == 1
    assert await of("2001:db8::ffff") == 2
    assert await of("2001:db8:0:1::9") == 1
    assert await of("192.0.2.2") == 0
    later = shop.clock.now() + timedelta(seconds=1)
    assert await counts.of_network(merchant.merchant_id, "192.0.2.1", since=later) == 0


async def test_orders_that_the_shop_registers_itself_do_not_count(two: tuple[Shop, Shop]) -> None:
    shop, _ = two
    for _ in range(ORDERS_MAX):
        await shop.register(1_000, ip=ADDRESS)
    assert (await sent(shop)).status == 303
