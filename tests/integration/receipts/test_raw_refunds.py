"""Refunds by sum of orders with a cart: what each kind excludes, and what their receipts say.

Source: fiscal.md §8.
"""

import asyncio
import json
from typing import Any

import pytest

from altyn.domain.merchant import Permission
from tests.integration.receipts.fiscal_shop import AMOUNT, CUP, TEA, FiscalShop, part
from tests.merchant_changes import permissions_off

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

BY_SUM = "processRawSumRefund.do"
BY_POSITION = "processRawPositionRefund.do"
CUPS = 2 * 10000


async def refused(shop: FiscalShop, path: str, code: str, text: str = "", **more: object) -> None:
    answer = await shop.shop.call(path, **more)
    assert answer["errorCode"] == code, answer
    assert text in answer["errorMessage"]


async def last_line(shop: FiscalShop, order_id: str) -> dict[str, Any]:
    """The only line of the newest receipt."""
    (line,) = (await shop.shown(orderId=order_id))[-1]["ofdOrderBundle"]
    return {name: line[name] for name in ("name", "itemAmount", "taxType")}


@pytest.mark.parametrize(
    "line",
    [
        {"name": "Компенсация", "itemCode": "K-1", "taxType": "14"},
        {"ofdParams": json.dumps({"name": "Компенсация", "itemCode": "K-1", "taxType": 14})},
        {"name": "Компенсация", "taxType": "VAT_22"},
    ],
)
async def test_request_names_the_line_of_the_receipt(
    shop: FiscalShop, line: dict[str, str]
) -> None:
    order_id = await shop.paid()
    await shop.done(BY_SUM, orderId=order_id, amount=12345, **line)
    assert await last_line(shop, order_id) == {
        "name": "Компенсация",
        "itemAmount": 12345,
        "taxType": "VAT_22",
    }


async def test_line_without_a_name_is_the_default_line(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    await shop.done(BY_SUM, orderId=order_id, amount=0)
    assert await last_line(shop, order_id) == {
        "name": "Оплата заказа",
        "itemAmount": AMOUNT,
        "taxType": "NONE",
    }
    await refused(shop, BY_SUM, "7", orderId=order_id, amount=1)


async def test_sum_of_a_position_is_returned_until_nothing_of_it_is_left(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    await shop.done(BY_POSITION, orderId=order_id, positionId="2", amount=500)
    assert await last_line(shop, order_id) == {
        "name": "Чашка",
        "itemAmount": 500,
        "taxType": "NONE",
    }
    over = CUPS - 500 + 1
    await refused(shop, BY_POSITION, "7", orderId=order_id, positionId="2", amount=over)
    await shop.done("processRawPositionOrderRefund.do", orderId=order_id, positionId="2", amount=0)
    await refused(
        shop, BY_POSITION, "5", "Позиция не найдена", orderId=order_id, positionId="2", amount=0
    )
    await refused(
        shop, BY_POSITION, "5", "Позиция не найдена", orderId=order_id, positionId="9", amount=1
    )
    await shop.done(BY_POSITION, orderId=order_id, positionId="1", amount=0)
    status = await shop.done("getOrderStatusExtended.do", orderId=order_id)
    assert status["paymentAmountInfo"]["refundedAmount"] == AMOUNT


async def test_each_kind_of_refund_excludes_others(shop: FiscalShop) -> None:
    items = json.dumps([part(CUP, 1)])
    by_sum, by_position, by_items = [await shop.paid() for _ in range(3)]
    await shop.done(BY_SUM, orderId=by_sum, amount=100)
    await refused(shop, BY_POSITION, "7", orderId=by_sum, positionId="1", amount=100)
    await refused(shop, "refund.do", "7", orderId=by_sum, amount=10000, refundItems=items)
    await shop.done(BY_SUM, orderId=by_sum, amount=100)
    await shop.done(BY_POSITION, orderId=by_position, positionId="1", amount=100)
    await refused(shop, "refund.do", "7", orderId=by_position, amount=10000, refundItems=items)
    await shop.done(BY_SUM, orderId=by_position, amount=100)
    await shop.done("refund.do", orderId=by_items, amount=10000, refundItems=items)
    await refused(shop, BY_SUM, "7", orderId=by_items, amount=100)
    await refused(shop, BY_POSITION, "7", orderId=by_items, positionId="1", amount=100)


async def test_concurrent_refunds_of_a_position_return_it_once(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    tea = 6 * TEA["itemPrice"]
    answers = await asyncio.gather(
        *(
            shop.shop.call(BY_POSITION, orderId=order_id, positionId="1", amount=tea)
            for _ in range(5)
        )
    )
    assert sorted(answer["errorCode"] for answer in answers) == ["0", "5", "5", "5", "5"]


async def test_named_refund_is_made_once(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    for _ in range(2):
        await shop.done(BY_SUM, orderId=order_id, amount=100, externalRefundId="R-1")
    assert len(await shop.shown(orderId=order_id)) == 2
    await refused(shop, BY_SUM, "5", orderId=order_id, amount=1, expectedDepositedAmount=AMOUNT)


async def test_order_without_a_cart_is_refunded_by_sum(shop: FiscalShop) -> None:
    order_id = await shop.shop.paid(5000)
    await shop.done(BY_SUM, orderId=order_id, amount=100, name="Компенсация")
    await refused(shop, BY_POSITION, "7", orderId=order_id, positionId="1", amount=100)
    await refused(shop, "refund.do", "7", orderId=order_id, amount=100)


async def test_permission_is_needed(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    async with permissions_off(shop.shop, Permission.RAW_REFUND):
        await refused(shop, BY_SUM, "5", "Доступ запрещён", orderId=order_id, amount=100)


@pytest.mark.parametrize(
    "line",
    [{"taxType": "99"}, {"ofdParams": '{"tax":1}'}, {"ofdParams": "[]"}, {"name": "x" * 256}],
)
async def test_faulty_line_is_refused(shop: FiscalShop, line: dict[str, str]) -> None:
    order_id = await shop.paid()
    await refused(shop, BY_SUM, "5", orderId=order_id, amount=100, **line)
