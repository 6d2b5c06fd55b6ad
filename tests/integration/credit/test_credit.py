"""Purchases on credit: registration, refusals, the application, the payment, over real storage."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from altyn.domain.refusals import Refusal
from altyn.inbound.handlers import HANDLERS
from altyn.inbound.request_handler import RequestHandler
from tests.asgi_client import Answer, AsgiClient
from tests.receiver import set_settings
from tests.shop import CREDENTIALS, Shop, new_number, open_shop, refused

AMOUNT: Final = 12_000_00
PARAMS: Final = {
    "email": "anna@example.org",
    "phone": "+79998887766",
    "backToShopUrl": "https://shop.example/cart",
}


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


def client(shop: Shop) -> AsgiClient:
    return AsgiClient(shop.gateway.router, ip="127.0.0.1")


def bundle(amount: int = AMOUNT, **installments: object) -> str:
    item = {
        "positionId": "1",
        "name": "Чайник",
        "itemCode": "K-1",
        "quantity": {"value": 1, "measure": "шт."},
        "itemPrice": amount,
        "itemAmount": amount,
        "itemCurrency": 643,
        "itemDetails": {"itemDetailsParams": [{"name": "color", "value": "red"}]},
    }
    chosen = {"productType": "CREDIT", "productID": "10", **installments}
    sent = {name: value for name, value in chosen.items() if value is not None}
    return json.dumps({"cartItems": {"items": [item]}, "installments": sent})


async def send(shop: Shop, method: str = "register.do", **fields: object) -> Answer:
    right = {
        **CREDENTIALS,
        "orderNumber": new_number(),
        "amount": AMOUNT,
        "returnUrl": "https://shop.example/",
        "orderBundle": bundle(),
        "jsonParams": json.dumps(PARAMS),
        "dummy": "true",
    }
    sent = {name: str(value) for name, value in {**right, **fields}.items() if value is not None}
    return await client(shop).post(f"/sbercredit/{method}", sent)


async def register(shop: Shop, method: str = "register.do", **fields: object) -> dict[str, Any]:
    members: dict[str, Any] = (await send(shop, method, **fields)).json()
    return members


async def decide(shop: Shop, answer: dict[str, Any], decision: str, months: str = "12") -> Answer:
    """What the applicant does on the page behind formUrl."""
    parts = urlsplit(answer["formUrl"])
    form = {"months": months, "decision": decision}
    return await client(shop).post(f"{parts.path}?{parts.query}", form)


async def page(shop: Shop, address: str) -> Answer:
    parts = urlsplit(address)
    return await client(shop).get(f"{parts.path}?{parts.query}")


@pytest.mark.parametrize(
    ("method", "status"), [("register.do", 2), ("registerPreAuth.do", 1)], ids=["one", "two"]
)
async def test_purchase_on_credit_is_paid_by_card(shop: Shop, method: str, status: int) -> None:
    answer = await register(shop, method)
    assert "/sbercredit/rbs-common.html?mdOrder=" in answer["formUrl"]
    application = await page(shop, answer["formUrl"])
    assert "Покупка в кредит" in application.text
    granted = await decide(shop, answer, "approve")
    assert "/payment/merchants/test/payment_ru.html?mdOrder=" in granted.location
    assert (await page(shop, granted.location)).status == 200
    await shop.pay(answer["orderId"])
    found = await shop.call("getOrderStatusExtended.do", orderId=answer["orderId"])
    assert (found["orderStatus"], found["paymentWay"]) == (status, "CARD")
    if status == 1:
        deposit = await shop.call("deposit.do", orderId=answer["orderId"], amount=AMOUNT)
        assert deposit["errorCode"] == "0"
    events = await shop.pool.fetch(
        "SELECT event FROM order_events WHERE order_id = $1 ORDER BY version", answer["orderId"]
    )
    assert "credit_approved" in [row["event"] for row in events]


async def test_cart_is_shown_with_its_installments(shop: Shop) -> None:
    sent = bundle(productID=None, productId="7", productType="INSTALLMENT")
    answer = await register(shop, orderBundle=sent)
    found = await shop.call("getOrderStatusExtended.do", orderId=answer["orderId"])
    assert found["orderBundle"]["installments"] == {"productType": "INSTALLMENT", "productId": "7"}
    assert "Покупка в рассрочку" in (await page(shop, answer["formUrl"])).text


async def test_refused_application_leaves_the_order_unpaid(shop: Shop) -> None:
    answer = await register(shop)
    refusal = await decide(shop, answer, "refuse")
    shown = await page(shop, f"/sbercredit/rbs-common.html{refusal.location}")
    assert "Банк отказал в кредите" in shown.text
    assert 'href="https://shop.example/cart"' in shown.text
    assert (await shop.see(answer["orderId"])).status == 0
    again = await decide(shop, answer, "approve")
    assert again.location == refusal.location


async def test_applicant_may_stop_after_the_loan_and_pay_later(shop: Shop) -> None:
    answer = await register(shop)
    await decide(shop, answer, "stop")
    shown = await page(shop, answer["formUrl"])
    assert "Заказ ещё не оплачен" in shown.text
    assert "payment_ru.html" in shown.text


async def test_payment_page_leads_to_the_application_first(shop: Shop) -> None:
    answer = await register(shop)
    address = f"/payment/merchants/test/payment_ru.html?mdOrder={answer['orderId']}"
    assert (await page(shop, address)).location == answer["formUrl"]


async def test_term_that_the_product_does_not_have_is_refused(shop: Shop) -> None:
    answer = await register(shop)
    for months in ("", "7", "x", "9999"):
        assert (await decide(shop, answer, "approve", months)).status == 400
    assert (await decide(shop, answer, "maybe")).status == 400


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"orderBundle": None}, Refusal.CART_MANDATORY),
        ({"orderBundle": bundle(productID=None)}, Refusal.CART_MANDATORY),
        ({"orderBundle": bundle(productType=None)}, Refusal.CART_MANDATORY),
        ({"orderBundle": bundle(productType="GIFT")}, Refusal.CART_FORMAT),
        ({"orderBundle": bundle(AMOUNT + 1)}, Refusal.CART_SUM),
        ({"amount": 2_999_99, "orderBundle": bundle(2_999_99)}, Refusal.PARAMETER_INVALID),
        ({"amount": 300_000_01, "orderBundle": bundle(300_000_01)}, Refusal.PARAMETER_INVALID),
        ({"amount": "x"}, Refusal.AMOUNT_INVALID),
        ({"amount": None}, Refusal.AMOUNT_MISSING),
        ({"returnUrl": None}, Refusal.RETURN_URL_EMPTY),
        ({"currency": "999"}, Refusal.CURRENCY_UNKNOWN),
        ({"password": "wrong"}, Refusal.ACCESS_DENIED),
        ({"password": None}, Refusal.PASSWORD_EMPTY),
        ({"userName": None}, Refusal.LOGIN_EMPTY),
        ({"dummy": "perhaps"}, Refusal.PARAMETER_INVALID),
    ],
)
async def test_refusals_are_the_references(
    shop: Shop, fields: dict[str, Any], refusal: Refusal
) -> None:
    assert refused("creditRegister", await register(shop, **fields), refusal)


async def test_number_is_unique(shop: Shop) -> None:
    await register(shop, orderNumber="C-1")
    answer = await register(shop, orderNumber="C-1")
    assert refused("creditRegister", answer, Refusal.ORDER_NUMBER_TAKEN)


async def test_product_has_to_be_agreed(shop: Shop, database_url: str) -> None:
    await set_settings(database_url, {"credit.product_ids": ["7"]})
    answer = await register(shop)
    assert refused("creditRegister", answer, Refusal.PARAMETER_INVALID)
    assert "orderId" in await register(shop, orderBundle=bundle(productID="7"))
    await set_settings(database_url, {"credit.product_ids": []})


async def test_simulated_application_is_named_in_a_note(shop: Shop) -> None:
    for sent in ("false", None):
        answer = await send(shop, dummy=sent)
        assert "orderId" in answer.json()
        assert "dummy: this gateway has no bank" in answer.headers["x-altyn-rule"]
    assert "dummy" not in (await send(shop)).headers.get("x-altyn-rule", "")


async def test_gateway_without_a_credit_system_refuses(shop: Shop) -> None:
    rest = shop.gateway.router._rest
    without = replace(shop.gateway.world, grants_credit=False)
    rest._handler = RequestHandler(without, rest._handler._credentials, HANDLERS)
    assert refused("creditRegister", await register(shop), Refusal.ACCESS_DENIED)
