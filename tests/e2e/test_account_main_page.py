"""The account's main page in a browser: figures, charts with their tables, without scripts too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from altyn.domain.action_codes import NOT_ENOUGH_MONEY
from altyn.protocol.test_cards import card_for_action_code
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.web_rules import check_web_page
from tests.shop import GOOD, card_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DAY_SECONDS = 86_400


@pytest.fixture(scope="module")
def trading(gateway: Served) -> Served:
    """A shop that has sold for some days."""
    declined = card_for_action_code(NOT_ENOUGH_MONEY)
    for day in range(9):
        for number in range(1 + day % 4):
            order = gateway.register(amount=150_000 + 37_050 * (day * number % 7))
            pan = declined if (day + number) % 4 == 3 else GOOD
            gateway.call("paymentorder.do", **card_fields(order.order_id, pan))
        gateway.wait(DAY_SECONDS)
    gateway.call("paymentorder.do", **card_fields(gateway.register().order_id))
    gateway.register()
    return gateway


def log_in(page: Page, gateway: Served, language: str) -> None:
    page.goto(f"{gateway.url}/mportal3/login?lang={language}")
    page.locator("#login").fill("test-owner")
    page.locator("#password").fill("testPwd1")
    page.locator("#password").press("Enter")
    expect(page).to_have_url(f"{gateway.url}/mportal3")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_main_page_draws_the_values_of_its_table(
    trading: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    log_in(page, trading, language)
    expect(page.locator(".chart canvas")).to_have_count(2)
    assert page.locator("#days-table tbody tr").count() == 7
    check_web_page(page, "account-main", language, screenshot)
    page.goto(f"{trading.url}/mportal3?days=30")
    expect(page.locator(".chart canvas")).to_have_count(2)
    check_web_page(page, "account-main-30", language, screenshot)
    page.goto(f"{trading.url}/mportal3?days=1")
    expect(page.locator(".chart canvas")).to_have_count(2)
    hours = page.locator("#days-table tbody tr")
    first, last = hours.last.get_attribute("data-at"), hours.first.get_attribute("data-at")
    assert first
    assert last
    assert (first[11:], first[:11]) == ("00:00", last[:11])
    assert hours.count() == int(last[11:13]) + 1  # no hour that is still to come
    check_web_page(page, "account-main-today", language, screenshot)


def test_main_page_shows_the_table_without_scripts(
    trading: Served, plain: Page, screenshot: Screenshot
) -> None:
    log_in(plain, trading, "en")
    expect(plain.locator(".charts")).to_be_hidden()
    expect(plain.locator("#days-table tbody tr")).to_have_count(7)
    plain.get_by_role("link", name="30 days").first.click()
    expect(plain.locator("#days-table tbody tr")).to_have_count(30)
    screenshot(plain, "account-main-plain")
