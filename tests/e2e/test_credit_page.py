"""The application for a credit, in Chromium: the form, each decision of the bank, the payment."""

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
from tests.integration.credit.applicant import AMOUNT, CONSIDERED, REFUSED_AT_ONCE, bundle
from tests.shop import CREDENTIALS, GOOD, new_number

pytestmark = [pytest.mark.browser, pytest.mark.slow]
both_languages = pytest.mark.parametrize("language", ["ru", "en"])
MAIN_BUTTON: Final = ".button-main"


def on_credit(gateway: Served, language: str, **more: object) -> dict[str, Any]:
    """An order with an application for instalments; the answer of the registration."""
    fields = {
        **CREDENTIALS,
        "orderNumber": new_number(),
        "amount": AMOUNT,
        "returnUrl": f"{gateway.shop_url}/paid",
        "language": language,
        "orderBundle": bundle(productType="INSTALLMENT"),
        "jsonParams": json.dumps({"backToShopUrl": gateway.shop_url, "phone": "+79998887766"}),
        "dummy": "true",
        **more,
    }
    request = Request(f"{gateway.url}/sbercredit/register.do", urlencode(fields).encode())  # noqa: S310
    with urlopen(request) as answer:  # noqa: S310 - the gateway of the test
        members: dict[str, Any] = json.load(answer)
    return members


def apply(page: Page, phone: str) -> None:
    """Type the phone, and send the application by the keyboard."""
    page.fill("#phone", phone)
    page.press("#phone", "Enter")
    page.wait_for_load_state()


@both_languages
def test_applicant_corrects_the_phone_gets_the_credit_and_pays(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    answer = on_credit(gateway, language)
    page.goto(answer["formUrl"])
    check_every_size(page, "credit", language, screenshot)
    page.locator("input[value='9']").check()
    apply(page, "12")
    expect(page.locator("#phone-note")).to_have_class("field-error")
    expect(page.locator("#phone")).to_be_focused()
    expect(page.locator("input[value='9']")).to_be_checked()
    check_every_size(page, "credit-wrong-phone", language, screenshot)
    apply(page, "8 (999) 888-77-66")
    expect(page.get_by_role("status")).to_be_visible()
    check_every_size(page, "credit-granted", language, screenshot)
    page.click(MAIN_BUTTON)
    page.wait_for_url("**/payment_*.html?mdOrder=*")
    page.fill("#pan", GOOD)
    page.fill("#expiry", "12/34")
    page.fill("#cvc", "123")
    page.click("#pay")
    page.wait_for_url(f"{gateway.shop_url}/paid*")
    assert gateway.status(answer["orderId"]) == 2


@both_languages
def test_applicant_waits_for_the_bank(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    answer = on_credit(gateway, language)
    page.goto(answer["formUrl"])
    apply(page, CONSIDERED)
    expect(page.get_by_role("status")).to_be_visible()
    check_every_size(page, "credit-considered", language, screenshot)
    gateway.wait(600)
    expect(page.locator(MAIN_BUTTON)).to_be_visible(timeout=20_000)  # the page refreshes itself


@both_languages
def test_refused_applicant_goes_back_to_the_shop(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    answer = on_credit(gateway, language)
    page.goto(answer["formUrl"])
    apply(page, REFUSED_AT_ONCE)
    expect(page.get_by_role("status")).to_be_visible()
    check_every_size(page, "credit-refused", language, screenshot)
    page.click("main .button")
    page.wait_for_url(f"{gateway.shop_url}*")
    assert gateway.status(answer["orderId"]) == 0


@both_languages
def test_refused_applicant_pays_in_another_way(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    answer = on_credit(gateway, language, allowedPaymentWays="CARD,SBRF_SBOL")
    page.goto(answer["formUrl"])
    apply(page, REFUSED_AT_ONCE)
    check_every_size(page, "credit-refused-other-ways", language, screenshot)
    page.click(MAIN_BUTTON)
    page.wait_for_url("**/payment_*.html?mdOrder=*")
    expect(page.locator("#pan")).to_be_visible()


@both_languages
def test_application_for_an_order_that_is_over_is_explained(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    answer = on_credit(gateway, language)
    gateway.call("decline.do", orderId=answer["orderId"])
    page.goto(answer["formUrl"])
    check_every_size(page, "credit-over", language, screenshot)
    expect(page.locator("main .button")).to_be_visible()
