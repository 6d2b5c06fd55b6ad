"""Receipts are saved with the money, registered by the simulated cash register, and sum to the
ledger.

Source: fiscal.md §1, §9; 003_cart_and_fiscal_receipts.
"""

import json
from datetime import timedelta

import pytest

from altyn.domain.receipt.values import ReceiptKind, ReceiptState
from altyn.simulators.cash_register.register import CashRegisters
from tests.integration.receipts.fiscal_shop import AMOUNT, CUP, TEA, FiscalShop, part
from tests.merchant_changes import changed

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def test_payment_has_a_receipt_in_the_statement_of_the_money(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    (sent,) = await shop.receipts(order_id)
    assert (sent.kind, sent.state, sent.content.amount_minor) == (
        ReceiptKind.PAYMENT,
        ReceiptState.SENT,
        AMOUNT,
    )
    (receipt,) = await shop.settled(order_id)
    assert receipt.state is ReceiptState.DELIVERED
    assert receipt.fiscal is not None
    assert receipt.fiscal.amount_minor == AMOUNT
    assert len(receipt.fiscal.fn_number) == 16
    tea, cup = receipt.content.lines
    assert (tea.tax_type, tea.vat_minor, cup.vat_minor) == (6, 3334, 0)


async def test_hold_has_no_receipt_until_it_is_deposited(shop: FiscalShop) -> None:
    order_id = await shop.paid(two_phase=True)
    assert await shop.receipts(order_id) == []
    items = json.dumps([part(TEA, 2, itemPrice=3334)])
    await shop.done("deposit.do", orderId=order_id, amount=6668, depositItems=items)
    (receipt,) = await shop.settled(order_id)
    (line,) = receipt.content.lines
    assert (line.name, str(line.quantity), line.amount_minor) == ("Чай", "2", 6668)


async def test_receipts_sum_to_the_ledger_and_are_printed_once(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    one = json.dumps([part(CUP, 1)])
    await shop.done("refund.do", orderId=order_id, amount=10000, refundItems=one)
    await shop.done("refund.do", orderId=order_id, amount=0)
    kinds = [(each.kind, each.content.amount_minor) for each in await shop.settled(order_id)]
    assert kinds == [
        (ReceiptKind.PAYMENT, AMOUNT),
        (ReceiptKind.REFUND, 10000),
        (ReceiptKind.REFUND, AMOUNT - 10000),
    ]
    printed = await CashRegisters(shop.shop.pool, shop.shop.clock.now).printed("test")
    own = {str(each.receipt_id) for each in await shop.receipts(order_id)}
    assert sorted(row["receipt_id"] for row in printed if row["receipt_id"] in own) == sorted(own)
    numbers = [row["document"] for row in printed]
    assert numbers == sorted(set(numbers))


async def test_reversal_of_a_deposit_returns_the_whole_cart(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    await shop.done("reverse.do", orderId=order_id)
    _, back = await shop.settled(order_id)
    assert (back.kind, back.content.amount_minor, len(back.content.lines)) == (
        ReceiptKind.REFUND,
        AMOUNT,
        2,
    )


@pytest.mark.parametrize(
    ("name", "state", "problem"),
    [
        ("Чай OFDERROR", ReceiptState.FAILED, "OFDERROR"),
        ("Чай OFDTIMEOUT", ReceiptState.DELIVERED, ""),
    ],
)
async def test_product_name_chooses_the_failure(
    shop: FiscalShop, name: str, state: ReceiptState, problem: str
) -> None:
    order_id = await shop.paid(cartItems={"items": [{**TEA, "name": name}, CUP]})
    (receipt,) = await shop.settled(order_id)
    assert receipt.state is state
    assert problem in (receipt.problem or "")


async def test_receipt_without_a_contact_fails_with_the_reason(shop: FiscalShop) -> None:
    order_id = await shop.paid(customerDetails={})
    (receipt,) = await shop.settled(order_id)
    assert receipt.state is ReceiptState.FAILED
    assert receipt.problem is not None
    assert "email" in receipt.problem


async def test_order_without_a_cart_has_the_default_line_where_the_shop_wants_it(
    shop: FiscalShop,
) -> None:
    without = await shop.shop.paid(5000)
    assert await shop.receipts(without) == []
    wanted = {"fiscal.default_line": True, "fiscal.product_name": "Услуга", "fiscal.tax_type": 14}
    async with changed(shop.shop, wanted):
        order_id = await shop.shop.register(5000, email="payer@shop.example")
        assert "redirect" in await shop.shop.pay(order_id)
    (receipt,) = await shop.settled(order_id)
    (line,) = receipt.content.lines
    assert (line.name, line.amount_minor, line.vat_minor) == ("Услуга", 5000, 902)


async def test_shop_without_a_provider_has_no_receipts(shop: FiscalShop) -> None:
    async with changed(shop.shop, {"fiscal.provider": "none"}):
        order_id = await shop.paid()
    assert await shop.receipts(order_id) == []


async def test_shift_ends_after_a_day(shop: FiscalShop) -> None:
    first = await shop.settled(await shop.paid())
    await shop.shop.travel(timedelta(hours=24))
    second = await shop.settled(await shop.paid())
    before, after = first[0].fiscal, second[0].fiscal
    assert before is not None
    assert after is not None
    assert (after.shift_number, after.receipt_number) == (before.shift_number + 1, 1)
    assert after.document_number == before.document_number + 3  # closing, opening, receipt
