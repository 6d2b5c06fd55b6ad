"""The orders of the personal account in a browser: the list, one order, each action on it."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from altyn.protocol.test_cards import Fault, card_for_fault
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.web_rules import check_web_page
from tests.shop import card_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE: Final = "<script>document.title='broken'</script>\"'><img src=x onerror=alert(1)>"
LONG: Final = "Очень длинное описание заказа без единого перевода строки, " * 6
TEA: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": f"Чай {HOSTILE}",
    "itemCode": "TEA",
    "quantity": {"value": 3, "measure": "шт"},
    "itemPrice": 50_000,
}
CART: Final = json.dumps({"cartItems": {"items": [TEA]}})


def log_in(gateway: Served, page: Page, language: str) -> None:
    page.goto(f"{gateway.url}/mportal3/login?lang={language}")
    page.locator("#login").fill("test-operator")
    page.locator("#password").fill("testPwd1")
    page.locator("main form button").first.click()
    expect(page.locator("nav").first).to_be_visible()


def paid(gateway: Served, **more: object) -> str:
    order_id = gateway.register(**more).order_id
    gateway.call("paymentorder.do", **card_fields(order_id))
    return order_id


def held(gateway: Served, number: str) -> str:
    order_id: str = gateway.call(
        "registerPreAuth.do", amount=150_000, orderNumber=number, returnUrl="https://shop.example/"
    )["orderId"]
    gateway.call("paymentorder.do", **card_fields(order_id))
    return order_id


@pytest.mark.parametrize("language", ["ru", "en"])
def test_list_of_orders(gateway: Served, page: Page, screenshot: Screenshot, language: str) -> None:
    for n in range(3):
        paid(gateway, orderNumber=f"list-{language}-{n}", description=HOSTILE if n else LONG)
    held(gateway, f"list-{language}-held")
    gateway.register(orderNumber=f"{HOSTILE[:20]}-{language}")
    log_in(gateway, page, language)
    page.goto(f"{gateway.url}/mportal3/orders")
    check_web_page(page, "account-orders", language, screenshot)
    page.locator(".order-filter > details > summary").click()
    page.locator("form[action$=fields]").locator("xpath=..").locator("summary").click()
    for name in ("holder", "bank", "approval"):
        page.locator(f"input[name=field][value={name}]").check()
    page.locator("form[action$=fields] button").click()
    page.locator(".order-filter > details > summary").click()
    page.locator("form[action$=fields]").locator("xpath=..").locator("summary").click()
    check_web_page(page, "account-orders-filter", language, screenshot)
    page.locator("#bank").select_option("-TEST BANK")
    page.locator(".order-filter .button-main").click()
    expect(page.locator(".sentence")).to_contain_text("TEST BANK")
    expect(page.locator("tbody tr")).to_have_count(0)
    page.goto(f"{gateway.url}/mportal3/orders?number=nothing-like-this")
    check_web_page(page, "account-orders-empty", language, screenshot)
    with_faults = page.context.new_page()  # its console names the status 400, as it should
    with_faults.goto(f"{gateway.url}/mportal3/orders?from=ten&card=1")
    check_web_page(with_faults, "account-orders-fault", language, screenshot)


def test_list_is_filtered_kept_and_updated(gateway: Served, page: Page) -> None:
    paid(gateway, orderNumber="kept-1")
    log_in(gateway, page, "ru")
    page.goto(f"{gateway.url}/mportal3/orders")
    page.locator(".order-filter > details > summary").click()
    page.get_by_label("Оплачен", exact=True).check()
    page.locator("#number").fill("kept-%")
    page.locator("#from").fill("1 000")
    page.get_by_role("button", name="Применить").click()
    expect(page.locator(".sentence")).to_contain_text("Оплаченные, за 2 дня, от 1")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("summary", has_text="Сохранить этот фильтр").click()
    page.get_by_label("Название").fill("Чай")
    page.get_by_role("button", name="Сохранить этот фильтр").click()
    expect(page.get_by_role("link", name="Чай")).to_have_attribute("aria-current", "true")
    heights = [row.bounding_box() for row in page.locator("tbody tr").all()]
    assert [box and round(box["height"]) for box in heights] == [40]
    paid(gateway, orderNumber="kept-2")
    expect(page.get_by_role("link", name="kept-2")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Сбросить").click()
    expect(page.locator(".sentence")).to_have_text("Все заказы, за 2 дня")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_refund_by_positions(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    order_id = paid(gateway, orderNumber=f"cart-{language}", orderBundle=CART)
    log_in(gateway, page, language)
    page.goto(f"{gateway.url}/mportal3/orders/{order_id}")
    check_web_page(page, "account-order", language, screenshot)
    page.locator(".actions a[href$=refund]").click()
    page.locator(".quantity input").fill("1")
    check_web_page(page, "account-refund-positions", language, screenshot)
    page.locator("main form .button-main").click()
    expect(page.locator("#effect")).to_contain_text("500")
    check_web_page(page, "account-refund-confirm", language, screenshot)
    page.locator("main form .danger-button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    status = gateway.call("getOrderStatusExtended.do", orderId=order_id)
    assert status["paymentAmountInfo"]["refundedAmount"] == 50_000


def test_each_other_action_from_the_list_to_its_result(gateway: Served, page: Page) -> None:
    by_sum, reversed_, completed = (
        paid(gateway, orderNumber="by-sum"),
        paid(gateway, orderNumber="to-reverse"),
        held(gateway, "to-complete"),
    )
    declined = gateway.register(orderNumber="to-decline").order_id
    closed = paid(gateway, orderNumber="to-close", orderBundle=CART)
    log_in(gateway, page, "en")
    for number, button, amount, confirmed, done in (
        ("by-sum", "Refund", "500", "Refund 500.00 ₽", "The refund is done"),
        ("to-reverse", "Reverse", "", "Reverse 1 500.00 ₽", "The payment is reversed"),
        ("to-complete", "Complete", "1000", "Take 1 000.00 ₽", "The sum is taken"),
        ("to-decline", "Decline", "", "Decline the order", "The order is declined"),
        ("to-close", "Closing receipt", "", "Make the receipt", "The receipt is sent"),
    ):
        page.goto(f"{gateway.url}/mportal3/orders?number={number}")
        page.get_by_role("link", name=number, exact=True).click()
        page.locator(".actions").get_by_role("link", name=button, exact=True).click()
        if amount:
            page.get_by_label("Amount").fill(amount)
            page.get_by_role("button", name="Continue").click()
        page.get_by_role(
            "button", name=confirmed.replace("1 ", "1\u202f").replace(" ₽", "\xa0₽")
        ).click()
        expect(page.get_by_role("status").first).to_contain_text(done)
        expect(page.locator(".timeline")).to_contain_text("test-operator")
    assert gateway.status(reversed_) == 3
    assert gateway.status(declined) == 6
    assert gateway.status(by_sum) == 4
    sums = gateway.call("getOrderStatusExtended.do", orderId=completed)["paymentAmountInfo"]
    assert sums["depositedAmount"] == 100_000
    assert gateway.status(closed) == 2


@pytest.mark.parametrize("language", ["ru", "en"])
def test_completion_is_confirmed_and_an_unknown_refund_is_explained(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    order_id = held(gateway, f"in-part-{language}")
    lost = gateway.register(orderNumber=f"lost-{language}").order_id
    gateway.call("paymentorder.do", **card_fields(lost, card_for_fault(Fault.REFUND_ANSWER_LOST)))
    log_in(gateway, page, language)
    page.goto(f"{gateway.url}/mportal3/orders/{order_id}/complete")
    page.locator("#amount").fill("1000")
    page.locator("main form .button-main").click()
    expect(page.locator("#effect")).to_contain_text("500")
    check_web_page(page, "account-complete-confirm", language, screenshot)

    page.goto(f"{gateway.url}/mportal3/orders/{lost}/refund")
    page.locator("#amount").fill("500")
    page.locator("main form .button-main").click()
    page.locator("main form .danger-button").click()
    unknown = "Результат пока неизвестен" if language == "ru" else "The result is not known yet"
    expect(page.get_by_role("alert")).to_contain_text(unknown)
    check_web_page(page, "account-not-known", language, screenshot)
    page.locator("main a.button-main").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"lost-{language}")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_callback_is_resent(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    address = f"{gateway.url}/sandbox/receiver/ok?<b>"
    order_id = paid(gateway, orderNumber=f"callback-a-{language}", dynamicCallbackUrl=address)
    log_in(gateway, page, language)
    page.goto(f"{gateway.url}/mportal3/orders/{order_id}")
    page.get_by_role("link", name="deposited").first.click()
    check_web_page(page, "account-callback", language, screenshot)
    page.locator("main form button.button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    while page.locator("#attempt-2").count() == 0:
        page.reload()  # it is on its way


def test_failed_receipt_is_sent_again_to_another_address(gateway: Served, page: Page) -> None:
    order_id = paid(gateway, orderNumber="receipt-again", orderBundle=CART, email="", phone="")
    log_in(gateway, page, "en")
    page.goto(f"{gateway.url}/mportal3/orders/{order_id}")
    receipts = page.locator("section[aria-labelledby=receipts]")
    while not receipts.get_by_role("link", name="Send the receipt again").count():
        page.reload()  # the cash register has not answered yet
    receipts.get_by_role("link", name="Send the receipt again").click()
    page.locator("#contact").fill("found@shop.example")
    page.locator("main form .button-main").click()
    expect(page.get_by_role("status").first).to_contain_text("to the cash register again")
    while receipts.get_by_text("issued").count() == 0:
        page.reload()
    expect(receipts).to_contain_text("failed")
