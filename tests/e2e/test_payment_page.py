"""Payments on the payment page in Chromium, from the shop's link to the shop's return page.

Each test is one course of a payment, and saves screenshots of its pages.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from altyn.protocol.test_cards import Fault, card_for_fault
from tests.e2e.conftest import WAIT_MS, Screenshot
from tests.e2e.gateway import Registered, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYS = "5555555555555599"
DECLINED = "4444444444444422"
ENROLLED = "4111111111111111"
CHALLENGED = "5000001111111115"
ACS_CODE = "12345678"
PAY = re.compile("Оплатить|Pay")


def fill(page: Page, pan: str, *, expiry: str = "1235", cvc: str = "123") -> None:
    """Type a card."""
    page.locator("#pan").press_sequentially(pan)
    page.locator("#expiry").press_sequentially(expiry)
    page.locator("#cvc").fill(cvc)


def press_pay(page: Page) -> None:
    page.get_by_role("button", name=PAY).click()


def submit_card(
    page: Page, gateway: Served, pan: str, *, expiry: str = "1235", cvc: str = "123"
) -> Registered:
    """Register an order, open its page, type a card and press Pay."""
    order = gateway.register()
    page.goto(order.form_url)
    fill(page, pan, expiry=expiry, cvc=cvc)
    press_pay(page)
    return order


def expect_return(
    page: Page, gateway: Served, order: Registered, path: str, language: str = "ru"
) -> None:
    """Expect the shop's return page, with the order's id in its address."""
    page.wait_for_url(f"{gateway.shop_url}/{path}?orderId={order.order_id}&lang={language}")
    expect(page.get_by_role("heading", name="The shop")).to_be_visible()


def answer_bank(page: Page, code: str | None) -> None:
    """Type the code on the bank's page; None cancels."""
    if code is None:
        page.get_by_role("button", name=re.compile("Отменить|Cancel")).click()
        return
    page.locator("#code").fill(code)
    page.get_by_role("button", name=re.compile("Подтвердить|Confirm")).click()


