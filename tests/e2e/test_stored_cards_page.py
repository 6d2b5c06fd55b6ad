"""Payers with stored cards at the payment page, in a real Chromium, with and without scripts.

Each test leaves pictures of what its payer saw.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.e2e.conftest import Screenshot
from tests.e2e.gateway import Registered, Served
from tests.e2e.page_rules import check_every_size
from tests.e2e.test_payment_page import PAYS, fill, press_pay

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VISA: Final = "4111111111111111"  # the bank asks for a code
MIR: Final = "2202205000012424"
CODE: Final = "12345678"
RECURRING: Final = {"recurringFrequency": 7, "recurringExpiry": "20991231"}
PARTS: Final = {"installments": 4, "totalInstallmentAmount": 600000}
FORCE: Final = {"features": "FORCE_CREATE_BINDING"}
PHONE = ViewportSize(width=360, height=740)


@pytest.fixture
def client() -> str:
    """A client of the shop of whom nothing is known."""
    return f"client {uuid4()}"


def store(gateway: Served, client: str, pan: str = PAYS) -> str:
    answer = gateway.call(
        "createBindingNoPayment.do", clientId=client, pan=pan, expiryDate="203412"
    )
    return str(answer["bindingId"])


def stored_at(gateway: Served, client: str) -> list[str]:
    """The last digits of the client's stored cards."""
    answer = gateway.call("getBindings.do", clientId=client)
    return [each["maskedPan"][-4:] for each in answer.get("bindings", [])]


def card_in_list(page: Page, digits: str) -> Locator:
    return page.get_by_role("radio", name=re.compile(f"{digits}"))


def returned(page: Page, gateway: Served, order: Registered, language: str = "ru") -> None:
    page.wait_for_url(f"{gateway.shop_url}/paid?orderId={order.order_id}&lang={language}")
    assert gateway.status(order.order_id) == 2


@pytest.mark.parametrize("language", ["ru", "en"])
def test_list_of_stored_cards(
    page: Page, gateway: Served, client: str, screenshot: Screenshot, language: str
) -> None:
    for pan in (VISA, PAYS, MIR):
        store(gateway, client, pan)
    page.goto(gateway.register(clientId=client).in_language(language))
    expect(card_in_list(page, MIR[-4:])).to_be_checked()
    expect(page.locator("#pan")).to_be_hidden()
    check_every_size(page, "70-stored", language, screenshot)
    page.locator(".stored-remove summary").nth(1).click()
    check_every_size(page, "71-stored-remove", language, screenshot)
    page.get_by_role("radio", name=re.compile("Другая карта|Another card")).check()
    expect(page.locator("#pan")).to_be_visible()
    check_every_size(page, "72-stored-another", language, screenshot)


def test_payer_pays_with_a_stored_card_and_its_cvc(
    page: Page, gateway: Served, client: str, screenshot: Screenshot
) -> None:
    store(gateway, client)
    order = gateway.register(clientId=client)
    page.goto(order.form_url)
    expect(page.locator("#cvc")).to_be_focused()
    press_pay(page)
    expect(page.locator("#cvc-error")).to_have_text("Введите код с карты")
    screenshot(page, "73-stored-no-code")
    page.locator("#cvc").fill("123")
    press_pay(page)
    returned(page, gateway, order)
    assert stored_at(gateway, client) == [PAYS[-4:]]


@pytest.mark.parametrize("scripts", [True, False])
def test_stored_card_goes_through_3d_secure(
    page: Page, plain: Page, gateway: Served, client: str, *, scripts: bool
) -> None:
    store(gateway, client, VISA)
    order = gateway.register(clientId=client)
    window = page if scripts else plain
    window.goto(order.form_url)
    window.locator("#cvc").fill("123")
    window.locator("#pay").click()
    if not scripts:
        window.get_by_role("button").first.click()
    window.locator("[name=password]").fill(CODE)
    window.locator("[name=decision][value=confirm]").click()
    if not scripts:
        window.get_by_role("button").first.click()
    returned(window, gateway, order)


@pytest.mark.parametrize("scripts", [True, False])
def test_payer_lets_the_shop_keep_the_card(
    page: Page, plain: Page, gateway: Served, client: str, screenshot: Screenshot, *, scripts: bool
) -> None:
    """The card is kept only where the box is ticked; the next order offers it."""
    window = page if scripts else plain
    for ticked in (False, True):
        order = gateway.register(clientId=client)
        window.goto(order.form_url)
        fill(window, PAYS)
        if ticked:
            window.get_by_label("Запомнить карту для этого магазина").check()
            screenshot(window, f"74-remember-{'scripts' if scripts else 'plain'}")
        window.locator("#pay").click()
        returned(window, gateway, order)
        assert stored_at(gateway, client) == ([PAYS[-4:]] if ticked else [])
    order = gateway.register(clientId=client)
    window.goto(order.form_url)
    window.locator("#cvc").fill("123")
    window.locator("#pay").click()
    returned(window, gateway, order)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_payer_reads_what_the_shop_may_charge_later(
    page: Page, gateway: Served, client: str, screenshot: Screenshot, language: str
) -> None:
    """A box asks for consent; where the shop keeps each card, a text says what paying agrees to."""
    store(gateway, client, VISA)
    for name, more in (
        ("7a-kept-always", FORCE),
        ("7b-recurring-always", {**FORCE, **RECURRING}),
        ("7c-instalments", {**PARTS, **RECURRING}),
        ("7d-recurring", RECURRING),
    ):
        page.goto(gateway.register(clientId=client, **more).in_language(language))
        page.get_by_role("radio", name=re.compile("Другая карта|Another card")).check()
        expect(page.locator("#remember-hint")).to_be_visible()
        check_every_size(page, name, language, screenshot)
    order = gateway.register(clientId=client, **RECURRING)
    page.goto(order.in_language(language))
    fill(page, PAYS)  # another card is marked: a stored one would not keep the terms
    page.get_by_label(re.compile("разрешить магазину списывать|let the shop charge")).check()
    press_pay(page)
    returned(page, gateway, order, language)
    answer = gateway.call("getBindings.do", clientId=client, bindingType="R")
    assert [each["maskedPan"][-4:] for each in answer["bindings"]] == [PAYS[-4:]]


