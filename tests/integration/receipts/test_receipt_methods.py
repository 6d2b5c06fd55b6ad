"""The methods of receipts on the wire, and the flow of document 003 from end to end.

Source: fiscal.md §9 to §11; 003_cart_and_fiscal_receipts.
"""

import asyncio
import json
from typing import Any, Final
from uuid import uuid4

import pytest

from altyn.domain.merchant import Permission
from tests.asgi_client import AsgiClient
from tests.integration.receipts.fiscal_shop import AMOUNT, CUP, TEA, FiscalShop, part
from tests.merchant_changes import changed, permissions_off

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

OF_THE_REGISTER: Final = {
    "shift_number",
    "fiscal_receipt_number",
    "receipt_datetime",
    "receipt_date_time",
    "fn_number",
    "ecr_registration_number",
    "fiscal_document_number",
    "fiscal_document_attribute",
    "serial_number",
    "fnsSite",
    "ofd_receipt_url",
    "OFD",
}
DOCUMENT: Final = {
    "receiptType": "sell",
    "fn_number": "9999078900000042",
    "fiscal_document_number": "17",
    "fiscal_document_attribute": "0123456789",
    "receipt_datetime": "1767225600000",
    "amount_total": "400.04",
    "OFD": json.dumps({"name": "Own OFD", "inn": "7700000007"}),
}


@pytest.mark.parametrize("secure", [False, True], ids=["without 3-D Secure", "3-D Secure"])
@pytest.mark.parametrize("two_phase", [False, True], ids=["one-stage", "two-stage"])
async def test_order_with_a_cart_from_registration_to_the_closing_receipt(
    shop: FiscalShop, *, two_phase: bool, secure: bool
) -> None:
    order_id = await shop.paid(two_phase=two_phase, secure=secure)
    taken = AMOUNT
    if two_phase:
        assert await shop.shown(orderId=order_id) == []
        items = json.dumps([part(TEA, 3), part(CUP, 1)])
        taken = 3 * 3334 + 10000
        await shop.done("deposit.do", orderId=order_id, amount=taken, depositItems=items)
    (sent,) = await shop.shown(orderId=order_id)
    assert (sent["receiptStatus"], sent["receiptType"]) == (0, None)
    assert not sent.keys() & OF_THE_REGISTER
    await shop.settled(order_id)
    (delivered,) = await shop.shown(orderId=order_id)
    assert delivered.keys() >= OF_THE_REGISTER
    assert (delivered["receiptStatus"], delivered["uuid"]) == (1, sent["uuid"])
    assert delivered["amount_total"] == f"{taken / 100:.2f}"
    back = json.dumps([part(CUP, 1)])
    await shop.done("refund.do", orderId=order_id, amount=10000, refundItems=back)
    answer = await shop.done("closeOfdReceipt.do", mdOrder=order_id)
    assert answer["success"] is True
    await shop.settled(order_id)
    _, refund, closing = await shop.shown(orderId=order_id)
    assert (refund["receiptStatus"], refund["amount_total"]) == (4, "100.00")
    assert (closing["receiptStatus"], closing["receiptType"]) == (1, "close")
    assert closing["amount_total"] == f"{(taken - 10000) / 100:.2f}"
    attributes = closing["ofdOrderBundle"][0]["itemAttributes"]
    assert {"name": "paymentMethod", "value": "4"} in attributes


