"""Payers who pay by the test wallet at the payment page, in a real Chromium.

The way to pay exists in the test tree only. Each test leaves pictures of what its payer saw.
"""

from __future__ import annotations

import asyncio
import http.client
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.main import App, prepare
from altyn.operations.connector import payment_key
from altyn.settings import load
from tests.e2e.conftest import NOT_DURABLE, Screenshot
from tests.e2e.gateway import Registered, Served, serving, shop_site
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.ways.connector import in_process
from tests.ways.registration import NOTIFICATION_PATH, WALLET, WALLET_KEY, wallet_extensions
from tests.ways.wallet import CODE, Asks, Wallet

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = ViewportSize(width=375, height=740)
TITLE = {"ru": "Тестовый кошелёк", "en": "Test wallet"}
CONFIRM = {"ru": "Подтвердите оплату на телефоне.", "en": "Confirm the payment on your phone."}


@dataclass(frozen=True, slots=True)
class WalletSite:
    """A gateway on a port that has the wallet, and the payer's phone."""

    gateway: Served
    wallet: Wallet

    def confirm(self, order: Registered, number: int = 1) -> None:
        """The payer confirms on the phone."""
        self._act(self.wallet.confirm, order, number)

    def refuse(self, order: Registered, number: int = 1) -> None:
        """The payer refuses on the phone."""
        self._act(self.wallet.refuse, order, number)

    def _act(self, act: Callable[[str], bool], order: Registered, number: int) -> None:
        key = payment_key(UUID(order.order_id), number)
        assert act(key)
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        try:
            body = msgspec.json.encode(self.wallet.response_of(key))
            connection.request("POST", NOTIFICATION_PATH, body, {"X-Wallet-Key": WALLET_KEY})
            assert connection.getresponse().status == 200
        finally:
            connection.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WalletSite]:
    """A sandbox gateway that has the wallet, with its demo shop."""
    home, wallet = tmp_path_factory.mktemp("gateway"), Wallet()
    PreparedFolder.copy_to(home)
    with EmbeddedPostgres(home / POSTGRES, settings=NOT_DURABLE) as server, shop_site() as shop:
        settings = replace(load({}), home=home, database_url=server.url)
        asyncio.run(prepare(settings))
        with serving(App(settings, wallet_extensions(in_process(wallet)))) as port:
            yield WalletSite(Served(port, home, shop.url), wallet)


def choose_wallet(page: Page, language: str = "ru") -> None:
    page.get_by_role("button", name=TITLE[language]).click()


def back_at_shop(page: Page, site: WalletSite, order: Registered, language: str = "ru") -> None:
    """The payer is at the shop again, and the order is paid by the wallet."""
    address = f"{site.gateway.shop_url}/paid?orderId={order.order_id}&lang={language}"
    page.wait_for_url(address)
    status = site.gateway.call("getOrderStatusExtended.do", orderId=order.order_id)
    assert (status["orderStatus"], status["paymentWay"]) == (2, WALLET)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_payer_confirms_on_the_phone(
    page: Page, site: WalletSite, screenshot: Screenshot, language: str, width: str
) -> None:
    site.wallet.asks = Asks.CONFIRMATION
    if width == "phone":
        page.set_viewport_size(PHONE)
    order = site.gateway.register()
    page.goto(order.in_language(language))
    screenshot(page, f"way-1-offered-{language}-{width}")
    choose_wallet(page, language)
    expect(page.get_by_text(CONFIRM[language])).to_be_visible()
    screenshot(page, f"way-2-confirm-{language}-{width}")
    assert site.gateway.status(order.order_id) == 0
    site.confirm(order)
    back_at_shop(page, site, order, language)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_payer_types_a_code(
    page: Page, site: WalletSite, screenshot: Screenshot, language: str
) -> None:
    page.set_viewport_size(PHONE)
    site.wallet.asks = Asks.CODE
    order = site.gateway.register()
    page.goto(order.in_language(language))
    choose_wallet(page, language)
    code = page.get_by_label(re.compile("Код из сообщения|Code from the message"))
    code.fill("0000")
    screenshot(page, f"way-3-code-{language}-phone")
    page.get_by_role("button", name=re.compile("Подтвердить|Confirm")).click()
    expect(page.locator("#code-error")).to_have_text(re.compile("не принят|not accepted"))
    screenshot(page, f"way-4-code-refused-{language}-phone")
    page.locator("#code").fill(CODE)
    page.get_by_role("button", name=re.compile("Подтвердить|Confirm")).click()
    back_at_shop(page, site, order, language)


def test_qr_code_of_the_wallet(page: Page, site: WalletSite, screenshot: Screenshot) -> None:
    page.set_viewport_size(PHONE)
    site.wallet.asks = Asks.QR
    order = site.gateway.register()
    page.goto(order.form_url)
    choose_wallet(page)
    link = page.get_by_role("link", name="Открыть приложение")
    expect(link).to_have_attribute("href", re.compile("^https://wallet.example/pay/W"))
    screenshot(page, "way-5-qr-ru-phone")
    site.confirm(order)
    back_at_shop(page, site, order)


def test_refusal_leaves_the_form_and_the_wallet(
    page: Page, site: WalletSite, screenshot: Screenshot
) -> None:
    page.set_viewport_size(PHONE)
    site.wallet.asks = Asks.CONFIRMATION
    order = site.gateway.register()
    page.goto(order.form_url)
    choose_wallet(page)
    expect(page.get_by_text(CONFIRM["ru"])).to_be_visible()
    site.refuse(order)
    message = page.locator("#message")
    expect(message).to_contain_text("Осталось 2 попытки. Попробуйте ещё раз или выберите другой")
    expect(message).not_to_contain_text("карт")
    expect(page.locator("#pan")).to_be_visible()
    screenshot(page, "way-6-refused-ru-phone")
    choose_wallet(page)
    expect(page.get_by_text(CONFIRM["ru"])).to_be_visible()
    site.confirm(order, 2)
    back_at_shop(page, site, order)


def test_payer_without_scripts(chromium: Browser, site: WalletSite) -> None:
    site.wallet.asks = Asks.CONFIRMATION
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    order = site.gateway.register()
    page.goto(order.form_url)
    choose_wallet(page)
    expect(page.get_by_text(CONFIRM["ru"])).to_be_visible()
    site.confirm(order)
    page.get_by_role("link", name="Обновить").click()
    back_at_shop(page, site, order)
    context.close()
