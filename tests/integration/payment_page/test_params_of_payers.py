"""Additional parameters that a payer sends: kept with the order, and signed only on request.

Source: payment-page.md §3.2 (jsonParams); callbacks.md §3.3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.integration.payment_page.page_client import PageClient, card
from tests.merchant_changes import changed

CALLBACKS: Mapping[str, object] = {
    "callbacks.urls": "http://127.0.0.1:9/",
    "callbacks.parameters": ["room", "discount"],
}
SENT = '{"discount": "90", "room": "1"}'


async def test_a_payers_parameters_are_not_signed(client: PageClient) -> None:
    async with changed(client.shop, CALLBACKS):
        order_id = await client.register(jsonParams='{"room": "12"}')
        await client.pay(order_id, jsonParams=SENT)
        signed = await parameters_of_callback(client, order_id)
    assert signed["room"] == "12"
    assert "discount" not in signed
    shown = (await client.status(order_id))["merchantOrderParams"]
    assert {"name": "discount", "value": "90"} in shown


async def test_a_payers_parameters_are_signed_where_the_shop_lists_them(client: PageClient) -> None:
    listed = {**CALLBACKS, "callbacks.payer_parameters": ["discount"]}
    async with changed(client.shop, listed):
        order_id = await client.register()
        await client.pay(order_id, jsonParams=SENT)
        signed = await parameters_of_callback(client, order_id)
    assert signed["discount"] == "90"
    assert "room" not in signed


async def test_parameters_of_the_shop_replace_those_of_a_payer(client: PageClient) -> None:
    async with changed(client.shop, CALLBACKS):
        added, sent_with_card = await client.register(), await client.register()
        for order_id in (added, sent_with_card):
            await client.pay(order_id, "4444444444444422", jsonParams=SENT)
        await client.shop.call("addParams.do", orderId=added, params='{"discount": "5"}')
        await client.shop.pay(added)
        form = {"MDORDER": sent_with_card, **card(), "jsonParams": '{"discount": "5"}'}
        await client.shop.call("paymentOrder.do", **form)
        for order_id in (added, sent_with_card):
            signed = await parameters_of_callback(client, order_id)
            assert signed["discount"] == "5"
            assert "room" not in signed


async def parameters_of_callback(client: PageClient, order_id: str) -> dict[str, Any]:
    """The parameters of the only callback of an order, as they are signed."""
    query = "SELECT parameters FROM outbox WHERE parameters ->> 'mdOrder' = $1"
    async with client.shop.pool.acquire() as connection:
        rows = await connection.fetch(query, str(UUID(order_id)))
    (row,) = rows
    found: dict[str, Any] = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return found
