"""Every state of the payer's pages in both languages: the rules of the look, and pictures.

The pictures are for a review by eye: ALTYN_SCREENSHOTS=folder pytest tests/e2e/test_every_state.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from altyn.inbound.payment_page.pages import page_without_order
from altyn.inbound.payment_page.view import Problem
from altyn.protocol.test_cards import Fault, card_for_fault
from tests.e2e.conftest import WAIT_MS, Screenshot
from tests.e2e.gateway import Registered, Served
from tests.e2e.page_rules import check_every_size, faults_of
from tests.e2e.test_payment_page import (
    CHALLENGED,
    DECLINED,
    ENROLLED,
    PAYS,
    answer_bank,
    fill,
    press_pay,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG_WORD: Final = "Z" * 60
DESCRIPTIONS: Final = {"ru": "Чай чёрный, 200 г", "en": "Black tea, 200 g"}
WAITING: Final = '{"waiting": true, "remainingSecs": 600}'


def opened(page: Page, gateway: Served, language: str, **more: object) -> Registered:
    """Register an order and open its payment page in this language."""
    fields = {"description": DESCRIPTIONS[language], **more}
    order = gateway.register(**fields)
    page.goto(order.in_language(language))
    return order


def sent(page: Page, gateway: Served, language: str, pan: str) -> Registered:
    """Open a payment page, type a card and press Pay."""
    order = opened(page, gateway, language)
    fill(page, pan)
    press_pay(page)
    return order


def fresh(page: Page, gateway: Served, language: str) -> None:
    opened(page, gateway, language)


def filled(page: Page, gateway: Served, language: str) -> None:
    opened(page, gateway, language)
    fill(page, PAYS)
    expect(page.locator("#brand")).to_have_text("Mastercard")
    page.locator(".data summary").click()


def long_texts(page: Page, gateway: Served, language: str) -> None:
    text = f"{DESCRIPTIONS[language]} {LONG_WORD} " * 3
    number = f"{LONG_WORD[:30]}{language}"
    opened(page, gateway, language, amount=99999999999, orderNumber=number, description=text[:500])
    page.locator(".bill-what summary").click()


def mistakes(page: Page, gateway: Served, language: str) -> None:
    opened(page, gateway, language)
    fill(page, "4111111111111112", expiry="1320", cvc="1")
    press_pay(page)
    expect(page.locator("#pan-error")).not_to_be_empty()


def declined(page: Page, gateway: Served, language: str) -> None:
    sent(page, gateway, language, DECLINED)
    expect(page.locator("#message strong")).to_be_visible()


def no_attempt_left(page: Page, gateway: Served, language: str) -> None:
    """The page goes to the shop after some seconds; an answer without content keeps it open."""
    page.route(f"{gateway.shop_url}/**", lambda route: route.fulfill(status=204))
    sent(page, gateway, language, DECLINED)
    for _ in range(2):
        expect(page.locator("#message strong")).to_be_visible()
        page.locator("#cvc").fill("123")
        press_pay(page)
    expect(page.locator("#pan")).to_be_hidden()
    expect(page.locator("#message .button")).to_be_visible()


def attempts_over(page: Page, gateway: Served, language: str) -> None:
    order = _without_attempts(gateway)
    page.goto(order.in_language(language).replace("payment_", "errors_"))


def _without_attempts(gateway: Served) -> Registered:
    order = gateway.register()
    card = {"$PAN": DECLINED, "$CVC": "123", "$EXPIRY": "203512", "TEXT": "IVAN PETROV"}
    for _ in range(3):
        gateway.call("paymentorder.do", MDORDER=order.order_id, language="ru", **card)
    return order


def expired(page: Page, gateway: Served, language: str) -> None:
    order = gateway.register(sessionTimeoutSecs=600)
    gateway.wait(601)
    page.goto(order.in_language(language).replace("payment_", "errors_"))


def not_found(page: Page, gateway: Served, language: str) -> None:
    page.goto(f"{gateway.url}/payment/merchants/test/payment_{language}.html?mdOrder=unknown")


def unavailable(page: Page, gateway: Served, language: str) -> None:
    """The page that a gateway without its database shows."""
    html = page_without_order(language, sandbox=True, problem=Problem.UNAVAILABLE)
    address = re.compile(r"mdOrder=outage")
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{gateway.url}/payment/merchants/test/payment_{language}.html?mdOrder=outage")


def time_is_short(page: Page, gateway: Served, language: str) -> None:
    order = gateway.register(sessionTimeoutSecs=600, description=DESCRIPTIONS[language])
    page.clock.install()
    page.route("**/getSessionStatus.do", lambda route: route.fulfill(status=200, body="{}"))
    page.goto(order.in_language(language))
    page.clock.fast_forward("08:30")
    expect(page.locator("#notice strong")).to_be_visible()


def waiting_on_the_form(page: Page, gateway: Served, language: str) -> None:
    opened(page, gateway, language)
    page.route("**/getSessionStatus.do", lambda route: route.fulfill(status=200, body=WAITING))
    page.route("**/processform.do", lambda route: route.fulfill(status=200, body=WAITING))
    fill(page, PAYS)
    press_pay(page)
    expect(page.locator("#payment")).to_have_attribute("aria-busy", "true")


def connection_lost(page: Page, gateway: Served, language: str) -> None:
    opened(page, gateway, language)
    page.route("**/processform.do", lambda route: route.fulfill(status=200, body="<html>"))
    fill(page, PAYS)
    press_pay(page)
    expect(page.locator("#message strong")).to_be_visible()


def waiting(page: Page, gateway: Served, language: str) -> None:
    order = gateway.register(sessionTimeoutSecs=86400)
    card = {"$PAN": card_for_fault(Fault.PENDING_THEN_APPROVED), "$CVC": "123"}
    more = {"$EXPIRY": "203512", "TEXT": "IVAN PETROV", "language": "ru"}
    page.route("**/getSessionStatus.do", lambda route: route.fulfill(status=200, body=WAITING))
    gateway.call("paymentorder.do", MDORDER=order.order_id, **card, **more)
    page.goto(order.in_language(language))


PHONE: Final = "79998887766"
TO_PHONE: Final = {"paymentWay": "SBRF_SBOL", "sberPayBy": "phone", "sberPayPhone": PHONE}


def sberpay_step(page: Page, gateway: Served, language: str, **more: object) -> Registered:
    """The step of SberPay: a phone sees the app first, a desktop the QR code."""
    order = gateway.register(**more)
    page.goto(f"{order.in_language(language)}&paymentWay=SBRF_SBOL")
    expect(page.locator("#phone")).to_be_visible()
    return order


def sberpay_known_phone(page: Page, gateway: Served, language: str) -> None:
    sberpay_step(page, gateway, language, phone=PHONE)


def sberpay_wrong_phone(page: Page, gateway: Served, language: str) -> None:
    sberpay_step(page, gateway, language)
    page.locator("#phone").fill("12345")
    page.locator("#phone").press("Enter")
    expect(page.locator("#phone-error")).not_to_be_empty()


def sberpay_only(page: Page, gateway: Served, language: str) -> None:
    """An order that takes no card opens at the step."""
    order = gateway.register(allowedPaymentWays="SBRF_SBOL")
    page.goto(order.in_language(language))
    expect(page.locator("#phone")).to_be_visible()


def sberpay_unknown_client(page: Page, gateway: Served, language: str) -> None:
    sberpay_step(page, gateway, language)
    page.locator("#phone").fill("79990000003")
    page.locator("#phone").press("Enter")
    expect(page.locator("#message strong")).to_be_visible()


def sberpay_push(page: Page, gateway: Served, language: str) -> None:
    sberpay_step(page, gateway, language)
    page.locator("#phone").fill(PHONE)
    page.locator("#phone").press("Enter")
    expect(page.locator("#waiting")).to_be_visible()


def sberpay_qr(page: Page, gateway: Served, language: str) -> None:
    sberpay_step(page, gateway, language)
    page.locator(".on-desktop button").click()
    expect(page.locator(".qr-box svg")).to_be_visible()


def sberpay_last_attempt(page: Page, gateway: Served, language: str) -> None:
    order = gateway.register()
    for number in range(3):
        page.goto(f"{order.in_language(language)}&paymentWay=SBRF_SBOL")
        page.locator("#phone").fill(PHONE)
        page.locator("#phone").press("Enter")
        expect(page.locator("#waiting")).to_be_visible()
        if number < 2:
            page.locator(".actions form button").click()
            expect(page.locator("#message strong")).to_be_visible()
    expect(page.locator("#cancel-hint")).to_be_visible()


def sberpay_cancelled(page: Page, gateway: Served, language: str) -> None:
    sberpay_push(page, gateway, language)
    page.locator(".actions form button").click()
    expect(page.locator("#message strong")).to_be_visible()


def sberpay_refused(page: Page, gateway: Served, language: str) -> None:
    """The payer has refused in the bank's app."""
    sberpay_push(page, gateway, language)
    phones = f"{gateway.url}/sandbox/phones/{PHONE}/messages"
    newest = page.request.get(phones).json()["messages"][-1]
    assert page.request.post(f"{phones}/{newest['id']}", data={"action": "refuse"}).ok
    expect(page.locator("#message strong")).to_be_visible(timeout=WAIT_MS)


