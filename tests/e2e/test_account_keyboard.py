"""The personal account by the keyboard alone, from the login to a refund."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE_WINDOW
from tests.e2e.gateway import Served
from tests.e2e.keyboard import has_focus, tab_to, walk
from tests.shop import card_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def paid(gateway: Served, number: str) -> str:
    order_id = gateway.register(orderNumber=number).order_id
    gateway.call("paymentorder.do", **card_fields(order_id))
    return order_id


def log_in(page: Page, gateway: Served) -> None:
    """Log in by the keyboard: the first field has the focus."""
    page.goto(f"{gateway.url}/mportal3/login?lang=en")
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type("test-operator")
    tab_to(page, page.locator("#password"))
    page.keyboard.type("testPwd1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/mportal3$"))


def skip_to_content(page: Page) -> None:
    """Press the skip link, which is the first stop of a page."""
    tab_to(page, page.locator(".skip"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_refund_is_made_by_the_keyboard_alone(gateway: Served, page: Page) -> None:
    order_id = paid(gateway, "keys-1")
    log_in(page, gateway)
    tab_to(page, page.locator("nav.wide").get_by_role("link", name="Orders"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/orders$"))
    skip_to_content(page)
    tab_to(page, page.locator(".order-filter > details > summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Paid", exact=True))
    page.keyboard.press("Space")
    tab_to(page, page.locator("#number"))
    page.keyboard.type("keys-%")
    tab_to(page, page.get_by_role("button", name="Apply"))
    page.keyboard.press("Enter")
    expect(page.locator(".sentence")).to_contain_text("keys-%")
    skip_to_content(page)
    tab_to(page, page.get_by_role("link", name="keys-1", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("keys-1")
    skip_to_content(page)
    tab_to(page, page.locator(".actions a[href$=refund]"))
    page.keyboard.press("Enter")
    skip_to_content(page)
    amount = page.get_by_label("Amount")
    tab_to(page, amount)
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    expect(amount).to_be_focused()
    expect(amount).to_have_accessible_description(re.compile("."))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("500")
    tab_to(page, page.get_by_role("button", name="Continue"))
    page.keyboard.press("Enter")
    skip_to_content(page)
    tab_to(page, page.locator("main form .danger-button"))
    page.keyboard.press("Space")
    result = page.get_by_role("status").first
    expect(result).to_contain_text("The refund is done")
    expect(result).to_be_focused()
    tab_to(page, page.locator(".actions a[href$=refund]"))
    status = gateway.call("getOrderStatusExtended.do", orderId=order_id)
    assert status["paymentAmountInfo"]["refundedAmount"] == 50_000
    tab_to(page, page.locator("main .back"), "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/orders$"))


def test_each_control_of_a_page_is_reached_once_in_the_order_of_the_page(
    gateway: Served, page: Page
) -> None:
    order_id = paid(gateway, "keys-walk")
    log_in(page, gateway)
    for path in ("", "/orders?column=id&column=number&number=keys-walk", f"/orders/{order_id}"):
        page.goto(f"{gateway.url}/mportal3{path}")
        walk(page)
    page.set_viewport_size(PHONE_WINDOW)
    page.goto(f"{gateway.url}/mportal3/orders/{order_id}/refund")
    walk(page)


def test_focus_stays_while_the_list_of_orders_is_updated(gateway: Served, page: Page) -> None:
    paid(gateway, "keys-stays")
    log_in(page, gateway)
    page.goto(f"{gateway.url}/mportal3/orders?column=id&column=number&number=keys-s%")
    copy = page.get_by_role("button", name="keys-stays")
    tab_to(page, copy)
    gateway.register(orderNumber="keys-second")
    expect(page.get_by_role("link", name="keys-second")).to_be_visible()
    assert has_focus(copy)
