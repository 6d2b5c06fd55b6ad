"""The simulated phone in a real Chromium: messages arrive, are confirmed, refused, and expire.

Each test leaves pictures of what the owner of the phone saw.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from altyn.inbound.sandbox.phones.render import render_plans
from altyn.inbound.sandbox.phones.view import PhoneView
from tests.e2e.conftest import WAIT_MS, Screenshot
from tests.e2e.gateway import Served
from tests.e2e.page_rules import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL = ViewportSize(width=320, height=640)
DESKTOP = ViewportSize(width=1200, height=900)
CONFIRM = {"ru": "Заплатить 1 500,00 ₽", "en": "Pay 1 500.00 ₽"}
REFUSE = {"ru": "Отказаться", "en": "Refuse"}


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


def open_phone(page: Page, gateway: Served, phone: str, language: str = "ru") -> None:
    page.goto(f"{gateway.url}/sandbox/phone/{phone}?language={language}")


def pictures(page: Page, name: str, language: str, screenshot: Screenshot) -> None:
    """Check the rules of the look at both sizes, in light and dark; a picture of each size."""
    faults: list[str] = []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for kind, size in (("phone", SMALL), ("desktop", DESKTOP)):
        page.set_viewport_size(size)
        faults += [f"{kind}: {each}" for each in faults_of(page, language)]
        screenshot(page, f"phone-{name}-{language}-{kind}")
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {each}" for each in faults_of(page, language)]
    screenshot(page, f"phone-{name}-{language}-dark")
    page.emulate_media(color_scheme="light")
    assert not faults, f"{name}, {language}:\n" + "\n".join(dict.fromkeys(faults))


@pytest.fixture
def second(chromium: Browser) -> Iterator[Page]:
    """Another phone, in a browser of its own."""
    context = chromium.new_context(viewport=SMALL, locale="ru-RU")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_push_arrives_without_a_reload_and_is_confirmed(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    phone = {"ru": "79990000301", "en": "79990000302"}[language]
    open_phone(page, gateway, phone, language)
    pictures(page, "quiet", language, screenshot)
    page.evaluate("window.neverReloaded = true")

    order_id = begin(gateway, phone)

    push = page.locator(".notifications a")
    expect(push).to_contain_text("оплатить 1\u202f500,00")
    assert page.evaluate("window.neverReloaded")
    expect(page.locator("#announcement")).to_contain_text("1\u202f500,00")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    pictures(page, "push", language, screenshot)
    push.click()
    pictures(page, "payment", language, screenshot)
    page.get_by_role("button", name=CONFIRM[language]).click()
    done = {"ru": "Оплачено", "en": "Paid"}[language]
    expect(page.get_by_role("heading", name=done)).to_be_visible()
    pictures(page, "paid", language, screenshot)
    assert gateway.status(order_id) == 2
    page.go_back()
    page.goto(f"{gateway.url}/sandbox/phone/{phone}/bank?language={language}")
    pictures(page, "bank", language, screenshot)


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
    pictures(page, "refused", language, screenshot)
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
    pictures(page, "declined", language, screenshot)


def test_two_phones_scan_one_code_and_only_one_of_them_pays(
    gateway: Served, page: Page, second: Page, screenshot: Screenshot
) -> None:
    order_id = begin(gateway)
    scan = f"?scan={quote(deep_link(order_id))}"
    page.goto(f"{gateway.url}/sandbox/phone/+7%20999%20000-03-05{scan}")
    pictures(page, "scanner", "ru", screenshot)
    page.get_by_role("button", name="Открыть", exact=True).click()
    second.goto(f"{gateway.url}/sandbox/phone/89990000306{scan}")
    second.get_by_role("button", name="Открыть", exact=True).click()
    expect(second.get_by_role("button", name=CONFIRM["ru"])).to_be_visible()

    page.get_by_role("button", name=CONFIRM["ru"]).click()

    expect(page.get_by_role("heading", name="Оплачено")).to_be_visible()
    expect(second.get_by_role("heading", name="Счёт больше не ждёт оплаты")).to_be_visible()
    screenshot(second, "phone-closed-ru-phone")
    assert gateway.status(order_id) == 2
    second.goto(f"{gateway.url}/sandbox/phone/79990000305/scan")
    second.get_by_label("Текст QR-кода или ссылка").fill(deep_link(order_id))
    second.get_by_role("button", name="Открыть", exact=True).click()
    expect(second.get_by_role("alert").filter(has_text="не ждёт оплаты")).to_be_visible()
    pictures(second, "scanner-error", "ru", screenshot)


def test_code_is_chosen_from_those_on_screens_and_banner_leads_to_a_new_push(
    gateway: Served, page: Page, screenshot: Screenshot
) -> None:
    begin(gateway, orderNumber="Q-77")
    open_phone(page, gateway, "79990000307", "en")
    page.get_by_role("link", name="Scanner").click()
    pictures(page, "codes", "en", screenshot)
    page.get_by_role("button", name="Order Q-77").click()
    expect(page.get_by_role("button", name=CONFIRM["en"])).to_be_visible()

    begin(gateway, "79990000307", orderNumber="Q-78")

    banner = page.get_by_role("link", name="Q-78")
    expect(banner).to_be_visible()
    screenshot(page, "phone-banner-en-desktop")
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
    pictures(page, "expired", "ru", screenshot)
    assert gateway.status(order_id) == 6


@pytest.mark.parametrize("language", ["ru", "en"])
def test_phone_without_the_app_replies_to_an_sms(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    phone = {"ru": "79990010001", "en": "79990020001"}[language]
    order_id = begin(gateway, phone)
    open_phone(page, gateway, phone, language)
    page.locator(".notifications a").click()
    pictures(page, "sms", language, screenshot)
    page.get_by_role("button", name={"ru": "Да", "en": "Yes"}[language]).click()
    expect(page.locator(".bubble-own")).to_be_visible()
    pictures(page, "sms-replied", language, screenshot)
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
    pictures(second, "numbers", language, screenshot)
    second.get_by_label(label).fill("12345")
    second.keyboard.press("Enter")
    expect(second.get_by_role("alert")).not_to_be_empty()
    pictures(second, "numbers-wrong", language, screenshot)
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


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a plan, as the service of payment in parts shows it."""

    number: int
    due_on: date
    amount_minor: int
    state: str
    returned_minor: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of four parts."""

    parts: tuple[Part, ...]
    order_number: str = "A-1001"
    shop_name: str = "Чай и кофе"
    currency: str = "643"
    amount_minor: int = 150000
    card: str = "555555**5599"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_plan_of_a_payment_in_parts_is_shown(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    states = ("charged", "overdue", "planned", "ended")
    amounts = (37500, 37500, 37500, 0)
    parts = tuple(
        Part(place + 1, date(2026, 11, 27) + timedelta(days=14 * place), amount, state)
        for place, (amount, state) in enumerate(zip(amounts, states, strict=True))
    )
    view = PhoneView(
        phone="79990000314", language=language, now=datetime(2026, 11, 27, tzinfo=UTC), messages=()
    )
    html = render_plans(view, [Plan(parts)])
    page.route("**/plans*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{gateway.url}/sandbox/phone/79990000314/plans")
    expect(page.locator(".plan li")).to_have_count(4)
    pictures(page, "plans", language, screenshot)
