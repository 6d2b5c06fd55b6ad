"""A payment by the test wallet: it waits for its payer, and a notification brings its result."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from altyn.domain.refusals import Refusal
from altyn.domain.waiting import ConfirmOnPhone, EnterCode, ScanQr
from altyn.operations.decisions import Refused
from altyn.operations.paying.steps import Ended
from tests.integration.ways.customers import Customers
from tests.receiver import a_receiver, set_callbacks
from tests.shop import GOOD, card_fields, refused
from tests.ways.registration import TOO_EXPENSIVE_MINOR, WALLET
from tests.ways.wallet import CODE, CODES_MAX, DECLINED_CODE, Asks

pytestmark = pytest.mark.slow

SESSION = timedelta(minutes=20)


async def test_confirmed_payment_is_paid_by_its_notification(customers: Customers) -> None:
    order_id = await customers.waiting(1000_00)
    await customers.must_be(order_id, 0, 0, 0, 0)
    assert (await customers.status(order_id))["paymentWay"] == WALLET
    await customers.confirm(order_id)
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)
    status = await customers.status(order_id)
    assert (status["paymentWay"], status["actionCode"]) == (WALLET, 0)
    assert "cardAuthInfo" not in status


@pytest.mark.parametrize(
    ("asks", "waiting"),
    [
        (Asks.CONFIRMATION, ConfirmOnPhone(phone="79001234567")),
        (Asks.QR, ScanQr(payload="https://wallet.example/pay/W00000000001")),
        (Asks.CODE, EnterCode(phone="79001234567")),
    ],
)
async def test_order_knows_what_its_payer_has_to_do(
    customers: Customers, asks: Asks, waiting: object
) -> None:
    customers.wallet.asks = asks
    order_id = await customers.waiting(1000_00)
    order = await customers.shop.gateway.world.orders.load(await customers.shop.key(order_id))
    assert order is not None
    assert order.waiting == waiting


async def test_callbacks_name_the_way(customers: Customers, database_url: str) -> None:
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url(), parameters="paymentWay")
        order_id = await customers.paid(1000_00, two_phase=True)
        await customers.shop.call("deposit.do", orderId=order_id, amount=0)
        await customers.shop.call("refund.do", orderId=order_id, amount=100_00)
        await receiver.until(lambda got: len(got) == 3)
    assert receiver.of(order_id) == [("approved", "1"), ("deposited", "1"), ("refunded", "1")]
    assert {got.parameters["paymentWay"] for got in receiver.got} == {WALLET}


async def test_held_sum_is_deposited_in_part_and_refunded_in_parts(customers: Customers) -> None:
    order_id = await customers.paid(1000_00, two_phase=True)
    await customers.must_be(order_id, 1, 1000_00, 0, 0)
    shop = customers.shop
    assert (await shop.call("deposit.do", orderId=order_id, amount=700_00))["errorCode"] == "0"
    await customers.must_be(order_id, 2, 1000_00, 700_00, 0)
    assert (await shop.call("refund.do", orderId=order_id, amount=200_00))["errorCode"] == "0"
    await customers.must_be(order_id, 4, 1000_00, 500_00, 200_00)
    assert (await shop.call("refund.do", orderId=order_id, amount=500_00))["errorCode"] == "0"
    await customers.must_be(order_id, 4, 1000_00, 0, 700_00)


@pytest.mark.parametrize("two_phase", [True, False])
async def test_reversal_gives_the_money_back(customers: Customers, *, two_phase: bool) -> None:
    order_id = await customers.paid(1000_00, two_phase=two_phase)
    assert (await customers.shop.call("reverse.do", orderId=order_id))["errorCode"] == "0"
    await customers.must_be(order_id, 3, 0, 0, 0)


async def test_timer_releases_a_hold_at_the_wallet(customers: Customers) -> None:
    order_id = await customers.paid(1000_00, two_phase=True)
    await customers.shop.travel(timedelta(days=8))
    await customers.must_be(order_id, 3, 0, 0, 0)


async def test_refusal_uses_an_attempt_and_leaves_the_order_payable(customers: Customers) -> None:
    order_id = await customers.waiting(1000_00)
    await customers.refuse(order_id)
    await customers.must_be(order_id, 0, 0, 0, 0)
    assert (await customers.status(order_id))["actionCode"] == DECLINED_CODE
    assert isinstance(await customers.begin(order_id), Ended)
    await customers.refuse(order_id, 2)
    answer = await customers.shop.pay(order_id, GOOD)
    assert "redirect" in answer, answer
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


async def test_last_refusal_declines_the_order(customers: Customers) -> None:
    order_id = await customers.shop.register(1000_00)
    for number in (1, 2, 3):
        assert isinstance(await customers.begin(order_id), Ended)
        await customers.refuse(order_id, number)
    await customers.must_be(order_id, 6, 0, 0, 0)
    again = await customers.begin(order_id)
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.ATTEMPTS_EXHAUSTED


async def test_waiting_order_takes_no_other_attempt(customers: Customers) -> None:
    order_id = await customers.waiting(1000_00)
    began = time.monotonic()
    answer = await customers.shop.call("paymentorder.do", **card_fields(order_id))
    assert refused("paymentOrder", answer, Refusal.WRONG_STATUS), answer
    again = await customers.begin(order_id)
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.WRONG_STATUS
    assert time.monotonic() - began < 4, "the answer comes at once, as the payer may take minutes"
    assert len(customers.wallet.entries) == 1
    await customers.confirm(order_id)
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


async def test_order_expires_after_its_session(customers: Customers) -> None:
    order_id = await customers.waiting(1000_00)
    await customers.shop.travel(SESSION + timedelta(minutes=2))
    await customers.must_be(order_id, 6, 0, 0, 0)
    assert (await customers.status(order_id))["actionCode"] == -2007
    assert not customers.wallet.confirm(await customers.payment(order_id))


async def test_payment_confirmed_in_the_last_second_is_paid(customers: Customers) -> None:
    order_id = await customers.waiting(1000_00)
    assert customers.wallet.confirm(await customers.payment(order_id))
    await customers.shop.travel(SESSION + timedelta(minutes=2))
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


# ── A code that the payer types ───────────────────────────────────────────────────────────────────


async def test_right_code_pays_without_a_second_attempt(customers: Customers) -> None:
    customers.wallet.asks = Asks.CODE
    order_id = await customers.waiting(1000_00)
    wrong = await customers.begin(order_id, code="0000")
    assert isinstance(wrong, Ended)
    assert wrong.order.waiting == EnterCode(phone="79001234567")
    right = await customers.begin(order_id, code=CODE)
    assert isinstance(right, Ended)
    assert len(right.order.payments) == 1
    await customers.must_be(order_id, 2, 1000_00, 1000_00, 0)


async def test_wrong_codes_end_the_attempt(customers: Customers) -> None:
    customers.wallet.asks = Asks.CODE
    order_id = await customers.waiting(1000_00)
    for _ in range(CODES_MAX):
        await customers.begin(order_id, code="0000")
    await customers.must_be(order_id, 0, 0, 0, 0)
    order = await customers.shop.gateway.world.orders.load(await customers.shop.key(order_id))
    assert order is not None
    assert (order.waiting, order.attempts_left) == (None, 2)


# ── Which orders the wallet may pay ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("way", "amount_minor", "features"),
    [
        ("NO_SUCH_WAY", 1000_00, ""),
        ("CARD", 1000_00, ""),
        (WALLET, 1000_00, "VERIFY"),
        (WALLET, TOO_EXPENSIVE_MINOR, ""),
    ],
)
async def test_way_that_is_not_offered_is_refused(
    customers: Customers, way: str, amount_minor: int, features: str
) -> None:
    order_id = await customers.shop.register(amount_minor, features=features)
    decision = await customers.begin(order_id, way=way)
    assert isinstance(decision, Refused)
    assert decision.refusal is Refusal.PARAMETER_INVALID
    assert not customers.wallet.entries


async def test_code_that_is_not_digits_is_refused(customers: Customers) -> None:
    decision = await customers.begin(await customers.shop.register(1000_00), code="x")
    assert isinstance(decision, Refused)
    assert (decision.refusal, decision.parameter) == (Refusal.PARAMETER_INVALID, "code")
