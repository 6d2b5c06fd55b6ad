"""Payments in one call: instantPayment.do, with 3-D Secure 1 and 2, and its SOAP twin.

Source: rest-orders.md §5.4; codes.md §5.1; payment-page.md §4.
"""

from __future__ import annotations

from typing import Any

import pytest

from altyn.domain.merchant import Permission
from altyn.protocol.threeds_version2 import pack_session_data
from tests.asgi_client import AsgiClient
from tests.integration.one_call.requests import (
    DECLINED,
    EXPIRY,
    FAIL_URL,
    RETURN_URL,
    a_call,
    soap_call,
    status_inside,
)
from tests.integration.payment_page.page_client import ACS_CODE, PageClient
from tests.merchant_changes import permissions_off
from tests.shop import ENROLLED, GOOD, OrderState, Shop, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHALLENGED = "5000001111111115"
FRICTIONLESS = "2202205000012424"
REFUSED_BY_ISSUER = "5168494895055780"
PAID = OrderState(2, "DEPOSITED", 1500_00, 1500_00, 0, 0)


async def pay(shop: Shop, pan: str = GOOD, **changes: object) -> dict[str, Any]:
    return await shop.call("instantPayment.do", **a_call(pan, **changes))


def payer_of(shop: Shop) -> PageClient:
    return PageClient(shop, AsgiClient(shop.gateway.router))


async def test_card_without_3d_secure_is_paid_at_once(shop: Shop) -> None:
    answer = await pay(shop)
    order_id = answer["orderId"]
    assert answer["redirect"] == f"{RETURN_URL}?orderId={order_id}&lang=en"
    assert answer["errorCode"] == 0
    assert answer.keys() == {"orderId", "redirect", "info", "orderStatus", "errorCode"}
    assert answer["orderStatus"]["OrderStatus"] == 2
    assert await shop.see(order_id) == PAID


async def test_hold(shop: Shop) -> None:
    order_id = (await pay(shop, preAuth="true"))["orderId"]
    assert (await shop.see(order_id)).state == "APPROVED"


async def test_number_may_be_made_by_the_gateway_and_fields_of_the_registration_are_kept(
    shop: Shop,
) -> None:
    answer = await pay(
        shop,
        orderNumber="",
        clientId="client 7",
        description="Tea",
        jsonParams='{"a":"b"}',
        email="b@shop.example",
        phone="79000000000",
        ip="198.51.100.7",
        bindingNotNeeded="true",
    )
    status = await shop.call("getOrderStatusExtended.do", orderId=answer["orderId"])
    assert status["orderNumber"] == answer["orderStatus"]["OrderNumber"]
    assert status["orderDescription"] == "Tea"
    params = {each["name"]: each["value"] for each in status["merchantOrderParams"]}
    assert params == {"a": "b", "bindingNotNeeded": "true"}
    assert status["payerData"] == {"email": "b@shop.example", "phone": "79000000000"}
    assert status["ip"] == "198.51.100.7"


# ── 3-D Secure 1 ──────────────────────────────────────────────────────────────────────────────────


async def test_payer_comes_back_from_the_acs_to_the_gateway(shop: Shop) -> None:
    step, client = await pay(shop, ENROLLED), payer_of(shop)
    order_id = step["orderId"]
    assert {"acsUrl", "paReq", "termUrl"} <= step.keys()
    assert step["orderStatus"]["OrderStatus"] == 5
    back = await client.back(await client.at_bank(step, order_id, ACS_CODE))
    assert back.location.startswith(f"{RETURN_URL}?orderId={order_id}")
    assert await shop.see(order_id) == PAID


async def test_payer_who_fails_at_the_acs_ends_the_order(shop: Shop) -> None:
    step, client = await pay(shop, ENROLLED), payer_of(shop)
    back = await client.back(await client.at_bank(step, step["orderId"], None))
    assert back.location.startswith(f"{FAIL_URL}?orderId={step['orderId']}")
    assert (await shop.see(step["orderId"])).status == 6


