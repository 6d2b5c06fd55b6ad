"""The bank of the card answers late, or its answers are lost: no sum is charged twice or forgotten.

Source: bnpl.md §7; codes.md §9.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from altyn.protocol.test_cards import Fault, card_for_fault
from tests.audit import unsettled
from tests.integration.bnpl.payer import WAIT_SECONDS, Payer

pytestmark = pytest.mark.slow
PAID, DECLINED = 2, 0


async def until_known(payer: Payer) -> None:
    """Move the clock until no request of the gateway is open."""
    async with asyncio.timeout(WAIT_SECONDS):
        while await unsettled(payer.shop.pool):
            await payer.shop.travel(timedelta(seconds=30))


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.PENDING_THEN_APPROVED, PAID),
        (Fault.PENDING_THEN_DECLINED, DECLINED),
        (Fault.APPROVED_ANSWER_LOST, PAID),
        (Fault.DECLINED_ANSWER_LOST, DECLINED),
        (Fault.TIMEOUT_NOT_SENT, DECLINED),
    ],
)
async def test_first_part_gets_its_result(payer: Payer, fault: Fault, status: int) -> None:
    order_id = await payer.client.register()
    await payer.to_card(order_id)
    await payer.pay_first_part(order_id, card_for_fault(fault))
    await until_known(payer)
    assert (await payer.status(order_id))["orderStatus"] == status
    await payer.must_be_consistent()
    if status == PAID:
        await payer.after(timedelta(days=60))
        assert await payer.events(order_id) == ["instalment_charged"] * 3
        await payer.must_be_consistent()


async def test_return_to_the_card_whose_answer_is_lost_is_made_once(payer: Payer) -> None:
    order_id = await payer.paid(pan=card_for_fault(Fault.REFUND_ANSWER_LOST))
    for amount in (120000, 30000):
        answer = await payer.shop.call("refund.do", orderId=order_id, amount=amount)
        assert answer["errorCode"] == "0"
    assert await payer.sums(order_id) == (4, 150000, 0, 150000)
    assert (await payer.plan(order_id))[0][3] == 37500
    await payer.must_be_consistent()


async def test_concurrent_refunds_and_charges_keep_all_books_equal(payer: Payer) -> None:
    order_id = await payer.paid()
    moving = asyncio.create_task(payer.shop.travel(timedelta(days=45)))
    refunds = [payer.shop.call("refund.do", orderId=order_id, amount=20000) for _ in range(6)]
    await asyncio.gather(*refunds)
    await moving
    await until_known(payer)
    assert (await payer.sums(order_id))[3] % 20000 == 0
    await payer.must_be_consistent()
