"""The simulated phone in a real Chromium: messages arrive, are confirmed, refused, and expire.

Each test leaves pictures of what the owner of the phone saw.
"""

from __future__ import annotations

import http.client
import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.phone_window import check_languages, check_phone, open_phone
from tests.shop import GOOD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONFIRM = {"ru": "Заплатить 1 500,00 ₽", "en": "Pay 1 500.00 ₽"}
OPEN = {"ru": "Открыть", "en": "Open"}
REFUSE = {"ru": "Отказаться", "en": "Refuse"}
TWO_WEEKS_SECONDS = 14 * 24 * 3600
PLAN = {  # 1500.00 in four parts, 500.00 of it refunded; the second part was due
    "ru": (
        *(("375,00", "Списано"), ("375,00", "Не списано")),
        *(("250,00", "Спишется"), ("0,00", "Отменено")),
    ),
    "en": (
        *(("375.00", "Charged"), ("375.00", "Not charged")),
        *(("250.00", "Planned"), ("0.00", "Cancelled")),
    ),
}


def begin(gateway: Served, phone: str = "", **more: object) -> str:
    """Register an order, and choose SberPay on its payment page; its id."""
    order_id = gateway.register(**more).order_id
    fields = {
        "MDORDER": order_id,
        "paymentWay": "SBRF_SBOL",
        "sberPayPhone": phone,
        "language": "ru",
    }
    send(gateway, "POST", "/payment/rest/processform.do", urlencode(fields))
    return order_id


