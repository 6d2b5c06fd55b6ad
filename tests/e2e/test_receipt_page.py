"""The page of a fiscal receipt in Chromium: waiting, registered, failed, unknown, and on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import WAIT_MS, Screenshot
from tests.e2e.gateway import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CARD: Final = {
    "$PAN": "5555555555555599",
    "$CVC": "123",
    "$EXPIRY": "209912",
    "TEXT": "IVAN PETROV",
}
HOSTILE: Final = "<b>Чай</b> " + "оченьдлинноеслово" * 5


def position(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "positionId": str(number),
        "name": name,
        "itemCode": f"A-{number}",
        "quantity": {"value": 2, "measure": "шт."},
        "itemPrice": 37500,
        "tax": {"taxType": 14},
        **more,
    }


def paid(gateway: Served, *names: str) -> str:
    """An order of 1500.00 with two positions, paid; its id."""
    first, second = names or ("Чай чёрный, 200 г", "Чашка фарфоровая")
    items = [position(1, first), position(2, second, tax={"taxType": 2})]
    bundle = {
        "customerDetails": {"email": "payer@shop.example"},
        "cartItems": {"items": items},
    }
    order = gateway.register(orderBundle=json.dumps(bundle), taxSystem=1)
    gateway.call("paymentorder.do", MDORDER=order.order_id, **CARD)
    return order.order_id


def shown(gateway: Served, order_id: str) -> dict[str, Any]:
    """The first receipt of an order, as the shop sees it."""
    answer = gateway.call("getReceiptStatus.do", orderId=order_id)
    receipt: dict[str, Any] = answer["receipt"][0]
    return receipt


def settled(gateway: Served, page: Page, order_id: str) -> dict[str, Any]:
    """The first receipt once it is on its way no more."""
    while (receipt := shown(gateway, order_id))["receiptStatus"] in {0, 3}:
        gateway.wait(2)
        page.wait_for_timeout(100)
    return receipt


def address(gateway: Served, order_id: str, receipt: dict[str, Any], language: str = "ru") -> str:
    return f"{gateway.url}/receipts/{order_id}/{receipt['uuid']}?language={language}"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A page of 320 px: the narrowest phone that must work."""
    context = chromium.new_context(viewport={"width": 320, "height": 700}, locale="ru-RU")
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def expect_no_sideways_scrolling(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_registered_receipt_has_its_lines_its_numbers_and_a_qr_code(
    page: Page, phone: Page, gateway: Served, screenshot: Screenshot, language: str
) -> None:
    order_id = paid(gateway)
    receipt = settled(gateway, page, order_id)
    assert receipt["ofd_receipt_url"].endswith(f"/receipts/{order_id}/{receipt['uuid']}")
    for size, each in (("desktop", page), ("phone", phone)):
        each.goto(address(gateway, order_id, receipt, language))
        expect(each.get_by_text("Чай чёрный, 200 г")).to_be_visible()
        expect(each.get_by_text(receipt["fn_number"])).to_be_visible()
        expect(each.locator("svg.qr")).to_be_visible()
        expect(each.get_by_text("135", exact=False).first).to_be_visible()  # 22 % inside 750.00
        expect_no_sideways_scrolling(each)
        screenshot(each, f"receipt-{language}-{size}")


def test_receipt_is_shown_while_it_waits_and_when_it_failed(
    page: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order_id = paid(gateway)
    page.goto(address(gateway, order_id, shown(gateway, order_id)))
    expect(page.get_by_text("Чек отправлен в кассу")).to_be_visible()
    screenshot(page, "receipt-waiting")
    failing = paid(gateway, "Чай OFDERROR", "Чашка")
    page.goto(address(gateway, failing, settled(gateway, page, failing)))
    expect(page.get_by_text("Чек не зарегистрирован")).to_be_visible()
    expect(page.locator("svg.qr")).to_have_count(0)
    screenshot(page, "receipt-failed")


def test_hostile_names_stay_text_and_inside_the_strip(
    phone: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order_id = paid(gateway, HOSTILE, "שלום" + "Й" * 90)
    phone.goto(address(gateway, order_id, shown(gateway, order_id)))
    expect(phone.get_by_text("<b>Чай</b>")).to_be_visible()
    expect_no_sideways_scrolling(phone)
    screenshot(phone, "receipt-hostile-phone")


def test_printed_receipt_has_no_band_and_no_buttons(
    page: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order_id = paid(gateway)
    receipt = settled(gateway, page, order_id)
    page.set_viewport_size({"width": 302, "height": 900})  # 80 mm at 96 dpi
    page.goto(address(gateway, order_id, receipt))
    expect(page.get_by_role("button", name="Распечатать")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Распечатать")).to_be_hidden()
    expect_no_sideways_scrolling(page)
    screenshot(page, "receipt-printed")


@pytest.mark.parametrize("path", ["{order}/{order}", "{order}/x", "x/{uuid}", "{other}/{uuid}"])
def test_unknown_receipt_is_explained(
    page: Page, gateway: Served, screenshot: Screenshot, path: str
) -> None:
    order_id, other = paid(gateway), paid(gateway)
    receipt = shown(gateway, order_id)
    named = path.format(order=order_id, other=other, uuid=receipt["uuid"])
    answer = page.goto(f"{gateway.url}/receipts/{named}")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Такого чека нет")).to_be_visible()
    screenshot(page, "receipt-missing")


def test_receipt_mail_is_in_the_mailbox_with_its_qr_code(
    page: Page, gateway: Served, screenshot: Screenshot
) -> None:
    order_id = paid(gateway)
    settled(gateway, page, order_id)
    gateway.wait(5)
    page.goto(f"{gateway.url}/sandbox/mail?order={order_id}")
    while not page.get_by_text("Приход: чек на").count():
        page.wait_for_timeout(200)
        page.reload()
    screenshot(page, "receipt-mail-list")
    page.get_by_text("Приход: чек на").first.click()
    body = page.frame_locator("iframe")
    expect(body.get_by_text("Чай чёрный, 200 г × 2")).to_be_visible()
    expect(body.get_by_role("img", name="QR-код чека")).to_be_visible()
    page.wait_for_timeout(300)
    screenshot(page, "receipt-mail")
