"""A developer's first order, from opening the console to its callback and its requests.

Everything is done in the browser; each page is reached by a link of the page before.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.gateway import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_first_order_from_the_console_to_its_callback_and_its_requests(
    gateway: Served, page: Page
) -> None:
    page.goto(f"{gateway.url}/?lang=en")
    page.get_by_label("Order number", exact=True).fill("first-order")
    page.get_by_label("Show callbacks here").check()
    page.get_by_role("button", name="Register the order").click()
    expect(page.get_by_role("status").first).to_contain_text("is registered")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the payment page").click()
    payer = opened.value
    payer.locator("#pan").fill("4444000000001111")
    payer.locator("#expiry").fill("12/30")
    payer.locator("#cvc").fill("123")
    payer.get_by_role("button", name=re.compile("Pay|Оплатить")).click()
    payer.wait_for_url(re.compile("/console/returned"))
    expect(payer.locator("main")).to_contain_text('"orderStatus": 2')

    # The payer's language in the return address leaves the developer's as it is.
    page.get_by_role("link", name="Orders").first.click()
    page.get_by_role("link", name="first-order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("first-order")
    page.get_by_role("link", name="deposited").click()
    wait_for(page, "deposited", "delivered")
    expect(page.locator("main")).to_contain_text("Signed text")
    expect(page.locator("main")).to_contain_text("checksum")

    page.get_by_role("link", name="Requests").first.click()
    page.get_by_label("Order number or id").fill("first-order")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("order=first-order"))
    wait_for(page, "first-order</a>", "register")
    page.get_by_role("row").filter(has_text="register").get_by_role("link").first.click()
    shown = page.locator("main")
    expect(shown).to_contain_text("first-order")
    expect(shown).to_contain_text("curl")
    expect(shown).not_to_contain_text("testPwd1")


def wait_for(page: Page, *texts: str) -> None:
    """Load the page again until it has all of these texts; at most 30 seconds."""
    page.wait_for_function(
        """async (texts) => {
          const answer = await (await fetch(location.href)).text();
          return texts.every((each) => answer.includes(each));
        }""",
        arg=list(texts),
        timeout=30_000,
        polling=300,
    )
    page.reload()
