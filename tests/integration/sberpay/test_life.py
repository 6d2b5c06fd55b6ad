"""What becomes of an order while its push waits, and after it was answered.

Source: sberpay.md §2, §5; rest-orders.md §1.5.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any, Final

import pytest

from altyn.domain.action_codes import CANCELLED, SESSION_EXPIRED
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.begin import BeginPayment, begin_payment
from altyn.operations.paying.cancel import cancel_waiting
from altyn.operations.paying.steps import Ended
from altyn.operations.ports import PAYER, Actor
from altyn.protocol.phone_messages import MessageAction
from altyn.simulators.bank_app.bank_app import REFUSED
from tests.audit import audit, unsettled
from tests.integration.sberpay.spellings import SPELLINGS, spelling
from tests.merchant_changes import changed
from tests.receiver import a_receiver, set_callbacks
from tests.shop import GOOD, Shop, card_fields, new_number, refused
from tests.ways.sberpay import CONFIRM, LINK, PHONE, PUSH, REFUSE, WAY, Payers

pytestmark = pytest.mark.slow

SESSION: Final = timedelta(minutes=20)
ACTOR: Final = Actor(name=PAYER, ip="203.0.113.9")
WITHIN_SECONDS: Final = 30


async def order_of(shop: Shop, order_id: str) -> Order:
    order = await shop.gateway.world.orders.load(await shop.key(order_id))
    assert order is not None
    return order


async def until_known(shop: Shop) -> None:
    """Wait until the gateway's own worker has settled every attempt."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while await unsettled(shop.pool):  # noqa: ASYNC110 - it happens in PostgreSQL
            await asyncio.sleep(0.05)


async def choose_sberpay(shop: Shop, order_id: str, phone: str = PHONE) -> Ended | Refused:
    """The payer chooses SberPay on the page."""
    command = BeginPayment(
        key=await shop.key(order_id), way=WAY, actor=ACTOR, fields={"sberPayPhone": phone}
    )
    return await begin_payment(command, shop.gateway.world)


# ── The clock ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("written", SPELLINGS)
@pytest.mark.parametrize("way", [PUSH, LINK], ids=["back2app", "app2app"])
@pytest.mark.parametrize("two_phase", [False, True], ids=["one-stage", "two-stage"])
async def test_order_expires_while_it_waits_for_its_payer(
    shop: Shop,
    payers: Payers,
    database_url: str,
    written: str,
    way: dict[str, Any],
    *,
    two_phase: bool,
) -> None:
    merchant = spelling(written, shop)
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url())
        order_id = (await merchant.register(two_phase=two_phase, **way))["orderId"]
        await shop.travel(SESSION + timedelta(minutes=2))
        await receiver.until(lambda got: len(got) == 1)
    assert receiver.of(order_id) == [("declinedByTimeout", "0")]
    status = await merchant.status(order_id)
    assert (int(status["orderStatus"]), int(status["actionCode"])) == (6, SESSION_EXPIRED)
    assert await payers.answer(order_id, CONFIRM) is None, "the invoice is over"
    for message in await payers.messages(order_id):
        assert message.actions == ()
    assert (await shop.see(order_id)).status == 6
    assert await audit(shop.pool, [order_id]) == []


