"""What a shop may bring and may do is bounded, and what it says is kept and told again."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from altyn.domain.refusals import Refusal
from altyn.operations.staff.merchants import find_merchant
from altyn.operations.staff.settings import change_settings
from tests.shop import GOOD, Shop, card_fields, open_shop, refused
from tests.staff import operator

CHILD = "test-child"
ADDRESS = {"billingAddressLine1": "Arbat 1", "billingPostalCode": "101000"}


@pytest.fixture
async def shop(empty_database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(empty_database_url, tmp_path) as shop:
        yield shop


async def change(shop: Shop, login: str, **changes: object) -> None:
    """Change a merchant's settings as the command line does, and wait until it is heard."""
    async with shop.pool.acquire() as connection:
        staff = operator(connection)
        merchant = await find_merchant(login, staff)
        await change_settings(merchant.merchant_id, changes, staff)
    merchants = shop.gateway.world.merchants
    for _ in range(500):
        found = await merchants.by_login(login)
        if found and all(getattr(found.settings, name) == value for name, value in changes.items()):
            return
        await shop.gateway.world.sleep(0.01)
    raise AssertionError("the change was not heard")


async def merchant_permissions(shop: Shop, login: str) -> frozenset[str]:
    found = await shop.gateway.world.merchants.by_login(login)
    assert found is not None
    return frozenset(found.settings.permissions)


async def test_a_parent_acts_with_the_rights_of_its_child(shop: Shop) -> None:
    rights = await merchant_permissions(shop, CHILD)
    await change(shop, CHILD, permissions=rights - {"two_phase"})
    answer = await shop.call(
        "registerPreAuth.do", amount=1000, returnUrl="https://shop.example/", merchantLogin=CHILD
    )
    assert refused("registerPreAuth", answer, Refusal.ACCESS_DENIED)
    own = await shop.call("registerPreAuth.do", amount=1000, returnUrl="https://shop.example/")
    assert "orderId" in own, "the parent's own rights are what they were"


async def test_what_a_shop_adds_to_an_order_is_bounded(shop: Shop) -> None:
    order_id = await shop.register(1000)
    many = json.dumps({f"n{place}": "v" for place in range(101)})
    long = json.dumps({"n": "v" * 65_536})
    for params in (many, long):
        answer = await shop.call("addParams.do", orderId=order_id, params=params)
        assert answer["errorCode"] == "5"
    halves = [json.dumps({f"n{p}": "v" for p in range(h * 60, h * 60 + 60)}) for h in range(2)]
    await shop.call("addParams.do", orderId=order_id, params=halves[0])
    answer = await shop.call("addParams.do", orderId=order_id, params=halves[1])
    assert refused("addParams", answer, Refusal.PARAMS_INVALID), "the sum of both is too much"
    seen = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert len(seen["merchantOrderParams"]) == 60


async def test_a_card_check_that_was_asked_for_is_never_a_charge(shop: Shop) -> None:
    fields = {"amount": 1000, "returnUrl": "https://shop.example/", "features": ["", "VERIFY"]}
    answer = await shop.call_repeating("register.do", fields)
    await shop.pay(answer["orderId"])
    seen = await shop.see(answer["orderId"])
    assert (seen.status, seen.state, seen.deposited) == (3, "REVERSED", 0)


async def test_what_the_shop_says_beside_the_card_is_told_again(shop: Shop) -> None:
    order_id = await shop.register(1000, jsonParams='{"a":"1"}', app2app="true")
    said = {"jsonParams": '{"a":"2","b":"3"}', "phone": "79000000000", "ip": "198.51.100.7"}
    await shop.call("paymentorder.do", **card_fields(order_id), **said, email="b@shop.example")
    seen = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    params = {each["name"]: each["value"] for each in seen["merchantOrderParams"]}
    assert params == {"a": "1", "b": "3", "app2app": "true"}, "what was said first stands"
    assert seen["payerData"] == {"email": "b@shop.example", "phone": "79000000000"}
    assert seen["ip"] == "198.51.100.7"
    who = await shop.pool.fetch("SELECT DISTINCT actor_ip FROM order_events")
    assert [row["actor_ip"] for row in who] == ["127.0.0.1"], "history keeps the caller's address"


async def test_the_bank_checks_the_address_where_the_merchant_asks_for_it(shop: Shop) -> None:
    rights = await merchant_permissions(shop, "test")
    await change(shop, "test", permissions=rights | {"avs_avv"}, status_version=19)
    for postal_code, told in (("101000", "D"), ("000000", "E")):
        data = json.dumps({**ADDRESS, "billingPostalCode": postal_code})
        order_id = await shop.register(1000, billingPayerData=data)
        await shop.pay(order_id, GOOD)
        seen = await shop.call("getOrderStatusExtended.do", orderId=order_id)
        assert seen["avsCode"] == told
    answer = await shop.call("register.do", amount=1000, returnUrl="https://shop.example/")
    assert answer["errorMessage"] == "[billingPayerData] неверен"


async def test_orders_that_were_never_paid_are_found_by_their_date(shop: Shop) -> None:
    await shop.register(1000)
    cancelled = await shop.register(1000)
    await shop.call("decline.do", orderId=cancelled)
    found = await shop.call(
        "getLastOrdersForMerchants.do", size=10, merchants="test-api",
        transactionStates="CREATED,DECLINED", **{"from": "20200101000000", "to": "20990101000000"},
    )  # fmt: skip
    assert found["totalCount"] == 2


async def test_items_of_a_deposit_stay_in_the_history(shop: Shop) -> None:
    order_id = await shop.paid(1000, two_phase=True)
    await shop.call("deposit.do", orderId=order_id, amount=0, depositItems='{"items":[1]}')
    detail = await shop.pool.fetchval(
        "SELECT detail FROM order_events WHERE event = 'deposit_asked'"
    )
    assert json.loads(detail) == {"items": {"items": [1]}}


async def test_another_sites_page_does_not_move_the_clock(shop: Shop) -> None:
    before = shop.clock.now()
    answer = await shop.post_json("/sandbox/clock", {"days": 7}, origin="https://evil.example")
    assert answer.status == 403
    too_long = await shop.post_json("/sandbox/clock", {"days": 7, "x": "y" * 5000})
    assert too_long.status == 400
    assert (shop.clock.now() - before).days == 0
    moved = await shop.post_json("/sandbox/clock", {"days": 7}, origin="http://127.0.0.1:8080")
    assert moved.status == 200
    assert (shop.clock.now() - before).days == 7