async def test_shop_finishes_3d_secure_itself(shop: Shop) -> None:
    step = await pay(shop, ENROLLED, termUrl="https://shop.example/back")
    assert step["termUrl"] == "https://shop.example/back"
    pa_res = await shop.at_acs(step)
    for _ in range(2):  # a repeated finish moves no money again
        finished = await shop.back_from_acs(step["orderId"], pa_res)
        assert finished["redirect"].startswith(RETURN_URL)
    assert await shop.see(step["orderId"]) == PAID


async def test_shop_that_finishes_itself_needs_the_permission_of_cards(shop: Shop) -> None:
    async with permissions_off(shop, Permission.CARD_FROM_SHOP):
        refused = await pay(shop, ENROLLED, termUrl="https://shop.example/back")
        assert refused["errorMessage"] == "Access denied."
        assert "paReq" in await pay(shop, ENROLLED)


# ── 3-D Secure 2 ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("named", ["transaction", "order", "both"])
async def test_call_is_repeated_after_the_method_step(shop: Shop, named: str) -> None:
    request = a_call(CHALLENGED)
    first = await shop.call("instantPayment.do", **request)
    order_id = first["orderId"]
    assert first["is3DSVer2"] is True
    assert first["threeDSMethodURL"].endswith("/acs/method")
    names = {
        "transaction": {"threeDSServerTransID": first["threeDSServerTransId"]},
        "order": {"threeDSVer2MdOrder": order_id},
    }
    again = {**request, **(names.get(named) or names["transaction"] | names["order"])}
    steps = [await shop.call("instantPayment.do", **again) for _ in range(2)]
    assert steps[0] == steps[1], "the challenge is the same"
    assert steps[0]["orderId"] == order_id
    client = payer_of(shop)
    at_acs = {**steps[0], "session": pack_session_data(order_id)}
    back = await client.back(await client.at_bank(at_acs, order_id, ACS_CODE))
    assert back.location.startswith(f"{RETURN_URL}?orderId={order_id}")
    assert await shop.see(order_id) == PAID
    done = await shop.call("instantPayment.do", **again)
    assert (done["orderId"], done["orderStatus"]["OrderStatus"]) == (order_id, 2)


async def test_frictionless_authentication_pays_at_the_second_call(shop: Shop) -> None:
    request = a_call(FRICTIONLESS, cvc="649")
    first = await shop.call("instantPayment.do", **request)
    again = {**request, "threeDSServerTransId": first["threeDSServerTransId"]}
    paid = await shop.call("instantPayment.do", **again)
    assert paid["redirect"] == f"{RETURN_URL}?orderId={first['orderId']}&lang=en"
    assert await shop.see(first["orderId"]) == PAID


async def test_refused_authentication_ends_the_order(shop: Shop) -> None:
    request = a_call(REFUSED_BY_ISSUER)
    first = await shop.call("instantPayment.do", **request)
    again = {**request, "threeDSServerTransId": first["threeDSServerTransId"]}
    failed = await shop.call("instantPayment.do", **again)
    assert (failed["actionCode"], failed["is3DSVer2"]) == (-2006, True)
    assert failed["redirect"].startswith(FAIL_URL)
    assert (await shop.see(first["orderId"])).status == 6


async def test_repeated_call_must_be_about_the_same_order(shop: Shop) -> None:
    request = a_call(CHALLENGED)
    first = await shop.call("instantPayment.do", **request)
    again = {**request, "threeDSServerTransId": first["threeDSServerTransId"]}
    for changes, message in (
        ({"amount": 1}, "[amount] is invalid."),
        ({"orderNumber": new_number()}, "[orderNumber] is invalid."),
        ({"currency": "840"}, "[currency] is invalid."),
        ({"pan": FRICTIONLESS}, "Wrong card number"),
    ):
        refused = await shop.call("instantPayment.do", **{**again, **changes})
        assert refused["errorMessage"] == message
    unknown = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"
    for changes, code in (
        ({"threeDSServerTransId": unknown}, 5),
        ({"threeDSVer2MdOrder": unknown}, 1),
    ):
        assert (await shop.call("instantPayment.do", **{**again, **changes}))["errorCode"] == code
    no_transaction = await shop.register(1500_00)
    named = {"threeDSVer2MdOrder": no_transaction, "orderNumber": ""}
    refused = await shop.call("instantPayment.do", **{**request, **named})
    assert refused["errorMessage"] == "Wrong order status"


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────


