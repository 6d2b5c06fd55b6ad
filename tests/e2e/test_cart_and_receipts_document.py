"""The flow of document 003, step by step: a shop, a payer in a browser, and the shop's own server.

One-stage and two-stage, with full and partial completion, without 3-D Secure and with it; to the
closing receipt, the receipt of the shop's own cash register, and getReceiptStatus.do. The numbers
of the steps are those of the document. Source: 003_cart_and_fiscal_receipts; fiscal.md §1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.gateway import Registered, Served, ShopSite, shop_site
from tests.e2e.test_payment_page import ACS_CODE, ENROLLED, PAYS, answer_bank, fill, press_pay
from tests.integration.receipts.fiscal_shop import AMOUNT, BUNDLE, CUP, TEA, part
from tests.shop import new_number

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PART: Final = 3 * TEA["itemPrice"] + CUP["itemPrice"]
PARTS: Final = json.dumps([part(TEA, 3), part(CUP, 1)])
HOLD: Final = (1, "APPROVED")
SALE: Final = (2, "DEPOSITED")


@dataclass(frozen=True, slots=True)
class Flow:
    """One way through the document. `completed` is the sum of deposit.do: None in one stage, 0 for
    the whole hold."""

    completed: int | None
    secure: bool

    @property
    def deposited(self) -> int:
        return self.completed or AMOUNT


@pytest.fixture
def site() -> Iterator[ShopSite]:
    """The shop's own server: its result pages, and its receiver of callbacks."""
    with shop_site() as served:
        yield served


@pytest.mark.parametrize("secure", [False, True], ids=["without 3-D Secure", "3-D Secure"])
@pytest.mark.parametrize(
    "completed", [None, 0, PART], ids=["one-stage", "whole completion", "partial completion"]
)
def test_steps_of_the_document(
    page: Page, gateway: Served, site: ShopSite, *, completed: int | None, secure: bool
) -> None:
    flow = Flow(completed, secure)
    order = registered(gateway, site, flow)  # steps 2 to 7
    paid_on_the_page(page, order, site, flow)  # steps 8 to 14
    check_paid(gateway, order, flow)  # steps 10 and 11 of the second table
    if flow.completed is not None:
        complete(gateway, order, flow)  # steps 12 and 13
    check_callbacks(page, order, site, flow)
    assert delivered(gateway, page, order) == [("1", None, flow.deposited)]
    closed = gateway.call("closeOfdReceipt.do", mdOrder=order.order_id)  # step 14
    assert (closed["errorCode"], closed["success"]) == ("0", True)
    hand_over_own_receipt(gateway, order, flow)  # step 15
    assert delivered(gateway, page, order) == [
        ("1", None, flow.deposited),
        ("1", "close", flow.deposited),
        ("1", None, flow.deposited),
    ]


def registered(gateway: Served, site: ShopSite, flow: Flow) -> Registered:
    """The order with its cart; the answer has orderId and formUrl (steps 3 to 7)."""
    method = "register.do" if flow.completed is None else "registerPreAuth.do"
    answer = gateway.call(
        method,
        amount=AMOUNT,
        orderNumber=new_number(),
        returnUrl=f"{site.url}/paid",
        failUrl=f"{site.url}/failed",
        orderBundle=json.dumps(BUNDLE),
        taxSystem=1,
        dynamicCallbackUrl=f"{site.url}/callback",
    )
    assert answer.keys() == {"orderId", "formUrl"}
    return Registered(answer["orderId"], answer["formUrl"])


def paid_on_the_page(page: Page, order: Registered, site: ShopSite, flow: Flow) -> None:
    """The payer opens formUrl, types the card, proves to be its holder, and returns to the shop."""
    page.goto(order.form_url)  # steps 8 and 9
    expect(page.locator("body")).to_contain_text("Чашка")
    fill(page, ENROLLED if flow.secure else PAYS)
    press_pay(page)
    if flow.secure:
        answer_bank(page, ACS_CODE)  # steps 10 and 11
    page.wait_for_url(f"{site.url}/paid?**")  # step 13
    expect(page.get_by_role("heading")).to_have_text("The shop")  # step 14
    query = parse_qs(urlsplit(page.url).query)
    assert query["orderId"] == [order.order_id]


def check_paid(gateway: Served, order: Registered, flow: Flow) -> None:
    """The shop asks for the status, as its result page is opened; a hold has no receipt."""
    two_phase = flow.completed is not None
    assert status_of(gateway, order) == (*(HOLD if two_phase else SALE), 0 if two_phase else AMOUNT)
    assert len(receipts_of(gateway, order)) == (0 if two_phase else 1)


def complete(gateway: Served, order: Registered, flow: Flow) -> None:
    """The shop completes the payment; the answer has no status, so the shop asks for it."""
    assert flow.completed is not None
    items = {"depositItems": PARTS} if flow.completed else {}
    answer = gateway.call("deposit.do", orderId=order.order_id, amount=flow.completed, **items)
    assert answer == {"errorCode": "0", "errorMessage": "Успешно"}
    assert status_of(gateway, order) == (*SALE, flow.deposited)


def status_of(gateway: Served, order: Registered) -> tuple[int, str, int]:
    answer = gateway.call("getOrderStatusExtended.do", orderId=order.order_id)
    sums = answer["paymentAmountInfo"]
    return answer["orderStatus"], sums["paymentState"], sums["depositedAmount"]


def check_callbacks(page: Page, order: Registered, site: ShopSite, flow: Flow) -> None:
    """Each change of the status is reported to the shop without a request."""
    expected = ["deposited"] if flow.completed is None else ["approved", "deposited"]
    while (calls := callbacks_at(site)) != [(each, order.order_id) for each in expected]:
        assert len(calls) < len(expected)
        page.wait_for_timeout(100)


def callbacks_at(site: ShopSite) -> list[tuple[str, str]]:
    """Operation and order of each callback that has arrived."""
    queries = (parse_qs(urlsplit(path).query) for path in site.visits if "/callback?" in path)
    return [(query["operation"][0], query["mdOrder"][0]) for query in queries]


def receipts_of(gateway: Served, order: Registered) -> list[dict[str, Any]]:
    answer = gateway.call("getReceiptStatus.do", orderId=order.order_id)
    receipts: list[dict[str, Any]] = answer["receipt"]
    return receipts


def delivered(gateway: Served, page: Page, order: Registered) -> list[tuple[str, str | None, int]]:
    """Status, type and sum in minor units of each receipt, once all of them are printed."""
    shown = receipts_of(gateway, order)
    while any(each["receiptStatus"] in {0, 3} for each in shown):
        gateway.wait(2)
        page.wait_for_timeout(100)
        shown = receipts_of(gateway, order)
    assert all(each["fn_number"] and each["fiscal_document_number"] for each in shown)
    return [
        (
            str(each["receiptStatus"]),
            each["receiptType"],
            int(each["amount_total"].replace(".", "")),
        )
        for each in shown
    ]


def hand_over_own_receipt(gateway: Served, order: Registered, flow: Flow) -> None:
    """A shop that fiscalises on its own side passes on the data of its receipt."""
    answer = gateway.call(
        "externalReceipt.do",
        orderId=order.order_id,
        receiptType="sell",
        fn_number="9999078900000042",
        fiscal_document_number="17",
        fiscal_document_attribute="0123456789",
        receipt_datetime="1767225600000",
        amount_total=f"{flow.deposited / 100:.2f}",
    )
    assert answer["errorCode"] == "0"