async def test_payment_confirmed_in_the_last_second_is_paid(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    await shop.travel(SESSION - timedelta(seconds=2))
    assert await payers.answer(order_id, CONFIRM, notified=False) is not None
    await shop.travel(timedelta(minutes=2))
    assert (await shop.see(order_id)).status == 2
    assert await audit(shop.pool, [order_id]) == []


async def test_hold_is_released_after_its_days(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, two_phase=True, **PUSH)
    await payers.confirm(order_id)
    await shop.travel(timedelta(days=8))
    assert (await shop.see(order_id)).status == 3
    assert await audit(shop.pool, [order_id]) == []


async def test_deposit_is_reversed_on_its_business_day_only(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    await payers.confirm(order_id)
    await shop.travel(timedelta(days=1))
    answer = await shop.call("reverse.do", orderId=order_id)
    assert refused("reverse", answer, Refusal.WRONG_STATUS), answer
    answer = await shop.call("refund.do", orderId=order_id, amount=5000_00)
    assert answer["errorCode"] == "0", answer


# ── Notifications ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("action", "status"), [(CONFIRM, 2), (REFUSE, 0)])
async def test_lost_notification_is_made_up_for_by_an_inquiry(
    shop: Shop, payers: Payers, action: MessageAction, status: int
) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    assert await payers.answer(order_id, action, notified=False) is not None
    await until_known(shop)
    assert (await shop.see(order_id)).status == status
    assert await audit(shop.pool, [order_id]) == []


async def test_repeated_notification_changes_nothing(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    response = await payers.answer(order_id, CONFIRM)
    assert response is not None
    before = await order_of(shop, order_id)
    for _ in range(3):
        await payers.notify(f"{order_id.replace('-', '')}-1", response)
    assert await order_of(shop, order_id) == before


# ── Another attempt ───────────────────────────────────────────────────────────────────────────────


async def test_payer_who_has_refused_confirms_another_push(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    await payers.refuse(order_id)
    assert (await shop.see(order_id)).action_code == REFUSED
    assert isinstance(await choose_sberpay(shop, order_id), Ended)
    assert len(await payers.messages(order_id)) == 2
    assert await payers.answer(order_id, CONFIRM, 1) is None, "the first push was answered"
    await payers.confirm(order_id, 2)
    assert (await shop.see(order_id)).status == 2
    assert await audit(shop.pool, [order_id]) == []


async def test_declined_payment_shows_its_action_code(shop: Shop, payers: Payers) -> None:
    poor = "79990000002"
    order_id = await shop.register(5000_00, phone=poor, back2app="true")
    await payers.confirm(order_id)
    state = await shop.see(order_id)
    assert (state.status, state.action_code) == (0, 116)
    assert isinstance(await choose_sberpay(shop, order_id), Ended)
    await payers.confirm(order_id, 2)
    assert (await shop.see(order_id)).status == 2


async def test_order_that_waits_takes_no_other_attempt(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    answer = await shop.call("paymentorder.do", **card_fields(order_id, GOOD))
    assert refused("paymentOrder", answer, Refusal.WRONG_STATUS), answer
    again = await choose_sberpay(shop, order_id)
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.WRONG_STATUS
    assert len(await payers.messages(order_id)) == 1


async def test_payer_withdraws_the_push_and_pays_by_card(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    ended = await cancel_waiting(await shop.key(order_id), actor=ACTOR, world=shop.gateway.world)
    assert isinstance(ended, Ended)
    assert (await shop.see(order_id)).action_code == CANCELLED
    assert await payers.answer(order_id, CONFIRM) is None
    assert "redirect" in await shop.pay(order_id)
    assert await audit(shop.pool, [order_id]) == []


@pytest.mark.parametrize("attempts", [3, 1])
async def test_shop_cancels_the_order_while_the_push_waits(
    shop: Shop, payers: Payers, attempts: int
) -> None:
    async with changed(shop, {"payment_attempts": attempts}):
        order_id = await shop.register(5000_00, **PUSH)
        answer = await shop.call("decline.do", orderId=order_id)
    assert answer["errorCode"] == "0", answer
    state = await shop.see(order_id)
    assert (state.status, state.action_code) == (6, CANCELLED)
    assert await payers.answer(order_id, CONFIRM) is None
    assert await audit(shop.pool, [order_id]) == []


async def test_confirmed_order_is_not_cancelled(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, **PUSH)
    assert await payers.answer(order_id, CONFIRM, notified=False) is not None
    answer = await shop.call("decline.do", orderId=order_id)
    assert refused("decline", answer, Refusal.WRONG_STATUS), answer
    assert (await shop.see(order_id)).status == 2


# ── Receipts ──────────────────────────────────────────────────────────────────────────────────────


async def test_order_with_a_cart_gets_its_receipt(shop: Shop, payers: Payers) -> None:
    item = {"positionId": "1", "name": "Чай", "itemCode": "T", "itemPrice": 5000_00}
    item |= {"quantity": {"value": 1, "measure": "шт"}, "tax": {"taxType": 0}}
    cart = {"customerDetails": {"phone": PHONE}, "cartItems": {"items": [item]}}
    order_id = await shop.register(5000_00, orderBundle=json.dumps(cart), **PUSH)
    await payers.confirm(order_id)
    async with asyncio.timeout(WITHIN_SECONDS):
        answer = await shop.call("getReceiptStatus.do", orderId=order_id)
        while not answer.get("receipt"):
            await asyncio.sleep(0.1)
            answer = await shop.call("getReceiptStatus.do", orderId=order_id)
    assert answer["errorCode"] == "0"


# ── The push is sent once ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("concurrent", [2, 8])
async def test_registrations_at_once_send_one_push(
    shop: Shop, payers: Payers, concurrent: int
) -> None:
    fields = {"orderNumber": new_number(), "amount": 5000_00, "returnUrl": "https://shop.example/"}
    answers = await asyncio.gather(
        *(shop.call("register.do", **fields, **PUSH) for _ in range(concurrent))
    )
    (registered,) = [each for each in answers if "orderId" in each]
    assert {each["errorCode"] for each in answers if each is not registered} == {"1"}
    every = await payers.phones.messages(PHONE)
    named = [each for each in every if fields["orderNumber"] in each.text.replace("?", " ").split()]
    assert len(named) == 1