async def test_declined_card_ends_the_order(shop: Shop) -> None:
    answer = await pay(shop, DECLINED)
    assert (answer["errorCode"], answer["actionCode"], answer["attemptsLeft"]) == (0, 913, 0)
    assert answer["redirect"].startswith(FAIL_URL)
    assert answer["orderStatus"]["OrderStatus"] == 6


async def test_repeated_call_pays_nothing(shop: Shop) -> None:
    number = new_number()
    first = await pay(shop, orderNumber=number)
    again = await pay(shop, orderNumber=number)
    assert (again["errorCode"], "orderId" in again) == (1, False)
    assert await shop.see(first["orderId"]) == PAID


async def test_card_needs_its_cvc_but_for_an_automatic_payment(shop: Shop) -> None:
    async with permissions_off(shop, Permission.SSL_WITHOUT_CVC):
        assert (await pay(shop, cvc=""))["errorMessage"] == "[cvc] is invalid."
        assert "redirect" in await pay(shop, cvc="", features="AUTO_PAYMENT")


async def test_shop_needs_the_permissions(shop: Shop) -> None:
    async with permissions_off(shop, Permission.INSTANT_PAYMENT):
        assert (await pay(shop))["errorMessage"] == "Access denied."
    async with permissions_off(shop, Permission.TWO_PHASE):
        assert (await pay(shop, preAuth="true"))["errorMessage"] == "Access denied."
    async with permissions_off(shop, Permission.VERIFY):
        assert (await pay(shop, features="VERIFY"))["errorCode"] == 13


# ── SOAP ──────────────────────────────────────────────────────────────────────────────────────────


async def soap_pay(shop: Shop, pan: str = GOOD, **changes: object) -> Any:
    attributes = {
        "merchantOrderNumber": new_number(),
        "amount": 1500_00,
        "language": "en",
        "pan": pan,
        "cvc": "123",
        "expiry": EXPIRY,
        "cardholderName": "IVAN PETROV",
        **changes,
    }
    return await soap_call(shop, "instantPayment", attributes, {"returnUrl": RETURN_URL})


async def test_soap_pays_at_once(shop: Shop) -> None:
    returned = (await soap_pay(shop)).returned
    assert returned.get("errorCode") == "0"
    assert (returned.get("redirect") or "").startswith(RETURN_URL)
    assert status_inside(returned)["orderStatus"] == "2"


async def test_soap_sends_the_payer_to_the_acs(shop: Shop) -> None:
    returned = (await soap_pay(shop, ENROLLED)).returned
    assert returned.get("paReq")
    assert (returned.get("termUrl") or "").endswith("/payment/rest/finish3ds.do?lang=en")


async def test_soap_repeats_the_call_after_the_method_step(shop: Shop) -> None:
    number = new_number()
    first = (await soap_pay(shop, CHALLENGED, merchantOrderNumber=number)).returned
    named = {"threeDSServerTransId": first.get("threeDSServerTransId")}
    step = (await soap_pay(shop, CHALLENGED, merchantOrderNumber=number, **named)).returned
    assert step.get("orderId") == first.get("orderId")
    assert step.get("packedCReq")


async def test_soap_refuses_as_rest_does(shop: Shop) -> None:
    assert (await soap_pay(shop, DECLINED)).returned.get("errorCode") == "0"
    assert (await soap_pay(shop, "4111111111111112")).error_code == "1"
    async with permissions_off(shop, Permission.INSTANT_PAYMENT):
        assert (await soap_pay(shop)).error_code == "5"
