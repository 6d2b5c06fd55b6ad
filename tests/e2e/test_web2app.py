"""Payers on a phone whom the page takes to the bank's app, and the app back, in a real Chromium.

The browser cannot open the app, so a second window is the phone: it opens the link of the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import WAIT_MS, Screenshot
from tests.e2e.gateway import Registered, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBER = "79990000901"
PHONE = ViewportSize(width=360, height=740)
DIRECT = json.dumps({"web2app": True})
CONFIRM = {"ru": re.compile("^Заплатить"), "en": re.compile("^Pay ")}
TO_PAGE = {"ru": "Вернуться на страницу оплаты", "en": "Back to the payment page"}
OPEN = {"ru": "Открыть приложение", "en": "Open the app"}


@pytest.fixture
def mobile(chromium: Browser) -> Iterator[Page]:
    """The browser of a phone: it is touched."""
    context = chromium.new_context(viewport=PHONE, locale="ru-RU", has_touch=True, is_mobile=True)
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def app(chromium: Browser) -> Iterator[Page]:
    """The bank's app of the same payer, in a window of its own."""
    context = chromium.new_context(viewport=PHONE, locale="ru-RU")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def opened_link(page: Page, language: str = "ru") -> str:
    """The link that the waiting page opens."""
    link = page.get_by_role("link", name=OPEN[language]).get_attribute("href")
    assert link
    return link


def open_app(app: Page, gateway: Served, link: str, language: str = "ru") -> None:
    """Open the link on the phone: the payment is on its screen."""
    app.goto(f"{gateway.url}/sandbox/phone/{NUMBER}/scan?payload={quote(link)}&language={language}")
    app.get_by_role("button", name={"ru": "Открыть", "en": "Open"}[language], exact=True).click()
    expect(app.get_by_role("button", name=CONFIRM[language])).to_be_visible()


def attempts_of(gateway: Served, order: Registered) -> object:
    """What the shop reads about the way that was tried; None before the first try."""
    return gateway.call("getOrderStatusExtended.do", orderId=order.order_id).get("paymentWay")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_phone_opens_the_app_at_once_and_comes_back_paid(
    mobile: Page, app: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    order = gateway.register(jsonParams=DIRECT)
    mobile.goto(order.in_language(language))
    expect(mobile.get_by_role("link", name=OPEN[language])).to_be_visible()
    screenshot(mobile, f"web2app-1-waiting-{language}-phone")
    open_app(app, gateway, opened_link(mobile, language), language)
    app.get_by_role("button", name=CONFIRM[language]).click()
    back = app.get_by_role("link", name=TO_PAGE[language])
    expect(back).to_be_visible()
    screenshot(app, f"web2app-2-paid-{language}-phone")
    back.click()
    paid = f"{gateway.shop_url}/paid?orderId={order.order_id}&lang={language}"
    app.wait_for_url(paid)
    mobile.wait_for_url(paid)
    assert gateway.status(order.order_id) == 2


def test_refused_in_the_app_the_payer_is_back_at_all_ways(
    mobile: Page, app: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order = gateway.register(jsonParams=DIRECT)
    mobile.goto(order.in_language("ru"))
    open_app(app, gateway, opened_link(mobile))
    app.get_by_role("button", name="Отказаться").click()
    app.get_by_role("link", name=TO_PAGE["ru"]).click()
    expect(app.locator("#message")).to_contain_text("В приложении банка нажали «Отказаться»")
    expect(app.get_by_role("link", name="SberPay")).to_be_visible()
    screenshot(app, "web2app-3-refused-ru-phone")
    expect(mobile.locator("#message")).to_contain_text("Осталось 2 попытки")
    assert gateway.status(order.order_id) == 0, "the app was opened once"


@pytest.mark.parametrize(("answer", "state"), [("confirm", "success"), ("refuse", "cancel")])
def test_app_goes_back_to_the_shop_with_the_result(
    mobile: Page, app: Page, gateway: Served, screenshot: Screenshot, answer: str, state: str
) -> None:
    back = f"{gateway.shop_url}/paid?state=@{{BankResultState}}"
    params = {"web2app": "true", "sberpay.backurl": back}
    order = gateway.register(jsonParams=json.dumps(params))
    mobile.goto(order.in_language("ru"))
    open_app(app, gateway, opened_link(mobile))
    app.locator(f"button[value={answer}]").click()
    link = app.get_by_role("link", name="Вернуться в магазин")
    expect(link).to_be_visible()
    screenshot(app, f"web2app-4-{state}-ru-phone")
    link.click()
    app.wait_for_url(f"{gateway.shop_url}/paid?state={state}")


@pytest.mark.parametrize("width", [1200, 360])
def test_desktop_never_opens_the_app(
    page: Page, gateway: Served, screenshot: Screenshot, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    order = gateway.register(jsonParams=DIRECT)
    page.goto(order.in_language("ru"))
    expect(page.get_by_role("heading", name="Оплата через SberPay")).to_be_visible()
    screenshot(page, f"web2app-5-desktop-{width}")
    page.wait_for_load_state("networkidle")
    assert attempts_of(gateway, order) is None, "nothing has begun"
    page.get_by_role("link", name="Выбрать другой способ").click()
    expect(page.get_by_label("Номер карты")).to_be_visible()
    assert attempts_of(gateway, order) is None