def test_payer_removes_a_card_after_a_question(
    page: Page, gateway: Served, client: str, screenshot: Screenshot
) -> None:
    store(gateway, client, VISA)
    store(gateway, client)
    page.set_viewport_size(PHONE)
    page.goto(gateway.register(clientId=client).form_url)
    page.locator(".stored-remove summary").first.click()
    assert len(stored_at(gateway, client)) == 2
    page.get_by_role("button", name="Удалить карту").click()
    expect(page.get_by_text("Карта удалена")).to_be_visible()
    assert stored_at(gateway, client) == [VISA[-4:]]
    expect(card_in_list(page, VISA[-4:])).to_be_focused()
    expect(card_in_list(page, VISA[-4:])).to_be_checked()
    screenshot(page, "75-stored-removed")
    page.locator(".stored-remove summary").first.click()
    page.get_by_role("button", name="Удалить карту").click()
    expect(page.locator("#stored")).to_be_hidden()
    expect(page.locator("#pan")).to_be_focused()
    assert stored_at(gateway, client) == []


def test_payer_removes_a_card_without_scripts(plain: Page, gateway: Served, client: str) -> None:
    store(gateway, client)
    plain.goto(gateway.register(clientId=client).form_url)
    plain.locator(".stored-remove summary").click()
    plain.get_by_role("button", name="Удалить карту").click()
    expect(plain.locator("#pan")).to_be_visible()
    expect(plain.locator("#stored")).to_have_count(0)
    assert stored_at(gateway, client) == []


def test_card_that_is_removed_meanwhile_cannot_pay(
    page: Page, plain: Page, gateway: Served, client: str, screenshot: Screenshot
) -> None:
    """The payer reads why, and another card still pays."""
    binding = store(gateway, client)
    order = gateway.register(clientId=client)
    for window in (page, plain):
        window.goto(order.form_url)
        window.locator("#cvc").fill("123")
    gateway.call("unBindCard.do", bindingId=binding)
    for window in (page, plain):
        window.locator("#pay").click()
        expect(window.get_by_text(re.compile("Этой карты нет среди ваших")).first).to_be_visible()
    screenshot(page, "76-stored-gone")
    screenshot(plain, "77-stored-gone-plain")
    fill(plain, PAYS)
    plain.locator("#pay").click()
    returned(plain, gateway, order)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_shop_has_chosen_the_card(
    page: Page, gateway: Served, client: str, screenshot: Screenshot, language: str
) -> None:
    store(gateway, client, VISA)
    binding = store(gateway, client)
    order = gateway.register(clientId=client, bindingId=binding)
    page.goto(order.in_language(language))
    expect(page.get_by_role("radio")).to_have_count(1)
    expect(page.locator("#pan")).to_have_count(0)
    check_every_size(page, "78-stored-chosen", language, screenshot)
    page.locator("#cvc").fill("123")
    press_pay(page)
    returned(page, gateway, order, language)


def test_chosen_card_that_is_gone_leaves_no_way_to_pay(
    page: Page, gateway: Served, client: str, screenshot: Screenshot
) -> None:
    binding = store(gateway, client)
    order = gateway.register(clientId=client, bindingId=binding)
    gateway.call("unBindCard.do", bindingId=binding)
    page.goto(order.form_url)
    expect(page.get_by_text("Магазин выбрал для этого заказа сохранённую карту")).to_be_visible()
    screenshot(page, "79-stored-chosen-gone")


def test_keyboard_alone_pays_with_another_stored_card(
    page: Page, gateway: Served, client: str
) -> None:
    store(gateway, client)
    store(gateway, client, MIR)
    order = gateway.register(clientId=client)
    page.goto(order.form_url)
    card_in_list(page, MIR[-4:]).focus()
    page.keyboard.press("ArrowDown")
    expect(card_in_list(page, PAYS[-4:])).to_be_checked()
    page.locator("#cvc").focus()
    page.keyboard.type("123")
    page.keyboard.press("Enter")
    returned(page, gateway, order)


def test_test_card_takes_the_place_of_a_stored_one(
    page: Page, gateway: Served, client: str
) -> None:
    store(gateway, client, VISA)
    order = gateway.register(clientId=client)
    page.goto(order.form_url)
    page.locator("button.test-card").first.click()
    expect(page.locator("#pan")).to_be_visible()
    press_pay(page)
    returned(page, gateway, order)
