"""The payment page with a shop's own settings, in Chromium: in a frame, with a logo and a name."""

from __future__ import annotations

import asyncio
import base64
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from struct import pack

import asyncpg
import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.main import App, prepare
from altyn.operations.staff.merchants import find_merchant
from altyn.operations.staff.settings import change_settings
from altyn.settings import Settings, load
from tests.e2e.conftest import NOT_DURABLE, WAIT_MS, Screenshot
from tests.e2e.gateway import Served, ShopSite, serving, shop_site
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.staff import operator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYS = "5555555555555599"
ENROLLED = "4111111111111111"
CHALLENGED = "5000001111111115"
ACS_CODE = "12345678"
LOGO_SIDE = 32
FRAME = """address => {
  const frame = document.createElement("iframe");
  frame.src = address;
  frame.style.cssText = "width: 100%; height: 900px";
  document.body.append(frame);
}"""


def logo() -> str:
    """A green square as a data address."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", LOGO_SIDE, LOGO_SIDE, 8, 2, 0, 0, 0)
    lines = (b"\0" + b"\x1e\x5a\x3c" * LOGO_SIDE) * LOGO_SIDE
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines))
    return "data:image/png;base64," + base64.b64encode(png + chunk(b"IEND", b"")).decode()


async def set_up(settings: Settings, site: ShopSite) -> None:
    """Prepare the gateway, and change the settings of its demo shop."""
    await prepare(settings)
    connection = await asyncpg.connect(settings.database_url)
    try:
        staff = operator(connection)
        merchant = await find_merchant("test", staff)
        changes = {
            "page_names": "ru=Чайная на Покровке,en=Pokrovka tea house",
            "page_logo": logo(),
            "page_holder": "optional",
            "page_frame_origins": site.url,
        }
        await change_settings(merchant.merchant_id, changes, staff)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gateway whose demo shop has a logo, names, and a site that may frame the page."""
    home = tmp_path_factory.mktemp("gateway")
    PreparedFolder.copy_to(home)
    with EmbeddedPostgres(home / POSTGRES, settings=NOT_DURABLE) as server, shop_site() as site:
        settings = replace(load({}), home=home, database_url=server.url)
        asyncio.run(set_up(settings, site))
        with serving(App(settings)) as port:
            yield Served(port, home, site.url)


@pytest.fixture
def site_page(chromium: Browser) -> Iterator[Page]:
    """A page for sites with frames: there the browser reports what it blocks as console errors."""
    context = chromium.new_context(viewport={"width": 1200, "height": 1100}, locale="ru-RU")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def open_in_frame(page: Page, own: Served, site_url: str) -> tuple[str, FrameLocator]:
    """A page of a site with the payment page in a frame: the order's id, and the frame."""
    order = own.register()
    page.goto(site_url)
    page.evaluate(FRAME, order.form_url)
    return order.order_id, page.frame_locator("iframe")


def pay_in_frame(frame: FrameLocator, pan: str) -> None:
    frame.locator("#pan").press_sequentially(pan)
    frame.locator("#expiry").press_sequentially("1235")
    frame.locator("#cvc").fill("123")
    frame.locator("#pay").click()


def test_logo_and_name_are_shown_in_the_language_of_the_page(
    page: Page, own: Served, screenshot: Screenshot
) -> None:
    order = own.register()
    for language, name in (("ru", "Чайная на Покровке"), ("en", "Pokrovka tea house")):
        page.goto(order.in_language(language))
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        assert page.evaluate("document.querySelector('.logo').naturalWidth") == LOGO_SIDE
        screenshot(page, f"28-logo-{language}")


def test_optional_name_is_checked_only_when_it_is_typed(page: Page, own: Served) -> None:
    order = own.register()
    page.goto(order.form_url)
    page.locator("#pan").press_sequentially(PAYS)
    page.locator("#expiry").press_sequentially("1235")
    page.locator("#cvc").fill("123")
    page.locator("#holder").fill("Иван")
    page.locator("#pay").click()
    expect(page.locator("#holder-error")).to_contain_text("латинские")
    expect(page.locator("#holder-hint")).to_be_hidden()
    page.locator("#holder").fill("")
    expect(page.locator("#holder-hint")).to_be_visible()
    page.locator("#pay").click()
    page.wait_for_url(re.compile(f"/paid.*{order.order_id}"))


@pytest.mark.parametrize("pan", [PAYS, ENROLLED, CHALLENGED])
def test_payment_in_a_frame_of_the_shops_site(
    site_page: Page, own: Served, screenshot: Screenshot, pan: str
) -> None:
    """3-D Secure works there too, with its hidden method step."""
    order_id, frame = open_in_frame(site_page, own, own.shop_url)
    expect(frame.locator("#pan")).not_to_be_focused()  # the focus belongs to the shop's page
    screenshot(site_page, "29-framed")
    pay_in_frame(frame, pan)
    if pan != PAYS:
        frame.locator("#code").fill(ACS_CODE)
        frame.get_by_role("button", name=re.compile("Подтвердить")).click()
    expect(frame.get_by_role("heading", name="The shop")).to_be_visible()
    assert own.status(order_id) == 2


def test_link_back_leaves_the_frame(site_page: Page, own: Served) -> None:
    order_id, frame = open_in_frame(site_page, own, own.shop_url)
    frame.get_by_role("link", name="Вернуться в магазин").click()
    site_page.wait_for_url(re.compile(f"/failed.*{order_id}"))


def test_other_site_cannot_frame_the_page(site_page: Page, own: Served) -> None:
    with shop_site() as other:
        site_page.goto(other.url)
        with site_page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            site_page.evaluate(FRAME, own.register().form_url)
        expect(site_page.frame_locator("iframe").locator("#pan")).to_have_count(0)
        site_page.goto("about:blank")  # the site below is stopped
