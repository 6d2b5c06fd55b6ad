"""Callbacks of orders that were paid by SberPay and in parts: the facts that a shop reads.

Each kind of notification is one test for both ways, one-stage and two-stage where that differs.
Source: callbacks.md §1, §3; sberpay.md §5; bnpl.md §7.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from altyn.storage.demo import DEMO_CALLBACK_KEY
from tests.asgi_client import AsgiClient
from tests.integration.bnpl.payer import Payer
from tests.integration.payment_page.page_client import PAYER_IP, PageClient
from tests.merchant_changes import changed
from tests.receiver import Receiver, a_receiver, set_callbacks
from tests.shop import Shop, open_shop
from tests.ways.sberpay import PUSH, Payers

pytestmark = pytest.mark.slow

AMOUNT: Final = 1500_00
FACTS: Final = (
    "paymentWay",
    "amount",
    "approvedAmount",
    "depositedAmount",
    "refundedAmount",
    "actionCode",
    "currency",
    "maskedPan",
)
TWO_HOURS: Final = timedelta(hours=2)


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Way:
    """One way: how an order begins to be paid in it, and how its payer pays or refuses."""

    name: str
    code_of_refusal: int
    begin: Callable[[Shop, bool], Awaitable[str]]
    pay: Callable[[Shop, str], Awaitable[None]]
    refuse: Callable[[Shop, str], Awaitable[None]]


async def push(shop: Shop, two_phase: bool) -> str:  # noqa: FBT001 - the field of a way
    return await shop.register(AMOUNT, two_phase=two_phase, **PUSH)


async def at_code(shop: Shop, two_phase: bool) -> str:  # noqa: FBT001 - the field of a way
    order_id = await shop.register(AMOUNT, two_phase=two_phase)
    await in_parts(shop).ask_code(order_id)
    return order_id


async def pay_in_parts(shop: Shop, order_id: str) -> None:
    payer = in_parts(shop)
    await payer.to_card(order_id)
    await payer.pay_first_part(order_id)


async def get_no_loan(shop: Shop, order_id: str) -> None:
    payer = in_parts(shop).with_phone("79991230000")
    await payer.open(order_id, step="phone")
    await payer.ask_code(order_id)
    await payer.type_code(order_id)


def in_parts(shop: Shop) -> Payer:
    return Payer(PageClient(shop, AsgiClient(shop.gateway.router, PAYER_IP)))


WAYS: Final = (
    Way(
        "SBRF_SBOL",
        5,
        push,
        lambda shop, order_id: Payers(shop.gateway).confirm(order_id),
        lambda shop, order_id: Payers(shop.gateway).refuse(order_id),
    ),
    Way("BNPL", 120, at_code, pay_in_parts, get_no_loan),
)
EACH_WAY: Final = pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])


@asynccontextmanager
async def receiving(database_url: str) -> AsyncIterator[Receiver]:
    """A receiver that gets all facts of this shop's callbacks."""
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url(), parameters=",".join(FACTS))
        yield receiver
        await set_callbacks(database_url)


async def facts(receiver: Receiver, order_id: str, count: int) -> list[tuple[object, ...]]:
    """Operation, status, approved, deposited and refunded sum of each callback of an order; what
    all callbacks have in common is checked."""
    await receiver.until(lambda got: sum(each.order_id == order_id for each in got) >= count)
    own = [each for each in receiver.got if each.order_id == order_id]
    for each in own:
        assert each.signed_with(DEMO_CALLBACK_KEY)
        assert (each.parameters["amount"], each.parameters["currency"]) == (str(AMOUNT), "643")
        assert each.parameters["orderNumber"].startswith("T-")
    sums = ("approvedAmount", "depositedAmount", "refundedAmount")
    return [(*each.notification, *(int(each.parameters[name]) for name in sums)) for each in own]


def ways_of(receiver: Receiver, order_id: str) -> set[tuple[str | None, str | None]]:
    """Way and action code of the callbacks of an order."""
    own = [each.parameters for each in receiver.got if each.order_id == order_id]
    return {(each.get("paymentWay"), each.get("actionCode")) for each in own}


