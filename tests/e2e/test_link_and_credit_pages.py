"""The till's page with a payment link, and the application for a credit, in Chromium."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.page_rules import check_every_size

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOP: Final = {"userName": "test-api", "password": "testPwd1"}
AMOUNT: Final = 12_000_00


def on_credit(gateway: Served, number: str, language: str = "ru") -> dict[str, Any]:
    """An order with an application for a credit; the answer of the registration."""
    item = {
        "positionId": "1",
        "name": "Чайник",
        "itemCode": "K-1",
        "quantity": {"value": 1, "measure": "шт."},
        "itemPrice": AMOUNT,
        "itemAmount": AMOUNT,
        "itemCurrency": 643,
        "itemDetails": {"itemDetailsParams": [{"name": "color", "value": "red"}]},
    }
    product = {"productType": "INSTALLMENT", "productID": "10"}
    fields = dict(
        **SHOP,
        orderNumber=number,
        amount=AMOUNT,
        returnUrl=gateway.shop_url,
        language=language,
        orderBundle=json.dumps({"cartItems": {"items": [item]}, "installments": product}),
        jsonParams=json.dumps({"backToShopUrl": gateway.shop_url}),
        dummy="true",
    )
    request = Request(f"{gateway.url}/sbercredit/register.do", urlencode(fields).encode())  # noqa: S310
    with urlopen(request) as answer:  # noqa: S310 - the gateway of the test
        members: dict[str, Any] = json.load(answer)
    return members


@pytest.mark.parametrize("language", ["ru", "en"])
def test_till_shows_the_code_and_sends_the_link(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    order_id = gateway.register(description="Чай чёрный").order_id
    page.goto(f"{gateway.url}/sandbox/orders/{order_id}/link?language={language}")
    assert page.evaluate("document.querySelector('.qr').naturalWidth") > 0
    page.fill("#sms", "12")
    page.click("form:has(#sms) button")
    expect(page.locator("#sms-note")).to_have_class("field-error")
    page.fill("#sms", "+7 999 888-77-66")
    page.click("form:has(#sms) button")
    expect(page.get_by_role("status")).to_contain_text("79998887766")
    check_every_size(page, "link", language, screenshot)
    page.emulate_media(media="print")
    expect(page.locator(".qr")).to_be_visible()
    expect(page.locator(".send")).to_be_hidden()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_applicant_chooses_a_term_and_pays_by_card(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    answer = on_credit(gateway, f"CR-{language}", language)
    page.goto(answer["formUrl"])
    check_every_size(page, "credit", language, screenshot)
    page.locator("input[value='9']").check()
    page.click("button[value='stop']")
    expect(page.get_by_role("status")).to_be_visible()
    check_every_size(page, "credit-issued", language, screenshot)
    page.click(".button-main")
    page.wait_for_url("**/payment_*.html?mdOrder=*")
    found = gateway.call("getOrderStatusExtended.do", orderId=answer["orderId"])
    assert found["orderStatus"] == 0


@pytest.mark.parametrize("language", ["ru", "en"])
def test_refused_applicant_goes_back_to_the_shop(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    answer = on_credit(gateway, f"CN-{language}", language)
    page.goto(answer["formUrl"])
    page.click("button[value='refuse']")
    expect(page.get_by_role("status")).to_be_visible()
    check_every_size(page, "credit-refused", language, screenshot)
    page.click("main .button")
    page.wait_for_url(f"{gateway.shop_url}*")
