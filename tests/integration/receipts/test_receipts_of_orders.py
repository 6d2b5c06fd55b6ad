"""Receipts are saved with the money, registered by the simulated cash register, and sum to the
ledger.

Source: fiscal.md §1, §9; 003_cart_and_fiscal_receipts.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from altyn.domain.receipt.values import Receipt, ReceiptKind, ReceiptState
from altyn.simulators.cash_register.register import CashRegisters
from tests.merchant_changes import changed
from tests.shop import Shop, open_shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

AMOUNT: Final = 40004
TEA: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 6, "measure": "шт."},
    "itemPrice": 3334,
    "tax": {"taxType": 6},
}
CUP: Final[dict[str, Any]] = {
    "positionId": "2",
    "name": "Чашка",
    "itemCode": "C-1",
    "quantity": {"value": 2, "measure": "шт."},
    "itemPrice": 10000,
}
BUNDLE: Final[dict[str, Any]] = {
    "customerDetails": {"email": "payer@shop.example"},
    "cartItems": {"items": [TEA, CUP]},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


async def paid(shop: Shop, *, two_phase: bool = False, **changes: object) -> str:
    bundle = json.dumps({**BUNDLE, **changes})
    order_id = await shop.register(AMOUNT, two_phase=two_phase, orderBundle=bundle)
    assert "redirect" in await shop.pay(order_id)
    return order_id


async def receipts(shop: Shop, order_id: str) -> Sequence[Receipt]:
    key = await shop.key(order_id)
    return await shop.gateway.world.receipts.of_order(key.merchant_id, key.order_id)


async def settled(shop: Shop, order_id: str) -> Sequence[Receipt]:
    """The receipts of an order, as soon as none of them is on its way any more."""
    async with asyncio.timeout(60):
        while any(each.state is ReceiptState.SENT for each in await receipts(shop, order_id)):
            await shop.travel(timedelta(seconds=2))
            await asyncio.sleep(0.05)
    return await receipts(shop, order_id)


async def done(shop: Shop, path: str, **fields: object) -> None:
    answer = await shop.call(path, **fields)
    assert answer["errorCode"] == "0", answer


async def test_payment_has_a_receipt_in_the_statement_of_the_money(shop: Shop) -> None:
    order_id = await paid(shop)
    (sent,) = await receipts(shop, order_id)
    assert (sent.kind, sent.state, sent.content.amount_minor) == (
        ReceiptKind.PAYMENT,
        ReceiptState.SENT,
        AMOUNT,
    )
    (receipt,) = await settled(shop, order_id)
    assert receipt.state is ReceiptState.DELIVERED
    assert receipt.fiscal is not None
    assert receipt.fiscal.amount_minor == AMOUNT
    assert len(receipt.fiscal.fn_number) == 16
    tea, cup = receipt.content.lines
    assert (tea.tax_type, tea.vat_minor, cup.vat_minor) == (6, 3334, 0)


async def test_hold_has_no_receipt_until_it_is_deposited(shop: Shop) -> None:
    order_id = await paid(shop, two_phase=True)
    assert await receipts(shop, order_id) == []
    part = {name: TEA[name] for name in ("positionId", "name", "itemCode")}
    items = json.dumps([{**part, "quantity": {"value": 2, "measure": "шт."}, "itemPrice": 3334}])
    await done(shop, "deposit.do", orderId=order_id, amount=6668, depositItems=items)
    (receipt,) = await settled(shop, order_id)
    (line,) = receipt.content.lines
    assert (line.name, str(line.quantity), line.amount_minor) == ("Чай", "2", 6668)


async def test_receipts_sum_to_the_ledger_and_are_printed_once(shop: Shop) -> None:
    order_id = await paid(shop)
    cup = {name: CUP[name] for name in ("positionId", "name", "itemCode")}
    one = json.dumps([{**cup, "quantity": {"value": 1, "measure": "шт."}}])
    await done(shop, "refund.do", orderId=order_id, amount=10000, refundItems=one)
    await done(shop, "refund.do", orderId=order_id, amount=0)
    kinds = [(each.kind, each.content.amount_minor) for each in await settled(shop, order_id)]
    assert kinds == [
        (ReceiptKind.PAYMENT, AMOUNT),
        (ReceiptKind.REFUND, 10000),
        (ReceiptKind.REFUND, AMOUNT - 10000),
    ]
    printed = await CashRegisters(shop.pool, shop.clock.now).printed("test")
    own = {str(each.receipt_id) for each in await receipts(shop, order_id)}
    assert sorted(row["receipt_id"] for row in printed if row["receipt_id"] in own) == sorted(own)
    numbers = [json.loads(row["document"])["document_number"] for row in printed]
    assert numbers == sorted(set(numbers))


async def test_reversal_of_a_deposit_returns_the_whole_cart(shop: Shop) -> None:
    order_id = await paid(shop)
    await done(shop, "reverse.do", orderId=order_id)
    _, back = await settled(shop, order_id)
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
    shop: Shop, name: str, state: ReceiptState, problem: str
) -> None:
    order_id = await paid(shop, cartItems={"items": [{**TEA, "name": name}, CUP]})
    (receipt,) = await settled(shop, order_id)
    assert receipt.state is state
    assert problem in (receipt.problem or "")


async def test_receipt_without_a_contact_fails_with_the_reason(shop: Shop) -> None:
    order_id = await paid(shop, customerDetails={})
    (receipt,) = await settled(shop, order_id)
    assert receipt.state is ReceiptState.FAILED
    assert receipt.problem is not None
    assert "email" in receipt.problem


async def test_order_without_a_cart_has_the_default_line_where_the_shop_wants_it(
    shop: Shop,
) -> None:
    without = await shop.paid(5000)
    assert await receipts(shop, without) == []
    wanted = {"fiscal.default_line": True, "fiscal.product_name": "Услуга", "fiscal.tax_type": 14}
    async with changed(shop, wanted):
        order_id = await shop.register(5000, email="payer@shop.example")
        assert "redirect" in await shop.pay(order_id)
    (receipt,) = await settled(shop, order_id)
    (line,) = receipt.content.lines
    assert (line.name, line.amount_minor, line.vat_minor) == ("Услуга", 5000, 902)


async def test_shop_without_a_provider_has_no_receipts(shop: Shop) -> None:
    async with changed(shop, {"fiscal.provider": "none"}):
        order_id = await paid(shop)
    assert await receipts(shop, order_id) == []


async def test_shift_ends_after_a_day(shop: Shop) -> None:
    first = await settled(shop, await paid(shop))
    await shop.travel(timedelta(hours=24))
    second = await settled(shop, await paid(shop))
    before, after = first[0].fiscal, second[0].fiscal
    assert before is not None
    assert after is not None
    assert (after.shift_number, after.receipt_number) == (before.shift_number + 1, 1)
    assert after.document_number == before.document_number + 3  # closing, opening, receipt
