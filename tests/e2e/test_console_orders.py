"""The console's orders and callbacks in a browser: lists that update, the story, sending again."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from altyn.protocol.dialects.classic.callbacks.checksum import symmetric
from altyn.storage.demo import DEMO_CALLBACK_KEY
from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.web_rules import check_web_page
from tests.shop import card_fields

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE: Final = "<script>document.title='broken'</script>\"'><img src=x onerror=alert(1)>"


def paid_order(gateway: Served, number: str) -> str:
    """An order with a hostile text in each field of a shop, paid and refunded in part; its id."""
    order_id = gateway.register(
        orderNumber=number,
        description=HOSTILE,
        clientId="<b>anna</b>",
        email="anna@example.org",
        jsonParams=f'{{"note": "{"<i>x</i>" * 5}"}}',
        dynamicCallbackUrl=f"{gateway.url}/sandbox/receiver/ok?<b>",
    ).order_id
    gateway.call("paymentorder.do", **card_fields(order_id))
    gateway.call("refund.do", orderId=order_id, amount=50_000)
    return order_id


@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_order_reads_as_a_story(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    order_id = paid_order(gateway, f"story-{language}")
    page.goto(f"{gateway.url}/console/orders/{order_id}?lang={language}")
    story = page.locator("main")
    expect(story).to_contain_text(HOSTILE)
    expect(story).to_contain_text("refund_approved")
    expect(story.locator(".table").first).to_contain_text(
        "500,00" if language == "ru" else "500.00"
    )
    expect(story).to_contain_text("anna@example.org")
    check_web_page(page, "console-order", language, screenshot)
    page.get_by_role(
        "link", name="Запросы этого заказа" if language == "ru" else "Requests of this order"
    ).click()
    rows = page.locator("table.requests tbody tr")
    expect(rows.last).to_contain_text("register")
    expect(rows.last).to_contain_text(f"story-{language}")
    expect(rows.filter(has_text="refund")).to_have_count(1)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_list_is_updated_with_a_new_order(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    page.goto(f"{gateway.url}/console/orders?lang={language}")
    gateway.register(orderNumber=f"appears-alone-{language}")
    link = page.get_by_role("link", name=f"appears-alone-{language}")
    expect(link).to_be_visible(timeout=30_000)
    check_web_page(page, "console-orders", language, screenshot)


def test_an_order_is_found_by_its_number_or_id(gateway: Served, page: Page) -> None:
    order_id = gateway.register(orderNumber="find-me").order_id
    for wanted in ("find-me", order_id.upper()):
        page.goto(f"{gateway.url}/console/orders?lang=en")
        page.get_by_label("Order number or id").fill(wanted)
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Order find-me")


def test_unknown_order_is_explained(gateway: Served, page: Page) -> None:
    page.goto(f"{gateway.url}/console/orders?lang=en&q=nobody-has-this")
    expect(page.locator("main")).to_contain_text("There is no order nobody-has-this")
    answer = page.goto(f"{gateway.url}/console/orders/{'0' * 8}-0000-8000-8000-{'0' * 12}")
    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize("language", ["ru", "en"])
def test_callback_shows_every_attempt_and_is_resent(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    order_id = paid_order(gateway, f"callback-{language}")
    page.goto(f"{gateway.url}/console/orders/{order_id}?lang={language}")
    page.get_by_role("link", name="refunded").click()
    check_web_page(page, "console-callback", language, screenshot)
    page.locator("form button.button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    expect(with_second_attempt(page).locator("h2")).to_have_count(2)
    page.goto(f"{gateway.url}/console/callbacks?state=delivered&lang={language}")
    check_web_page(page, "console-callbacks", language, screenshot)


def with_second_attempt(page: Page) -> Page:
    """The page, reloaded until the second attempt is there; at most 30 seconds."""
    page.wait_for_function(
        """async () => {
          const answer = await fetch(location.href);
          return (await answer.text()).includes('id="attempt-2"');
        }""",
        timeout=30_000,
        polling=200,
    )
    page.reload()
    return page


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_received_callback_is_checked(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    signed = "mdOrder;m;operation;deposited;orderNumber;1;status;1;"
    query = "mdOrder=m&orderNumber=1&operation=deposited&status=1"
    page.goto(f"{gateway.url}/console/callbacks?lang={language}")
    page.locator(".heading .button").click()
    page.locator("#check-received").fill(
        f"https://shop.example/cb?mine={HOSTILE[:8]}&{query}"
        f"&checksum={symmetric(DEMO_CALLBACK_KEY, signed)}"
    )
    page.locator("#check-computed").fill(symmetric(f"{DEMO_CALLBACK_KEY}\n", signed))
    page.locator("main form .button-main").click()
    main = page.locator("main")
    expect(main).to_contain_text(signed)
    expect(main).to_contain_text("Вокруг ключа" if language == "ru" else "around the key")
    expect(main).not_to_contain_text(DEMO_CALLBACK_KEY)
    check_web_page(page, "console-check", language, screenshot)

    page.locator("#check-shop").fill("nobody")
    page.locator("main form .button-main").click()
    expect(page.get_by_role("alert")).to_contain_text("nobody")
