"""Limits on what a shop may send, its permissions, and values that are stored and returned."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from altyn.domain.refusals import Refusal
from tests.shop import GOOD, Shop, card_fields, open_shop, refused
from tests.staff import change_settings_of as change

CHILD = "test-child"
ADDRESS = {"billingAddressLine1": "Arbat 1", "billingPostalCode": "101000"}


@pytest.fixture
async def shop(own_database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(own_database_url, tmp_path) as shop:
        yield shop


async def merchant_permissions(shop: Shop, login: str) -> frozenset[str]:
    found = await shop.gateway.world.merchants.by_login(login)
    assert found is not None
    return frozenset(found.settings.permissions)


async def test_parent_shop_acts_with_the_permissions_of_its_child(shop: Shop) -> None:
    permissions = await merchant_permissions(shop, CHILD)
    await change(shop, CHILD, permissions=permissions - {"two_phase"})
    answer = await shop.call(
        "registerPreAuth.do", amount=1000, returnUrl="https://shop.example/", merchantLogin=CHILD
    )
    assert refused("registerPreAuth", answer, Refusal.ACCESS_DENIED)
    own = await shop.call("registerPreAuth.do", amount=1000, returnUrl="https://shop.example/")
    assert "orderId" in own, "the parent keeps its own permissions"


async def test_added_parameters_are_limited(shop: Shop) -> None:
    order_id = await shop.register(1000)
    many = json.dumps({f"n{place}": "v" for place in range(101)})
    long = json.dumps({"n": "v" * 65_536})
    for params in (many, long):
        answer = await shop.call("addParams.do", orderId=order_id, params=params)
        assert answer["errorCode"] == "5"
    parts = [json.dumps({f"n{p}": "v" for p in range(h * 60, h * 60 + 60)}) for h in range(2)]
    await shop.call("addParams.do", orderId=order_id, params=parts[0])
    answer = await shop.call("addParams.do", orderId=order_id, params=parts[1])
    assert refused("addParams", answer, Refusal.PARAMS_INVALID), "both together exceed the limit"
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert len(status["merchantOrderParams"]) == 60


async def test_card_verification_is_never_a_charge(shop: Shop) -> None:
    fields = {"amount": 1000, "returnUrl": "https://shop.example/", "features": ["", "VERIFY"]}
    answer = await shop.call("register.do", **fields)
    await shop.pay(answer["orderId"])
    order = await shop.see(answer["orderId"])
    assert (order.status, order.state, order.deposited) == (3, "REVERSED", 0)


async def test_parameters_of_paymentorder_are_stored_and_returned(shop: Shop) -> None:
    order_id = await shop.register(1000, jsonParams='{"a":"1"}', bindingNotNeeded="true")
    extra = {"jsonParams": '{"a":"2","b":"3"}', "phone": "79000000000", "ip": "198.51.100.7"}
    await shop.call("paymentorder.do", **card_fields(order_id), **extra, email="b@shop.example")
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    params = {each["name"]: each["value"] for each in status["merchantOrderParams"]}
    assert params == {"a": "1", "b": "3", "bindingNotNeeded": "true"}, (
        "values of register.do are kept"
    )
    assert status["payerData"] == {"email": "b@shop.example", "phone": "79000000000"}
    assert status["ip"] == "198.51.100.7"
    ips = await shop.pool.fetch("SELECT DISTINCT actor_ip FROM order_events")
    assert [row["actor_ip"] for row in ips] == ["127.0.0.1"], "the history has the caller's address"


async def test_billing_address_is_checked_for_merchants_with_avs(shop: Shop) -> None:
    permissions = await merchant_permissions(shop, "test")
    await change(shop, "test", permissions=permissions | {"avs_avv"}, status_version=19)
    for postal_code, avs_code in (("101000", "D"), ("000000", "E")):
        data = json.dumps({**ADDRESS, "billingPostalCode": postal_code})
        order_id = await shop.register(1000, billingPayerData=data)
        await shop.pay(order_id, GOOD)
        status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
        assert status["avsCode"] == avs_code
    answer = await shop.call("register.do", amount=1000, returnUrl="https://shop.example/")
    assert answer["errorMessage"] == "[billingPayerData] неверен"


async def test_unpaid_orders_are_found_by_date(shop: Shop) -> None:
    await shop.register(1000)
    cancelled = await shop.register(1000)
    await shop.call("decline.do", orderId=cancelled)
    found = await shop.call(
        "getLastOrdersForMerchants.do", size=10, merchants="test-api",
        transactionStates="CREATED,DECLINED", **{"from": "20200101000000", "to": "20990101000000"},
    )  # fmt: skip
    assert found["totalCount"] == 2


async def test_deposit_items_are_stored_in_the_history(shop: Shop) -> None:
    item = {"positionId": "1", "name": "Tea", "itemCode": "T", "itemPrice": 1000}
    item |= {"quantity": {"value": 1, "measure": "kg"}}
    cart = json.dumps({"cartItems": {"items": [item]}})
    order_id = await shop.register(1000, two_phase=True, orderBundle=cart)
    await shop.pay(order_id)
    part = {"positionId": "1", "quantity": {"value": 1}}
    await shop.call("deposit.do", orderId=order_id, amount=1000, depositItems=json.dumps([part]))
    detail = await shop.pool.fetchval(
        "SELECT detail FROM order_events WHERE event = 'deposit_asked'"
    )
    assert json.loads(detail) == {"items": [part]}


async def test_clock_is_not_moved_by_a_page_of_another_site(shop: Shop) -> None:
    before = shop.clock.now()
    answer = await shop.post_json("/sandbox/clock", {"days": 7}, origin="https://evil.example")
    assert answer.status == 403
    too_long = await shop.post_json("/sandbox/clock", {"days": 7, "x": "y" * 5000})
    assert too_long.status == 400
    assert (shop.clock.now() - before).days == 0
    moved = await shop.post_json("/sandbox/clock", {"days": 7}, origin="http://127.0.0.1:8080")
    assert moved.status == 200
    assert (shop.clock.now() - before).days == 7
