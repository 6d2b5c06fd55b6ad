"""Payments by mail or telephone: motoPayment.do, and its SOAP twin.

Source: rest-orders.md §5.5.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from altyn.domain.merchant import Permission
from tests.integration.one_call.requests import (
    DECLINED,
    EXPIRY,
    FAIL_URL,
    RETURN_URL,
    a_call,
    soap_call,
    status_inside,
)
from tests.merchant_changes import changed, permissions_off
from tests.shop import ENROLLED, OrderState, Shop, acquirer_of, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALONE: Final = {"errorCode", "error", "errorMessage", "is3DSVer2"}


async def moto(shop: Shop, pan: str = ENROLLED, **changes: object) -> dict[str, Any]:
    """A card that takes part in 3-D Secure, so that a payment shows that it was not asked for."""
    return await shop.call("motoPayment.do", **a_call(pan, **changes))


async def test_card_is_charged_without_3d_secure(shop: Shop) -> None:
    number = new_number()
    answer = await moto(shop, orderNumber=number)
    order_id = answer["orderId"]
    assert answer == {
        "orderId": order_id,
        "mdOrder": order_id,
        "orderNumber": number,
        "success": True,
        "redirect": f"{RETURN_URL}?orderId={order_id}&lang=en",
        "info": "Your order is proceeded, redirecting...",
        "orderStatus": {
            "expiration": EXPIRY,
            "cardholderName": "IVAN PETROV",
            "depositAmount": 1500_00,
            "currency": "643",
            "approvalCode": answer["orderStatus"]["approvalCode"],
            "authCode": 2,
            "ErrorCode": "0",
            "ErrorMessage": "Success",
            "OrderStatus": 2,
            "OrderNumber": number,
            "Pan": "411111**1111",
            "Amount": 1500_00,
            "Ip": "127.0.0.1",
        },
        "errorCode": 0,
    }
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert (status["orderStatus"], status["paymentWay"]) == (2, "CARD_MOTO")
    assert "secureAuthInfo" not in status["cardAuthInfo"]


async def test_bank_gets_the_mark_of_a_payment_by_mail_or_telephone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquirer = acquirer_of(shop.gateway.world)
    asked = []
    ask = acquirer.ask

    async def watched(request: Any) -> Any:
        asked.append(request)
        return await ask(request)

    monkeypatch.setattr(acquirer, "ask", watched)
    await moto(shop)
    order_id = await shop.register(1500_00)
    await shop.pay(order_id)
    assert [request.moto for request in asked] == [True, False]


async def test_cvc_may_be_left_out(shop: Shop) -> None:
    async with permissions_off(shop, Permission.SSL_WITHOUT_CVC, Permission.SSL_ALLOWED):
        assert "redirect" in await moto(shop, cvc="")


async def test_hold_is_deposited_and_refunded_as_every_order(shop: Shop) -> None:
    order_id = (await moto(shop, preAuth="true"))["orderId"]
    assert await shop.see(order_id) == OrderState(1, "APPROVED", 1500_00, 0, 0, 0)
    await shop.call("deposit.do", orderId=order_id, amount=0)
    await shop.call("refund.do", orderId=order_id, amount=500_00)
    assert await shop.see(order_id) == OrderState(4, "REFUNDED", 1500_00, 1000_00, 500_00, 0)


async def test_declined_card_ends_the_order(shop: Shop) -> None:
    answer = await moto(shop, DECLINED)
    order_id = answer["orderId"]
    assert (answer["errorCode"], answer["actionCode"], answer["attemptsLeft"]) == (0, 913, 0)
    assert answer["redirect"] == f"{FAIL_URL}?orderId={order_id}&lang=en"
    assert answer["orderStatus"]["OrderStatus"] == 6
    paid = await shop.pay(order_id)
    assert paid["errorMessage"] == "Превышено допустимое количество попыток оплаты"


async def test_repeated_call_charges_nothing(shop: Shop) -> None:
    number = new_number()
    first = await moto(shop, orderNumber=number)
    again = await moto(shop, orderNumber=number)
    assert (again["errorCode"], again["errorMessage"]) == (
        1,
        "An order with this number has already been processed.",
    )
    assert again.keys() == ALONE
    assert (await shop.see(first["orderId"])).deposited == 1500_00


async def test_refused_card_takes_no_order_number(shop: Shop) -> None:
    number = new_number()
    refused = await moto(shop, orderNumber=number, expiry="202001")
    assert (refused["errorCode"], refused["errorMessage"]) == (1, "Card expired")
    assert refused.keys() == ALONE
    assert "redirect" in await moto(shop, orderNumber=number)


async def test_shop_needs_the_permissions(shop: Shop) -> None:
    async with permissions_off(shop, Permission.MOTO):
        assert (await moto(shop))["errorMessage"] == "Access denied."
    async with permissions_off(shop, Permission.TWO_PHASE):
        assert (await moto(shop, preAuth="true"))["errorMessage"] == "Access denied."
        assert "redirect" in await moto(shop)
    async with permissions_off(shop, Permission.ONE_PHASE):
        assert (await moto(shop))["actionCode"] == 2006


async def test_way_must_be_among_those_that_the_shop_allows(shop: Shop) -> None:
    async with changed(shop, {"allowed_payment_ways": ["CARD"]}):
        assert (await moto(shop))["errorMessage"] == "[paymentWay] is invalid."
    async with changed(shop, {"allowed_payment_ways": ["CARD_MOTO"]}):
        assert "redirect" in await moto(shop)


@pytest.mark.parametrize("feature", ["FORCE_TDS", "FORCE_FULL_TDS"])
async def test_payer_cannot_be_demanded(shop: Shop, feature: str) -> None:
    assert (await moto(shop, features=feature))["errorCode"] == 14


async def test_card_is_checked_without_a_charge(shop: Shop) -> None:
    answer = await moto(shop, features="VERIFY", amount=0)
    assert await shop.see(answer["orderId"]) == OrderState(3, "REVERSED", 0, 0, 0, 0)


async def test_card_in_the_address_is_refused(shop: Shop) -> None:
    answer = await shop.post_json("/payment/rest/motoPayment.do?pan=4111111111111111", {})
    assert answer.json()["errorCode"] in {"5", 5}


# ── SOAP ──────────────────────────────────────────────────────────────────────────────────────────


async def soap_moto(shop: Shop, **changes: object) -> Any:
    attributes = {
        "merchantOrderNumber": new_number(),
        "amount": 1500_00,
        "language": "en",
        "pan": ENROLLED,
        "expiry": EXPIRY,
        "cardholder": "IVAN PETROV",
        **changes,
    }
    return await soap_call(shop, "motoPayment", attributes, {"returnUrl": RETURN_URL})


async def test_soap_charges_the_card(shop: Shop) -> None:
    number = new_number()
    returned = (await soap_moto(shop, merchantOrderNumber=number)).returned
    order_id = returned.get("orderId")
    assert returned.get("errorCode") == "0"
    assert returned.get("orderNumber") == number
    assert returned.get("mdOrder") == order_id
    assert returned.get("redirect") == f"{RETURN_URL}?orderId={order_id}&lang=en"
    status = status_inside(returned)
    assert (status["orderStatus"], status["pan"]) == ("2", "411111**1111")
    again = (await soap_moto(shop, merchantOrderNumber=number)).returned
    assert (again.get("errorCode"), again.get("orderId")) == ("1", None)


async def test_soap_refuses_as_rest_does(shop: Shop) -> None:
    for changes, code in (
        ({"pan": ""}, "4"),
        ({"pan": "4111111111111112"}, "1"),
        ({"expiry": "202001"}, "1"),
        ({"cardholder": ""}, "5"),
        ({"amount": "0"}, "5"),
    ):
        assert (await soap_moto(shop, **changes)).error_code == code, changes
    async with permissions_off(shop, Permission.MOTO):
        assert (await soap_moto(shop)).error_code == "5"
