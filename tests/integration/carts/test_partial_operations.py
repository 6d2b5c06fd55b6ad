"""Orders with a cart: partial deposits and refunds name positions, and never more than is left.

Source: fiscal.md §7, §8.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.shop import Shop, open_shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

AMOUNT: Final = 40004
TEA: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 6, "measure": "шт."},
    "itemPrice": 3334,
    "itemAmount": 20004,
}
CUP: Final[dict[str, Any]] = {
    "positionId": "2",
    "name": "Чашка",
    "itemCode": "C-1",
    "quantity": {"value": 2, "measure": "шт."},
    "itemPrice": 10000,
}
BUNDLE: Final = json.dumps({"cartItems": {"items": [TEA, CUP]}})
ADD_UP_NOT: Final = "Сумма товарных позиций в Корзине не совпадает с общей суммой заказа."
MISSING: Final = "Отсутствие обязательного параметра Корзины."
FORMAT: Final = "Неверный формат Корзины."
QUANTITY: Final = "Слишком большое либо слишком маленькое значение quantity."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


def part(position: dict[str, Any], quantity: object, **more: object) -> dict[str, Any]:
    named = {name: position[name] for name in ("positionId", "name", "itemCode")}
    return {**named, "quantity": {"value": quantity, "measure": "шт."}, **more}


def items(*parts: dict[str, Any]) -> str:
    return json.dumps({"items": list(parts)})


async def paid(shop: Shop, *, two_phase: bool = False) -> str:
    order_id = await shop.register(AMOUNT, two_phase=two_phase, orderBundle=BUNDLE)
    assert "redirect" in await shop.pay(order_id)
    return order_id


async def refused(shop: Shop, path: str, text: str, **fields: object) -> None:
    answer = await shop.call(path, **fields)
    assert (answer["errorCode"], answer["errorMessage"]) == ("8", text), answer


async def done(shop: Shop, path: str, **fields: object) -> None:
    answer = await shop.call(path, **fields)
    assert answer["errorCode"] == "0", answer


async def test_refunds_go_by_positions_until_nothing_is_left(shop: Shop) -> None:
    order = await paid(shop)
    await refused(shop, "refund.do", MISSING, orderId=order, amount=100)
    await done(shop, "refund.do", orderId=order, amount=6668, refundItems=items(part(TEA, 2)))
    await done(
        shop, "refund.do", orderId=order, amount=10000, refundItems=f"[{json.dumps(part(CUP, 1))}]"
    )
    for path_items, amount, text in (
        (items(part(TEA, 5, itemAmount=100)), 100, QUANTITY),
        (items(part(CUP, 1, itemAmount=10001)), 10001, FORMAT),
        (items(part(CUP, 1, name="Кружка")), 10000, FORMAT),
        (items({**part(CUP, 1), "positionId": "3"}), 10000, FORMAT),
        (items(part(CUP, 1)), 9999, ADD_UP_NOT),
        ("{", 100, FORMAT),
    ):
        await refused(shop, "refund.do", text, orderId=order, amount=amount, refundItems=path_items)

    await done(shop, "refund.do", orderId=order, amount=0)

    assert (await shop.see(order)).refunded == AMOUNT
    assert (await shop.call("refund.do", orderId=order, amount=1))["errorCode"] == "7"


async def test_a_completion_by_positions_bounds_the_refunds(shop: Shop) -> None:
    order = await paid(shop, two_phase=True)
    await refused(shop, "deposit.do", MISSING, orderId=order, amount=13334)
    await done(
        shop, "deposit.do", orderId=order, amount=13334,
        depositItems=items(part(TEA, 1), part(CUP, 1)),
    )  # fmt: skip
    over = items(part(TEA, 2, itemAmount=3334))
    await refused(shop, "refund.do", QUANTITY, orderId=order, amount=3334, refundItems=over)
    await done(shop, "refund.do", orderId=order, amount=3334, refundItems=items(part(TEA, 1)))
    gone = items(part(TEA, 1))
    await refused(shop, "refund.do", FORMAT, orderId=order, amount=3334, refundItems=gone)
    assert (await shop.see(order)).refunded == 3334


async def test_the_whole_needs_no_positions(shop: Shop) -> None:
    order = await paid(shop, two_phase=True)
    await done(shop, "deposit.do", orderId=order, amount=0)
    await done(shop, "refund.do", orderId=order, amount=AMOUNT)
    assert (await shop.see(order)).status == 4


async def test_a_part_of_an_order_with_a_cart_is_not_reversed(shop: Shop) -> None:
    order = await paid(shop, two_phase=True)
    answer = await shop.call("reverse.do", orderId=order, amount=100)
    assert answer["errorCode"] == "5"
    await done(shop, "reverse.do", orderId=order)


async def test_positions_of_an_order_without_a_cart_are_refused(shop: Shop) -> None:
    order = await shop.paid(3334)
    await refused(
        shop, "refund.do", FORMAT, orderId=order, amount=3334, refundItems=items(part(TEA, 1))
    )


async def test_refunds_at_the_same_time_share_the_positions(shop: Shop) -> None:
    """Eight refunds of one cup each: two are made, because the order has two cups."""
    order = await paid(shop)
    one = {"orderId": order, "amount": 10000, "refundItems": items(part(CUP, 1))}

    answers = await asyncio.gather(*(shop.call("refund.do", **one) for _ in range(8)))

    codes = sorted(answer["errorCode"] for answer in answers)
    assert codes == ["0", "0", *["8"] * 6]
    assert (await shop.see(order)).refunded == 20000


async def test_a_repeated_refund_with_a_name_is_made_once(shop: Shop) -> None:
    order = await paid(shop)
    one = {"orderId": order, "amount": 10000, "refundItems": items(part(CUP, 1))}
    for _ in range(3):
        await done(shop, "refund.do", externalRefundId="R-1", **one)
    assert (await shop.see(order)).refunded == 10000
