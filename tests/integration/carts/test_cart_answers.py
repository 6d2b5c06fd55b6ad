"""What answers, receipts and the log show of a cart and of the parameters around it.

Source: fiscal.md §2, §6, §8; rest-orders.md §4.2; merchant-settings.md §4.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from tests.integration.receipts.fiscal_shop import AMOUNT, BUNDLE, CUP, TEA, FiscalShop, part
from tests.merchant_changes import changed
from tests.shop import new_number, open_shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

WRONG: Final = {"cartItems": {"items": [{**TEA, "itemAmount": 1, "tax": {"taxType": 99}}]}}
RETURN: Final = "https://shop.example/"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FiscalShop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield FiscalShop(opened)


async def status(shop: FiscalShop, order_id: str, version: int = 46) -> dict[str, Any]:
    async with changed(shop.shop, {"status_version": version}):
        return await shop.done("getOrderStatusExtended.do", orderId=order_id)


async def refused_registration(shop: FiscalShop, **fields: object) -> dict[str, Any]:
    answer = await shop.shop.call(
        "register.do", orderNumber=new_number(), returnUrl=RETURN, amount=AMOUNT, **fields
    )
    assert "orderId" not in answer
    return answer


# ── The status ────────────────────────────────────────────────────────────────────────────────────


async def test_status_has_sums_as_numbers_and_the_date_as_milliseconds(shop: FiscalShop) -> None:
    sent = {
        **TEA,
        "itemPrice": "3334.0",
        "itemDetails": {"itemDetailsParams": {"name": "a", "value": "b"}},
        "itemAttributes": [{"name": "paymentMethod", "value": "1"}],
        "tax": {"taxType": "6"},
        "ourOwn": [1],
    }
    items = {"items": [sent, CUP]}
    order = await shop.register(cartItems=items, orderCreationDate="2024-04-24")

    shown = (await status(shop, order, 13))["orderBundle"]

    moment = datetime(2024, 4, 23, 21, tzinfo=UTC)  # midnight in Moscow
    assert shown["orderCreationDate"] == int(moment.timestamp()) * 1000
    tea, cup = shown["cartItems"]["items"]
    assert tea == {
        **{name: value for name, value in sent.items() if name != "itemPrice"},
        "itemAmount": 20004,
        "itemDetails": {"itemDetailsParams": [{"name": "a", "value": "b"}]},
        "itemAttributes": {"attributes": [{"name": "paymentMethod", "value": "1"}]},
        "tax": {"taxType": 6},
    }
    assert (cup["itemAmount"], "depositedItemAmount" in cup) == (20000, False)
    assert shown["customerDetails"] == BUNDLE["customerDetails"]


async def test_deposited_amounts_of_positions_are_shown_from_version_34(shop: FiscalShop) -> None:
    order = await shop.register(two_phase=True)

    async def amounts(version: int = 34) -> list[tuple[object, object]]:
        items = (await status(shop, order, version))["orderBundle"]["cartItems"]["items"]
        return [(each.get("depositedItemAmount"), each.get("itemPrice")) for each in items]

    assert await amounts(33) == [(None, None), (None, None)]
    assert await amounts() == [(0, 3334), (0, 10000)]
    await shop.shop.pay(order)
    parts = json.dumps([part(TEA, 3), part(CUP, 1)])
    await shop.done("deposit.do", orderId=order, amount=20002, depositItems=parts)
    assert await amounts() == [(10002, 3334), (10000, 10000)]
    await shop.done(
        "refund.do", orderId=order, amount=10000, refundItems=json.dumps([part(CUP, 1)])
    )
    assert await amounts() == [(10002, 3334), (0, 10000)]


# ── A prepayment ──────────────────────────────────────────────────────────────────────────────────


async def test_a_prepayment_and_its_final_payments_name_each_other(shop: FiscalShop) -> None:
    prepayment = await shop.paid()
    finals = [
        await shop.shop.register(100, prepaymentMdOrder=prepayment, two_phase=two_phase)
        for two_phase in (False, True)
    ]

    assert (await status(shop, finals[0], 15))["prepaymentMdOrder"] == prepayment
    assert "prepaymentMdOrder" not in await status(shop, finals[0], 14)
    assert (await status(shop, prepayment, 15))["partpaymentMdOrders"] == finals
    assert "partpaymentMdOrders" not in await status(shop, prepayment, 14)
    # The prepayment is an order as before.
    await shop.done("refund.do", orderId=prepayment, amount=0)


async def test_only_a_paid_order_of_the_merchant_is_a_prepayment(shop: FiscalShop) -> None:
    unpaid = await shop.register()
    returned = await shop.paid()
    await shop.done("refund.do", orderId=returned, amount=0)
    strange = "0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc"
    for named in (unpaid, returned, strange, "not an id"):
        answer = await refused_registration(shop, prepaymentMdOrder=named)
        assert answer == {"errorCode": "5", "errorMessage": "[prepaymentMdOrder] неверен"}


# ── Parameters of the whole receipt ───────────────────────────────────────────────────────────────


async def test_parameters_of_the_receipt_come_from_cart_registration_and_refund(
    shop: FiscalShop,
) -> None:
    agent = {"agentType": 6, "mtOperatorName": "Оператор", "payingPhones": ["+79990000001"]}
    bundle = {**BUNDLE, "agent": agent, "supplierPhones": ["+79990000002", "+79990000003"]}
    order = await shop.shop.register(
        AMOUNT,
        orderBundle=json.dumps(bundle),
        additionalOfdParams='{"cashier":"Иванова","client":{"inn":"7707083893"},"x":1}',
    )
    await shop.shop.pay(order)
    parts = json.dumps([part(CUP, 1)])
    for cashier in ("", "Петрова"):
        params = json.dumps({"cashier": cashier} if cashier else {})
        await shop.done(
            "refund.do", orderId=order, amount=10000, refundItems=parts, additionalOfdParams=params
        )

    sale, first, second = [receipt.content.ofd_params for receipt in await shop.receipts(order)]

    assert (
        sale
        == first
        == {
            "agent_info.type": "6",
            "agent_info.MTOperator.name": "Оператор",
            "agent_info.paying.phones": "+79990000001",
            "supplier_info.phones": "+79990000002,+79990000003",
            "cashier": "Иванова",
            "client.inn": "7707083893",
        }
    )
    assert second == {**sale, "cashier": "Петрова"}


async def test_a_refund_has_no_parameters_that_the_registration_did_not_have(
    shop: FiscalShop,
) -> None:
    order = await shop.paid()
    fields = {"orderId": order, "amount": 0, "additionalOfdParams": '{"cashier":"И"}'}
    answer = await shop.shop.call("refund.do", **fields)
    assert answer == {"errorCode": "5", "errorMessage": "[additionalOfdParams] неверен"}


@pytest.mark.parametrize("params", ["12", "[1]", '"x"', '{"agent_info.type":9}', "{"])
async def test_parameters_that_cannot_be_read_are_refused(shop: FiscalShop, params: str) -> None:
    order = await shop.paid()
    answer = await refused_registration(shop, additionalOfdParams=params)
    assert answer["errorCode"] == "5"
    answer = await shop.shop.call("closeOfdReceipt.do", mdOrder=order, additionalOfdParams=params)
    assert answer["errorCode"] == "5"


async def test_agent_of_a_deposit_replaces_that_of_the_cart_on_all_later_receipts(
    shop: FiscalShop,
) -> None:
    first = {"agentType": 1, "payingOperation": "перевод"}
    order = await shop.register(two_phase=True, agent=first, supplierPhones=["+79990000001"])
    await shop.shop.pay(order)
    agent = json.dumps({"agentType": 6, "MTOperatorName": "Оператор"})
    sent = {"agent": agent, "supplierPhones": "+79990000002,+79990000003"}
    await shop.done("deposit.do", orderId=order, amount=0, **sent)
    await shop.done("closeOfdReceipt.do", mdOrder=order)
    await shop.done("refund.do", orderId=order, amount=0)
    for receipt in await shop.receipts(order):
        assert receipt.content.ofd_params == {
            "agent_info.type": "6",
            "agent_info.MTOperator.name": "Оператор",
            "supplier_info.phones": "+79990000002,+79990000003",
        }


@pytest.mark.parametrize(
    "wrong",
    [{"agent": '{"agentType":9}'}, {"agent": "[1]"}, {"agent": "6"}, {"supplierPhones": "7" * 20}],
)
async def test_faulty_agent_of_a_deposit_is_refused(
    shop: FiscalShop, wrong: dict[str, str]
) -> None:
    order = await shop.paid(two_phase=True)
    answer = await shop.shop.call("deposit.do", orderId=order, amount=0, **wrong)
    assert answer == {"errorCode": "5", "errorMessage": f"[{next(iter(wrong))}] неверен"}


async def test_closing_receipt_has_the_agent_of_its_own_cart(shop: FiscalShop) -> None:
    order = await shop.paid()
    cart = {**BUNDLE, "agent": {"agentType": 6}, "supplierPhones": ["+79990000002"]}
    await shop.done("closeOfdReceipt.do", mdOrder=order, orderBundle=json.dumps(cart))
    _, closing = await shop.receipts(order)
    assert closing.content.ofd_params == {
        "agent_info.type": "6",
        "supplier_info.phones": "+79990000002",
    }


async def test_a_payer_named_without_a_cart_is_identified_too(shop: FiscalShop) -> None:
    params = '{"client.name":"Иван"}'
    assert await shop.shop.register(100, additionalOfdParams=params)
    async with changed(shop.shop, {"fiscal.strict_payer_identity": True}):
        answer = await refused_registration(shop, additionalOfdParams=params)
        assert answer["errorMessage"] == "Отсутствие обязательного параметра Корзины."
        identified = '{"client.name":"Иван","client.inn":"7707083893"}'
        assert await shop.shop.register(100, additionalOfdParams=identified)


async def test_client_of_the_receipt_is_its_address_where_no_other_is_known(
    shop: FiscalShop,
) -> None:
    items = {"cartItems": BUNDLE["cartItems"]}
    params = '{"client.email":"client@shop.example"}'
    order = await shop.shop.register(
        AMOUNT, orderBundle=json.dumps(items), additionalOfdParams=params
    )
    await shop.shop.pay(order)
    (receipt,) = await shop.receipts(order)
    assert receipt.content.email == "client@shop.example"


# ── Faults ────────────────────────────────────────────────────────────────────────────────────────


async def test_faults_are_in_the_answer_of_a_shop_that_wants_them(shop: FiscalShop) -> None:
    cart = json.dumps(WRONG)
    plain = {"errorCode": "8", "errorMessage": "Неверный формат Корзины."}
    assert await refused_registration(shop, orderBundle=cart) == plain
    paid = await shop.paid()

    async with changed(shop.shop, {"cart_faults_in_answer": True}):
        answer = await refused_registration(shop, orderBundle=cart)
        other = await refused_registration(shop, currency="999")
        parts = json.dumps([part(CUP, 3), part(TEA, 7, itemAmount=1)])
        refund = await shop.shop.call("refund.do", orderId=paid, amount=1, refundItems=parts)
        closing = await shop.shop.call("closeOfdReceipt.do", mdOrder=paid, orderBundle=cart)

    assert {name: answer[name] for name in plain} == plain
    first, second = answer["cartFaults"]
    assert first["path"] == "cartItems.items[0].tax.taxType"
    assert second == {
        "path": "cartItems.items[0].itemAmount",
        "position": "position 1 (T-1)",
        "value": "1",
        "rule": "but itemPrice 3334 × quantity 6 = 20004",
        "kind": "cart_format",
        "section": "fiscal.md §7 row 6",
    }
    assert "cartFaults" not in other
    assert [each["kind"] for each in refund["cartFaults"]] == ["cart_quantity", "cart_quantity"]
    assert [each["path"] for each in closing["cartFaults"]] == [first["path"], second["path"]]


async def test_log_has_the_first_fault_and_the_number_of_faults(shop: FiscalShop) -> None:
    with capture_logs() as logs:
        await refused_registration(shop, orderBundle=json.dumps(WRONG))
    (line,) = (line for line in logs if line["event"] == "refused")
    assert line["cart_faults"] == 2
    assert line["first_fault"].startswith("position 1 (T-1): tax.taxType 99, not a taxType")
    assert line["rule"].startswith(f"2 faults: {line['first_fault']}")


async def test_a_mark_code_is_kept_with_its_separators_and_digits(shop: FiscalShop) -> None:
    raw = "010460043993125621JgXJ5.T\x1d91EE06\x1d92dGVz"
    digits = "35 35 35 35 35 35 35 35 35 35 35 35 35 35 39 39"  # a card number in ASCII, by chance
    for ffd, code in (("1.2", raw), ("1.2", digits), ("1.05", digits)):
        tea = {**TEA, "quantity": {"value": 6, "measure": "0"}}
        tea["itemAttributes"] = {"attributes": [{"name": "nomenclature", "value": code}]}
        cup = {**CUP, "quantity": {"value": 2, "measure": 0}}
        async with changed(shop.shop, {"fiscal.ffd": ffd}):
            order = await shop.paid(cartItems={"items": [tea, cup]})
        (receipt,) = await shop.receipts(order)
        assert receipt.content.lines[0].attributes["nomenclature"] == code
