"""The payment page of an order with a cart, in Chromium: the cart, and the question of the receipt.

Each test of a look saves screenshots in both sizes and both languages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import WAIT_MS, Screenshot
from tests.e2e.gateway import Registered, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYS: Final = "5555555555555599"
DECLINED: Final = "4444444444444422"
ENROLLED: Final = "4111111111111111"
ACS_CODE: Final = "12345678"
PAY: Final = re.compile("Оплатить|Pay")
CART: Final = (
    {"name": "Чай чёрный «Тегуаньинь», 200 г", "quantity": ("2", "шт."), "itemPrice": 37500},
    {
        "name": "Чашка фарфоровая с блюдцем, роспись вручную",
        "quantity": ("1", "шт."),
        "itemPrice": 20000,
        "discount": {"discountType": "percent", "discountValue": 10},
    },
    {"name": "Мёд липовый", "quantity": ("0.75", "кг"), "itemPrice": 40000},
    {"name": "Сахар тростниковый", "quantity": ("1", "0"), "itemAmount": 5000},
    {"name": "Печенье овсяное", "quantity": ("1.5", "11"), "itemPrice": 10000},
    {"name": "Доставка", "quantity": ("1", "усл."), "itemPrice": 5000},
)
HOSTILE: Final = (
    {"name": "<b>Чай</b><script>document.title = 1</script>", "quantity": ("1", "<i>шт</i>")},
    {"name": "оченьдлинноеслово" * 14, "quantity": ("1", "W" * 20)},
    {"name": "תה שחור 200 גרם ABC", "quantity": ("99999.999", "шт.")},
    {"name": "Поставка", "quantity": ("1", "шт."), "discount": {"discountType": "סכום</li>"}},
    {"name": "{{ 7*7 }} & &amp;", "quantity": ("1", "шт.")},
)


def position(number: int, row: dict[str, Any]) -> dict[str, Any]:
    value, measure = row["quantity"]
    discount = {"discountValue": 100, **row["discount"]} if "discount" in row else None
    return {
        "positionId": str(number),
        "itemCode": f"A-{number}",
        **row,
        "quantity": {"value": value, "measure": measure},
        **({"discount": discount} if discount else {}),
    }


def register(gateway: Served, rows: tuple[dict[str, Any], ...] = CART, **more: Any) -> Registered:
    items = [position(number, row) for number, row in enumerate(rows, start=1)]
    return gateway.register(
        orderBundle=json.dumps({"cartItems": {"items": items}}), description="", **more
    )


def register_hostile(gateway: Served) -> Registered:
    rows = tuple({**row, "itemAmount": 9_999_999_999} for row in HOSTILE)
    return register(gateway, rows, amount=9_999_999_999 * len(rows))


def fill_card(page: Page, pan: str) -> None:
    page.locator("#pan").press_sequentially(pan)
    page.locator("#expiry").press_sequentially("1235")
    page.locator("#cvc").fill("123")


def press_pay(page: Page) -> None:
    page.get_by_role("button", name=PAY).click()


def expect_no_sideways_scrolling(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def contrast_failures(page: Page) -> list[str]:
    """The texts of cart and field with less contrast to their ground than 4.5."""
    found: list[str] = page.evaluate(CONTRAST)
    return found


CONTRAST: Final = """() => {
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map((v) => {
      const c = v / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (let each = e; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = ".cart *, .cart-more summary, .cart-more p, label, .hint, .field-error, #contact";
  return [...document.querySelectorAll(texts)].filter((e) => e.textContent || e.value)
    .filter((e) => {
      const pair = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => b - a);
      return (pair[0] + 0.05) / (pair[1] + 0.05) < 4.5;
    }).map((e) => e.outerHTML.slice(0, 80));
}"""


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A page of 320 px: the narrowest phone that must work."""
    context = chromium.new_context(
        viewport={"width": 320, "height": 700}, device_scale_factor=2, locale="ru-RU"
    )
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


# ── The cart ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["ru", "en"])
def test_cart_is_folded_when_it_is_long(
    page: Page, phone: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    order = register(gateway)
    for size, each in (("desktop", page), ("phone", phone)):
        each.goto(order.in_language(language))
        expect(each.locator(".cart li:visible")).to_have_count(3)
        screenshot(each, f"40-cart-folded-{language}-{size}")
        each.locator(".cart-more summary").focus()
        each.keyboard.press("Enter")
        expect(each.locator(".cart li:visible")).to_have_count(6)
        expect(each.locator(".cart li").nth(2)).to_contain_text(
            {"ru": "0,75 кг × 400,00", "en": "0.75 кг × 400.00"}[language]
        )
        expect(each.locator(".cart li").nth(4)).to_contain_text(
            {"ru": "1,5 кг", "en": "1.5 kg"}[language]
        )
        screenshot(each, f"41-cart-open-{language}-{size}")
        expect_no_sideways_scrolling(each)
        assert contrast_failures(each) == []


def test_short_cart_is_open(page: Page, gateway: Served) -> None:
    rows = tuple({**row, "itemAmount": 37500, "itemPrice": None} for row in CART[:1]) * 4
    page.goto(register(gateway, rows).form_url)
    expect(page.locator(".cart li:visible")).to_have_count(4)
    expect(page.locator("details.cart-more")).to_have_count(0)


def test_hostile_names_break_nothing(
    page: Page, phone: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order = register_hostile(gateway)
    for size, each in (("desktop", page), ("phone", phone)):
        each.goto(order.form_url)
        each.locator(".cart-more summary").click()
        screenshot(each, f"42-cart-hostile-{size}")
        expect_no_sideways_scrolling(each)
        expect(each.locator(".cart b b, .cart i, .cart script")).to_have_count(0)
        expect(each.locator(".cart li").first).to_contain_text("<b>Чай</b><script>")
        left = each.evaluate("document.querySelector('.cart').getBoundingClientRect().left")
        for amount in each.locator(".cart b").all():
            box = amount.bounding_box()
            assert box
            assert box["x"] >= left


# ── The question of the receipt ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["ru", "en"])
def test_contact_is_asked_and_an_error_stands_at_the_field(
    page: Page, phone: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    order = register(gateway, CART[:1] * 1, amount=75000)
    for size, each in (("desktop", page), ("phone", phone)):
        each.goto(order.in_language(language))
        screenshot(each, f"43-contact-{language}-{size}")
        fill_card(each, PAYS)
        press_pay(each)
        expect(each.locator("#contact-error")).not_to_be_empty()
        expect(each.locator("#contact")).to_be_focused()
        expect(each.locator("#contact")).to_have_attribute("aria-describedby", "contact-error")
        screenshot(each, f"44-contact-missing-{language}-{size}")
        each.locator("#contact").fill("ivan@mail")
        each.locator("#contact").blur()
        expect(each.locator("#contact-error")).to_contain_text("name@example")
        each.locator("#contact").fill("ivan.petrov@mail.example")
        expect(each.locator("#contact-error")).to_be_empty()
        expect(each.locator("#contact-hint")).to_be_visible()
        screenshot(each, f"45-contact-typed-{language}-{size}")
        expect_no_sideways_scrolling(each)
        assert contrast_failures(each) == []


def test_contact_in_dark_colours(
    chromium: Browser, gateway: Served, screenshot: Screenshot
) -> None:
    context = chromium.new_context(
        viewport={"width": 1200, "height": 900}, locale="ru-RU", color_scheme="dark"
    )
    page = context.new_page()
    page.goto(register(gateway).form_url)
    page.locator(".cart-more summary").click()
    press_pay(page)
    expect(page.locator("#contact-error")).not_to_be_empty()
    screenshot(page, "46-contact-dark")
    assert contrast_failures(page) == []
    context.close()


def test_field_has_the_focus_and_the_payment_goes_by_keyboard(page: Page, gateway: Served) -> None:
    order = register(gateway)
    page.goto(order.form_url)
    expect(page.locator("#contact")).to_be_focused()
    page.keyboard.type("8 900 123-45-67")
    for keys in (PAYS, "1235", "123"):
        page.keyboard.press("Tab")
        page.keyboard.type(keys)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{gateway.shop_url}/paid?**")
    assert gateway.status(order.order_id) == 2
    shown = gateway.call("getOrderStatusExtended.do", orderId=order.order_id)
    assert shown["payerData"] == {"phone": "+79001234567"}


def test_contact_is_still_there_after_a_decline_and_after_the_bank(
    page: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order = register(gateway)
    page.goto(order.form_url)
    page.locator("#contact").fill("ivan@mail.example")
    fill_card(page, DECLINED)
    press_pay(page)
    expect(page.locator("#message")).to_contain_text("Осталось 2 попытки")
    expect(page.locator("#contact")).to_have_value("ivan@mail.example")
    page.reload()
    expect(page.locator("#contact")).to_have_value("ivan@mail.example")
    fill_card(page, ENROLLED)
    press_pay(page)
    page.get_by_role("button", name="Отменить").click()
    page.wait_for_url(re.compile("payment_ru.html"))
    expect(page.locator("#contact")).to_have_value("ivan@mail.example")
    screenshot(page, "47-contact-remembered")
    fill_card(page, ENROLLED)
    press_pay(page)
    page.locator("#code").fill(ACS_CODE)
    page.get_by_role("button", name="Подтвердить").click()
    page.wait_for_url(f"{gateway.shop_url}/paid?**")


def test_another_way_to_pay_asks_first(page: Page, gateway: Served) -> None:
    """The sandbox offers the card only, so the button and the answer are put in by the test."""
    page.goto(register(gateway).form_url)
    button = '<button name="paymentWay" value="SBP_C2B" formnovalidate>SBP</button>'
    page.evaluate("html => document.forms[0].insertAdjacentHTML('beforeend', html)", button)
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(status=200, body='{"waiting": true, "errorCode": 0}')

    page.route("**/processform.do", answer)
    page.get_by_role("button", name="SBP").click()
    expect(page.locator("#contact-error")).not_to_be_empty()
    assert sent == []
    page.locator("#contact").fill("ivan@mail.example")
    with page.expect_navigation():
        page.get_by_role("button", name="SBP").click()
    assert "paymentWay=SBP_C2B" in sent[0]
    assert "contact=ivan%40mail.example" in sent[0]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_cart_and_contact_without_scripts(
    plain: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    order = register(gateway)
    plain.goto(order.in_language(language))
    plain.locator(".cart-more summary").click()
    expect(plain.locator(".cart li:visible")).to_have_count(6)
    plain.locator("#contact").fill("ivan@mail")
    fill_card(plain, PAYS)
    press_pay(plain)
    expect(plain.locator("#contact-error")).to_contain_text("name@example")
    expect(plain.locator("#contact")).to_have_value("ivan@mail")
    screenshot(plain, f"48-no-scripts-contact-{language}")
    plain.locator("#contact").fill("ivan@mail.example")
    fill_card(plain, PAYS)
    plain.locator("#expiry").fill("1235")
    press_pay(plain)
    plain.wait_for_url(f"{gateway.shop_url}/paid?**")
    assert gateway.status(order.order_id) == 2
