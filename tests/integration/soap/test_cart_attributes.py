"""Every attribute of a cart that REST reads is read over SOAP, too, with the same outcome.

Each place of a rich cart is tried with good and bad values: at registration, and in the parts that
a deposit takes and a refund returns. Source: soap.md §5; fiscal.md §3, §5, §8.
"""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import pytest

from altyn.domain.cart import tables
from altyn.domain.order import Attempt, Order
from altyn.domain.order_cart import cart_customer, cart_positions, cart_receipt_params
from altyn.main import Gateway
from altyn.protocol.dialects.classic.soap.types import TYPES, attributes_of, children_of
from tests.integration.soap.test_carts import as_soap
from tests.integration.soap.twin_shops import REST_SHOP, SOAP_SHOP, TEA, TwinShops
from tests.shop import new_number
from tests.soap import SoapAnswer

pytestmark = pytest.mark.asyncio(loop_scope="module")

Path = tuple[str | int, ...]
AMOUNT: Final = 150000
ATTRIBUTES: Final = {
    "paymentMethod": "1",
    "paymentObject": "1",
    "nomenclature": "44 4D 01",
    "userData": "x",
    "agent_info.type": "6",
    "agent_info.paying.operation": "перевод",
    "agent_info.paying.phones": "+79990000001",
    "agent_info.paymentsOperator.phones": "+79990000002,+79990000003",
    "agent_info.MTOperator.phones": "+79990000004",
    "agent_info.MTOperator.name": "Оператор",
    "agent_info.MTOperator.address": "Москва",
    "agent_info.MTOperator.inn": "7707083893",
    "supplier_info": '{"phones": ["+79990000005"], "name": "ООО", "inn": "7707083893"}',
    "supplier_info.phones": "+79990000005",
    "supplier_info.name": "ООО",
    "supplier_info.inn": "7707083893",
}
AGENT: Final = {
    "agentType": "6",
    "payingOperation": "перевод",
    "payingPhones": "+79990000006",
    "paymentsOperatorPhones": "+79990000007",
    "mtOperatorPhones": "+79990000008,+79990000009",
    "mtOperatorName": "Оператор",
    "mtOperatorAddress": "Москва",
    "mtOperatorInn": "7707083893",
}
ITEM: Final = {
    **TEA,
    "itemAmount": 150000,
    "itemCurrency": 643,
    "itemDetails": {"itemDetailsParams": [{"name": "цвет", "value": "зелёный"}]},
    "discount": {"discountType": "percent", "discountValue": "10"},
    "agentInterest": {"interestType": "agentPercent", "interestValue": "5"},
    "tax": {"taxType": 14, "taxSum": 27049},
    "itemAttributes": {
        "attributes": [{"name": name, "value": value} for name, value in ATTRIBUTES.items()]
    },
}
BUNDLE: Final[dict[str, Any]] = {
    "customerDetails": {
        "contact": "Иван",
        "email": "payer@shop.example",
        "phone": "+79990000010",
        "fullName": "Иван Петров",
        "passport": "2222888888",
        "inn": "7707083893",
        "deliveryInfo": {
            "deliveryType": "courier",
            "country": "RU",
            "city": "Москва",
            "postAddress": "Арбат, 1",
        },
    },
    "cartItems": {"items": [ITEM]},
    "agent": AGENT,
    "supplierPhones": "+79990000011",
}
PART: Final = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 1, "measure": "шт."},
    "itemAmount": 75000,
    "itemPrice": 75000,
}
VALUES: Final = (None, "", "x", "0", "-1", "1.5", "99", "7" * 13, "Ω" * 300)
SENT_ELSEWHERE: Final = {"orderCreationDate", "loyalties", "installments"}
"""A date has another form in SOAP; the others are not served, and SOAP has no installments."""


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The places of the single values of a document."""
    if not isinstance(value, dict | list):
        yield path
        return
    for name, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(each, (*path, name))


def changed(document: Any, path: Path, value: str | None) -> Any:
    """The document with another value at a place; None leaves the place out."""
    copy = deepcopy(document)
    parent = copy
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = value
    if value is None:
        parent.pop(path[-1])
    return copy


def values_for(path: Path) -> tuple[str | None, ...]:
    """Values to try at a place; the text of an XML element cannot be missing, only empty."""
    return VALUES if path[-1] != "value" else VALUES[1:]


def shown(path: Path) -> str:
    return ".".join(map(str, path))


def names_of(type_name: str) -> set[str]:
    return {part.name for part in (*attributes_of(type_name), *children_of(type_name))}


def cart_of(order: Order) -> tuple[object, ...]:
    return cart_positions(order), cart_customer(order), cart_receipt_params(order)


async def test_types_have_every_attribute_that_rest_reads() -> None:
    read = {
        "orderBundle": tables.BUNDLE,
        "customerDetails": tables.CUSTOMER,
        "deliveryInfo": tables.DELIVERY,
        "item": tables.POSITION,
        "tax": tables.TAX,
        "discount": tables.DISCOUNT,
        "agentInterest": tables.AGENT_INTEREST,
        "itemDetails": tables.ITEM_DETAILS,
    }
    for type_name, fields in read.items():
        missing = {field.name for field in fields} - names_of(type_name)
        assert missing <= SENT_ELSEWHERE, type_name
    agent = {field.name for field in tables.AGENT_OF_CART if not field.name.startswith("MT")}
    assert agent == names_of("agent")
    assert TYPES["quantity"].text is not None


async def test_the_rich_cart_has_every_attribute() -> None:
    assert BUNDLE.keys() == {field.name for field in tables.BUNDLE} - SENT_ELSEWHERE
    assert BUNDLE["customerDetails"].keys() == {field.name for field in tables.CUSTOMER}
    assert ITEM.keys() == {*(field.name for field in tables.POSITION), "itemAttributes"}
    assert tables.ATTRIBUTES.keys() - ATTRIBUTES.keys() == {"agent_info", "markQuantity"}
    assert PART.keys() == {field.name for field in tables.PART}


@pytest.mark.parametrize("path", list(leaves(BUNDLE)), ids=shown)
async def test_registration_reads_it_alike(gateway: Gateway, path: Path) -> None:
    shops, whole = TwinShops(gateway), object()
    for value in (whole, *values_for(path)):
        bundle = BUNDLE if value is whole else changed(BUNDLE, path, value)  # type: ignore[arg-type]
        number = new_number()
        sent = {"amount": str(AMOUNT), "returnUrl": "https://shop.example/"}
        form = {**sent, "orderNumber": number, "orderBundle": json.dumps(bundle)}
        rest = await shops.rest("register.do", form)
        written = as_soap("orderBundle", bundle)
        values = {**sent, "merchantOrderNumber": number, "orderBundle": written}
        soap = await shops.soap("registerOrder", values)
        check_answers(rest, soap, value)
        if soap.code == 0:
            kept = await shops.kept(rest["orderId"], REST_SHOP)
            twin = await shops.kept(soap.members["orderId"], SOAP_SHOP)
            assert cart_of(twin) == cart_of(kept), value
        assert value is not whole or soap.code == 0


def check_answers(rest: Mapping[str, Any], soap: SoapAnswer, value: object) -> None:
    assert str(soap.code) == rest.get("errorCode", "0"), (value, rest, soap)
    if soap.code:
        assert soap.text == rest["errorMessage"], value


@pytest.mark.parametrize(
    ("operation", "method", "amount", "items", "state"),
    [
        ("depositOrder", "deposit.do", "depositAmount", "depositItems", "held_cart"),
        ("refundOrder", "refund.do", "refundAmount", "refundItems", "paid_cart"),
    ],
)
@pytest.mark.parametrize("path", list(leaves(PART)), ids=shown)
async def test_parts_are_read_alike(
    gateway: Gateway, path: Path, operation: str, method: str, amount: str, items: str, state: str
) -> None:
    shops = TwinShops(gateway)
    for value in ("whole", *values_for(path)):
        parts = {"items": [PART if value == "whole" else changed(PART, path, value)]}
        twins = await shops.twins(state)
        form = {"orderId": twins.rest, "amount": "75000", items: json.dumps(parts)}
        rest = await shops.rest(method, form)
        written = as_soap("cartItems", parts)
        values = {"orderId": twins.soap, amount: "75000", items: written}
        soap = await shops.soap(operation, values)
        check_answers(rest, soap, value)
        made = await last_attempt(shops, twins.rest, REST_SHOP)
        twin = await last_attempt(shops, twins.soap, SOAP_SHOP)
        assert (twin.kind, twin.parts) == (made.kind, made.parts), value
        assert value != "whole" or made.parts


async def last_attempt(shops: TwinShops, order_id: str, shop: str) -> Attempt:
    return (await shops.kept(order_id, shop)).attempts[-1]


@pytest.mark.parametrize("name", [*AGENT, "supplierPhones"])
async def test_agent_and_supplier_of_a_deposit_are_read_alike(gateway: Gateway, name: str) -> None:
    shops = TwinShops(gateway)
    for value in ("whole", *VALUES):
        agent, phones = dict(AGENT), "+79990000012,+79990000013"
        if name == "supplierPhones" and value != "whole":
            phones = value or ""
        elif value != "whole":
            agent = changed(AGENT, (name,), value)
        twins = await shops.twins("held_cart")
        sent = {"supplierPhones": phones}
        form = {"orderId": twins.rest, "amount": "0", "agent": json.dumps(agent), **sent}
        rest = await shops.rest("deposit.do", form)
        values = {"orderId": twins.soap, "depositAmount": "0", "agent": agent, **sent}
        soap = await shops.soap("depositOrder", values)
        check_answers(rest, soap, value)
        made = await last_attempt(shops, twins.rest, REST_SHOP)
        twin = await last_attempt(shops, twins.soap, SOAP_SHOP)
        assert (twin.kind, twin.details) == (made.kind, made.details), value
        if value == "whole":
            assert "+79990000008,+79990000009" in made.details["additionalOfdParams"]
            assert "+79990000012,+79990000013" in made.details["additionalOfdParams"]