@EACH_WAY
async def test_approved_deposited_and_refunded(shop: Shop, database_url: str, way: Way) -> None:
    async with receiving(database_url) as receiver:
        order_id = await way.begin(shop, True)  # noqa: FBT003
        await way.pay(shop, order_id)
        await shop.call("deposit.do", orderId=order_id, amount=1200_00)
        await shop.call("refund.do", orderId=order_id, amount=200_00)
        found = await facts(receiver, order_id, 3)
    assert found == [
        ("approved", "1", AMOUNT, 0, 0),
        ("deposited", "1", AMOUNT, 1200_00, 0),
        ("refunded", "1", AMOUNT, 1000_00, 200_00),
    ]
    assert ways_of(receiver, order_id) == {(way.name, "0")}
    by_card = {"maskedPan" in each.parameters for each in receiver.got}
    assert by_card == {way.name == "BNPL"}, "only the first part is paid by card"


@EACH_WAY
async def test_deposited_at_once_and_refunded_in_full(
    shop: Shop, database_url: str, way: Way
) -> None:
    async with receiving(database_url) as receiver:
        order_id = await way.begin(shop, False)  # noqa: FBT003
        await way.pay(shop, order_id)
        await shop.call("refund.do", orderId=order_id, amount=AMOUNT)
        found = await facts(receiver, order_id, 2)
    assert found == [("deposited", "1", AMOUNT, AMOUNT, 0), ("refunded", "1", AMOUNT, 0, AMOUNT)]
    assert ways_of(receiver, order_id) == {(way.name, "0")}


@EACH_WAY
@pytest.mark.parametrize("two_phase", [False, True], ids=["one-stage", "two-stage"])
async def test_reversed(shop: Shop, database_url: str, way: Way, *, two_phase: bool) -> None:
    async with receiving(database_url) as receiver:
        order_id = await way.begin(shop, two_phase)
        await way.pay(shop, order_id)
        assert (await shop.call("reverse.do", orderId=order_id))["errorCode"] == "0"
        found = await facts(receiver, order_id, 2)
    paid = ("approved", "1", AMOUNT, 0, 0) if two_phase else ("deposited", "1", AMOUNT, AMOUNT, 0)
    assert found == [paid, ("reversed", "1", 0, 0, 0)]
    assert ways_of(receiver, order_id) == {(way.name, "0")}


@EACH_WAY
async def test_declined_by_timeout(shop: Shop, database_url: str, way: Way) -> None:
    async with receiving(database_url) as receiver:
        order_id = await way.begin(shop, False)  # noqa: FBT003
        await shop.travel(TWO_HOURS)
        found = await facts(receiver, order_id, 1)
        await shop.travel(TWO_HOURS)
    assert found == [("declinedByTimeout", "0", 0, 0, 0)]
    assert len(receiver.of(order_id)) == 1
    ((_, code),) = ways_of(receiver, order_id)
    assert code == "-2007"


@EACH_WAY
async def test_last_refusal_of_the_payer(shop: Shop, database_url: str, way: Way) -> None:
    async with receiving(database_url) as receiver, changed(shop, {"payment_attempts": 1}):
        order_id = await way.begin(shop, False)  # noqa: FBT003
        await way.refuse(shop, order_id)
        found = await facts(receiver, order_id, 1)
    assert found == [("deposited", "0", 0, 0, 0)]
    assert ways_of(receiver, order_id) == {(way.name, str(way.code_of_refusal))}


async def test_later_parts_send_no_callback(shop: Shop, database_url: str) -> None:
    payer = in_parts(shop)
    async with receiving(database_url) as receiver:
        order_id = await at_code(shop, two_phase=False)
        await pay_in_parts(shop, order_id)
        await payer.after(timedelta(days=60))
        assert await payer.events(order_id) == ["instalment_charged"] * 3
        await shop.call("refund.do", orderId=order_id, amount=100_00)
        found = await facts(receiver, order_id, 2)
    assert found == [
        ("deposited", "1", AMOUNT, AMOUNT, 0),
        ("refunded", "1", AMOUNT, AMOUNT - 100_00, 100_00),
    ]
