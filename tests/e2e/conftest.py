"""Fixtures for browser tests: a gateway on a port, a shop's return page, and Debian's Chromium.

Screenshots are taken for a review by eye, where ALTYN_SCREENSHOTS names a folder for them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.main import App, prepare
from tests.e2e.gateway import Served, serving, shop_site
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.shop import settings_of

CHROMIUM: Final = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
# The data folder is deleted after the tests, so writes need not reach the disk.
NOT_DURABLE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
WAIT_MS: Final = 30_000
PHONE_WINDOW: Final = ViewportSize(width=320, height=640)

Screenshot = Callable[[Page, str], None]


@pytest.fixture(scope="session", autouse=True)
def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Names the place of the data folder that others are copies of; it is made when needed."""
    PreparedFolder.root = tmp_path_factory.getbasetemp()


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A sandbox gateway with its demo shop, for all tests of this process."""
    home = tmp_path_factory.mktemp("gateway")
    PreparedFolder.copy_to(home)
    with EmbeddedPostgres(home / POSTGRES, settings=NOT_DURABLE) as server, shop_site() as site:
        settings = settings_of(server.url, home)
        asyncio.run(prepare(settings))
        with serving(App(settings)) as port:
            yield Served(port, home, site.url)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. It ends with its module, because coroutine tests need their own loop."""
    if not CHROMIUM.exists():
        pytest.fail(
            f"{CHROMIUM} does not exist: these tests drive Chromium of the Debian package "
            "`chromium` (apt-get install chromium)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(CHROMIUM_OPTIONS)
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a desktop browser. An error in its console fails the test."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, locale="ru-RU")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    console_errors: list[str] = []

    def collect_error(message: ConsoleMessage) -> None:
        # A page that is missing or over, and a form that is refused, report themselves: their
        # status in the console is expected.
        expected = any(f"status of {each}" in message.text for each in (400, 403, 404, 409, 410))
        if message.type == "error" and not expected:
            console_errors.append(message.text)

    page.on("console", collect_error)
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    yield page
    context.close()
    assert not console_errors


@pytest.fixture
def second(chromium: Browser) -> Iterator[Page]:
    """A page in a browser of its own, as small as a phone: the payer's phone, or another one."""
    context = chromium.new_context(viewport=PHONE_WINDOW, locale="ru-RU")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """A page in a browser that runs no scripts of the page."""
    context = chromium.new_context(java_script_enabled=False, locale="ru-RU")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def screenshot() -> Screenshot:
    """Save a screenshot of a page under a name, if a folder for them is named."""
    folder = os.environ.get("ALTYN_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take