async def test_receipts_are_found_by_order_number_and_one_by_its_id(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    await shop.done("refund.do", orderId=order_id, amount=0)
    answer = await shop.done("getReceiptStatus.do", orderId=order_id)
    payment, refund = answer["receipt"]
    assert await shop.shown(orderNumber=answer["orderNumber"]) == [payment, refund]
    assert await shop.shown(uuid=refund["uuid"]) == [refund]
    assert await shop.shown(orderId=order_id, uuid=refund["uuid"]) == [payment, refund]


@pytest.mark.parametrize(
    ("selector", "code"),
    [({}, "4"), ({"orderId": str(uuid4())}, "6"), ({"uuid": str(uuid4())}, "6")],
)
async def test_unknown_receipts_are_refused(
    shop: FiscalShop, selector: dict[str, str], code: str
) -> None:
    answer = await shop.shop.call("getReceiptStatus.do", **selector)
    assert answer["errorCode"] == code


@pytest.mark.parametrize(
    ("version", "more"),
    [
        (1, set[str]()),
        (2, {"original_ofd_uuid"}),
        (3, {"original_ofd_uuid", "receiptType"}),
        (4, {"original_ofd_uuid", "receiptType", "ofdReceiptParams"}),
        (5, {"original_ofd_uuid", "receiptType", "ofdReceiptParams", "ofdOrderBundle"}),
    ],
)
async def test_version_of_the_answer_decides_the_members(
    shop: FiscalShop, version: int, more: set[str]
) -> None:
    order_id = await shop.paid()
    await shop.settled(order_id)
    async with changed(shop.shop, {"fiscal.answer_version": version}):
        (receipt,) = await shop.shown(orderId=order_id)
    assert receipt.keys() == {"receiptStatus", "uuid", "amount_total"} | OF_THE_REGISTER | more


async def test_vat_inside_the_sum_is_shown(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    (receipt,) = await shop.shown(orderId=order_id)
    assert receipt["ofdReceiptParams"]["vatAmount"] == "33.34"
    assert [line["taxType"] for line in receipt["ofdOrderBundle"]] == ["VAT_20", "NONE"]


@pytest.mark.parametrize("cart", [True, False], ids=["refund by sum", "order without a cart"])
async def test_rest_is_one_line_after_a_refund_by_sum_and_without_a_cart(
    shop: FiscalShop, *, cart: bool
) -> None:
    async with changed(shop.shop, {"fiscal.default_line": True, "status_version": 24}):
        if cart:
            order_id = await shop.paid()
            await shop.done("processRawSumRefund.do", orderId=order_id, amount=10000)
        else:
            order_id = await shop.shop.register(AMOUNT, email="payer@shop.example")
            await shop.shop.pay(order_id)
            await shop.done("refund.do", orderId=order_id, amount=10000)
        payment, _ = await shop.shown(orderId=order_id)
        status = await shop.done("getOrderStatusExtended.do", orderId=order_id)
    for (line,) in (payment["ofdOrderBundle"], status["ofdOrderBundle"]["cartItems"]["items"]):
        assert (line["name"], line["itemAmount"]) == ("Оплата заказа", AMOUNT - 10000)


# ── Closing receipts ──────────────────────────────────────────────────────────────────────────────

CUSTOMER_ONLY: Final = json.dumps({"customerDetails": {"email": "payer@shop.example"}})
ENDLESS: Final = json.dumps(
    {
        "cartItems": {
            "items": [
                {
                    "positionId": "1",
                    "name": "Чай",
                    "itemCode": "T",
                    "itemPrice": 10**17,
                    "quantity": {"value": 99999, "measure": "шт."},
                }
            ]
        }
    }
)
OTHER: Final = json.dumps({"cartItems": {"items": [{**TEA, "quantity": CUP["quantity"]}]}})


@pytest.mark.parametrize(
    ("sent", "amount", "lines"),
    [
        ({}, AMOUNT, ["Чай", "Чашка"]),
        ({"amount": AMOUNT}, AMOUNT, ["Чай", "Чашка"]),
        ({"amount": 50000}, 50000, ["Оплата заказа"]),
        ({"orderBundle": OTHER}, 6668, ["Чай"]),
        ({"orderBundle": OTHER, "amount": AMOUNT}, 6668, ["Чай"]),
        ({"orderBundle": OTHER, "amount": 0}, 6668, ["Чай"]),
        ({"orderBundle": CUSTOMER_ONLY}, AMOUNT, ["Чай", "Чашка"]),
    ],
)
async def test_lines_of_a_closing_receipt(
    shop: FiscalShop, sent: dict[str, Any], amount: int, lines: list[str]
) -> None:
    order_id = await shop.paid()
    await shop.done("closeOfdReceipt.do", mdOrder=order_id, **sent)
    *_, closing = await shop.shown(orderId=order_id)
    assert closing["amount_total"] == f"{amount / 100:.2f}"
    assert [line["name"] for line in closing["ofdOrderBundle"]] == lines


async def test_closing_is_refused_where_nothing_is_left_or_no_receipts_are_made(
    shop: FiscalShop,
) -> None:
    order_id = await shop.paid()
    async with changed(shop.shop, {"fiscal.provider": "none"}):
        off = await shop.shop.call("closeOfdReceipt.do", mdOrder=order_id)
    assert (off["errorCode"], off["success"]) == ("5", False)
    await shop.done("closeOfdReceipt.do", mdOrder=order_id)
    await shop.done("closeOfdReceipt.do", orderId=order_id)  # any number of times
    await shop.done("refund.do", orderId=order_id, amount=0)
    gone = await shop.shop.call("closeOfdReceipt.do", mdOrder=order_id)
    assert gone["errorCode"] == "7"
    unpaid = await shop.shop.call("closeOfdReceipt.do", mdOrder=await shop.register())
    assert unpaid["errorCode"] == "7"


@pytest.mark.parametrize("sent", [{"amount": 0}, {"orderBundle": ENDLESS}])
async def test_closing_receipt_needs_a_sum_that_fits(
    shop: FiscalShop, sent: dict[str, object]
) -> None:
    order_id = await shop.paid()
    answer = await shop.shop.call("closeOfdReceipt.do", mdOrder=order_id, **sent)
    assert (answer["errorCode"], answer["success"]) == ("5", False)


async def test_order_in_another_currency_has_no_receipts(shop: FiscalShop) -> None:
    async with changed(shop.shop, {"fiscal.default_line": True}):
        order_id = await shop.shop.register(5000, currency="840")
        await shop.shop.pay(order_id)
    assert await shop.shown(orderId=order_id) == []
    closing = await shop.shop.call("closeOfdReceipt.do", mdOrder=order_id)
    external = await shop.shop.call("externalReceipt.do", orderId=order_id, **DOCUMENT)
    assert (closing["errorCode"], external["errorCode"]) == ("5", "5")


async def test_closing_cart_with_a_fault_is_refused(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    answer = await shop.shop.call("closeOfdReceipt.do", mdOrder=order_id, orderBundle="[]")
    assert (answer["errorCode"], answer["success"]) == ("8", False)


# ── Receipts of the shop's own register ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("in_one", [False, True], ids=["members", "one JSON object"])
async def test_external_receipt_is_kept_once_and_shown(shop: FiscalShop, *, in_one: bool) -> None:
    async with changed(shop.shop, {"fiscal.provider": "none"}):
        order_id = await shop.paid()
        sent = (
            {"receipt": json.dumps({**DOCUMENT, "OFD": {"name": "Own OFD"}})}
            if in_one
            else DOCUMENT
        )
        await shop.done("externalReceipt.do", orderId=order_id, **sent)
        await shop.done("externalReceipt.do", mdOrder=order_id, **sent)
        (receipt,) = await shop.shown(orderId=order_id)
    assert receipt["receiptStatus"] == 1
    assert (receipt["fn_number"], receipt["fiscal_document_number"]) == ("9999078900000042", 17)
    assert (receipt["receipt_datetime"], receipt["amount_total"]) == (1767225600000, "400.04")
    assert receipt["OFD"]["name"] == "Own OFD"


@pytest.mark.parametrize("version", [4, 5])
async def test_external_receipt_shows_only_what_was_sent(shop: FiscalShop, version: int) -> None:
    async with changed(shop.shop, {"fiscal.answer_version": version}):
        order_id = await shop.paid()
        await shop.done("externalReceipt.do", orderId=order_id, **DOCUMENT)
        own, external = await shop.shown(orderId=order_id)
    assert "ofdReceiptParams" in own
    assert external.keys() == {
        *("receiptStatus", "receiptType", "uuid", "amount_total", "fn_number"),
        *("fiscal_document_number", "fiscal_document_attribute", "receipt_datetime"),
        *("receipt_date_time", "ofd_receipt_url", "OFD"),
    }
    assert external["OFD"] == {"name": "Own OFD", "inn": "7700000007"}
    path = external["ofd_receipt_url"].partition("/receipts/")[2]
    page = await AsgiClient(shop.shop.gateway.router).get(f"/receipts/{path}")
    for unsent in ("Система налогообложения", "Безналичными", "ФФД"):
        assert unsent not in page.text
    assert "9999078900000042" in page.text


@pytest.mark.parametrize(("kind", "status"), [("sell", 1), ("sell_refund", 4), ("correction", 7)])
async def test_kind_of_an_external_receipt_decides_its_status(
    shop: FiscalShop, kind: str, status: int
) -> None:
    order_id = await shop.paid()
    await shop.done("externalReceipt.do", orderId=order_id, **{**DOCUMENT, "receiptType": kind})
    _, external = await shop.shown(orderId=order_id)
    assert external["receiptStatus"] == status


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fn_number": "1"}, "5"),
        ({"fiscal_document_number": ""}, "5"),
        ({"amount_total": "-1"}, "5"),
        ({"receiptType": "gift"}, "5"),
        ({"receipt": "[]"}, "5"),
        ({"receipt": '{"receiptType":"sell"}'}, "5"),
        ({"receipt": '{"receiptType":[]}'}, "5"),
        ({"receipt_datetime": "9" * 5000}, "5"),
        ({"fiscal_document_attribute": "1&s=9"}, "5"),
    ],
)
async def test_faulty_external_receipt_is_refused(
    shop: FiscalShop, changes: dict[str, str], code: str
) -> None:
    order_id = await shop.paid()
    answer = await shop.shop.call("externalReceipt.do", orderId=order_id, **{**DOCUMENT, **changes})
    assert answer["errorCode"] == code
    assert len(await shop.shown(orderId=order_id)) == 1


async def test_external_receipt_sent_twice_at_once_is_kept_once(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    answers = await asyncio.gather(
        *(shop.shop.call("externalReceipt.do", orderId=order_id, **DOCUMENT) for _ in range(5))
    )
    assert {answer["errorCode"] for answer in answers} == {"0"}
    assert len(await shop.shown(orderId=order_id)) == 2


async def test_external_receipt_needs_its_permission_and_a_deposit(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    async with permissions_off(shop.shop, Permission.ELECTRONIC_CERTIFICATE):
        denied = await shop.shop.call("externalReceipt.do", orderId=order_id, **DOCUMENT)
    assert (denied["errorCode"], denied["errorMessage"]) == ("5", "Доступ запрещён")
    unpaid = await shop.register()
    answer = await shop.shop.call("externalReceipt.do", orderId=unpaid, **DOCUMENT)
    assert answer["errorCode"] == "7"
