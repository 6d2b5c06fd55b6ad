"""The page of an unknown address of the account and of the console, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.gateway import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(
    ("area", "start"),
    [("/mportal3", "/mportal3/login"), ("/console", "/")],
    ids=["account", "console"],
)
def test_unknown_address_leads_to_the_start(
    gateway: Served, page: Page, area: str, start: str
) -> None:
    page.goto(f"{gateway.url}{area}/nope?lang=ru")
    page.locator("main a.button").click()
    page.wait_for_url(f"{gateway.url}{start}")