def no_way_to_pay(page: Page, gateway: Served, language: str) -> None:
    """The order allows SberPay only, and the page's address hides it."""
    order = gateway.register(allowedPaymentWays="SBRF_SBOL")
    page.goto(f"{order.in_language(language)}&sberpayHide=true")
    expect(page.locator(".outcome-state")).to_be_visible()


def bank(page: Page, gateway: Served, language: str) -> None:
    sent(page, gateway, language, ENROLLED)
    expect(page.locator("#code")).to_be_visible()


def bank_of_version_2(page: Page, gateway: Served, language: str) -> None:
    sent(page, gateway, language, CHALLENGED)
    expect(page.locator("#code")).to_be_visible()


def bank_wrong_code(page: Page, gateway: Served, language: str) -> None:
    bank(page, gateway, language)
    answer_bank(page, "000")
    expect(page.locator("#code-error")).not_to_be_empty()


def cancelled_at_the_bank(page: Page, gateway: Served, language: str) -> None:
    bank(page, gateway, language)
    answer_bank(page, None)
    expect(page.locator("#message strong")).to_be_visible()


def _result(page: Page, gateway: Served, language: str, order: Registered) -> None:
    folder = f"{gateway.url}/payment/merchants/test"
    page.goto(f"{folder}/finish.html?orderId={order.order_id}&lang={language}")
    expect(page.locator(".outcome-state")).to_be_visible()


