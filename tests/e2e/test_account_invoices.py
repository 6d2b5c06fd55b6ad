"""Invoices and links in Chromium: from the account's form to the payer who has paid."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Served
from tests.e2e.test_mailbox_page import get_json, mailed
from tests.e2e.web_rules import check_web_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BASE: Final = "/mportal3"
HOSTILE: Final = "<b>Чай</b> & «печенье»"


def log_in(page: Page, gateway: Served, language: str = "en") -> None:
    page.goto(f"{gateway.url}{BASE}/login?lang={language}")
    page.locator("#login").fill("test-operator")
    page.locator("#password").fill("testPwd1")
    page.locator("main form button").click()
    page.wait_for_url(re.compile(f"{BASE}(?!/login)"))


def pay(payer: Page) -> None:
    payer.locator("#pan").fill("4444000000001111")
    payer.locator("#expiry").fill("12/30")
    payer.locator("#cvc").fill("123")
    if payer.locator("#contact").count():
        payer.locator("#contact").fill("anna@example.org")
    payer.get_by_role("button", name=re.compile("Pay|Оплатить")).last.click()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_invoice_goes_by_mail_and_is_paid(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    log_in(page, gateway, language)
    page.goto(f"{gateway.url}{BASE}/invoices")
    page.locator("#amount").fill("1 500,50")
    page.locator("#payer_name").fill("Анна Петрова")
    page.locator("#emails").fill(f"invoice-{language}@example.org")
    page.locator("#description").fill(HOSTILE)
    page.locator("#invoice-form .button-main").click()
    made = "Счёт создан" if language == "ru" else "The invoice is made"
    expect(page.get_by_role("status").first).to_contain_text(made)
    expect(page.locator("main")).to_contain_text(HOSTILE)
    page.wait_for_function("document.querySelector('.qr').naturalWidth > 0")
    check_web_page(page, "account-invoice", language, screenshot)

    address = page.url
    payer = page.context.new_page()
    [mail] = mailed(gateway, f"invoice-{language}@example.org")
    text = get_json(gateway, f"/sandbox/mails/{mail['id']}")["text"]
    link = re.search(r"http\S+mdOrder=\S+", text)
    assert link is not None
    payer.goto(link[0])
    pay(payer)
    expect(payer.locator("h1")).to_contain_text(re.compile("Paid|Оплачено"))
    payer.close()

    page.goto(address)
    paid = "Оплачен" if language == "ru" else "Paid"
    expect(page.locator("main")).to_contain_text(paid)
    expect(page.locator("main")).not_to_contain_text(made)
    check_web_page(page, "account-invoice-paid", language, screenshot)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_form_with_a_cart_is_readable_at_every_size(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    page = page.context.new_page()  # a refused form writes its status to the console
    log_in(page, gateway, language)
    page.goto(f"{gateway.url}{BASE}/invoices")
    check_web_page(page, "account-invoices", language, screenshot)
    add = page.locator('button[value="add"]')
    add.click()
    page.locator('[name="item_name"]').fill(HOSTILE)
    page.locator('[name="item_quantity"]').fill("2")
    page.locator('[name="item_price"]').fill("100,50")
    add.click()
    page.locator('[name="item_name"]').nth(1).fill("Доставка")
    page.locator('[name="item_price"]').nth(1).fill("1")
    page.locator('button[value="sum"]').click()
    expect(page.locator("#cart-amount")).to_contain_text(re.compile("202[,.]00"))
    check_web_page(page, "account-invoices-cart", language, screenshot)
    page.locator('button[value="remove-1"]').click()
    page.locator("#emails").fill("anna")
    page.locator("main .button-main").click()
    expect(page.locator("#emails")).to_have_attribute("aria-invalid", "true")
    check_web_page(page, "account-invoices-wrong", language, screenshot)


def test_invoice_works_without_scripts(gateway: Served, plain: Page) -> None:
    log_in(plain, gateway)
    plain.goto(f"{gateway.url}{BASE}/invoices")
    plain.locator('button[value="add"]').click()
    plain.locator('[name="item_name"]').fill("Чай")
    plain.locator('[name="item_price"]').fill("10")
    plain.locator("#emails").fill("plain@example.org")
    plain.locator("#emails").press("Enter")
    expect(plain.get_by_role("status").first).to_contain_text("The invoice is made")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_static_link_is_made_filled_in_and_paid(
    gateway: Served, page: Page, screenshot: Screenshot, language: str
) -> None:
    log_in(page, gateway, language)
    page.goto(f"{gateway.url}{BASE}/payment-links")
    page.locator("#description").fill(HOSTILE)
    page.locator("main form .button-main").click()
    expect(page.locator("#static-link")).to_be_visible()
    check_web_page(page, "account-links", language, screenshot)
    link = page.locator("[role=status] code").first.inner_text()

    payer = page.context.new_page()
    payer.goto(f"{link}&lang={language}")
    check_web_page(payer, "payform", language, screenshot)
    payer.locator("main .button-main").click()
    expect(payer.locator("#amount")).to_have_attribute("aria-invalid", "true")
    check_web_page(payer, "payform-wrong", language, screenshot)
    payer.locator("#amount").fill("20,50")
    payer.locator("#email").fill("anna@example.org")
    payer.locator("main .button-main").click()
    payer.wait_for_url(re.compile("mdOrder="))
    pay(payer)
    expect(payer.locator("h1")).to_contain_text(re.compile("Paid|Оплачено"))
    payer.close()


def test_broken_static_link_explains_what_to_do(
    gateway: Served, page: Page, screenshot: Screenshot
) -> None:
    page.goto(f"{gateway.url}/demopayment/docsite/payform-1.html?token=wrong&lang=ru")
    expect(page.locator("h1")).to_have_text("Ссылка не работает")
    check_web_page(page, "payform-no-shop", "ru", screenshot)
