"""Notifications of the test wallet: who may send them, and when they come."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from altyn.operations.paying.steps import Ended
from tests.integration.ways.customers import Customers
from tests.ways.connector import WalletConnector
from tests.ways.registration import WALLET
from tests.ways.wallet import Fault, State, WalletRequest, WalletResponse

pytestmark = pytest.mark.slow


async def version(customers: Customers, order_id: str) -> int:
    """The version of the order: it grows with each change."""
    order = await customers.shop.gateway.world.orders.load(await customers.shop.key(order_id))
    assert order is not None
    return order.version


async def test_repeated_notification_changes_nothing(customers: Customers) -> None:
    order_id = await customers.waiting(1000_00)
    before = await version(customers, order_id)
    assert await customers.notify(order_id) == HTTPStatus.OK  # still waiting: nothing new
    assert await version(customers, order_id) == before
    await customers.confirm(order_id)
    paid = await version(customers, order_id)
    for _ in range(3):
        assert await customers.notify(order_id) == HTTPStatus.OK
    assert await version(customers, order_id) == paid
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


async def test_contradiction_after_the_end_changes_nothing(customers: Customers) -> None:
    order_id = await customers.paid(1000_00)
    key = await customers.payment(order_id)
    refusal = WalletResponse(key=key, state=State.DECLINED, action_code=100)
    assert await customers.send_notification(refusal) == HTTPStatus.OK
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


async def test_wrong_key_is_refused(customers: Customers) -> None:
    order_id = await customers.waiting(1000_00)
    assert customers.wallet.confirm(await customers.payment(order_id))
    for key in ("", "another key", "ключ"):
        assert await customers.notify(order_id, key=key) == HTTPStatus.FORBIDDEN
    await customers.until(order_id, lambda status: status["orderStatus"] == 2)  # it is inquired


async def test_unreadable_notification_is_refused(customers: Customers) -> None:
    assert await customers.send_bytes(b'{"key": 1}') == HTTPStatus.BAD_REQUEST


async def test_payment_of_another_way_is_out_of_reach(customers: Customers) -> None:
    order_id = await customers.shop.paid(1000_00, two_phase=True)
    await customers.shop.call("deposit.do", orderId=order_id, amount=0)
    registered = await customers.shop.register(1000_00)
    for key in (
        await customers.payment(order_id),
        await customers.payment(order_id, 2),  # the deposit of a card payment
        await customers.payment(order_id, 3),
        await customers.payment(order_id, 0),
        await customers.payment(registered),
        "0" * 32 + "-1",
        "no key",
    ):
        sent = WalletResponse(key=key, state=State.APPROVED, reference="W1")
        assert await customers.send_notification(sent) == HTTPStatus.NOT_FOUND
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)
    await customers.must_be(registered, 0, 0, 0, 0)


async def test_notification_may_come_before_the_response(customers: Customers) -> None:
    connector = customers.shop.gateway.world.ways.connector(WALLET)
    assert isinstance(connector, WalletConnector)
    ask = connector.ask

    async def confirmed_first(request: WalletRequest) -> WalletResponse:
        response = await ask(request)  # "waiting"; it arrives after the notification
        await customers.confirm(order_id)
        return response

    connector.ask = confirmed_first
    order_id = await customers.shop.register(1000_00, two_phase=True)
    ended = await customers.begin(order_id)
    assert isinstance(ended, Ended)
    assert (ended.order.approved_minor, ended.order.waiting) == (1000_00, None)
    connector.ask = ask
    await customers.must_be(order_id, 1, 1000_00, 0, 0)
    assert (await customers.shop.call("deposit.do", orderId=order_id, amount=0))["errorCode"] == "0"
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


@pytest.mark.parametrize(
    ("verb", "after"),
    [
        ("deposit", (2, 1000_00, 1000_00, 0)),
        ("reverse", (3, 0, 0, 0)),
    ],
)
async def test_notification_brings_the_result_of_a_later_request(
    customers: Customers, verb: str, after: tuple[int, int, int, int]
) -> None:
    order_id = await customers.paid(1000_00, two_phase=True)
    customers.wallet.faults.append(Fault.PROCESSING)
    answer = await customers.shop.call(f"{verb}.do", orderId=order_id, amount=0)
    assert answer["errorCode"] != "0", "it is not known yet"
    customers.wallet.finish(await customers.payment(order_id, 2))
    assert await customers.notify(order_id, 2) == HTTPStatus.OK
    await customers.must_be(order_id, *after)


async def test_notification_brings_the_result_of_a_refund(customers: Customers) -> None:
    order_id = await customers.paid(1000_00)
    customers.wallet.faults.append(Fault.PROCESSING)
    answer = await customers.shop.call("refund.do", orderId=order_id, amount=400_00)
    assert answer["errorCode"] != "0", "it is not known yet"
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)
    customers.wallet.finish(await customers.payment(order_id, 2))
    assert await customers.notify(order_id, 2) == HTTPStatus.OK
    await customers.must_be(order_id, 4, 1000_00, 600_00, 400_00)
