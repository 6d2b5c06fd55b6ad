"""The developer's console by the keyboard alone, from a test order to its requests."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.gateway import Served
from tests.e2e.keyboard import has_focus, reach, tab_to, walk
from tests.shop import GOOD, card_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def pay(gateway: Served, number: str) -> str:
    """An order whose payment is notified to an address that refuses; its id."""
    receiver = f"{gateway.url}/sandbox/receiver/500"
    order_id = gateway.register(orderNumber=number, dynamicCallbackUrl=receiver).order_id
    gateway.call("paymentorder.do", **card_fields(order_id))
    return order_id


def test_test_order_is_paid_and_sent_again_by_the_keyboard_alone(
    gateway: Served, page: Page
) -> None:
    page.goto(f"{gateway.url}/?lang=en")
    tab_to(page, page.locator("#order_number"))
    page.keyboard.type("keys-console")
    tab_to(page, page.locator("#more"))
    page.keyboard.type("language=en")
    tab_to(page, page.get_by_role("button", name="Register the order"))
    page.keyboard.press("Enter")
    result = page.get_by_role("region", name="Order keys-console is registered")
    expect(result).to_be_focused()
    tab_to(page, page.locator("#result a.button-main"))
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    payer = opened.value
    for field, keys in (("#pan", GOOD), ("#expiry", "1230"), ("#cvc", "123")):
        reach(payer, field)
        payer.keyboard.type(keys)
    payer.keyboard.press("Enter")
    payer.wait_for_url(re.compile("/console/returned"))
    tab_to(payer, payer.locator("nav.wide").get_by_role("link", name="Requests"))
    payer.keyboard.press("Enter")
    requests = payer.get_by_role("row").filter(has_text="keys-console")
    tab_to(payer, requests.get_by_role("link", name="register", exact=True))
    payer.keyboard.press("Enter")
    tab_to(payer, payer.get_by_role("button", name="Send again"))
    payer.keyboard.press("Enter")
    expect(payer.locator("#resent")).to_contain_text('"errorCode"')
    expect(payer.locator("#resent")).to_be_focused()
    assert gateway.call("getOrderStatusExtended.do", orderNumber="keys-console")["orderStatus"] == 2


def test_clock_is_moved_by_the_keyboard_alone(gateway: Served, page: Page) -> None:
    page.goto(f"{gateway.url}/?lang=en")
    before = page.locator(".clock-now").inner_text()
    tab_to(page, page.get_by_role("button", name="Forward by 1 day"))
    page.keyboard.press("Enter")
    expect(page.locator(".clock-now")).not_to_have_text(before)
    heading = page.locator("#clock")
    expect(heading).to_be_focused()
    expect(heading).to_have_accessible_description(page.locator(".clock-now").inner_text())
    tab_to(page, page.locator("#step-20m"))


def test_each_control_of_a_page_is_reached_once_in_the_order_of_the_page(
    gateway: Served, page: Page
) -> None:
    order = pay(gateway, "keys-console-walk")
    for path in ("/", "/console/requests", f"/console/orders/{order}", "/console/callbacks/check"):
        page.goto(f"{gateway.url}{path}")
        walk(page)


@pytest.mark.parametrize(
    ("path", "within"),
    [
        ("/console/orders", "#orders"),
        ("/console/requests", "#requests"),
        ("/console/callbacks", "#callbacks"),
        ("/?due=all", ".due"),
    ],
    ids=["orders", "requests", "callbacks", "due"],
)
def test_focus_stays_while_a_list_is_updated(
    gateway: Served, page: Page, path: str, within: str
) -> None:
    number = f"keys{re.sub('[^a-z]', '-', path)}"
    pay(gateway, f"{number}-1")
    page.goto(f"{gateway.url}{path}")
    link = page.locator(within).get_by_role("link", name=f"{number}-1").first
    tab_to(page, link)
    pay(gateway, f"{number}-2")
    expect(page.locator(within)).to_contain_text(f"{number}-2", timeout=30_000)
    assert has_focus(link)
