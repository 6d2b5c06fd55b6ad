"""Payments in one call with a stored card: `bindingId` in place of the card's number.

Source: rest-orders.md §5.4, §5.5; 004 (bindingId).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest

from altyn.domain.merchant import Permission
from altyn.storage.demo import DEMO_CHILD_LOGIN
from tests.integration.bindings.test_binding_methods import UNKNOWN, listed, new_client, stored
from tests.integration.one_call.requests import RETURN_URL, a_call, soap_call, status_inside
from tests.integration.one_call.test_instant import CHALLENGED, payer_of
from tests.integration.payment_page.page_client import ACS_CODE
from tests.merchant_changes import changed, permissions_off
from tests.shop import CREDENTIALS, ENROLLED, GOOD, OrderState, Shop, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

METHODS: Final = ("instantPayment.do", "motoPayment.do")
WAYS: Final = {"instantPayment.do": "CARD_BINDING", "motoPayment.do": "CARD_MOTO"}
TYPED: Final = ("pan", "expiry", "cardholderName")
PAID: Final = OrderState(2, "DEPOSITED", 1500_00, 1500_00, 0, 0)


def by_stored(client: str, binding: str, **changes: object) -> dict[str, Any]:
    """A registration that a stored card pays."""
    of_order = {name: each for name, each in a_call().items() if name not in TYPED}
    return {**of_order, "clientId": client, "bindingId": binding, **changes}


async def pay(
    shop: Shop, method: str, client: str, binding: str, **changes: object
) -> dict[str, Any]:
    return await shop.call(method, **by_stored(client, binding, **changes))


@pytest.mark.parametrize("method", METHODS)
async def test_stored_card_pays_in_one_call(shop: Shop, method: str) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    answer = await pay(shop, method, client, binding)
    order_id = answer["orderId"]
    assert answer["errorCode"] == 0
    assert answer["redirect"] == f"{RETURN_URL}?orderId={order_id}&lang=en"
    assert await shop.see(order_id) == PAID
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert status["paymentWay"] == WAYS[method]
    assert status["bindingInfo"] == {"clientId": client, "bindingId": binding}
    assert len(await listed(shop, client)) == 1, "the card is not stored once more"


@pytest.mark.parametrize("method", METHODS)
async def test_refused_stored_card_takes_no_order_number(shop: Shop, method: str) -> None:
    client, other = new_client(), new_client()
    binding, foreign = await stored(shop, client, GOOD), await stored(shop, other, GOOD)
    disabled = await stored(shop, client, ENROLLED)
    await shop.call("unBindCard.do", bindingId=disabled)
    child = await stored(shop, client, merchantLogin=DEMO_CHILD_LOGIN)
    number = new_number()
    for changes, code, text in (
        ({"bindingId": UNKNOWN}, 2, "Binding not found"),
        ({"bindingId": "x"}, 2, "Binding not found"),
        ({"bindingId": disabled}, 2, "Binding not found"),
        ({"bindingId": foreign}, 2, "Binding not found"),
        ({"bindingId": child}, 2, "Binding not found"),
        ({"clientId": ""}, 5, "[clientId] is empty"),
        ({"pan": GOOD}, 5, "[bindingId] is invalid."),
        ({"bindingId": ""}, 4, None),
    ):
        refused = await pay(
            shop, method, **{"client": client, "binding": binding, **named(changes)},
            orderNumber=number,
        )  # fmt: skip
        assert refused["errorCode"] == code, (changes, refused)
        assert "orderId" not in refused
        if text:
            assert refused["errorMessage"] == text
    async with permissions_off(shop, Permission.BINDINGS):
        refused = await pay(shop, method, client, binding, orderNumber=number)
        assert refused["errorMessage"] == "Access denied."
    assert "redirect" in await pay(shop, method, client, binding, orderNumber=number)


def named(changes: dict[str, Any]) -> dict[str, Any]:
    names = {"bindingId": "binding", "clientId": "client"}
    return {names.get(name, name): each for name, each in changes.items()}


@pytest.mark.parametrize("method", METHODS)
async def test_expired_stored_card_is_refused(shop: Shop, method: str) -> None:
    client, number = new_client(), new_number()
    binding = await stored(shop, client, GOOD)
    await shop.call("extendBinding.do", bindingId=binding, newExpiry=f"{shop.clock.now():%Y%m}")
    await shop.travel(timedelta(days=32))
    refused = await pay(shop, method, client, binding, orderNumber=number)
    assert (refused["errorCode"], refused["errorMessage"]) == (1, "Card expired")
    await shop.call("extendBinding.do", bindingId=binding, newExpiry="209912")
    assert "redirect" in await pay(shop, method, client, binding, orderNumber=number)


async def test_stored_card_needs_its_cvc_but_by_permission_or_telephone(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    off = (Permission.SSL_WITHOUT_CVC, Permission.BINDING_WITHOUT_CVC)
    async with permissions_off(shop, *off):
        refused = await pay(shop, METHODS[0], client, binding, cvc="")
        assert (refused["errorCode"], refused["errorMessage"]) == (5, "[cvc] is invalid.")
        assert "redirect" in await pay(shop, METHODS[0], client, binding)
        automatic = {"cvc": "", "features": "AUTO_PAYMENT"}
        assert "redirect" in await pay(shop, METHODS[0], client, binding, **automatic)
        assert "redirect" in await pay(shop, METHODS[1], client, binding, cvc="")
    async with permissions_off(shop, Permission.SSL_WITHOUT_CVC):
        assert "redirect" in await pay(shop, METHODS[0], client, binding, cvc="")


@pytest.mark.parametrize(("sent", "shown"), [("F", "F"), ("U", "U"), ("", "U"), ("CI", "U")])
async def test_shop_names_the_initiator_of_the_payment(shop: Shop, sent: str, shown: str) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    order_id = (await pay(shop, METHODS[0], client, binding, tii=sent))["orderId"]
    async with changed(shop, {"status_version": 37}):
        status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert status["tii"] == shown


async def test_typed_parts_with_a_stored_card_are_named_as_ignored(shop: Shop) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    fields = by_stored(client, binding, expiry="x", cardholderName="\x01")
    answer = await shop.post_json("/payment/rest/instantPayment.do", {**CREDENTIALS, **fields})
    assert answer.json()["orderStatus"]["OrderStatus"] == 2
    rule = answer.headers["x-altyn-rule"]
    assert "expiry: ignored beside bindingId" in rule
    assert "cardholderName: ignored beside bindingId" in rule


# ── 3-D Secure ────────────────────────────────────────────────────────────────────────────────────


async def test_payer_of_a_stored_card_comes_back_from_the_acs(shop: Shop) -> None:
    client, number = new_client(), payer_of(shop)
    binding = await stored(shop, client, ENROLLED)
    step = await pay(shop, METHODS[0], client, binding)
    back = await number.back(await number.at_bank(step, step["orderId"], ACS_CODE))
    assert back.location.startswith(f"{RETURN_URL}?orderId={step['orderId']}")
    assert await shop.see(step["orderId"]) == PAID


async def test_call_is_repeated_after_the_method_step_with_the_same_stored_card(
    shop: Shop,
) -> None:
    client = new_client()
    binding, other = await stored(shop, client, CHALLENGED), await stored(shop, client, GOOD)
    request = by_stored(client, binding)
    first = await shop.call("instantPayment.do", **request)
    assert first["is3DSVer2"] is True
    again = {**request, "threeDSServerTransId": first["threeDSServerTransId"]}
    typed = {**a_call(CHALLENGED), "orderNumber": request["orderNumber"]}
    for refused in (
        {**again, "bindingId": other},
        {**typed, "threeDSServerTransId": first["threeDSServerTransId"]},
    ):
        answer = await shop.call("instantPayment.do", **refused)
        assert answer["errorMessage"] == "[bindingId] is invalid."
    steps = [await shop.call("instantPayment.do", **again) for _ in range(2)]
    assert steps[0] == steps[1]
    assert steps[0]["packedCReq"]


# ── SOAP ──────────────────────────────────────────────────────────────────────────────────────────


async def soap_pay(shop: Shop, method: str, binding: str, client: str, **more: object) -> Any:
    attributes = {
        "merchantOrderNumber": new_number(),
        "amount": 1500_00,
        "language": "en",
        "bindingId": binding,
        "cvc": "123",
        **more,
    }
    children = {"returnUrl": RETURN_URL, **({"clientId": client} if client else {})}
    return await soap_call(shop, method.removesuffix(".do"), attributes, children)


@pytest.mark.parametrize("method", METHODS)
async def test_soap_pays_and_refuses_as_rest_does(shop: Shop, method: str) -> None:
    client = new_client()
    binding = await stored(shop, client, GOOD)
    returned = (await soap_pay(shop, method, binding, client)).returned
    assert returned.get("errorCode") == "0"
    assert status_inside(returned)["orderStatus"] == "2"
    assert status_inside(returned)["bindingId"] == binding
    assert (await soap_pay(shop, method, UNKNOWN, client)).error_code == "2"
    assert (await soap_pay(shop, method, binding, "")).error_code == "5"
    assert (await soap_pay(shop, method, binding, new_client())).error_code == "2"
    assert (await soap_pay(shop, method, binding, client, pan=GOOD)).error_code == "5"
    async with permissions_off(shop, Permission.BINDINGS):
        assert (await soap_pay(shop, method, binding, client)).error_code == "5"
