"""Each place of a rich cart with each hostile value: refused by the cart's codes, or wholly served.

An accepted cart is paid, gets its receipt, and is shown in the status.
Source: fiscal.md §3 to §7.
"""

import json
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.integration.carts.golden_carts import golden_carts
from tests.integration.receipts.fiscal_shop import FiscalShop
from tests.shop import new_number, open_shop

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

HOSTILE: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    0.5,
    10**30,
    "",
    "0",
    "\x1d",
    "Ω" * 300,
    "\u202e",
    [],
    [[{"name": 1}]],
    {},
    {"value": {"value": 1}},
)
RICH: Final = (
    "agent_flat",
    "agent_nested",
    "agent_of_the_cart",
    "credit",
    "customer_of_a_classic_plugin",
    "discount_and_interest",
    "receipt_parameters",
)
REFUSED: Final = ("5", "8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FiscalShop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield FiscalShop(opened)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document but the root."""
    if not isinstance(value, dict | list):
        return
    for name, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, name)
        yield from places(each, (*path, name))


def changes(document: Any) -> Iterator[Any]:
    """The document with one place replaced by one hostile value."""
    for *outer, last in places(document):
        for value in HOSTILE:
            copy = deepcopy(document)
            parent = copy
            for name in outer:
                parent = parent[name]
            parent[last] = value
            yield copy


@pytest.mark.parametrize("name", RICH)
async def test_hostile_values_are_refused_or_served(shop: FiscalShop, name: str) -> None:
    cart = next(cart for cart in golden_carts() if cart.name == name)
    parameters = {
        each: value for each, value in cart.registration.items() if isinstance(value, dict)
    }
    for changed in changes(parameters):
        fields = {each: json.dumps(value) for each, value in changed.items()}
        answer = await shop.shop.call(
            "register.do",
            orderNumber=new_number(),
            amount=cart.registration["amount"],
            returnUrl="https://shop.example/",
            **fields,
        )
        if "orderId" not in answer:
            assert answer["errorCode"] in REFUSED, (fields, answer)
            continue
        order: str = answer["orderId"]
        await shop.done("getOrderStatusExtended.do", orderId=order)
        assert "redirect" in await shop.shop.pay(order), fields
        has_cart = bool((changed["orderBundle"] or {}).get("cartItems"))
        assert len(await shop.receipts(order)) == (1 if has_cart else 0)
