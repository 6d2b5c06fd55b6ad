"""Payers who pay by SberPay at the payment page, in a real Chromium and on a phone.

Each test leaves pictures of what its payer saw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import WAIT_MS, Screenshot
from tests.e2e.gateway import Registered, Served
from tests.e2e.keyboard import press_at, reach
from tests.e2e.test_payment_page import PAYS, fill, press_pay

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBER = "79998887766"
PHONE = ViewportSize(width=360, height=740)
CONFIRM = {"ru": "Подтвердите оплату на телефоне.", "en": "Confirm the payment on your phone."}
SEND = {"ru": "Отправить уведомление", "en": "Send a notification"}
SHOW_QR = {"ru": "Показать QR-код", "en": "Show a QR code"}
OTHER_WAY = {"ru": "Выбрать другой способ", "en": "Choose another way"}


@dataclass(frozen=True, slots=True)
class PhoneWindow:
    """The simulated phone of the payer, in a window of its own."""

    page: Page
    gateway: Served

    def confirm(self) -> None:
        """Open the newest push, and pay."""
        self._open_push()
        self.page.get_by_role("button", name=re.compile("^Заплатить")).click()
        expect(self.page.get_by_role("heading", name="Оплачено")).to_be_visible()

    def refuse(self) -> None:
        """Open the newest push, and refuse."""
        self._open_push()
        self.page.get_by_role("button", name="Отказаться").click()
        expect(self.page.get_by_role("heading", name="Вы отказались")).to_be_visible()

    def confirm_scanned(self, payload: str) -> None:
        """Scan the QR code, or open the link, and pay."""
        self.page.goto(f"{self.gateway.url}/sandbox/phone/{NUMBER}?scan={quote(payload)}")
        self.page.get_by_role("button", name="Открыть", exact=True).click()
        self.page.get_by_role("button", name=re.compile("^Заплатить")).click()
        expect(self.page.get_by_role("heading", name="Оплачено")).to_be_visible()

    def _open_push(self) -> None:
        self.page.goto(f"{self.gateway.url}/sandbox/phone/{NUMBER}")
        self.page.locator(".notifications a").first.click()


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway on a port, and the payer's phone."""

    gateway: Served
    phone: PhoneWindow

    def returned(self, page: Page, order: Registered, way: str, language: str = "ru") -> None:
        """The payer is at the shop again, and the order is paid in this way."""
        page.wait_for_url(f"{self.gateway.shop_url}/paid?orderId={order.order_id}&lang={language}")
        status = self.gateway.call("getOrderStatusExtended.do", orderId=order.order_id)
        assert (status["orderStatus"], status["paymentWay"]) == (2, way)


@pytest.fixture
def site(chromium: Browser, gateway: Served) -> Iterator[Site]:
    """The gateway, and the payer's phone in a browser of its own."""
    context = chromium.new_context(viewport=PHONE, locale="ru-RU")
    context.set_default_timeout(WAIT_MS)
    yield Site(gateway, PhoneWindow(context.new_page(), gateway))
    context.close()


def open_step(page: Page, site: Site, language: str = "ru", **more: object) -> Registered:
    """Register an order, open its page and press the tile of SberPay."""
    order = site.gateway.register(**more)
    page.goto(order.in_language(language))
    page.get_by_role("link", name="SberPay").click()
    page.get_by_role("heading", name="SberPay").wait_for()
    return order


def send_push(page: Page, language: str = "ru") -> None:
    page.get_by_label(re.compile("Номер телефона|Phone number")).fill("+7 999 888-77-66")
    page.get_by_role("button", name=SEND[language]).click()
    expect(page.get_by_text(CONFIRM[language])).to_be_visible()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_payer_confirms_the_push(
    page: Page, site: Site, screenshot: Screenshot, language: str, width: str
) -> None:
    if width == "phone":
        page.set_viewport_size(PHONE)
    order = site.gateway.register()
    page.goto(order.in_language(language))
    screenshot(page, f"sberpay-1-tile-{language}-{width}")
    page.get_by_role("link", name="SberPay").click()
    screenshot(page, f"sberpay-2-step-{language}-{width}")
    send_push(page, language)
    screenshot(page, f"sberpay-3-waiting-{language}-{width}")
    assert site.gateway.status(order.order_id) == 0
    site.phone.confirm()
    site.returned(page, order, "SBRF_SBOL", language)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_payer_scans_the_qr_code(
    page: Page, site: Site, screenshot: Screenshot, language: str
) -> None:
    order = open_step(page, site, language)
    page.get_by_role("button", name=SHOW_QR[language]).click()
    expect(page.locator(".qr-box svg")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("приложение|app"))).to_be_hidden()
    screenshot(page, f"sberpay-4-qr-{language}-desktop")
    link = page.locator("a[href^='sberpay:']").get_attribute("href")
    assert link
    band = page.get_by_role("link", name=re.compile("Открыть телефон|Open the phone"))
    expect(band).to_have_attribute("href", re.compile(r"^/sandbox/phone\?scan=sberpay"))
    site.phone.confirm_scanned(link)
    site.returned(page, order, "SBRF_SBOL", language)


