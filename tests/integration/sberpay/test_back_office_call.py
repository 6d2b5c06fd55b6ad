"""Payment via Back Office call: the ten steps of the founding document, one after the other.

Source: 000 (the scenario); sberpay.md §2.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from altyn.protocol.phone_messages import MessageAction, MessageKind
from tests.audit import audit
from tests.integration.sberpay.spellings import SPELLINGS, spelling
from tests.merchant_changes import changed
from tests.receiver import a_receiver, set_callbacks
from tests.shop import Shop
from tests.ways.sberpay import PHONE, PUSH, Payers

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("two_phase", [False, True], ids=["one-stage", "two-stage"])
@pytest.mark.parametrize("written", SPELLINGS)
async def test_ten_steps(shop: Shop, payers: Payers, written: str, *, two_phase: bool) -> None:
    merchant = spelling(written, shop)
    # 1. The client forms and confirms the order.
    # 2. The merchant registers an order; back2app is passed.
    answer = await merchant.register(two_phase=two_phase, **PUSH)
    # 3. The payment gateway returns a response.
    assert int(answer.get("errorCode", 0)) == 0
    order_id = answer["orderId"]
    assert answer["formUrl"].endswith(f"mdOrder={order_id}")
    invoice_id = UUID(order_id).hex
    assert answer["externalParams"] == {"sbolBankInvoiceId": invoice_id, "sbolInactive": "false"}
    status = await merchant.status(order_id)
    assert int(status["orderStatus"]) == 0
    # 4. The client receives a push notification.
    (message,) = await payers.messages(order_id)
    assert (message.kind, message.amount_minor) == (MessageKind.PUSH, 5000_00)
    assert message.actions == (MessageAction.CONFIRM, MessageAction.REFUSE)
    # 5. and 6. The client opens the bank's app and confirms the payment.
    await payers.confirm(order_id)
    if two_phase:
        status = await merchant.status(order_id)
        assert int(status["orderStatus"]) == 1
        # 7. The merchant sends a request to complete the order.
        completed = await merchant.deposit(order_id, 3000_00)
        # 8. The payment gateway returns a response to the completion request.
        assert int(completed["errorCode"]) == 0
    # 9. The merchant sends an order status request.
    status = await merchant.status(order_id)
    # 10. The payment gateway returns a response to the order status request.
    assert (int(status["orderStatus"]), status["paymentWay"]) == (2, "SBRF_SBOL")
    assert int(status["actionCode"]) == 0
    amounts = status["paymentAmountInfo"]
    deposited = 3000_00 if two_phase else 5000_00
    assert int(amounts["approvedAmount"]) == 5000_00
    assert int(amounts["depositedAmount"]) == deposited
    assert "cardAuthInfo" not in status
    assert await audit(shop.pool, [order_id]) == []


@pytest.mark.parametrize("two_phase", [False, True], ids=["one-stage", "two-stage"])
@pytest.mark.parametrize("written", SPELLINGS)
async def test_refusal_leaves_the_order_payable_on_its_page(
    shop: Shop, payers: Payers, written: str, *, two_phase: bool
) -> None:
    merchant = spelling(written, shop)
    order_id = (await merchant.register(two_phase=two_phase, **PUSH))["orderId"]
    await payers.refuse(order_id)
    status = await merchant.status(order_id)
    assert (int(status["orderStatus"]), int(status["actionCode"])) == (0, 5)
    assert status["paymentWay"] == "SBRF_SBOL"
    assert "redirect" in await shop.pay(order_id), "the payer pays by card"
    status = await merchant.status(order_id)
    assert (int(status["orderStatus"]), status["paymentWay"]) == (1 if two_phase else 2, "CARD")
    assert await audit(shop.pool, [order_id]) == []


@pytest.mark.parametrize("written", SPELLINGS)
async def test_standard_requests_follow_the_payment(
    shop: Shop, payers: Payers, written: str
) -> None:
    """Refund and reversal requests are standard payment gateway requests."""
    merchant = spelling(written, shop)
    refunded, reversed_, released = [
        (await merchant.register(two_phase=two_phase, **PUSH))["orderId"]
        for two_phase in (False, False, True)
    ]
    for order_id in (refunded, reversed_, released):
        await payers.confirm(order_id)
    for amount_minor, left in ((2000_00, 3000_00), (3000_00, 0)):
        answer = await merchant.refund(refunded, amount_minor)
        assert int(answer["errorCode"]) == 0, answer
        state = await shop.see(refunded)
        assert (state.status, state.deposited) == (4, left)
    for order_id in (reversed_, released):
        answer = await merchant.reverse(order_id)
        assert int(answer["errorCode"]) == 0, answer
        assert (await shop.see(order_id)).status == 3
    assert await audit(shop.pool, [refunded, reversed_, released]) == []


async def test_callbacks_are_those_of_any_order(
    shop: Shop, payers: Payers, database_url: str
) -> None:
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url(), parameters="paymentWay")
        order_id = await shop.register(5000_00, two_phase=True, **PUSH)
        await payers.confirm(order_id)
        await shop.call("deposit.do", orderId=order_id, amount=0)
        await shop.call("refund.do", orderId=order_id, amount=100_00)
        await receiver.until(lambda got: len(got) == 3)
    assert receiver.of(order_id) == [("approved", "1"), ("deposited", "1"), ("refunded", "1")]
    assert {got.parameters["paymentWay"] for got in receiver.got} == {"SBRF_SBOL"}


async def test_last_refusal_sends_a_callback_with_status_0(
    shop: Shop, payers: Payers, database_url: str
) -> None:
    async with a_receiver() as receiver, changed(shop, {"payment_attempts": 1}):
        await set_callbacks(database_url, urls=receiver.url())
        order_id = await shop.register(5000_00, phone=PHONE, back2app="true")
        await payers.refuse(order_id)
        await receiver.until(lambda got: len(got) == 1)
    assert receiver.of(order_id) == [("deposited", "0")]
    state = await shop.see(order_id)
    assert (state.status, state.action_code) == (6, 5)
