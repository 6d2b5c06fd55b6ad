"""The settings and the callbacks of the personal account in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.web_rules import check_web_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def log_in(gateway: Served, page: Page, language: str) -> str:
    """Log in as the owner; the address of the settings."""
    page.goto(f"{gateway.url}/mportal3/login?lang={language}")
    page.locator("#login").fill("test-owner")
    page.locator("#password").fill("testPwd1")
    page.locator("main button").first.click()
    page.wait_for_url("**/mportal3**")
    return f"{gateway.url}/mportal3/settings"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_shop_saves_an_address_sends_a_test_and_sees_the_answer(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    settings = log_in(gateway, page, language)
    page.goto(f"{settings}/callbacks")
    page.locator("#callbacks-urls").fill("ftp://shop.example/<b>")
    page.locator("#callbacks-attempts").fill("99")
    page.locator("main form .button-main").click()
    expect(page.locator("#callbacks-urls-error")).to_be_visible()
    expect(page.locator("#callbacks-attempts")).to_have_value("99")
    check_web_page(page, "settings-refused", language, screenshot)

    receiver = f"{gateway.url}/sandbox/receiver/ok"
    page.locator("#callbacks-urls").fill(receiver)
    page.locator("#callbacks-attempts").fill("3")
    page.locator("main form .button-main").click()
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.locator("#callbacks-urls")).to_have_value(receiver)
    page.locator("form[action*='callbacks/test'] button").click()
    expect(page.locator("#test ~ [role=status]")).to_contain_text("TEST-CALLBACK")
    check_web_page(page, "settings-tested", language, screenshot)

    page.locator("#check-received").fill("https://shop.example/cb?mdOrder=m&status=1&checksum=AB")
    page.locator("form[action*='callbacks/check'] button").click()
    expect(page.locator("#check ~ .check")).to_contain_text("mdOrder;m;status;1;")
    check_web_page(page, "settings-checked", language, screenshot)

    order = gateway.register()
    card = {"$PAN": "5555555555555599", "$CVC": "123", "$EXPIRY": "209912", "TEXT": "A B"}
    gateway.call("paymentorder.do", MDORDER=order.order_id, **card)
    page.goto(f"{gateway.url}/mportal3/callbacks")
    row = page.locator("#callbacks tbody a").first
    for _ in range(20):
        if row.count():
            break
        page.wait_for_timeout(300)
        page.reload()
    check_web_page(page, "callbacks", language, screenshot)
    row.click()
    expect(page.locator("main")).to_contain_text("deposited")
    check_web_page(page, "callback", language, screenshot)

    page.goto(f"{settings}/callbacks")
    page.locator("#callbacks-urls").fill("")
    page.locator("main form .button-main").click()
    expect(page.locator("#callbacks-urls")).to_have_value("")


def test_settings_are_saved_without_scripts(gateway: Served, plain: Page) -> None:
    settings = log_in(gateway, plain, "en")
    plain.goto(f"{settings}/general")
    plain.get_by_label("Faults of the cart in the answer").check()
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("status")).to_contain_text("Saved.")
    plain.get_by_label("Faults of the cart in the answer").uncheck()
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_label("Faults of the cart in the answer")).not_to_be_checked()
