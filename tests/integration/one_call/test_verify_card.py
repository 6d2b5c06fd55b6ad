"""Checks of a card: verifyCard.do, and its SOAP twin.

Source: rest-orders.md §5.6.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from altyn.domain.merchant import Permission
from altyn.protocol.threeds_version2 import pack_session_data
from tests.asgi_client import AsgiClient
from tests.integration.one_call.requests import DECLINED, EXPIRY, RETURN_URL, soap_call
from tests.integration.payment_page.page_client import ACS_CODE, PageClient
from tests.merchant_changes import permissions_off
from tests.shop import ENROLLED, GOOD, OrderState, Shop, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHALLENGED = "5000001111111115"
CHECKED = OrderState(3, "REVERSED", 0, 0, 0, 0)


def card(pan: str = GOOD, **changes: object) -> dict[str, Any]:
    of_card = {"pan": pan, "cvc": "123", "expiry": EXPIRY, "cardholderName": "IVAN PETROV"}
    return {**of_card, "language": "en", **changes}


async def verify(shop: Shop, pan: str = GOOD, **changes: object) -> dict[str, Any]:
    return await shop.call("verifyCard.do", **card(pan, **changes))


@pytest.mark.parametrize("amount", ["", 0, 1500_00])
async def test_card_is_checked_and_nothing_is_taken(shop: Shop, amount: int | str) -> None:
    answer = await verify(shop, amount=amount)
    order_id = answer["orderId"]
    assert answer == {
        "errorCode": "0",
        "errorMessage": "Success",
        "orderId": order_id,
        "orderNumber": answer["orderNumber"],
        "rrn": answer["rrn"],
        "authCode": answer["authCode"],
        "actionCode": 0,
        "actionCodeDescription": "",
        "time": answer["time"],
        "eci": "00",
        "amount": amount or 0,
        "currency": "643",
    }
    assert await shop.see(order_id) == CHECKED
    query = "SELECT count(*) FROM postings WHERE order_id = $1"
    assert await shop.pool.fetchval(query, UUID(order_id)) == 0


async def test_declined_card_is_answered_with_the_reason(shop: Shop) -> None:
    answer = await verify(shop, DECLINED)
    assert (answer["errorCode"], answer["actionCode"]) == ("0", 913)
    assert answer["actionCodeDescription"]
    assert "authCode" not in answer
    assert (await shop.see(answer["orderId"])).status == 6


async def test_payer_is_authenticated_by_3d_secure_1(shop: Shop) -> None:
    step = await verify(shop, ENROLLED, backUrl=RETURN_URL)
    assert {"acsUrl", "paReq", "termUrl"} <= step.keys()
    assert step["actionCode"] == -100
    client = PageClient(shop, AsgiClient(shop.gateway.router))
    back = await client.back(await client.at_bank(step, step["orderId"], ACS_CODE))
    assert back.location.startswith(f"{RETURN_URL}?orderId={step['orderId']}")
    assert await shop.see(step["orderId"]) == CHECKED


async def test_call_is_repeated_after_the_method_step_of_3d_secure_2(shop: Shop) -> None:
    first = await verify(shop, CHALLENGED, returnUrl=RETURN_URL)
    named = {"threeDSServerTransId": first["threeDSServerTransId"], "returnUrl": RETURN_URL}
    step = await verify(shop, CHALLENGED, **named)
    assert (step["orderId"], "packedCReq" in step) == (first["orderId"], True)
    client = PageClient(shop, AsgiClient(shop.gateway.router))
    at_acs = {**step, "session": pack_session_data(step["orderId"])}
    await client.back(await client.at_bank(at_acs, step["orderId"], ACS_CODE))
    checked = await verify(shop, CHALLENGED, **named)
    assert (checked["orderId"], checked["actionCode"]) == (step["orderId"], 0)
    assert await shop.see(step["orderId"]) == CHECKED


async def test_repeated_number_checks_nothing(shop: Shop) -> None:
    number = new_number()
    assert (await verify(shop, orderNumber=number))["orderNumber"] == number
    again = await verify(shop, orderNumber=number)
    assert again == {
        "errorCode": "1",
        "errorMessage": "An order with this number has already been processed.",
    }


async def test_permission_of_the_method_is_enough(shop: Shop) -> None:
    async with permissions_off(shop, Permission.VERIFY):
        assert (await verify(shop))["errorCode"] == "0"
    async with permissions_off(shop, Permission.VERIFY_CARD):
        assert (await verify(shop))["errorMessage"] == "Access denied."
    async with permissions_off(shop, Permission.SEND_ECI_CAVV):
        assert "eci" not in await verify(shop)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"pan": ""}, "4", "[pan] is empty"),
        ({"pan": "4111111111111112"}, "1", "Wrong card number"),
        ({"expiry": ""}, "1", "The card's expiry date is invalid"),
        ({"cvc": "12"}, "5", "[cvc] is invalid."),
        ({"cardholderName": ""}, "5", "[cardholderName] is invalid."),
        ({"amount": "-1"}, "5", "Amount is invalid"),
        ({"currency": "999"}, "3", "Unknown currency."),
        ({"backUrl": "javascript:alert(1)"}, "4", "The return URL is invalid"),
        ({"expiry": "202001"}, "1", "Card expired"),
    ],
)
async def test_refusals(shop: Shop, changes: dict[str, str], code: str, message: str) -> None:
    answer = await verify(shop, **changes)
    assert answer == {"errorCode": code, "errorMessage": message}


# ── SOAP ──────────────────────────────────────────────────────────────────────────────────────────


async def soap_verify(shop: Shop, pan: str = GOOD, **changes: object) -> Any:
    return await soap_call(shop, "verifyCard", card(pan, **changes), {"returnUrl": RETURN_URL})


async def test_soap_checks_a_card(shop: Shop) -> None:
    returned = (await soap_verify(shop)).returned
    assert (returned.get("errorCode"), returned.get("actionCode")) == ("0", "0")
    assert returned.get("eci") == "00"
    assert (returned.get("time") or "").endswith("+03:00")
    assert await shop.see(returned.get("orderId") or "") == CHECKED


async def test_soap_sends_the_payer_to_the_acs(shop: Shop) -> None:
    assert (await soap_verify(shop, ENROLLED)).returned.get("paReq")


async def test_soap_refuses_as_rest_does(shop: Shop) -> None:
    assert (await soap_verify(shop, expiry="202001")).error_code == "1"
    async with permissions_off(shop, Permission.VERIFY_CARD):
        assert (await soap_verify(shop)).error_code == "5"
