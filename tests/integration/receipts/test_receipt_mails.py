"""The payer gets each registered receipt by e-mail; in the sandbox into the mailbox.

Source: fiscal.md §1.
"""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from altyn.domain.receipt.values import ReceiptState
from tests.integration.receipts.fiscal_shop import FiscalShop
from tests.merchant_changes import changed

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def mails(shop: FiscalShop, order_id: str) -> list[dict[str, Any]]:
    """The mails of an order, once none of its entries waits any more; oldest first."""
    pool = shop.shop.pool
    waiting = "SELECT count(*) FROM outbox WHERE subject_id = $1 AND state = 'waiting'"
    async with asyncio.timeout(60):
        while await pool.fetchval(waiting, order_id):
            await shop.shop.travel(timedelta(seconds=5))
            await asyncio.sleep(0.05)
    rows = await pool.fetch("SELECT * FROM mails WHERE order_id = $1 ORDER BY version", order_id)
    return [dict(row) for row in rows]


async def test_registered_receipts_are_mailed_with_their_numbers_and_the_qr_code(
    shop: FiscalShop,
) -> None:
    order_id = await shop.paid()
    await shop.done("refund.do", orderId=order_id, amount=0)
    payment, refund = await mails(shop, order_id)
    receipt, back = await shop.receipts(order_id)
    assert receipt.fiscal is not None
    assert payment["recipient"] == "payer@shop.example"
    assert payment["subject"] == "Приход: чек на 400,04\u00a0₽, Демо-магазин"
    assert refund["subject"] == "Возврат прихода: чек на 400,04\u00a0₽, Демо-магазин"
    for part in ("Чай × 6: 200,04\u00a0₽", "В том числе НДС 20 %: 33,34\u00a0₽", "ФН: 9999078900"):
        assert part in payment["text"]
    assert f"ФП: {receipt.fiscal.document_attribute}" in payment["text"]
    assert 'src="data:image/png;base64,' in payment["html"]
    assert back.state is ReceiptState.DELIVERED


async def test_failed_receipt_is_not_mailed(shop: FiscalShop) -> None:
    async with changed(shop.shop, {"fiscal.simulated_fault": "fails"}):
        order_id = await shop.paid()
        assert await mails(shop, order_id) == []
    assert [each.state for each in await shop.receipts(order_id)] == [ReceiptState.FAILED]


async def test_shop_can_do_without_mails_of_receipts(shop: FiscalShop) -> None:
    async with changed(shop.shop, {"fiscal.mail": False}):
        order_id = await shop.paid()
        assert await mails(shop, order_id) == []
    assert len(await shop.receipts(order_id)) == 1


async def test_no_mail_where_the_contact_is_a_phone_number(shop: FiscalShop) -> None:
    order_id = await shop.paid(customerDetails={"phone": "79998887766"})
    assert await mails(shop, order_id) == []
    (receipt,) = await shop.receipts(order_id)
    assert (receipt.state, receipt.content.phone) == (ReceiptState.DELIVERED, "79998887766")
