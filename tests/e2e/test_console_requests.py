"""The console's request log in a browser: calls as they come, one explained, sent again."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.web_rules import check_web_page

REFUSED: Final = {
    "ru": "Отказ с кодом 5: Неверная сумма (amount_invalid)",
    "en": "Refused with error 5: Amount is invalid (amount_invalid)",
}
RULE: Final = {"ru": "Правило: amount", "en": "The rule: amount"}
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_refused_request_is_explained(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    number = f"refused-{language}"
    page.goto(f"{gateway.url}/console/requests?order={number}&refused=on&lang={language}")
    gateway.call(
        "register.do",
        orderNumber=number,
        amount="<b>many</b>",
        returnUrl=gateway.shop_url,
        nonsense="1",
    )
    row = page.get_by_role("row").filter(has_text="amount:").first
    expect(row).to_contain_text("register")  # the list is updated without a reload
    check_web_page(page, "console-requests", language, screenshot)
    row.get_by_role("link", name="register").click()
    content = page.locator("main")
    expect(content).to_contain_text(REFUSED[language])
    expect(content.locator(".explanation")).to_contain_text(RULE[language])
    expect(content.locator(".explanation [lang=en]").first).to_contain_text("amount: not a whole")
    expect(content).to_contain_text("<b>many</b>")
    expect(content).to_contain_text("nonsense")
    expect(content).not_to_contain_text("testPwd1")
    expect(content).to_contain_text("ALTYN_PASSWORD")
    check_web_page(page, "console-request", language, screenshot)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_request_is_sent_again_from_its_page(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    number = f"twice-{language}"
    gateway.register(orderNumber=number)
    page.goto(f"{gateway.url}/console/requests?method=register.do&order={number}&lang={language}")
    page.get_by_role("link", name="register", exact=True).first.click()
    again = "Отправить ещё раз" if language == "ru" else "Send again"
    page.get_by_role("button", name=again).click()
    expect(page.locator("#resent")).to_contain_text('"errorCode"')
    expect(page.locator("#resent")).to_contain_text("1")
    check_web_page(page, "console-request-resent", language, screenshot)


def test_unknown_shop_and_request_are_named(gateway: Served, page: Page) -> None:
    page.goto(f"{gateway.url}/console/requests?shop=nobody&lang=en")
    expect(page.get_by_role("alert")).to_contain_text("There is no shop nobody")
    for unknown in ("0", "x", "9" * 30):
        answer = page.goto(f"{gateway.url}/console/requests/{unknown}?lang=en")
        assert answer is not None
        assert answer.status == 404
        expect(page.locator("main")).to_contain_text("There is no such request")


def test_order_links_to_its_story(gateway: Served, page: Page) -> None:
    order = gateway.register(orderNumber="linked")
    page.goto(f"{gateway.url}/console/requests?order={order.order_id}&lang=en")
    page.get_by_role("row").last.get_by_role("link", name="linked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Order linked")
