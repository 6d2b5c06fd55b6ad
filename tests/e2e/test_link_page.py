"""The till's page with a payment link, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.page_rules import check_every_size

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_till_shows_the_code_and_sends_the_link(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    order_id = gateway.register(description="Чай чёрный").order_id
    page.goto(f"{gateway.url}/sandbox/orders/{order_id}/link?language={language}")
    assert page.evaluate("document.querySelector('.qr').naturalWidth") > 0
    page.fill("#sms", "12")
    page.click("form:has(#sms) button")
    expect(page.locator("#sms-note")).to_have_class("field-error")
    page.fill("#sms", "+7 999 888-77-66")
    page.click("form:has(#sms) button")
    expect(page.get_by_role("status")).to_contain_text("79998887766")
    check_every_size(page, "link", language, screenshot)
    page.emulate_media(media="print")
    expect(page.locator(".qr")).to_be_visible()
    expect(page.locator(".send")).to_be_hidden()
