"""Payouts to a card without an earlier payment: instantRefund.do, and its SOAP twin.

Source: rest-orders.md §3.7.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest

from altyn.domain.merchant import Permission
from altyn.protocol.acquiring import AcquirerOperation
from tests.asgi_client import AsgiClient
from tests.audit import audit
from tests.integration.one_call.requests import DECLINED, EXPIRY, soap_call, status_inside
from tests.merchant_changes import changed, permissions_off
from tests.shop import ENROLLED, GOOD, OrderState, Shop, acquirer_of, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

SUM: Final = 700_00
PAID_OUT: Final = OrderState(4, "REFUNDED", 0, 0, SUM, 0)
PAYER: Final = {"way": "CARD", "pan": GOOD, "expiry": EXPIRY, "cvc": "123"}
WRONG_CVC: Final = ("2202205000012424", "202805", "000")


def a_payout(pan: str = GOOD, **changes: object) -> dict[str, Any]:
    """A payout to a card, as REST names its parameters."""
    return {
        "orderNumber": new_number(),
        "amount": SUM,
        "pan": pan,
        "expiry": EXPIRY,
        "cardholderName": "IVAN PETROV",
        "language": "en",
        **changes,
    }


async def pay_out(shop: Shop, pan: str = GOOD, **changes: object) -> dict[str, Any]:
    return await shop.call("instantRefund.do", **a_payout(pan, **changes))


async def stored_card(shop: Shop, pan: str = GOOD, expiry: str = EXPIRY) -> str:
    answer = await shop.call(
        "createBindingNoPayment.do", clientId="payee 1", pan=pan, expiryDate=expiry
    )
    binding: str = answer["bindingId"]
    return binding


# ── The answer, the order, the bank ───────────────────────────────────────────────────────────────


async def test_sum_is_paid_to_the_card(shop: Shop) -> None:
    number = new_number()
    answer = await pay_out(shop, orderNumber=number)
    assert answer == {
        "errorCode": "0",
        "errorMessage": "Success",
        "orderId": answer["orderId"],
        "orderStatus": {
            "approvalCode": answer["orderStatus"]["approvalCode"],
            "rrn": answer["orderStatus"]["rrn"],
            "ErrorCode": "0",
            "ErrorMessage": "Success",
        },
    }
    assert await shop.see(answer["orderId"]) == PAID_OUT
    assert await audit(shop.pool, [answer["orderId"]]) == []


async def test_status_shows_a_refund_to_the_card(shop: Shop) -> None:
    number = new_number()
    answer = await pay_out(shop, orderNumber=number, description="A won bet")
    status = await shop.call("getOrderStatusExtended.do", orderNumber=number)
    assert status["orderDescription"] == "A won bet"
    assert status["cardAuthInfo"]["maskedPan"] == "555555**5599"
    assert status["cardAuthInfo"]["approvalCode"] == answer["orderStatus"]["approvalCode"]
    assert status["authRefNum"] == answer["orderStatus"]["rrn"]
    assert status["paymentWay"] == "CARD"
    (refund,) = status["refunds"]
    assert (refund["amount"], refund["actionCode"]) == (SUM, 0)
    assert refund["referenceNumber"] == answer["orderStatus"]["rrn"]
    assert status["refundedDate"] >= status["date"]
    assert "depositedDate" not in status
    short = await shop.call("getOrderStatus.do", orderId=answer["orderId"])
    assert (short["OrderStatus"], short["depositAmount"], short["Amount"]) == (4, 0, SUM)


async def test_bank_gets_one_payout_with_the_card(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquirer = acquirer_of(shop.gateway.world)
    asked = []
    ask = acquirer.ask

    async def watched(request: Any) -> Any:
        asked.append(request)
        return await ask(request)

    monkeypatch.setattr(acquirer, "ask", watched)
    number = new_number()
    await pay_out(shop, orderNumber=number, cvc="123")
    (request,) = asked
    assert (request.operation, request.amount_minor) == (AcquirerOperation.PAYOUT, SUM)
    assert (request.pan.reveal(), request.expiry, request.order_number) == (GOOD, EXPIRY, number)
    assert request.original_key is None


async def test_card_of_3d_secure_gets_the_sum_without_it(shop: Shop) -> None:
    answer = await pay_out(shop, ENROLLED)
    assert await shop.see(answer["orderId"]) == PAID_OUT


async def test_stored_card_gets_the_sum(shop: Shop) -> None:
    binding = await stored_card(shop)
    card = {"pan": "", "expiry": "", "cardholderName": ""}
    answer = await pay_out(shop, bindingId=binding, **card)
    assert answer["errorCode"] == "0"
    status = await shop.call("getOrderStatusExtended.do", orderId=answer["orderId"])
    assert (status["orderStatus"], status["paymentWay"]) == (4, "CARD_BINDING")
    assert status["bindingInfo"] == {"clientId": "payee 1", "bindingId": binding}
    await shop.call("unBindCard.do", bindingId=binding)
    refused = await pay_out(shop, bindingId=binding, **card)
    assert (refused["errorCode"], refused["errorMessage"]) == ("2", "Binding not found")
    await shop.call("bindCard.do", bindingId=binding)
    async with permissions_off(shop, Permission.BINDINGS):
        assert (await pay_out(shop, bindingId=binding, **card))["errorCode"] == "5"


async def test_bank_that_declines_ends_the_order(shop: Shop) -> None:
    answer = await pay_out(shop, DECLINED)
    order_id = answer["orderId"]
    assert (answer["errorCode"], answer["errorMessage"]) == ("7", "The bank declined the operation")
    assert answer["orderStatus"]["ErrorCode"] == "7"
    assert "approvalCode" not in answer["orderStatus"]
    assert await shop.see(order_id) == OrderState(6, "DECLINED", 0, 0, 0, 913)
    assert await audit(shop.pool, [order_id]) == []


async def test_wrong_security_code_is_declined_before_the_bank_is_asked(shop: Shop) -> None:
    pan, expiry, cvc = WRONG_CVC
    answer = await pay_out(shop, pan, expiry=expiry, cvc=cvc)
    assert (await shop.see(answer["orderId"])).action_code == 82
    assert await audit(shop.pool, [answer["orderId"]]) == []


async def test_shop_gets_a_callback_about_the_payout(shop: Shop) -> None:
    callbacks = {"callbacks.enabled": True, "callbacks.urls": ["http://127.0.0.1:9/callback"]}
    async with changed(shop, callbacks):
        done = (await pay_out(shop))["orderId"]
        declined = (await pay_out(shop, DECLINED))["orderId"]
    query = "SELECT operation, parameters ->> 'status' FROM outbox WHERE subject_id = $1::uuid"
    for order_id, status in ((done, "1"), (declined, "0")):
        rows = await shop.pool.fetch(f"{query} AND kind = 'callback'", order_id)
        assert [tuple(row) for row in rows] == [("refunded", status)]


# ── What is refused ───────────────────────────────────────────────────────────────────────────────


async def test_repeated_call_pays_out_nothing(shop: Shop) -> None:
    number = new_number()
    first = await pay_out(shop, orderNumber=number)
    again = await pay_out(shop, orderNumber=number)
    assert again == {
        "errorCode": "1",
        "errorMessage": "An order with this number has already been processed.",
    }
    assert await shop.see(first["orderId"]) == PAID_OUT
    assert await audit(shop.pool, [first["orderId"]]) == []


async def test_refused_card_takes_no_order_number(shop: Shop) -> None:
    number = new_number()
    refused = await pay_out(shop, orderNumber=number, expiry="202001")
    assert (refused["errorCode"], refused["errorMessage"]) == ("1", "Card expired")
    assert (await pay_out(shop, orderNumber=number))["errorCode"] == "0"


async def test_card_and_stored_card_exclude_each_other(shop: Shop) -> None:
    binding = await stored_card(shop)
    refused = await pay_out(shop, bindingId=binding)
    assert (refused["errorCode"], refused["errorMessage"]) == ("5", "[bindingId] is invalid.")
    refused = await pay_out(shop, pan="")
    assert (refused["errorCode"], refused["errorMessage"]) == ("4", "[pan] is empty")


async def test_shop_needs_the_permission(shop: Shop) -> None:
    async with permissions_off(shop, Permission.INSTANT_REFUND):
        assert (await pay_out(shop))["errorMessage"] == "Access denied."


async def test_sum_keeps_the_limits_and_currencies_of_the_shop(shop: Shop) -> None:
    async with changed(shop, {"amount_max_minor": SUM - 1}):
        assert (await pay_out(shop))["errorMessage"] == "Amount is invalid"
    assert (await pay_out(shop, amount=0))["errorMessage"] == "Amount is invalid"
    async with changed(shop, {"currencies": ["643"]}):
        assert (await pay_out(shop, currency="840"))["errorMessage"] == "Unknown currency."


@pytest.mark.parametrize("pan", [GOOD, DECLINED])
async def test_payout_takes_no_other_operation(shop: Shop, pan: str) -> None:
    order_id = (await pay_out(shop, pan))["orderId"]
    before = await shop.see(order_id)
    status_wrong = (5, "Неверный статус заказа")
    state_wrong = (7, "Платёж должен быть в корректном состоянии")
    impossible = (7, "Операция невозможна для текущего состояния платежа")
    named = {"orderId": order_id, "language": "ru"}
    for path, fields, (code, text) in (
        ("deposit.do", {"amount": SUM}, state_wrong),
        ("reverse.do", {}, impossible),
        ("refund.do", {"amount": SUM}, state_wrong),
        ("refund.do", {"amount": 0}, state_wrong),
        ("processRawSumRefund.do", {"amount": SUM}, state_wrong),
        ("decline.do", {}, impossible),
        ("paymentotherway.do", {"paymentWay": "SBRF_SBOL"}, status_wrong),
    ):
        answer = await shop.call(path, **named, **fields)
        assert (int(answer["errorCode"]), answer["errorMessage"]) == (code, text), path
    paid = await shop.pay(order_id)
    assert (paid["errorCode"], paid["errorMessage"]) == status_wrong
    simulated = await shop.post_json(f"/sandbox/orders/{order_id}/pay", PAYER)
    assert simulated.status == 404
    assert await shop.see(order_id) == before
    assert await audit(shop.pool, [order_id]) == []


async def test_declined_payouts_count_against_card_testing(shop: Shop) -> None:
    pan = "4444444444444455"
    async with changed(shop, {"limits.card_attempts_day": 1}):
        first = await pay_out(shop, pan)
        second = await pay_out(shop, pan)
    assert (await shop.see(first["orderId"])).action_code == 902
    assert (await shop.see(second["orderId"])).action_code != 902
    assert await audit(shop.pool, [second["orderId"]]) == []


async def test_payment_page_knows_no_payout(shop: Shop) -> None:
    order_id = (await pay_out(shop))["orderId"]
    client = AsgiClient(shop.gateway.router, ip="127.0.0.1")
    page = await client.get(f"/payment/merchants/test/payment_ru.html?mdOrder={order_id}")
    unknown = await client.get(f"/payment/merchants/test/payment_ru.html?mdOrder={uuid4()}")
    assert (page.status, page.body) == (unknown.status, unknown.body)


async def test_later_time_changes_nothing(shop: Shop) -> None:
    order_id = (await pay_out(shop))["orderId"]
    await shop.travel(timedelta(days=30))
    assert await shop.see(order_id) == PAID_OUT


# ── SOAP ──────────────────────────────────────────────────────────────────────────────────────────


async def soap_payout(shop: Shop, **changes: object) -> Any:
    attributes = {
        "merchantOrderNumber": new_number(),
        "amount": SUM,
        "language": "en",
        "pan": GOOD,
        "expiry": EXPIRY,
        "cardholderName": "IVAN PETROV",
        **changes,
    }
    return await soap_call(shop, "instantRefund", attributes, {})


async def test_soap_pays_out(shop: Shop) -> None:
    number = new_number()
    returned = (await soap_payout(shop, merchantOrderNumber=number)).returned
    order_id = returned.get("orderId")
    assert (returned.get("errorCode"), returned.get("errorMessage")) == ("0", "Success")
    status = status_inside(returned)
    assert (status["errorCode"], status["errorMessage"]) == ("0", "Success")
    assert len(status["rrn"]) == 12
    assert await shop.see(order_id) == PAID_OUT
    again = (await soap_payout(shop, merchantOrderNumber=number)).returned
    assert (again.get("errorCode"), again.get("orderId")) == ("1", None)


async def test_soap_refuses_as_rest_does(shop: Shop) -> None:
    for changes, code in (
        ({"pan": ""}, "4"),
        ({"pan": "4111111111111112"}, "1"),
        ({"expiry": "202001"}, "1"),
        ({"cardholderName": ""}, "5"),
        ({"amount": "0"}, "5"),
        ({"bindingId": "x"}, "5"),
        ({"pan": DECLINED}, "7"),
    ):
        assert (await soap_payout(shop, **changes)).error_code == code, changes
    async with permissions_off(shop, Permission.INSTANT_REFUND):
        assert (await soap_payout(shop)).error_code == "5"
