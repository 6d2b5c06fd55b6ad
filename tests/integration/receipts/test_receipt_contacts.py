"""Where a receipt goes, and which parameters of the whole receipt it has, operation by operation.

Source: fiscal.md §6, §7, §10.
"""

import json
from typing import Any, Final

import pytest

from altyn.domain.receipt.values import ReceiptContent
from tests.integration.receipts.fiscal_shop import TEA, FiscalShop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

PAYER: Final = "payer@shop.example"
OWN: Final = "own@shop.example"
REGISTERED: Final = {"cashier": "Иванова", "additional_check_props": "first"}


def closing_cart(**members: Any) -> str:
    return json.dumps({"cartItems": {"items": [TEA]}, **members}, ensure_ascii=False)


async def paid(shop: FiscalShop, ofd_params: object = None, **changes: object) -> str:
    """A paid order of the shop's cart with these parameters of the receipt; its id."""
    bundle = {
        "customerDetails": {"email": PAYER},
        "cartItems": {"items": [{**TEA, "quantity": {"value": 12, "measure": shop.measure}}]},
        **changes,
    }
    fields: dict[str, Any] = (
        {} if ofd_params is None else {"additionalOfdParams": json.dumps(ofd_params)}
    )
    order_id = await shop.shop.register(
        12 * TEA["itemPrice"], orderBundle=json.dumps(bundle), **fields
    )
    answer = await shop.shop.pay(order_id)
    assert "redirect" in answer, answer
    return order_id


async def last(shop: FiscalShop, order_id: str) -> ReceiptContent:
    """The content of the newest receipt."""
    return (await shop.receipts(order_id))[-1].content


def contact(content: ReceiptContent) -> tuple[str | None, str | None]:
    return content.email, content.phone


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, (PAYER, None)),
        ({"orderBundle": closing_cart()}, (PAYER, None)),
        ({"orderBundle": closing_cart(customerDetails={"email": OWN})}, (OWN, None)),
        (
            {"orderBundle": closing_cart(customerDetails={"phone": "+79990000002"})},
            (None, "+79990000002"),
        ),
        ({"orderBundle": json.dumps({"customerDetails": {"email": OWN}})}, (OWN, None)),
        ({"additionalOfdParams": '{"client.email": "own@shop.example"}'}, (OWN, None)),
        ({"additionalOfdParams": '{"client.phone": "+79990000002"}'}, (None, "+79990000002")),
        (
            {
                "orderBundle": closing_cart(customerDetails={"email": OWN}),
                "additionalOfdParams": '{"client.email": "other@shop.example"}',
            },
            (OWN, None),
        ),
    ],
)
async def test_closing_receipt_goes_to_the_contact_of_its_own_request(
    shop: FiscalShop, sent: dict[str, str], expected: tuple[str | None, str | None]
) -> None:
    order_id = await paid(shop)
    await shop.done("closeOfdReceipt.do", mdOrder=order_id, **sent)
    assert contact(await last(shop, order_id)) == expected


async def test_refund_goes_to_the_contact_of_its_own_parameters(shop: FiscalShop) -> None:
    order_id = await paid(shop, REGISTERED)
    own = json.dumps({"client.phone": "+79990000002"})
    await shop.done("refund.do", orderId=order_id, amount=0, additionalOfdParams=own)
    content = await last(shop, order_id)
    assert contact(content) == (None, "+79990000002")
    assert content.ofd_params["cashier"] == "Иванова"


async def test_parameters_of_a_closing_replace_those_of_the_registration_by_key(
    shop: FiscalShop,
) -> None:
    order_id = await paid(shop, REGISTERED)
    own = json.dumps({"additional_check_props": "second", "cashier_inn": "770000000013"})
    await shop.done("closeOfdReceipt.do", mdOrder=order_id, additionalOfdParams=own)
    assert dict((await last(shop, order_id)).ofd_params) == {
        "cashier": "Иванова",
        "additional_check_props": "second",
        "cashier_inn": "770000000013",
    }
    await shop.done("closeOfdReceipt.do", mdOrder=order_id)
    assert dict((await last(shop, order_id)).ofd_params) == REGISTERED


async def test_closing_cart_stands_in_the_place_of_the_registered_cart(shop: FiscalShop) -> None:
    named = {"email": PAYER, "fullName": "Иван Петров"}
    order_id = await paid(shop, REGISTERED, customerDetails=named, supplierPhones=["+79990000004"])
    await shop.done("closeOfdReceipt.do", mdOrder=order_id)
    own = (await last(shop, order_id)).ofd_params
    assert own == {
        **REGISTERED,
        "client.name": "Иван Петров",
        "supplier_info.phones": "+79990000004",
    }
    await shop.done("closeOfdReceipt.do", mdOrder=order_id, orderBundle=closing_cart())
    assert (await last(shop, order_id)).ofd_params == REGISTERED


async def test_closing_cart_may_have_the_rates_that_the_registration_allowed(
    shop: FiscalShop,
) -> None:
    old = {**TEA, "tax": {"taxType": 3}, "quantity": {"value": 12, "measure": shop.measure}}
    order_id = await paid(shop, {"use_legacy_vat": True}, cartItems={"items": [old]})
    again = json.dumps({"cartItems": {"items": [old]}})
    await shop.done("closeOfdReceipt.do", mdOrder=order_id, orderBundle=again)
    assert [line.tax_type for line in (await last(shop, order_id)).lines] == [3]
