"""A receipt is registered at its own time when the clock jumps, and the answer comes after it.

Source: fiscal.md §9.
"""

import json
from datetime import datetime, timedelta
from typing import Final

import pytest

from altyn.domain.receipt.values import Receipt, ReceiptState
from tests.integration.receipts.fiscal_shop import FiscalShop
from tests.merchant_changes import changed

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

MONTH: Final = timedelta(days=30)
MINUTE: Final = timedelta(minutes=1)


async def after_a_month(shop: FiscalShop) -> tuple[str, datetime, Receipt]:
    """Pay an order and let the clock jump: the order, when it was paid, its receipt."""
    order_id = await shop.paid()
    paid_at = shop.shop.clock.now()
    await shop.shop.travel(MONTH)
    (receipt,) = await shop.receipts(order_id)
    return order_id, paid_at, receipt


@pytest.mark.parametrize(
    ("fault", "delay"),
    [
        ("none", timedelta(seconds=2)),
        ("silent", timedelta(seconds=6)),
        ("slow", timedelta(hours=3)),
    ],
)
async def test_jump_of_the_clock_registers_a_receipt_at_its_own_time(
    shop: FiscalShop, fault: str, delay: timedelta
) -> None:
    async with changed(shop.shop, {"fiscal.simulated_fault": fault}):
        _, paid_at, receipt = await after_a_month(shop)
    assert receipt.state is ReceiptState.DELIVERED
    assert receipt.fiscal is not None
    assert receipt.fiscal.registered_at - paid_at < delay + MINUTE


async def test_mail_with_the_receipt_is_there_when_the_clock_has_moved(shop: FiscalShop) -> None:
    order_id, _, _ = await after_a_month(shop)
    mails = await shop.shop.pool.fetch("SELECT subject FROM mails WHERE order_id = $1", order_id)
    assert len(mails) == 1


async def test_provider_that_this_gateway_has_not_does_not_stop_the_clock(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    await shop.shop.pool.execute(
        "UPDATE receipts SET provider = 'atol' WHERE order_id = $1", order_id
    )
    await shop.shop.pool.execute(
        "UPDATE outbox SET receiver = 'atol', origin = 'atol' "
        "WHERE subject_id = $1 AND kind = 'receipt'",
        order_id,
    )
    before = shop.shop.clock.now()
    answer = await shop.shop.post_json("/sandbox/clock", {"days": 90})
    assert answer.status == 200, answer.text
    assert json.loads(answer.body)["utc"] > (before + MONTH).isoformat()
