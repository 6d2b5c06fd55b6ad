"""paymentotherway.do: a shop begins a payment without a card, and its payer goes on at the page.

Source: rest-orders.md §11.
"""

from __future__ import annotations

from typing import Any

import pytest

from altyn.operations.decisions import Refused
from altyn.operations.paying.begin import BeginPayment, begin_payment
from altyn.operations.ports import Actor
from tests.bank_phone import confirm_scanned
from tests.integration.payment_page.page_client import FAIL_URL, PageClient
from tests.merchant_changes import changed
from tests.page_tree import find_all, parse

PAYER = "198.51.100.7"


async def begin(client: PageClient, order_id: str, **more: object) -> dict[str, Any]:
    fields = {"mdOrder": order_id, "paymentWay": "SBRF_SBOL", "language": "en", **more}
    return await client.shop.call("paymentotherway.do", **fields)


@pytest.mark.parametrize("way", ["SBRF_SBOL", "sberpay"])
async def test_payer_goes_on_at_the_payment_page(client: PageClient, way: str) -> None:
    order_id = await client.register(language="en")
    answer = await begin(client, order_id, paymentWay=way, ip=PAYER)
    assert (answer["errorCode"], sorted(answer)) == (0, ["errorCode", "info", "redirect"])
    assert answer["redirect"].endswith(f"/payment_en.html?mdOrder={order_id}")
    page = (await client.open(order_id, "payment_en.html")).text
    (link,) = [
        address
        for each in find_all(parse(page), "a")
        if (address := each.get("href", "")).startswith("sberpay:")
    ]
    await confirm_scanned(client.shop.gateway, link, "79998887766")
    status = await client.status(order_id)
    assert (status["orderStatus"], status["paymentWay"]) == (2, "SBRF_SBOL")


async def test_address_of_the_payer_is_the_one_that_the_shop_names(client: PageClient) -> None:
    order_id = await client.register()
    await begin(client, order_id, ip=PAYER)
    assert (await client.status(order_id))["ip"] == PAYER
    order_id = await client.register()
    await begin(client, order_id)
    assert not (await client.status(order_id)).get("ip")


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        ({"paymentWay": ""}, 4, "[paymentWay] is empty"),
        ({"mdOrder": ""}, 4, "[MDORDER] is empty"),
        ({"mdOrder": "01a20052-daf3-8000-819c-61e943bd6253"}, 1, "Wrong order number."),
        ({"paymentWay": "CARD"}, 5, "paymentWay"),
        ({"paymentWay": "SBP_C2B"}, 5, "paymentWay"),
    ],
)
async def test_request_that_cannot_be_served_is_refused(
    client: PageClient, fields: dict[str, str], code: int, text: str
) -> None:
    answer = await begin(client, await client.register(), **fields)
    assert (answer["errorCode"], text in answer["errorMessage"]) == (code, True)


async def test_second_call_is_refused_while_the_payer_is_busy(client: PageClient) -> None:
    order_id = await client.register()
    await begin(client, order_id)
    again = await begin(client, order_id)
    assert (again["errorCode"], again["errorMessage"]) == (5, "Wrong order status")


async def test_shop_under_maintenance_is_refused(client: PageClient) -> None:
    async with changed(client.shop, {"sberpay.inactive": True}):
        order_id = await client.register()
        answer = await begin(client, order_id)
        key = await client.shop.key(order_id)
        command = BeginPayment(key=key, way="SBRF_SBOL", actor=Actor(name="shop"), by_shop=True)
        refused = await begin_payment(command, client.shop.gateway.world)
    assert answer["errorCode"] == 5
    assert isinstance(refused, Refused)
    assert refused.rule.startswith("SBRF_SBOL is under maintenance")


async def test_order_whose_session_is_over_is_refused(client: PageClient) -> None:
    order_id = await client.register()
    await client.wait(minutes=21)
    answer = await begin(client, order_id)
    assert answer["errorCode"] in {1, 5}
    assert (await client.open(order_id)).location.startswith(FAIL_URL)
