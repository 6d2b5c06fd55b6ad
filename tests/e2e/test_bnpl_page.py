"""Payment in parts in Chromium: from the phone step to paid, with and without scripts.

Each step is checked by the rules of the look, and leaves pictures in both sizes and languages.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.conftest import WAIT_MS, Screenshot
from tests.e2e.gateway import Registered, Served
from tests.e2e.page_rules import check_every_size

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = "9998887766"
REFUSED_PHONE = "9990000000"
ENROLLED = "4111111111111111"
ACS_CODE = "12345678"
TWO_WEEKS_SECONDS = 14 * 24 * 3600
PAUSE_MS = 100
NARROW = ViewportSize(width=320, height=640)
GET_CODE = re.compile("Получить код|Get the code")
CONFIRM = re.compile("Подтвердить|Confirm")
TO_CARD = re.compile("Перейти к оплате|Continue to payment")
PAY = re.compile("Оплатить|Pay ")
OTHER_WAY = re.compile("Выбрать другой способ|Choose another way")
OTHER_PHONE = re.compile("другой номер|another number")


def open_parts(page: Page, order: Registered, language: str = "ru") -> None:
    page.goto(f"{order.in_language(language)}&paymentWay=BNPL")


def look(page: Page, name: str, language: str, screenshot: Screenshot) -> None:
    """Check the step at every size, and keep a picture of the narrowest phone too."""
    check_every_size(page, name, language, screenshot)
    page.set_viewport_size(NARROW)
    screenshot(page, f"{name}-{language}-narrow")
    page.set_viewport_size(ViewportSize(width=1200, height=900))


def ask_code(page: Page, phone: str = PHONE) -> None:
    page.locator("#phone").fill(phone)
    page.get_by_role("button", name=GET_CODE).click()


def type_code(page: Page, code: str = "1111") -> None:
    page.locator("#code").fill(code)
    page.get_by_role("button", name=CONFIRM).click()


def agree(page: Page) -> None:
    page.locator("#consent").check()
    page.get_by_role("button", name=TO_CARD).click()


def pay_at_bank(page: Page, pan: str = ENROLLED) -> None:
    page.locator("#pan").press_sequentially(pan)
    page.locator("#expiry").press_sequentially("1235")
    page.locator("#cvc").fill("123")
    page.get_by_role("button", name=PAY).click()
    page.locator("#code").fill(ACS_CODE)
    page.get_by_role("button", name=CONFIRM).click()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_order_is_paid_in_parts(
    page: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    order = gateway.register()
    open_parts(page, order, language)
    look(page, "60-parts-phone", language, screenshot)
    ask_code(page)
    expect(page.locator("#code")).to_be_focused()
    look(page, "61-parts-code", language, screenshot)
    type_code(page, "2222")
    expect(page.locator("#code-error")).to_contain_text("2")
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")
    look(page, "62-parts-wrong-code", language, screenshot)
    type_code(page)
    rows = page.locator(".parts-plan tbody tr")
    expect(rows).to_have_count(4)
    for row in rows.all():
        expect(row).to_contain_text(re.compile(r"375[.,]00"))
        expect(row).to_contain_text(re.compile(r"\d+\s\S+\s20\d\d"))
    look(page, "63-parts-plan", language, screenshot)
    page.reload()
    expect(rows).to_have_count(4)
    agree(page)
    expect(page.locator("#pay")).to_contain_text(re.compile(r"375[.,]00"))
    expect(page.locator("#parts li")).to_have_count(3)
    look(page, "64-parts-card", language, screenshot)
    page.locator("#pan").press_sequentially(ENROLLED)
    page.locator("#expiry").press_sequentially("1235")
    page.locator("#cvc").fill("123")
    page.get_by_role("button", name=PAY).click()
    expect(page.locator(".bank-amount")).to_contain_text(re.compile(r"375[.,]00"))
    page.locator("#code").fill(ACS_CODE)
    page.get_by_role("button", name=CONFIRM).click()
    page.wait_for_url(f"{gateway.shop_url}/paid**")
    assert gateway.status(order.order_id) == 2


def test_later_parts_are_charged_while_the_clock_moves(page: Page, gateway: Served) -> None:
    order = gateway.register()
    open_parts(page, order)
    ask_code(page)
    type_code(page)
    agree(page)
    pay_at_bank(page)
    page.wait_for_url(f"{gateway.shop_url}/paid**")
    for charged in (1, 2, 3, 4):
        until_charged(page, gateway, order, charged)
        gateway.wait(TWO_WEEKS_SECONDS)
    assert gateway.status(order.order_id) == 2


def until_charged(page: Page, gateway: Served, order: Registered, count: int) -> None:
    """Wait until the phone shows so many charged parts of the order."""
    address = f"{gateway.url}/sandbox/phones/{PHONE}/plans"
    for _ in range(WAIT_MS // PAUSE_MS):
        plans = page.request.get(address).json()["plans"]
        parts = next(plan["parts"] for plan in plans if plan["orderId"] == order.order_id)
        if [part["state"] for part in parts].count("charged") == count:
            return
        page.wait_for_timeout(PAUSE_MS)
    raise AssertionError(f"the phone does not show {count} charged parts")


def test_order_is_paid_in_parts_without_scripts(plain: Page, gateway: Served) -> None:
    order = gateway.register()
    open_parts(plain, order)
    ask_code(plain)
    type_code(plain)
    agree(plain)
    plain.locator("#pan").fill(ENROLLED)
    plain.locator("#expiry").fill("12/35")
    plain.locator("#cvc").fill("123")
    plain.get_by_role("button", name=PAY).click()
    plain.locator("form button").first.click()  # on to the bank
    plain.locator("#code").fill(ACS_CODE)
    plain.get_by_role("button", name=CONFIRM).click()
    plain.locator("form button").first.click()  # and back
    plain.wait_for_url(f"{gateway.shop_url}/paid**")
    assert gateway.status(order.order_id) == 2


@pytest.mark.parametrize("language", ["ru", "en"])
def test_refused_payer_takes_another_phone_or_another_way(
    page: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    order = gateway.register()
    open_parts(page, order, language)
    ask_code(page, REFUSED_PHONE)
    type_code(page)
    expect(page.locator(".message-danger")).to_be_visible()
    look(page, "65-parts-refused", language, screenshot)
    page.get_by_role("link", name=OTHER_PHONE).click()
    ask_code(page)
    expect(page.locator("#code")).to_be_visible()
    page.get_by_role("link", name=OTHER_WAY).click()
    expect(page.locator("#parts")).to_have_count(0)
    expect(page.locator("#pay")).to_contain_text(re.compile(r"1.500[.,]00"))
    assert gateway.status(order.order_id) == 0


@pytest.mark.parametrize("language", ["ru", "en"])
def test_sum_outside_the_limits_is_explained(
    page: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    order = gateway.register(amount=5000)
    open_parts(page, order, language)
    expect(page.locator(".message-warn")).to_contain_text(re.compile(r"1.000[.,]00"))
    look(page, "66-parts-unavailable", language, screenshot)


def test_declined_first_part_stays_at_the_card(page: Page, gateway: Served) -> None:
    order = gateway.register()
    open_parts(page, order)
    ask_code(page)
    type_code(page)
    agree(page)
    page.locator("#pan").press_sequentially("4444444444444422")
    page.locator("#expiry").press_sequentially("1235")
    page.locator("#cvc").fill("123")
    page.get_by_role("button", name=PAY).click()
    expect(page.locator("#message")).to_contain_text("Оплата не прошла")
    expect(page.locator("#pay")).to_contain_text("375,00")
    for field in ("#pan", "#expiry"):
        page.locator(field).clear()
    pay_at_bank(page)
    page.wait_for_url(f"{gateway.shop_url}/paid**")
    assert gateway.status(order.order_id) == 2


def test_steps_are_reached_by_the_keyboard_alone(page: Page, gateway: Served) -> None:
    order = gateway.register()
    open_parts(page, order)
    page.locator("#phone").focus()
    page.keyboard.type(PHONE)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type("1111")
    page.keyboard.press("Enter")
    page.locator("#consent").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#pan")).to_be_visible()
