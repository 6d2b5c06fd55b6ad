"""Payment in parts in Chromium: from the phone step to all parts, with and without scripts.

Each step is checked by the rules of the look, and leaves pictures in both sizes and languages.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Registered, Served
from tests.e2e.keyboard import press_at, reach
from tests.e2e.page_rules import check_every_size
from tests.e2e.phone_window import check_phone, open_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = "9998887766"
REFUSED_PHONE = "9990000000"
ENROLLED = "4111111111111111"
ACS_CODE = "12345678"
TWO_WEEKS_SECONDS = 14 * 24 * 3600
NARROW = ViewportSize(width=320, height=640)
GET_CODE = re.compile("Получить код|Get the code")
CONFIRM = re.compile("Подтвердить|Confirm")
TO_CARD = re.compile("Перейти к оплате|Continue to payment")
PAY = re.compile("Оплатить|Pay ")
CHARGED = re.compile("Списано|Charged")
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


def type_card(page: Page, pan: str = ENROLLED) -> None:
    """Type a card, and press Pay."""
    page.locator("#pan").press_sequentially(pan)
    page.locator("#expiry").press_sequentially("1235")
    page.locator("#cvc").fill("123")
    page.get_by_role("button", name=PAY).click()


def post_card(page: Page, order: Registered) -> None:
    """Send a card to the page from a form of another page, as an old page of the shop would."""
    fields = {"MDORDER": order.order_id, "$PAN": ENROLLED, "$EXPIRY": "12/35", "$CVC": "123"}
    inputs = "".join(f"<input name='{name}' value='{value}'>" for name, value in fields.items())
    page.set_content(
        f"<form method=post action='{order.form_url}'>{inputs}<button>Pay</button></form>"
    )
    page.get_by_role("button").click()
    page.wait_for_url(f"**{order.order_id}**")  # with its styles


def confirm_at_bank(page: Page) -> None:
    page.locator("#code").fill(ACS_CODE)
    page.get_by_role("button", name=CONFIRM).click()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_order_is_paid_in_parts_with_a_phone_window(
    page: Page, second: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    """Two windows: the shop's page, and the payer's phone, which is never reloaded."""
    phone = {"ru": "79990000321", "en": "79990000322"}[language]
    order = gateway.register()
    open_phone(second, gateway, phone, language)
    open_parts(page, order, language)
    look(page, "60-parts-phone", language, screenshot)
    ask_code(page, phone)
    expect(page.locator("#code")).to_be_focused()
    code = code_on(second)
    check_phone(second, "parts-code", language, screenshot)
    look(page, "61-parts-code", language, screenshot)
    type_code(page, "2222")
    expect(page.locator("#code-error")).to_contain_text("2")
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")
    look(page, "62-parts-wrong-code", language, screenshot)
    type_code(page, code)
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
    type_card(page)
    expect(page.locator(".bank-amount")).to_contain_text(re.compile(r"375[.,]00"))
    confirm_at_bank(page)
    page.wait_for_url(f"{gateway.shop_url}/paid**")
    watch_later_parts(second, gateway, phone, language, screenshot)
    assert gateway.status(order.order_id) == 2


def code_on(phone: Page) -> str:
    """The code of the SMS that arrives on the open lock screen."""
    text = phone.locator(".notifications .text").filter(has_text="для оплаты частями")
    expect(text).to_be_visible()
    found = re.search(r"\b\d{4}\b", text.inner_text())
    assert found, text.inner_text()
    return found[0]


def watch_later_parts(
    phone: Page, gateway: Served, number: str, language: str, screenshot: Screenshot
) -> None:
    """See the plan on the phone, and each part charged there while the clock moves."""
    for screen in ("bank", "plans"):
        phone.locator(f"a[href*='/{number}/{screen}']").click()
    parts = phone.locator(".plan li")
    expect(parts).to_have_count(4)
    for part in parts.all():
        expect(part).to_contain_text(re.compile(r"375[.,]00"))
    check_phone(phone, "plan-begun", language, screenshot)
    phone.evaluate("window.neverReloaded = true")
    for charged in (1, 2, 3):
        expect(parts.get_by_text(CHARGED)).to_have_count(charged)
        expect(parts.nth(charged - 1)).to_contain_text(CHARGED)
        gateway.wait(TWO_WEEKS_SECONDS)
    expect(parts.get_by_text(CHARGED)).to_have_count(4)
    assert phone.evaluate("window.neverReloaded")
    phone.reload()  # without the banner of the newest SMS
    check_phone(phone, "plan-charged", language, screenshot)


def test_order_for_parts_alone_is_paid_without_scripts(plain: Page, gateway: Served) -> None:
    order = gateway.register(allowedPaymentWays="BNPL")
    post_card(plain, order)
    expect(plain.locator(".message-danger")).to_contain_text("Этот заказ оплачивают частями.")
    button, foot = plain.get_by_role("button", name=GET_CODE).bounding_box(), plain.locator(".foot")
    assert button
    assert button["y"] + button["height"] + 16 <= (foot.bounding_box() or button)["y"]
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
    type_card(page, "4444444444444422")
    expect(page.locator("#message")).to_contain_text("Оплата не прошла")
    expect(page.locator("#pay")).to_contain_text("375,00")
    for field in ("#pan", "#expiry"):
        page.locator(field).clear()
    type_card(page)
    confirm_at_bank(page)
    page.wait_for_url(f"{gateway.shop_url}/paid**")
    assert gateway.status(order.order_id) == 2


def test_order_is_paid_in_parts_by_the_keyboard_alone(page: Page, gateway: Served) -> None:
    order = gateway.register()
    page.goto(order.form_url)
    press_at(page, "a[href*='paymentWay=BNPL']", "Shift+Tab")
    reach(page, "#phone")
    page.keyboard.type(PHONE)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type("1111")
    page.keyboard.press("Enter")
    reach(page, "#consent")
    page.keyboard.press("Space")
    press_at(page, ".parts-form .button-main")
    for field, value in (("#pan", ENROLLED), ("#expiry", "1235"), ("#cvc", "123")):
        reach(page, field)
        page.keyboard.type(value)
    press_at(page, "#pay")
    reach(page, "#code")
    page.keyboard.type(ACS_CODE)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{gateway.shop_url}/paid**")
    assert gateway.status(order.order_id) == 2