def test_payer_on_the_phone_opens_the_app(page: Page, site: Site, screenshot: Screenshot) -> None:
    """The app cannot open in this browser, as in a WebView: the waiting page offers more."""
    page.set_viewport_size(PHONE)
    order = open_step(page, site)
    opened = page.evaluate("document.querySelector('[data-open]').dataset.open")
    page.get_by_role("button", name="Открыть приложение банка").click()
    link = page.get_by_role("link", name="Открыть приложение")
    expect(link).to_have_attribute("href", opened)
    expect(page.locator(".qr-box svg")).to_be_visible()
    screenshot(page, "sberpay-5-app-ru-phone")
    site.phone.confirm_scanned(opened)
    site.returned(page, order, "SBRF_SBOL")


def test_refused_in_the_app_then_paid_by_card(
    page: Page, site: Site, screenshot: Screenshot
) -> None:
    page.set_viewport_size(PHONE)
    order = open_step(page, site)
    send_push(page)
    site.phone.refuse()
    message = page.locator("#message")
    expect(message).to_contain_text("В приложении банка нажали «Отказаться»")
    expect(message).to_contain_text("Осталось 2 попытки")
    expect(message).not_to_contain_text("карт")
    expect(message).to_be_focused()
    screenshot(page, "sberpay-6-refused-ru-phone")
    fill(page, PAYS)
    press_pay(page)
    site.returned(page, order, "CARD")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_cancelled_then_paid_by_card(
    page: Page, site: Site, screenshot: Screenshot, language: str
) -> None:
    order = open_step(page, site, language)
    send_push(page, language)
    page.get_by_role("button", name=OTHER_WAY[language]).click()
    message = page.locator("#message")
    expect(message).to_contain_text(re.compile("Вы отменили оплату|You cancelled the payment"))
    screenshot(page, f"sberpay-7-cancelled-{language}-desktop")
    fill(page, PAYS)
    press_pay(page)
    site.returned(page, order, "CARD", language)


def test_step_by_keyboard(page: Page, site: Site) -> None:
    """Enter in the phone field sends the push; Escape routes are links and buttons."""
    order = open_step(page, site, phone="89998887766")
    field = page.get_by_label("Номер телефона")
    field.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(CONFIRM["ru"])).to_be_visible()
    page.keyboard.press("Tab")
    for _ in range(6):
        if page.evaluate("document.activeElement.textContent") == OTHER_WAY["ru"]:
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_be_focused()
    assert site.gateway.status(order.order_id) == 0


def test_payer_pays_by_the_keyboard_alone(page: Page, site: Site) -> None:
    """From the tile to the QR code and its link into the app; the phone has the keyboard too."""
    order = site.gateway.register()
    page.goto(order.form_url)
    press_at(page, "a[href*='paymentWay=SBRF_SBOL']", "Shift+Tab")
    press_at(page, ".on-desktop button")
    expect(page.locator(".qr-box svg")).to_be_visible()
    link = page.locator("a[href^='sberpay:']").get_attribute("href")
    confirm_by_keyboard(site, link or "")
    site.returned(page, order, "SBRF_SBOL")


def test_payer_opens_the_app_by_the_keyboard_alone(page: Page, site: Site) -> None:
    """The page is as small as a phone. The way back from the app leads to the shop."""
    page.set_viewport_size(PHONE)
    order = site.gateway.register()
    page.goto(order.form_url)
    press_at(page, "a[href*='paymentWay=SBRF_SBOL']", "Shift+Tab")
    opened = page.locator("[data-open]").get_attribute("data-open") or ""
    press_at(page, "[data-open]")
    again = page.get_by_role("link", name="Открыть приложение")
    expect(again).to_have_attribute("href", opened)
    page.goto("about:blank")  # the browser asks whether to open the app, and keeps the keyboard
    page.goto(order.form_url)
    reach(page, "a[href^='sberpay:']")
    confirm_by_keyboard(site, opened)
    app = site.phone.page
    press_at(app, "a[href*='/payment/merchants/']")
    app.wait_for_url(f"{site.gateway.shop_url}/paid?orderId={order.order_id}&lang=ru")
    site.returned(page, order, "SBRF_SBOL")


def confirm_by_keyboard(site: Site, link: str) -> None:
    """Open a link into the bank's app on the phone, and pay, without a mouse."""
    phone = site.phone.page
    phone.goto(f"{site.gateway.url}/sandbox/phone/{NUMBER}/scan")
    reach(phone, "#payload")
    phone.keyboard.insert_text(link)  # pasted
    press_at(phone, ".scan button")
    press_at(phone, "button[value=confirm]")
    expect(phone.get_by_role("heading", name="Оплачено")).to_be_visible()


def test_wrong_phone_is_corrected(page: Page, site: Site, screenshot: Screenshot) -> None:
    page.set_viewport_size(PHONE)
    order = open_step(page, site)
    page.get_by_label("Номер телефона").fill("12345")
    page.get_by_role("button", name=SEND["ru"]).click()
    field = page.get_by_label("Номер телефона")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#phone-error")).to_contain_text("Введите российский номер")
    screenshot(page, "sberpay-8-wrong-phone-ru-phone")
    send_push(page)
    site.phone.confirm()
    site.returned(page, order, "SBRF_SBOL")


def test_payer_without_scripts(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    order = open_step(page, site)
    send_push(page)
    page.get_by_role("button", name=OTHER_WAY["ru"]).click()
    expect(page.locator("#message")).to_contain_text("Вы отменили оплату")
    page.get_by_role("link", name="SberPay").click()
    send_push(page)
    site.phone.confirm()
    page.get_by_role("link", name="Обновить").click()
    site.returned(page, order, "SBRF_SBOL")
    context.close()
