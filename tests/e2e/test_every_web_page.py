"""Pages of the account and the console by their addresses, in both languages, at every size.

They are the pages that no other test opens: of objects that do not exist, of wrong values, before
each action, and after what a page has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import test_receipt_page as receipts
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.test_account_settings import log_in
from tests.e2e.web_pages import ACCESS, CONSOLE, MISSING, ORDERS, SETTINGS
from tests.e2e.web_rules import check_web_page
from tests.shop import card_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GROUPS: Final = {
    "access": ACCESS,
    "settings": SETTINGS,
    "missing": MISSING,
    "orders": ORDERS,
    "console": CONSOLE,
}
OPEN_ALL: Final = (
    "() => document.querySelectorAll('main details').forEach((each) => each.open = true)"
)


def objects_of(gateway: Served, page: Page) -> Mapping[str, str]:
    """Orders for the addresses: created, held, paid, and one whose receipt failed."""
    created, paid = gateway.register().order_id, gateway.register().order_id
    gateway.call("paymentorder.do", **card_fields(paid))
    held = gateway.call("registerPreAuth.do", amount=150_000, returnUrl="https://shop.example/")
    gateway.call("paymentorder.do", **card_fields(held["orderId"]))
    failing = receipts.paid(gateway, "Чай OFDERROR", "Чашка")
    receipt = receipts.settled(gateway, page, failing)["uuid"]
    named = {"created": created, "paid": paid, "held": held["orderId"], "failing": failing}
    return {**named, "receipt": receipt}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("group", GROUPS)
def test_every_page_of_the_tables_keeps_the_rules_and_leads_on(
    gateway: Served, page: Page, screenshot: Screenshot, group: str, language: str
) -> None:
    log_in(gateway, page, language)
    objects = objects_of(gateway, page) if group == "orders" else {"too_long": "x" * 9000}
    for name, path in GROUPS[group].items():
        page.goto(f"{gateway.url}{path.format(**objects)}")
        page.evaluate(OPEN_ALL)
        check_web_page(page, name, language, screenshot)
        assert page.locator("main :is(a, button)").count(), f"{name} leads nowhere"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_pages_after_a_change_or_a_refusal_keep_the_rules(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    account = log_in(gateway, page, language).removesuffix("/settings")
    page.goto(f"{account}/api")
    form = page.locator("main form")
    page.locator("main form[action$='/token'] button").first.click()
    page.locator("main form[action$='/password'] button").first.click()
    expect(form.locator(":scope[action*=restore]")).to_have_count(2)
    check_web_page(page, "account-api-changed", language, screenshot)
    for secret in ("password", "token"):
        page.locator(f"main form[action$='restore-{secret}'] button").click()
        expect(page.get_by_role("status").first).to_be_focused()

    page.goto(f"{account}/users")
    page.locator("#login").fill("not a login")
    page.locator("#add-user ~ form button").click()
    expect(page.get_by_role("alert")).to_be_focused()
    check_web_page(page, "account-user-refused", language, screenshot)
    page.locator("#login").fill(f"test-gone-{language}")
    page.locator("#add-user ~ form button").click()
    page.goto(f"{account}/users/test-gone-{language}")
    page.locator("#reset ~ form button").click()
    expect(page.get_by_role("status").first).to_be_focused()
    check_web_page(page, "account-user-reset", language, screenshot)
    page.locator("#block ~ form button").click()
    check_web_page(page, "account-user-blocked", language, screenshot)

    page.locator("#block ~ form input[name=csrf]").evaluate("field => { field.value = 'old' }")
    page.locator("#block ~ form button").click()
    expect(page.get_by_role("alert")).to_be_focused()
    check_web_page(page, "account-form-outdated", language, screenshot)

    page.goto(f"{gateway.url}/")
    page.locator("#step-30d").evaluate(
        "each => { each.name = 'to'; each.value = '2150-01-01T00Z' }"
    )
    page.locator("#step-30d").click()
    expect(page.get_by_role("alert")).to_be_focused()
    check_web_page(page, "console-clock-refused", language, screenshot)
