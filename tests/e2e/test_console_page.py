"""The developer's console in a browser: from opening `/` to a paid test order."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from altyn.inbound.web.libraries import FOLDER, LIBRARIES
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.web_rules import NPM, check_web_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_start_page_is_readable_at_every_size(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    page.goto(f"{gateway.url}/?lang={language}")
    check_web_page(page, "console-start", language, screenshot)


def test_program_follows_what_is_typed(gateway: Served, page: Page) -> None:
    page.goto(f"{gateway.url}/?lang=en")
    page.get_by_label("Amount in roubles").fill("20,50")
    page.get_by_label("Two stages").check()
    page.get_by_label("More parameters").fill("features=FORCE_TDS\nnothing")
    program = page.locator("#program")
    expect(program.locator('[data-of="curl"]')).to_contain_text("registerPreAuth.do")
    expect(program.locator('[data-of="curl"]')).to_contain_text("amount=2050")
    expect(program).to_contain_text("not sent: nothing")
    page.get_by_text("Node", exact=True).click()
    expect(program.locator('[data-of="Node"]')).to_be_visible()
    expect(program.locator('[data-of="Node"]')).to_contain_text('"features": "FORCE_TDS"')


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_developer_pays_a_first_order_without_the_command_line(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    page.goto(f"{gateway.url}/?lang={language}")
    page.locator("#description").fill("<b>Tea</b>")
    page.locator("[name=cart]").check()
    page.locator("#more").fill(f"language={language}")
    page.locator("#order-form .button-main").click()
    registered = "создан" if language == "ru" else "is registered"
    expect(page.get_by_role("status").first).to_contain_text(registered)
    check_web_page(page, "console-registered", language, screenshot)

    with page.context.expect_page() as opened:
        page.locator("#result a.button-main").click()
    payer = opened.value
    payer.locator("#pan").fill("4444000000001111")
    payer.locator("#expiry").fill("12/30")
    payer.locator("#cvc").fill("123")
    payer.locator("#contact").fill("anna@example.org")
    payer.get_by_role("button", name=re.compile("Pay|Оплатить")).click()
    payer.wait_for_url(re.compile("/console/returned"))
    expect(payer.locator("main")).to_contain_text('"orderStatus": 2')
    check_web_page(payer, "console-returned", language, screenshot)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_refused_order_shows_code_text_and_rule(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    page.goto(f"{gateway.url}/?lang={language}")
    page.locator("#amount").fill("many")
    page.locator("#order-form .button-main").click()
    code, rule = (
        ("код 5", "Нарушенное правило:") if language == "ru" else ("code 5", "The broken rule:")
    )
    expect(page.get_by_role("alert")).to_contain_text(code)
    expect(page.locator("#result")).to_contain_text(rule)
    check_web_page(page, "console-refused", language, screenshot)


def test_the_clock_moves_without_scripts(gateway: Served, plain: Page) -> None:
    plain.goto(f"{gateway.url}/?lang=en")
    before = plain.locator(".clock-now").inner_text()
    plain.get_by_role("button", name="Forward by 1 day").click()
    expect(plain.locator(".clock-now")).not_to_have_text(before)


def test_the_clock_moves_to_what_is_due_next(gateway: Served, plain: Page) -> None:
    plain.goto(f"{gateway.url}/?lang=en")
    plain.get_by_label("Order number").fill("due-in-console")
    plain.get_by_label("More parameters").fill("sessionTimeoutSecs=300")
    plain.get_by_role("button", name="Register the order").click()
    plain.goto(f"{gateway.url}/?lang=en&due=all")
    entry = plain.locator(".due li").filter(has_text="due-in-console")
    expect(entry).to_contain_text("The time to pay ends; the order is declined")

    entry.get_by_role("button", name="Move the clock to this").click()

    expect(entry.filter(has_text="The time to pay ends")).to_have_count(0)
    plain.goto(f"{gateway.url}/console/orders?q=due-in-console")
    expect(plain.locator("main")).to_contain_text("Declined")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_is_due_next_is_readable_and_follows_new_orders(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    page.goto(f"{gateway.url}/?lang={language}&due=all")
    gateway.register(orderNumber=f"live-{language}")
    entry = page.locator(".due li").filter(has_text=f"live-{language}")
    expect(entry).to_be_visible(timeout=60_000)
    check_web_page(page, "console-due", language, screenshot)


def test_a_move_that_the_clock_refuses_is_explained(gateway: Served, plain: Page) -> None:
    plain.goto(f"{gateway.url}/?lang=en")
    button = plain.locator("#step-30d")
    button.evaluate("each => { each.name = 'to'; each.value = '2150-01-01T00:00:00+00:00' }")
    button.click()
    expect(plain.get_by_role("alert")).to_contain_text("2100-01-01")


def test_pages_load_the_libraries_of_their_packages_unchanged() -> None:
    for library in LIBRARIES:
        published = NPM / library.package / library.source
        assert (FOLDER / library.file).read_bytes() == published.read_bytes(), library.file


@pytest.mark.parametrize("language", ["ru", "en"])
def test_reference_leads_from_the_start_to_a_method_and_its_calls(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    page.goto(f"{gateway.url}/?lang={language}")
    page.locator("main a[href='/console/reference']").click()
    check_web_page(page, "console-reference", language, screenshot)
    page.get_by_role("link", name="deposit", exact=True).click()
    expect(page.locator("main")).to_contain_text("/payment/rest/deposit.do")
    expect(page.locator("main")).to_contain_text("amount_above_hold")
    check_web_page(page, "console-method", language, screenshot)
    gateway.call("deposit.do", orderId="unknown", amount=1)
    page.locator("main a[href='/console/requests?method=deposit']").click()
    page.locator("table.requests a").first.click()
    page.get_by_role("link", name="deposit", exact=True).click()
    expect(page.locator("h1")).to_have_text("deposit")
    page.goto(f"{gateway.url}/console/reference/register")
    without = {"ru": "да, если нет разрешения", "en": "yes, without permission"}[language]
    expect(page.locator("main")).to_contain_text(f"{without} order_number_generation")
    page.goto(f"{gateway.url}/console/reference/getBindings")
    without = {"ru": "да, если нет bindingId", "en": "yes, without bindingId"}[language]
    expect(page.locator("main")).to_contain_text(without)
