"""The page of an unknown address of the account and of the console, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.web_rules import check_web_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(
    ("area", "start"),
    [("/mportal3", "/mportal3/login"), ("/console", "/")],
    ids=["account", "console"],
)
def test_unknown_address_leads_to_the_start(
    gateway: Served, page: Page, screenshot: Screenshot, area: str, start: str
) -> None:
    page.goto(f"{gateway.url}{area}/nope?lang=ru")
    check_web_page(page, f"missing-{area.strip('/')}", "ru", screenshot)
    page.locator("main a.button").click()
    page.wait_for_url(f"{gateway.url}{start}")
