"""Refunds by sum of orders with a cart: what each kind excludes, and what their receipts say.

Source: fiscal.md §8.
"""

import asyncio
import json
from typing import Any

import pytest

from altyn.domain.merchant import BASIC, Permission
from tests.asgi_client import AsgiClient
from tests.integration.receipts.fiscal_shop import AMOUNT, CUP, TEA, FiscalShop, part
from tests.merchant_changes import changed, permissions_off
from tests.shop import CREDENTIALS

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

BY_SUM = "processRawSumRefund.do"
BY_POSITION = "processRawPositionRefund.do"
CUPS = 2 * 10000
ABOVE = "Сумма возврата превышает сумму списания"


async def refused(shop: FiscalShop, path: str, code: str, text: str = "", **more: object) -> None:
    answer = await shop.shop.call(path, **more)
    assert answer["errorCode"] == code, answer
    assert text in answer["errorMessage"]


async def last_line(shop: FiscalShop, order_id: str) -> dict[str, Any]:
    """The only line of the newest receipt."""
    (line,) = (await shop.shown(orderId=order_id))[-1]["ofdOrderBundle"]
    return {name: line[name] for name in ("name", "itemAmount", "taxType")}


async def left(shop: FiscalShop, order_id: str) -> int:
    """What the shop still has of the order, in minor units."""
    status = await shop.done("getOrderStatusExtended.do", orderId=order_id)
    amount: int = status["paymentAmountInfo"]["depositedAmount"]
    return amount


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
    for nothing in (0, 1):
        await refused(
            shop, BY_POSITION, "7", ABOVE, orderId=order_id, positionId="2", amount=nothing
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
    assert sorted(answer["errorCode"] for answer in answers) == ["0", "7", "7", "7", "7"]


async def test_named_refund_is_made_once(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    for _ in range(2):
        await shop.done(BY_SUM, orderId=order_id, amount=100, externalRefundId="R-1")
    assert len(await shop.shown(orderId=order_id)) == 2
    await refused(shop, BY_SUM, "5", orderId=order_id, amount=1, expectedDepositedAmount=AMOUNT)


async def test_name_of_a_refund_is_not_used_for_other_money(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    named: dict[str, Any] = {"orderId": order_id, "amount": 500, "externalRefundId": "R-2"}
    for path in (BY_POSITION, "processRawPositionOrderRefund.do"):
        await shop.done(path, positionId="2", **named)
    await refused(shop, BY_POSITION, "5", "externalRefundId", positionId="1", **named)
    await refused(shop, BY_SUM, "5", "externalRefundId", **named)
    await refused(shop, "refund.do", "5", "externalRefundId", **named)
    assert await left(shop, order_id) == AMOUNT - 500


async def test_concurrent_refunds_of_all_kinds_return_no_more_than_there_is(
    shop: FiscalShop,
) -> None:
    order_id = await shop.paid()
    items = json.dumps([part(CUP, 2)])
    requests: list[tuple[str, dict[str, Any]]] = [
        (BY_POSITION, {"positionId": "2", "amount": CUPS}),
        ("refund.do", {"amount": CUPS, "refundItems": items}),
        (BY_SUM, {"amount": AMOUNT - CUPS + 1}),
    ]
    answers = await asyncio.gather(
        *(shop.shop.call(path, orderId=order_id, **fields) for path, fields in 3 * requests)
    )
    assert {answer["errorCode"] for answer in answers} == {"0", "7"}
    made = [
        fields["amount"]
        for (_, fields), a in zip(3 * requests, answers, strict=True)
        if a["errorCode"] == "0"
    ]
    assert await left(shop, order_id) == AMOUNT - sum(made) >= 0


async def test_ofd_params_come_before_the_flat_line(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    sent = {"name": "Чай", "ofdParams": json.dumps({"name": "Компенсация"})}
    answer = await AsgiClient(shop.shop.gateway.router).post(
        f"/payment/rest/{BY_SUM}", {**CREDENTIALS, "orderId": order_id, "amount": "100", **sent}
    )
    assert "name: ignored beside ofdParams" in answer.headers["x-altyn-rule"]
    assert (await last_line(shop, order_id))["name"] == "Компенсация"


async def test_order_without_a_cart_is_refunded_by_sum(shop: FiscalShop) -> None:
    order_id = await shop.shop.paid(5000)
    await shop.done(BY_SUM, orderId=order_id, amount=100, name="Компенсация")
    await refused(shop, BY_POSITION, "7", orderId=order_id, positionId="1", amount=100)
    await refused(shop, "refund.do", "7", orderId=order_id, amount=100)


async def test_refund_by_sum_has_no_receipt_where_the_payment_had_none(shop: FiscalShop) -> None:
    order_id = await shop.shop.paid(5000)
    answer = await AsgiClient(shop.shop.gateway.router).post(
        f"/payment/rest/{BY_SUM}",
        {**CREDENTIALS, "orderId": order_id, "amount": "100", "name": "Компенсация"},
    )
    assert "name: without effect" in answer.headers["x-altyn-rule"]
    assert await shop.receipts(order_id) == []
    async with changed(shop.shop, {"fiscal.default_line": True}):
        await shop.done(BY_SUM, orderId=order_id, amount=100, name="Компенсация")
        assert len(await shop.receipts(order_id)) == 1


async def test_name_of_128_characters_fits_a_receipt(shop: FiscalShop) -> None:
    order_id = await shop.paid()
    await shop.done(BY_SUM, orderId=order_id, amount=100, name="x" * 128)
    assert (await last_line(shop, order_id))["name"] == "x" * 128


async def test_permission_is_needed(shop: FiscalShop) -> None:
    assert Permission.RAW_REFUND not in BASIC
    order_id = await shop.paid()
    async with permissions_off(shop.shop, Permission.RAW_REFUND):
        for path in (BY_SUM, BY_POSITION, "processRawPositionOrderRefund.do"):
            fields = {"orderId": order_id, "positionId": "1", "amount": 100}
            await refused(shop, path, "5", "Доступ запрещён", **fields)


@pytest.mark.parametrize(
    "line",
    [
        {"taxType": "99"},
        {"ofdParams": '{"tax":1}'},
        {"ofdParams": "[]"},
        {"name": "x" * 129},
        {"ofdParams": json.dumps({"name": "x" * 129})},
        {"taxType": "9" * 5000},
        {"ofdParams": json.dumps({"taxType": "9" * 5000})},
    ],
)
async def test_faulty_line_is_refused(shop: FiscalShop, line: dict[str, str]) -> None:
    order_id = await shop.paid()
    await refused(shop, BY_SUM, "5", orderId=order_id, amount=100, **line)