def _pay(gateway: Served, method: str) -> Registered:
    answer = gateway.call(
        method, amount=150000, returnUrl=f"{gateway.shop_url}/paid", description="Чай чёрный"
    )
    card = {"$PAN": PAYS, "$CVC": "123", "$EXPIRY": "203512", "TEXT": "IVAN PETROV"}
    gateway.call("paymentorder.do", MDORDER=answer["orderId"], language="ru", **card)
    return Registered(answer["orderId"], answer["formUrl"])


def result_paid(page: Page, gateway: Served, language: str) -> None:
    _result(page, gateway, language, _pay(gateway, "register.do"))


def result_held(page: Page, gateway: Served, language: str) -> None:
    _result(page, gateway, language, _pay(gateway, "registerPreAuth.do"))


def result_failed(page: Page, gateway: Served, language: str) -> None:
    _result(page, gateway, language, _without_attempts(gateway))


def incomplete_return_address(page: Page, gateway: Served, language: str) -> None:
    order = opened(page, gateway, language, returnUrl="/thanks")
    fill(page, PAYS)
    press_pay(page)
    page.wait_for_url(re.compile(rf"/thanks.*{order.order_id}"))


STATES: Final[tuple[Callable[[Page, Served, str], None], ...]] = (
    *(fresh, filled, long_texts, mistakes, declined, no_attempt_left, attempts_over, expired),
    *(not_found, unavailable, time_is_short, waiting_on_the_form, connection_lost, waiting),
    *(sberpay_known_phone, sberpay_wrong_phone, sberpay_only, sberpay_unknown_client),
    *(sberpay_push, sberpay_qr, sberpay_last_attempt, sberpay_cancelled, sberpay_refused),
    *(no_way_to_pay, bank, bank_of_version_2, bank_wrong_code, cancelled_at_the_bank),
    *(result_paid, result_held, result_failed, incomplete_return_address),
)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_page_keeps_the_rules_of_the_look(
    page: Page,
    gateway: Served,
    screenshot: Screenshot,
    state: Callable[[Page, Served, str], None],
    language: str,
) -> None:
    state(page, gateway, language)
    check_every_size(page, f"state-{state.__name__.replace('_', '-')}", language, screenshot)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_pages_without_scripts_keep_the_rules_of_the_look(
    plain: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    sent(plain, gateway, language, CHALLENGED)
    check_every_size(plain, "state-plain-method", language, screenshot, scripts=False)
    plain.locator("#method button").click()
    check_every_size(plain, "state-plain-to-the-bank", language, screenshot, scripts=False)
    sent(plain, gateway, language, "4111111111111112")
    check_every_size(plain, "state-plain-mistakes", language, screenshot, scripts=False)


def test_broken_rules_are_found(page: Page) -> None:
    page.set_content(
        "<main><p style='width: 3000px; color: #ccc'>wide and pale</p>"
        "<div style='overflow: hidden; width: 40px'><b style='white-space: nowrap'>cut off here</b>"
        "</div><button>low</button><p>Не переведено</p></main>"
    )
    found = "\n".join(faults_of(page, "en"))
    for part in ("scrolls sideways", "contrast", "cut off", "px high", "not translated"):
        assert part in found