def test_paid(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = gateway.register()
    page.goto(order.form_url)
    screenshot(page, "01-fresh")
    fill(page, PAYS)
    expect(page.locator("#brand")).to_have_text("Mastercard")
    expect(page.locator("#brand svg")).to_be_visible()
    screenshot(page, "02-filled")
    press_pay(page)
    expect_return(page, gateway, order, "paid")
    assert gateway.status(order.order_id) == 2


def test_mistakes_are_shown_below_their_fields(
    page: Page, gateway: Served, screenshot: Screenshot
) -> None:
    page.goto(gateway.register().form_url)
    fill(page, "4111111111111112", expiry="1320", cvc="1")
    press_pay(page)
    expect(page.locator("#pan-error")).to_contain_text("опечатка")
    expect(page.locator("#expiry-error")).to_contain_text("01 до 12")
    expect(page.locator("#cvc-error")).to_contain_text("3 цифры")
    expect(page.locator("#cvc-hint")).to_be_hidden()  # it gives way to the error
    expect(page.locator("#cvc")).to_have_attribute("aria-describedby", "cvc-error")
    screenshot(page, "03-mistakes")
    page.locator("#cvc").fill("123")
    expect(page.locator("#cvc-hint")).to_be_visible()
    expect(page.locator("#cvc")).to_have_attribute("aria-describedby", "cvc-error cvc-hint")


def test_declined_three_times(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = submit_card(page, gateway, DECLINED)
    expect(page.locator("#message")).to_contain_text("Осталось 2 попытки")
    expect(page.locator("#cvc")).to_have_value("")
    screenshot(page, "04-declined-once")
    page.locator("#cvc").fill("123")
    press_pay(page)
    expect(page.locator("#message")).to_contain_text("Осталась 1 попытка")
    page.locator("#cvc").fill("123")
    press_pay(page)
    message = page.locator("#message")
    expect(message).to_contain_text("Попытки закончились. Сейчас вы вернётесь в магазин.")
    expect(message).not_to_contain_text(re.compile("другой картой|ещё раз|повторите"))
    expect(page.locator("#pan")).to_be_hidden()
    expect(page.locator("#test-cards")).to_be_hidden()  # no form is left to fill in
    expect(page.locator("#time-left")).to_be_hidden()  # no time is left to pay
    screenshot(page, "05-declined-last")
    expect_return(page, gateway, order, "failed")
    assert gateway.status(order.order_id) == 6
    page.goto(order.form_url.replace("payment_ru", "errors_ru"))
    screenshot(page, "06-no-attempts-left")


def test_3d_secure_passed(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = submit_card(page, gateway, ENROLLED)
    expect(page.locator("#code")).to_be_visible()
    screenshot(page, "07-bank")
    answer_bank(page, ACS_CODE)
    expect_return(page, gateway, order, "paid")


def test_3d_secure_with_a_wrong_code(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = submit_card(page, gateway, ENROLLED)
    for left in ("Осталось 2 попытки", "Осталась 1 попытка"):
        answer_bank(page, "000")
        expect(page.locator("#code-error")).to_contain_text(left)
    screenshot(page, "08-bank-wrong-code")
    answer_bank(page, "000")
    page.wait_for_url(re.compile("payment_ru.html"))
    expect(page.locator("#message")).to_contain_text("Осталось 2 попытки")
    screenshot(page, "09-3ds-failed")
    fill(page, PAYS)
    press_pay(page)
    expect_return(page, gateway, order, "paid")


def test_3d_secure_cancelled(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    submit_card(page, gateway, ENROLLED)
    answer_bank(page, None)
    page.wait_for_url(re.compile("payment_ru.html"))
    expect(page.locator("#message")).to_contain_text("Осталось 2 попытки")
    screenshot(page, "10-3ds-cancelled")


def test_3d_secure_2_with_a_challenge(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = submit_card(page, gateway, CHALLENGED)
    expect(page.locator("#code")).to_be_visible()
    screenshot(page, "11-challenge")
    answer_bank(page, ACS_CODE)
    expect_return(page, gateway, order, "paid")


def test_3d_secure_2_without_a_challenge(page: Page, gateway: Served) -> None:
    order = submit_card(page, gateway, "2202205000012424", expiry="0528", cvc="649")
    expect_return(page, gateway, order, "paid")


def test_back_button_returns_from_the_bank(page: Page, gateway: Served) -> None:
    order = submit_card(page, gateway, ENROLLED)
    expect(page.locator("#code")).to_be_visible()
    page.go_back()
    expect(page.locator("#pay")).to_be_enabled()
    page.reload()
    fill(page, PAYS)
    press_pay(page)
    expect_return(page, gateway, order, "paid")


def test_page_waits_for_a_late_answer_of_the_bank(
    page: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order = gateway.register()
    page.goto(order.form_url)
    waiting = '{"waiting": true, "remainingSecs": 600}'
    page.route("**/getSessionStatus.do", lambda route: route.fulfill(status=200, body=waiting))
    fill(page, card_for_fault(Fault.APPROVED_ANSWER_LOST))
    press_pay(page)
    expect(page.locator("#pay-label")).to_have_text("Ждём ответ банка")
    screenshot(page, "12-waiting-on-the-form")
    page.unroute("**/getSessionStatus.do")
    expect_return(page, gateway, order, "paid")


def test_waiting_page_continues_after_the_answer(
    page: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order = gateway.register(sessionTimeoutSecs=86400)
    gateway.call(
        "paymentorder.do",
        **{"MDORDER": order.order_id, "$PAN": card_for_fault(Fault.PENDING_THEN_APPROVED)},
        **{"$CVC": "123", "$EXPIRY": "203512", "TEXT": "IVAN PETROV", "language": "ru"},
    )
    page.goto(order.form_url)
    # On a slow machine the bank may have answered already; then the waiting page is skipped.
    expect(page.get_by_role("heading", name=re.compile("Ждём ответ|The shop"))).to_be_visible()
    screenshot(page, "13-waiting")
    gateway.wait(7200)
    expect_return(page, gateway, order, "paid")


def test_another_way_to_pay_opens_the_waiting_page(page: Page, gateway: Served) -> None:
    """The sandbox offers the card only, so the button and the answer are put in by the test."""
    page.goto(gateway.register().form_url)
    button = '<button name="paymentWay" value="SBP_C2B" formnovalidate>SBP</button>'
    page.evaluate("html => document.forms[0].insertAdjacentHTML('afterbegin', html)", button)
    waiting = '{"waiting": true, "errorCode": 0}'
    page.route("**/processform.do", lambda route: route.fulfill(status=200, body=waiting))
    with page.expect_request("**/processform.do") as sent, page.expect_navigation():
        page.get_by_role("button", name="SBP").click()
    assert "paymentWay=SBP_C2B" in (sent.value.post_data or "")
    assert "PAN" not in (sent.value.post_data or "")


def test_session_expires_while_the_page_is_open(page: Page, gateway: Served) -> None:
    order = gateway.register(sessionTimeoutSecs=600)
    # The page asks for its session as soon as it is loaded. The clock must move after that answer:
    # otherwise that answer already ends the page, and the event below finds no page to run in.
    with page.expect_response("**/getSessionStatus.do") as first_status:
        page.goto(order.form_url)
    assert "redirect" not in first_status.value.json()
    gateway.wait(601)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_return(page, gateway, order, "failed")
    assert gateway.status(order.order_id) == 6


def test_countdown_of_the_page_ends(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = gateway.register(sessionTimeoutSecs=600)
    page.clock.install()
    page.route("**/getSessionStatus.do", lambda route: route.fulfill(status=200, body="{}"))
    page.goto(order.form_url)
    page.clock.fast_forward("08:30")
    expect(page.locator("#notice")).to_contain_text("меньше двух минут")
    screenshot(page, "14-time-is-short")
    gateway.wait(601)
    page.clock.fast_forward("01:35")
    page.wait_for_url(re.compile("errors_ru.html"))
    expect(page.get_by_role("heading", name="Время на оплату истекло")).to_be_visible()
    screenshot(page, "15-expired")
    page.get_by_role("link", name="Вернуться в магазин").click()
    expect_return(page, gateway, order, "failed")


def test_payment_in_english(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = gateway.register()
    page.goto(order.form_url)
    page.get_by_role("link", name="English").click()
    page.wait_for_url(order.in_language("en"))
    fill(page, DECLINED)
    press_pay(page)
    expect(page.locator("#message")).to_contain_text("2 attempts left")
    screenshot(page, "16-english-declined")
    page.reload()
    fill(page, ENROLLED)
    press_pay(page)
    expect(page.get_by_role("heading", name="Confirm the payment")).to_be_visible()
    answer_bank(page, None)
    page.wait_for_url(order.in_language("en"))
    expect(page.locator("#message")).to_contain_text("1 attempt left")
    fill(page, PAYS)
    press_pay(page)
    expect_return(page, gateway, order, "paid", "en")


def test_payment_by_keyboard(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = gateway.register()
    page.goto(order.form_url)
    for field, keys in (("pan", PAYS), ("expiry", "1235"), ("cvc", "123")):
        expect(page.locator(f"#{field}")).to_be_focused()  # the first one from the beginning
        page.keyboard.type(keys)
        page.keyboard.press("Tab")
    screenshot(page, "17-keyboard")
    expect(page.locator("#pay")).to_be_focused()
    page.keyboard.press("Enter")
    expect_return(page, gateway, order, "paid")


def test_test_card_is_filled_in_by_one_click(
    page: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order = gateway.register()
    page.goto(order.form_url)
    screenshot(page, "18-test-cards")
    page.get_by_role("button", name=re.compile(f"{PAYS[-4:]}")).click()
    expect(page.locator("#pay")).to_be_focused()
    press_pay(page)
    expect_return(page, gateway, order, "paid")


def test_every_listed_test_card_passes_the_checks_of_the_page(page: Page, gateway: Served) -> None:
    page.goto(gateway.register().form_url)
    buttons = page.locator("#test-cards button").all()
    assert len(buttons) == 40
    for button in buttons:
        button.evaluate("button => button.click()")
        expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_payment_on_a_phone(chromium: Browser, gateway: Served, screenshot: Screenshot) -> None:
    order = gateway.register(pageView="MOBILE")
    context = chromium.new_context(
        viewport={"width": 360, "height": 740},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    )
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto(order.form_url)
    assert "mobile_payment_ru.html" in page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # The keyboard of a phone must not open over the page, and the test cards are below the form.
    assert page.evaluate("document.activeElement === document.body")
    form, cards = (
        page.locator("#payment").bounding_box(),
        page.locator("#test-cards").bounding_box(),
    )
    assert form
    assert cards
    assert form["y"] < 260
    assert cards["y"] > form["y"] + form["height"]
    page.get_by_role("link", name="Тестовые карты").tap()
    expect(page.get_by_role("heading", name="Тестовые карты")).to_be_in_viewport()
    screenshot(page, "19-phone")
    fill(page, ENROLLED)
    page.get_by_role("button", name=PAY).tap()
    expect(page.locator("#code")).to_be_visible()
    screenshot(page, "20-phone-bank")
    answer_bank(page, ACS_CODE)
    expect_return(page, gateway, order, "paid")
    context.close()


def test_page_of_an_unknown_order(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    page.goto(f"{gateway.url}/payment/merchants/test/payment_ru.html?mdOrder=unknown")
    expect(page.get_by_role("heading", name="Заказ не найден")).to_be_visible()
    screenshot(page, "21-not-found")


def test_result_page(page: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = submit_card(page, gateway, PAYS)
    expect_return(page, gateway, order, "paid")
    page.goto(f"{gateway.url}/payment/merchants/test/finish.html?orderId={order.order_id}&lang=ru")
    screenshot(page, "22-result")
    page.get_by_role("link", name="Вернуться в магазин").click()
    expect_return(page, gateway, order, "paid")


# ── Without scripts ───────────────────────────────────────────────────────────────────────────────


def test_paid_without_scripts(plain: Page, gateway: Served, screenshot: Screenshot) -> None:
    """The form's redirect leads to another origin, so `form-action` must allow it."""
    order = gateway.register()
    plain.goto(order.form_url)
    fill(plain, PAYS)
    screenshot(plain, "23-no-scripts")
    press_pay(plain)
    expect_return(plain, gateway, order, "paid")


def test_declined_without_scripts(plain: Page, gateway: Served, screenshot: Screenshot) -> None:
    submit_card(plain, gateway, DECLINED)
    expect(plain.locator("#message")).to_contain_text("Осталось 2 попытки")
    expect(plain.locator("#pan")).to_have_value("")
    expect(plain.locator("#expiry")).to_have_value("1235")
    screenshot(plain, "24-no-scripts-declined")


@pytest.mark.parametrize("pan", [ENROLLED, CHALLENGED], ids=["version 1", "version 2"])
def test_3d_secure_without_scripts(
    plain: Page, gateway: Served, screenshot: Screenshot, pan: str
) -> None:
    order = submit_card(plain, gateway, pan)
    if pan == CHALLENGED:
        screenshot(plain, "25-no-scripts-method")
        plain.get_by_role("button", name="Продолжить").click()
    screenshot(plain, f"26-no-scripts-to-the-bank-{pan[:2]}")
    plain.get_by_role("button", name="Перейти на страницу банка").click()
    answer_bank(plain, ACS_CODE)
    plain.get_by_role("button", name="Продолжить").click()
    expect_return(plain, gateway, order, "paid")


def test_waiting_without_scripts(plain: Page, gateway: Served, screenshot: Screenshot) -> None:
    order = submit_card(plain, gateway, card_for_fault(Fault.PENDING_THEN_APPROVED))
    # On a slow machine the bank may have answered already; then the waiting page is skipped.
    expect(plain.get_by_role("heading", name=re.compile("Ждём ответ|The shop"))).to_be_visible()
    screenshot(plain, "27-no-scripts-waiting")
    gateway.wait(7200)
    expect_return(plain, gateway, order, "paid")


# ── A shop's own page set ─────────────────────────────────────────────────────────────────────────

OWN_PAGE = """<!doctype html><meta charset="utf-8"><title>own</title>
<style>h1 { color: teal }</style>
<h1 id="amount"></h1><button id="pay">Pay</button>
<script>
  const order = new URLSearchParams(location.search).get("mdOrder");
  const call = (method, fields) => fetch("../../rest/" + method, {
    method: "POST", body: new URLSearchParams({ MDORDER: order, language: "en", ...fields }),
  }).then((answer) => answer.json());
  call("getSessionStatus.do", { informRbsOnLoad: "true" }).then((session) => {
    document.getElementById("amount").textContent = session.amount;
  });
  document.getElementById("pay").onclick = () => call("processform.do", {
    $PAN: "5555555555555599", $CVC: "123", $EXPIRY: "203512", MM: "12", YYYY: "2035", TEXT: "A B",
  }).then((reply) => { location.href = reply.redirect; });
</script>
"""


def test_own_page_of_a_shop_runs_its_inline_scripts(page: Page, gateway: Served) -> None:
    folder = gateway.home / "templates" / "test"
    folder.mkdir(parents=True)
    own = folder / "kiosk_payment_ru.html"
    own.write_text(OWN_PAGE, "utf-8")
    order = gateway.register(pageView="kiosk")
    page.goto(order.form_url)
    expect(page.locator("#amount")).to_have_text("1500.00 RUB")
    page.get_by_role("button", name="Pay").click()
    expect_return(page, gateway, order, "paid", "en")
