"""A cart has the same outcome over SOAP as over REST, and both show it in the status.

The carts are the golden ones, as far as SOAP's types have a place for what they contain.
Source: soap.md §5; fiscal.md §3 to §7.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from altyn.domain.order_cart import cart_positions
from altyn.main import Gateway
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of
from tests.integration.carts.golden_carts import GoldenCart, golden_carts
from tests.integration.soap.twin_shops import REST_SHOP, SOAP_SHOP, TwinShops
from tests.shop import new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

CARTS_MIN: Final = 40
_MT: Final = "MTOperator"


class NotInSoapError(Exception):
    """SOAP's types have no place for a value."""


def as_soap(type_name: str, value: Any) -> dict[str, Any]:
    """An object of a cart as the parts of a type. Raises NotInSoapError."""
    if not isinstance(value, Mapping):
        raise NotInSoapError
    parts = {part.name: part for part in (*attributes_of(type_name), *children_of(type_name))}
    own: dict[str, Any] = {}
    if TYPES[type_name].text is not None:
        if "value" not in value:
            raise NotInSoapError
        text = value["value"]
        own["value"] = json.dumps(text) if isinstance(text, dict) else _text(text)
    for name, each in value.items():
        spelled = name.replace(_MT, "mtOperator") if type_name == "agent" else name
        if spelled == "value" and own:
            continue
        if spelled not in parts or spelled == "orderCreationDate":
            raise NotInSoapError
        part = parts[spelled]
        own[spelled] = [_part(part.type, one) for one in _listed(each)]
        if not part.repeating:
            own[spelled] = own[spelled][0] if len(own[spelled]) == 1 else ",".join(own[spelled])
    return own


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _part(type_name: str, value: Any) -> Any:
    return as_soap(type_name, value) if type_name in TYPES else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)


def soap_carts() -> list[tuple[GoldenCart, dict[str, Any]]]:
    found = []
    for cart in golden_carts():
        if cart.options or "additionalOfdParams" in cart.registration:
            continue
        try:
            found.append((cart, as_soap("orderBundle", cart.registration["orderBundle"])))
        except NotInSoapError:
            continue
    return found


CARTS: Final = soap_carts()


async def test_most_carts_can_be_written_in_soap() -> None:
    assert len(CARTS) >= CARTS_MIN


@pytest.mark.parametrize(("cart", "bundle"), CARTS, ids=[cart.name for cart, _ in CARTS])
async def test_cart_has_the_same_outcome(
    gateway: Gateway, cart: GoldenCart, bundle: dict[str, Any]
) -> None:
    shops, number = TwinShops(gateway), new_number()
    amount = str(cart.registration["amount"])
    rest = await shops.rest(
        "register.do",
        {
            "orderNumber": number,
            "amount": amount,
            "returnUrl": "https://shop.example/",
            "orderBundle": json.dumps(cart.registration["orderBundle"]),
        },
    )
    soap = await shops.soap(
        "registerOrder",
        {
            "merchantOrderNumber": number,
            "amount": amount,
            "returnUrl": "https://shop.example/",
            "orderBundle": bundle,
        },
    )
    assert str(soap.code) == rest.get("errorCode", "0") == cart.code
    if cart.code != "0":
        assert soap.text == rest["errorMessage"] == cart.text
        return
    kept = [
        cart_positions(await shops.kept(order_id, shop))
        for order_id, shop in ((rest["orderId"], REST_SHOP), (soap.members["orderId"], SOAP_SHOP))
    ]
    assert kept[0] == kept[1]
    await check_status(shops, rest["orderId"], cart)


async def check_status(shops: TwinShops, order_id: str, cart: GoldenCart) -> None:
    """The status over SOAP has the positions of the cart, with their amounts."""
    asked = {"orderId": order_id}
    shown = await shops.soap("getOrderStatusExtended", asked, shop=REST_SHOP)
    if "cartItems" not in cart.registration["orderBundle"]:
        return
    items = shown.members["orderBundle"]["cartItems"]["items"]
    registered = _listed(cart.registration["orderBundle"]["cartItems"]["items"])
    sums = sum(int(each["itemAmount"]) for each in items)
    assert sums == cart.registration["amount"]
    for item, sent in zip(items, registered, strict=True):
        attributes = sent.get("itemAttributes", {}).get("attributes", [])
        names = [each["name"] for each in item.get("itemAttributes", {}).get("attributes", [])]
        assert names == [each["name"] for each in attributes]
