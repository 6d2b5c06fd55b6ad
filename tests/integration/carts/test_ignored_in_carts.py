"""What of depositItems, refundItems and of a cart over SOAP has no effect is named for developers.

Source: rest-orders.md §1.4; fiscal.md §8; soap.md §5.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.asgi_client import AsgiClient
from tests.integration.receipts.fiscal_shop import TEA, FiscalShop, part
from tests.integration.soap.soap_client import ask
from tests.shop import CREDENTIALS, open_shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

RULE: Final = "x-altyn-rule"
ONE_TEA: Final = part(TEA, 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FiscalShop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield FiscalShop(opened)


@pytest.mark.parametrize(
    ("path", "name"), [("deposit.do", "depositItems"), ("refund.do", "refundItems")]
)
@pytest.mark.parametrize(
    ("items", "notes"),
    [
        ([ONE_TEA], []),
        (
            {
                "items": [
                    {**ONE_TEA, "tax": {"taxType": 99}, "itemAttributes": 1, "itemCurrency": 1}
                ]
            },
            ["ignored, the registered cart has them: tax, itemAttributes, itemCurrency"],
        ),
        (
            {
                "items": [{**ONE_TEA, "qty": 2, "quantity": {"value": 1, "unit": "kg"}}],
                "agent": {"agentType": 1},
            },
            ["not known, ignored: qty, quantity.unit, agent"],
        ),
        (
            [{**ONE_TEA, "itemPrice": 1, "itemAmount": 3334}],
            ["itemPrice: ignored where itemAmount is there and differs from itemPrice × quantity"],
        ),
    ],
)
async def test_what_of_the_parts_has_no_effect_is_named(
    shop: FiscalShop, path: str, name: str, items: Any, notes: list[str]
) -> None:
    order = await shop.paid(two_phase=path == "deposit.do")
    fields = {**CREDENTIALS, "orderId": order, "amount": "3334", name: json.dumps(items)}
    answer = await AsgiClient(shop.shop.gateway.router).post(f"/payment/rest/{path}", fields)
    assert answer.json()["errorCode"] == "0"
    rule = answer.headers.get(RULE, "").encode().decode("unicode_escape")
    assert rule == "; ".join(f"{name}: {note}" for note in notes)


async def test_names_inside_a_cart_over_soap_are_named(shop: FiscalShop) -> None:
    items = "".join(
        f'<items positionId="{n}" colour="red"><name>Чай</name>'
        '<quantity measure="шт." unit="1">1</quantity><itemAmount>7500</itemAmount>'
        f"<itemCode>T-{n}</itemCode><mark>1</mark></items>"
        for n in (1, 2)
    )
    message = (
        '<mer:registerOrder><order amount="15000"><returnUrl>https://test.ru</returnUrl>'
        "<orderBundle><customerDetails><fullName>Иван</fullName><age>30</age></customerDetails>"
        f"<cartItems>{items}</cartItems><installments>1</installments></orderBundle></order>"
        "</mer:registerOrder>"
    )
    response = await ask(shop.shop.gateway, message)
    assert response.error_code == "0"
    names = [
        "orderBundle.customerDetails.age",
        "orderBundle.cartItems.items.colour",
        "orderBundle.cartItems.items.quantity.unit",
        "orderBundle.cartItems.items.mark",
        "orderBundle.installments",
    ]
    assert response.http.headers[RULE] == "; ".join(f"{name}: unknown, ignored" for name in names)
