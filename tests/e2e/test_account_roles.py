"""The main path of each role of the personal account, in a browser.

The owner adds the other three, who choose a password and do what their role is for.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gateway import Served
from tests.e2e.test_account_main_page import DAY_SECONDS
from tests.shop import card_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEW: Final = "Gh7!zumbaX"


def log_in(page: Page, gateway: Served, login: str, password: str) -> None:
    page.goto(f"{gateway.url}/mportal3/login?lang=en")
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    expect(page.locator("form.reader").first).to_be_attached()


def paid(gateway: Served, number: str) -> str:
    order_id = gateway.register(orderNumber=number, description="=1+1").order_id
    gateway.call("paymentorder.do", **card_fields(order_id))
    return order_id


@contextmanager
def added(chromium: Browser, owner: Page, gateway: Served, role: str) -> Iterator[Page]:
    """The page of a user whom the owner has added, after the change of the one-time password."""
    owner.get_by_role("link", name="Users").first.click()
    owner.get_by_label("Login").fill(f"test-{role}-new")
    owner.get_by_label("Role").select_option(role)
    owner.get_by_role("button", name="Add a user").click()
    password = owner.locator("section[role=status] code").inner_text()
    context = chromium.new_context(locale="en-GB")
    try:
        page = context.new_page()
        log_in(page, gateway, f"test-{role}-new", password)
        page.locator("#old_password").fill(password)
        page.locator("#new_password").fill(NEW)
        page.locator("#repeat_password").fill(NEW)
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_role("status").first).to_contain_text("The password is changed")
        yield page
    finally:
        context.close()


@pytest.fixture
def owner(gateway: Served, page: Page) -> Page:
    log_in(page, gateway, "test-owner", "testPwd1")
    return page


def menu_of(page: Page) -> set[str]:
    return {text.strip() for text in page.locator("nav.wide .menu a").all_inner_texts()}


def test_support_finds_an_order_by_keyboard_and_can_change_nothing(
    gateway: Served, owner: Page, chromium: Browser
) -> None:
    order_id = paid(gateway, "for-support")
    with added(chromium, owner, gateway, "support") as page:
        assert menu_of(page) == {"Main", "Orders", "My access"}
        page.goto(f"{gateway.url}/mportal3/orders")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.get_by_role("link", name="for-support", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("for-support")
        expect(page.locator(".actions")).to_have_count(0)
        answer = page.goto(f"{gateway.url}/mportal3/orders/{order_id}/refund")
        assert answer is not None
        assert answer.status == 403
        expect(page.get_by_role("alert")).to_contain_text("You do not have the right")


def test_operator_refunds_and_the_back_button_repeats_nothing(
    gateway: Served, owner: Page, chromium: Browser
) -> None:
    order_id = paid(gateway, "for-operator")
    with added(chromium, owner, gateway, "operator") as page:
        assert "Invoices" in menu_of(page)
        page.goto(f"{gateway.url}/mportal3/orders")
        page.get_by_role("link", name="for-operator", exact=True).click()
        page.locator(".actions a[href$=refund]").click()
        page.get_by_label("Amount").fill("500")
        page.get_by_role("button", name="Continue").click()
        page.locator("main form .danger-button").click()
        expect(page.get_by_role("status").first).to_contain_text("The refund is done")
        page.go_back()
        expect(page.locator("#effect")).to_contain_text("500.00")
        if page.locator("main form .danger-button").count():
            expect(page.locator("#effect")).to_contain_text("of 1\u202f000.00")
        assert refunded(gateway, order_id) == 50_000


def test_accountant_downloads_the_orders_and_a_report(
    gateway: Served, owner: Page, chromium: Browser
) -> None:
    numbers = {f"for-accountant-{n}" for n in range(3)}
    orders = {number: paid(gateway, number) for number in numbers}
    gateway.call("refund.do", orderId=orders["for-accountant-1"], amount=10_000)
    with added(chromium, owner, gateway, "accountant") as page:
        assert {"Reports", "Orders"} <= menu_of(page)
        page.goto(f"{gateway.url}/mportal3/orders?number=for-accountant-%25&column=refunded")
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile("CSV")).click()
        text = Path(download.value.path()).read_text("utf-8-sig")
        rows = {row["Order number"]: row for row in csv.DictReader(io.StringIO(text))}
        assert rows.keys() == numbers
        for number, order_id in orders.items():
            status = gateway.call("getOrderStatusExtended.do", orderId=order_id)
            minor = status["paymentAmountInfo"]["refundedAmount"]
            assert rows[number]["Refunded"] == f"{minor / 100:.2f}"
        gateway.wait(DAY_SECONDS)
        page.goto(f"{gateway.url}/mportal3/login")
        log_in(page, gateway, "test-accountant-new", NEW)
        page.get_by_role("link", name="Reports").first.click()
        page.locator("main form .button-main").click()
        expect(page.locator("#reports tbody a[download]").first).to_be_visible(timeout=30_000)


def refunded(gateway: Served, order_id: str) -> int:
    status = gateway.call("getOrderStatusExtended.do", orderId=order_id)
    return int(status["paymentAmountInfo"]["refundedAmount"])