def send(gateway: Served, method: str, path: str, body: str = "") -> dict[str, Any]:
    """Send a request of a browser's script or of a test; the members of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, path, body, headers)
        members: dict[str, Any] = json.loads(connection.getresponse().read())
        return members
    finally:
        connection.close()


def deep_link(order_id: str) -> str:
    """The link of an order into the bank's app."""
    invoice = order_id.replace("-", "")
    return f"sberpay://invoicing/v2?bankInvoiceId={invoice}&operationType=Web2App"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_push_arrives_without_a_reload_and_is_confirmed(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    phone = {"ru": "79990000301", "en": "79990000302"}[language]
    open_phone(page, gateway, phone, language)
    check_phone(page, "quiet", language, screenshot)
    page.evaluate("window.neverReloaded = true")

    order_id = begin(gateway, phone)

    push = page.locator(".notifications a")
    expect(push).to_contain_text("оплатить 1\u202f500,00")
    assert page.evaluate("window.neverReloaded")
    expect(page.locator("#announcement")).to_contain_text("1\u202f500,00")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    check_phone(page, "push", language, screenshot)
    push.click()
    check_phone(page, "payment", language, screenshot)
    page.get_by_role("button", name=CONFIRM[language]).click()
    done = {"ru": "Оплачено", "en": "Paid"}[language]
    expect(page.get_by_role("heading", name=done)).to_be_visible()
    check_phone(page, "paid", language, screenshot)
    assert gateway.status(order_id) == 2
    page.go_back()
    page.goto(f"{gateway.url}/sandbox/phone/{phone}/bank?language={language}")
    check_phone(page, "bank", language, screenshot)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_payment_is_refused(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    phone = {"ru": "79990000303", "en": "79990000304"}[language]
    order_id = begin(gateway, phone)
    open_phone(page, gateway, phone, language)
    page.locator(".notifications a").click()
    page.get_by_role("button", name=REFUSE[language]).click()
    done = {"ru": "Вы отказались от оплаты", "en": "You refused the payment"}[language]
    expect(page.get_by_role("heading", name=done)).to_be_visible()
    check_phone(page, "refused", language, screenshot)
    status = gateway.call("getOrderStatusExtended.do", orderId=order_id)
    assert (status["orderStatus"], status["actionCode"]) == (0, 5)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_decline_of_the_bank_is_explained(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    begin(gateway, "79990000002")
    open_phone(page, gateway, "79990000002", language)
    page.locator(".notifications .waits a").first.click()
    page.get_by_role("button", name=CONFIRM[language]).click()
    done = {"ru": "Банк отклонил платёж", "en": "The bank declined the payment"}[language]
    expect(page.get_by_role("heading", name=done)).to_be_visible()
    check_phone(page, "declined", language, screenshot)


def test_two_phones_scan_one_code_and_only_one_of_them_pays(
    gateway: Served, page: Page, second: Page, screenshot: Screenshot
) -> None:
    order_id = begin(gateway)
    scan = f"?scan={quote(deep_link(order_id))}"
    page.goto(f"{gateway.url}/sandbox/phone/+7%20999%20000-03-05{scan}")
    check_languages(page, "scanner", screenshot)
    page.get_by_role("button", name=OPEN["ru"], exact=True).click()
    second.goto(f"{gateway.url}/sandbox/phone/89990000306{scan}")
    second.get_by_role("button", name=OPEN["ru"], exact=True).click()
    expect(second.get_by_role("button", name=CONFIRM["ru"])).to_be_visible()

    page.get_by_role("button", name=CONFIRM["ru"]).click()

    expect(page.get_by_role("heading", name="Оплачено")).to_be_visible()
    expect(second.get_by_role("heading", name="Счёт больше не ждёт оплаты")).to_be_visible()
    check_languages(second, "closed", screenshot)
    assert gateway.status(order_id) == 2


@pytest.mark.parametrize("language", ["ru", "en"])
def test_scanned_code_of_a_paid_order_is_explained(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    order_id = begin(gateway)
    paid = {"way": "SBERPAY", "phone": "79990000305"}
    send(gateway, "POST", f"/sandbox/orders/{order_id}/pay", json.dumps(paid))
    open_phone(page, gateway, "79990000305", language, "scan")
    label = {"ru": "Текст QR-кода или ссылка", "en": "Text of the QR code, or a link"}[language]
    page.get_by_label(label).fill(deep_link(order_id))
    page.get_by_role("button", name=OPEN[language], exact=True).click()
    problem = {"ru": "не ждёт оплаты", "en": "no longer waits for a payment"}[language]
    expect(page.get_by_role("alert").filter(has_text=problem)).to_be_visible()
    check_phone(page, "scanner-error", language, screenshot)


def test_code_is_chosen_from_those_on_screens_and_banner_leads_to_a_new_push(
    gateway: Served, page: Page, screenshot: Screenshot
) -> None:
    begin(gateway, orderNumber="Q-77")
    open_phone(page, gateway, "79990000307", "en")
    page.get_by_role("link", name="Scanner").click()
    check_languages(page, "codes", screenshot, last="en")
    page.get_by_role("button", name="Order Q-77").click()
    expect(page.get_by_role("button", name=CONFIRM["en"])).to_be_visible()

    begin(gateway, "79990000307", orderNumber="Q-78")

    banner = page.get_by_role("link", name="Q-78")
    expect(banner).to_be_visible()
    check_phone(page, "banner", "en", screenshot)
    banner.click()
    expect(page.locator("dd", has_text="Q-78")).to_be_visible()


def test_open_push_expires_on_the_screen(
    gateway: Served, page: Page, screenshot: Screenshot
) -> None:
    order_id = begin(gateway, "79990000308")
    open_phone(page, gateway, "79990000308")
    page.locator(".notifications a").click()
    expect(page.get_by_role("button", name=CONFIRM["ru"])).to_be_visible()
    gateway.wait(1500)
    expect(page.get_by_role("heading", name="Время на оплату вышло")).to_be_visible()
    check_languages(page, "expired", screenshot)
    assert gateway.status(order_id) == 6


@pytest.mark.parametrize("language", ["ru", "en"])
def test_phone_without_the_app_replies_to_an_sms(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    phone = {"ru": "79990010001", "en": "79990020001"}[language]
    order_id = begin(gateway, phone)
    open_phone(page, gateway, phone, language)
    page.locator(".notifications a").click()
    check_phone(page, "sms", language, screenshot)
    page.get_by_role("button", name={"ru": "Да", "en": "Yes"}[language]).click()
    expect(page.locator(".bubble-own")).to_be_visible()
    check_phone(page, "sms-replied", language, screenshot)
    assert gateway.status(order_id) == 2


def test_phone_works_by_keyboard_alone(gateway: Served, page: Page) -> None:
    order_id = begin(gateway, "79990000309")
    open_phone(page, gateway, "79990000309")
    page.locator(".notifications a").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="К оплате")).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "confirm":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Оплачено")).to_be_visible()
    assert gateway.status(order_id) == 2


def test_phone_works_without_scripts(gateway: Served, plain: Page) -> None:
    order_id = begin(gateway, "79990000310")
    plain.goto(f"{gateway.url}/sandbox/phone?phone=9990000310")
    plain.locator(".notifications a").click()
    plain.get_by_role("button", name=CONFIRM["ru"]).click()
    assert plain.get_by_role("heading", name="Оплачено").is_visible()
    assert gateway.status(order_id) == 2


@pytest.mark.parametrize("language", ["ru", "en"])
def test_number_is_chosen_and_a_wrong_one_is_explained(
    gateway: Served, second: Page, screenshot: Screenshot, language: str
) -> None:
    second.goto(f"{gateway.url}/sandbox/phone?language={language}")
    label = {"ru": "Номер телефона", "en": "Phone number"}[language]
    check_phone(second, "numbers", language, screenshot)
    second.get_by_label(label).fill("12345")
    second.keyboard.press("Enter")
    expect(second.get_by_role("alert")).not_to_be_empty()
    check_phone(second, "numbers-wrong", language, screenshot)
    second.get_by_label(label).fill("8 (999) 000-03-11")
    second.keyboard.press("Enter")
    expect(second).to_have_url(re.compile(r"/sandbox/phone/79990000311(\?language=en)?$"))


def test_payment_link_is_opened_from_the_scanner(gateway: Served, page: Page) -> None:
    order = gateway.register()
    page.goto(f"{gateway.url}/sandbox/phone/79990000312/scan")
    page.get_by_label("Текст QR-кода или ссылка").fill(order.form_url)
    page.get_by_role("button", name="Открыть", exact=True).click()
    page.get_by_role("link", name="Открыть страницу оплаты").click()
    expect(page).to_have_url(re.compile(order.order_id))


def test_page_of_another_site_cannot_answer(gateway: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    try:
        origin = {"Origin": "https://evil.example"}
        path = "/sandbox/phone/79990000313/messages/1"
        connection.request("POST", path, "action=confirm", origin)
        answer = connection.getresponse()
        assert answer.status == 403
        answer.read()
        connection.request("GET", "/sandbox/phone/79990000313")
        policy = connection.getresponse().headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    finally:
        connection.close()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_plan_shows_overdue_and_ended_parts(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    phone = {"ru": "79990310004", "en": "79990320004"}[language]  # later parts fail twice
    order = gateway.register(orderNumber=f"A-{language}-1001")
    payer = {"way": "BNPL", "phone": phone, "pan": GOOD}
    send(gateway, "POST", f"/sandbox/orders/{order.order_id}/pay", json.dumps(payer))
    gateway.call("refund.do", orderId=order.order_id, amount=50000)
    gateway.wait(TWO_WEEKS_SECONDS)
    open_phone(page, gateway, phone, language, "plans")
    rows = page.locator(".plan li")
    expect(rows).to_have_count(4)
    for row, (sum_shown, state) in zip(rows.all(), PLAN[language], strict=True):
        expect(row).to_contain_text(sum_shown)
        expect(row).to_contain_text(state)
    check_phone(page, "plans", language, screenshot)
