"""A cart is read with all of its faults, each with its place, its value and the rule.

Source: fiscal.md §3, §5, §7.
"""

from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.codes import AGENT_TYPES, PAYMENT_METHODS, PAYMENT_OBJECTS, TAX_TYPES
from altyn.domain.cart.faults import FaultKind, first_fault
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.rules import CartRules

TEA: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "A-1",
    "quantity": {"value": 2, "measure": "шт."},
    "itemAmount": 20000,
    "itemPrice": 10000,
    "tax": {"taxType": 6},
}
ROUBLES: Final = CartRules(currency="643")
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def cart(*items: object, **more: object) -> dict[str, object]:
    return {"cartItems": {"items": list(items)}, **more}


def attributes(*pairs: tuple[str, object]) -> dict[str, object]:
    listed = [{"name": name, "value": value} for name, value in pairs]
    return {"itemAttributes": {"attributes": listed}}


def texts(document: object, amount: int = 20000) -> list[str]:
    """Every fault of a cart of an order of this amount in roubles."""
    _, found = check_cart(document, ROUBLES, amount_minor=amount)
    return [fault.text for fault in found]


def test_a_good_cart_becomes_positions() -> None:
    read, faults = read_bundle(cart(TEA, customerDetails={"email": "b@shop.example"}))

    assert not faults
    (position,) = read.positions
    assert (position.identity, position.amount_minor) == (("1", "Чай", "A-1"), 20000)
    assert (str(position.quantity), position.quantity.measure) == ("2", "шт.")
    assert position.tax is TAX_TYPES[6]
    assert (position.payment_method, position.payment_object) == (1, 1)
    assert read.customer.email == "b@shop.example"


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({"itemAmount": "20000", "itemPrice": "10000.0"}, 20000),
        ({"itemAmount": 20000.000000001, "itemPrice": 9999.9999999996}, 20000),
        ({"itemAmount": None}, 20000),
        ({"itemPrice": None, "itemAmount": 12345}, 12345),
        ({"quantity": {"value": "3.00", "measure": 0}, "itemAmount": 30000}, 30000),
        ({"quantity": {"value": 0.1, "measure": "кг"}, "itemAmount": 1000}, 1000),
        ({"quantity": {"value": 2.675, "measure": "кг"}, "itemPrice": 199, "itemAmount": 532}, 532),
        ({"positionId": 1, "itemCode": 17}, 20000),
        ({"itemAmount": 0, "itemPrice": 0}, 0),
        ({"itemCurrency": 643}, 20000),
        ({"itemDetails": {"itemDetailsParams": {"name": "colour", "value": "red"}}}, 20000),
        ({"itemDetails": {"itemDetailsParams": [{"name": "a", "value": 1}]}}, 20000),
        ({"tax": {"taxType": "14", "taxSum": 3607}}, 20000),
        ({"somethingNew": {"a": [1]}}, 20000),
    ],
)
def test_what_plugins_send_is_accepted(changes: dict[str, object], amount: int) -> None:
    assert texts(cart({**TEA, **changes}), amount) == []


@pytest.mark.parametrize(
    "when", ["2026-11-26T12:00:00", "2026-11-26", 1700000000, 1700000000000, "1700000000"]
)
def test_dates_of_an_order_are_accepted(when: object) -> None:
    assert texts(cart(TEA, orderCreationDate=when)) == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], "orderBundle [], not a JSON object"),
        (12, "orderBundle 12, not a JSON object"),
        ("x", 'orderBundle "x", not a JSON object'),
        ({}, "cartItems: mandatory, but missing"),
        (cart(), "cartItems.items: the cart has no position"),
        ({"cartItems": []}, "cartItems [], not an object"),
        (cart(TEA, orderCreationDate="today"), 'orderCreationDate "today", not yyyy-MM-ddTHH'),
        (cart(TEA, "x"), 'cartItems.items[1] "x", not an object'),
        (cart(TEA, TEA), 'position 2 (A-1): positionId "1", position 1 has the same positionId'),
    ],
)
def test_a_document_that_is_no_cart_is_refused(document: object, expected: str) -> None:
    assert texts(document)[0].startswith(expected)


@pytest.mark.parametrize(
    ("changes", "kind", "expected"),
    [
        (
            {"itemAmount": 10001, "itemPrice": 3334, "quantity": {"value": 3, "measure": "шт."}},
            FaultKind.FORMAT,
            "position 1 (A-1): itemAmount 10001, but itemPrice 3334 × quantity 3 = 10002",
        ),
        ({"itemCode": ""}, FaultKind.MANDATORY, "position 1: itemCode: mandatory, but missing"),
        ({"name": "x" * 256}, FaultKind.FORMAT, "longer than 255 characters"),
        (
            {"quantity": {"value": 0, "measure": "шт."}},
            FaultKind.QUANTITY,
            "position 1 (A-1): quantity.value 0, not above 0 and at most 99999.999",
        ),
        (
            {"quantity": {"value": 100000, "measure": "шт."}},
            FaultKind.QUANTITY,
            "position 1 (A-1): quantity.value 100000, not above 0 and at most 99999.999",
        ),
        (
            {"quantity": {"value": 1.0005, "measure": "кг"}},
            FaultKind.FORMAT,
            "position 1 (A-1): quantity.value 1.0005, not a number with at most three decimals",
        ),
        ({"tax": {"taxType": 99}}, FaultKind.FORMAT, "tax.taxType 99, not a taxType: 0, 1"),
        ({"itemAmount": -1}, FaultKind.FORMAT, "position 1 (A-1): itemAmount -1, negative"),
        ({"itemAmount": "1e4"}, FaultKind.FORMAT, "not a whole number of minor units"),
        (
            {"itemAmount": None, "itemPrice": None},
            FaultKind.MANDATORY,
            "position 1 (A-1): itemAmount: mandatory, but missing; or give itemPrice",
        ),
        ({"itemAttributes": {"paymentMethod": 1}}, FaultKind.FORMAT, 'not {"attributes": ['),
        (attributes(("paymentMethod", 9)), FaultKind.FORMAT, "paymentMethod 9, not a payment met"),
        (attributes(("paymentObject", "34")), FaultKind.FORMAT, 'paymentObject "34", not a pay'),
        (
            attributes(("markQuantity", {"numerator": 1, "denominator": 2})),
            FaultKind.MANDATORY,
            "nomenclature: mandatory with markQuantity",
        ),
        (attributes(("agent_info", {"type": 8})), FaultKind.FORMAT, "agent_info.type 8, not a"),
        (attributes(("supplier_info.inn", "12")), FaultKind.FORMAT, 'supplier_info.inn "12", not'),
        ({"discount": {"discountType": "percent"}}, FaultKind.MANDATORY, "discount.discountValue"),
    ],
)
def test_a_fault_has_its_place_and_its_rule(
    changes: dict[str, object], kind: FaultKind, expected: str
) -> None:
    _, faults = read_bundle(cart({**TEA, **changes}))

    assert faults[0].kind is kind
    assert expected in faults[0].text


def test_all_faults_are_found_at_once_and_the_first_kind_is_answered() -> None:
    broken = {**TEA, "positionId": "2", "itemCode": None, "quantity": {"value": 0, "measure": ""}}

    _, faults = read_bundle(cart({**TEA, "tax": {"taxType": 99}}, broken))

    assert [fault.path for fault in faults] == [
        "cartItems.items[0].tax.taxType",
        "cartItems.items[1].itemCode",
        "cartItems.items[1].quantity.value",
        "cartItems.items[1].quantity.measure",
    ]
    assert first_fault(faults).kind is FaultKind.FORMAT


def test_the_sum_and_the_currency_are_those_of_the_order() -> None:
    assert texts(cart({**TEA, "itemCurrency": "840"}), 20001) == [
        "position 1 (A-1): itemCurrency 840, but the order's currency is 643",
        "amount 20001, but the only position is 20000",
    ]
    second = {**TEA, "positionId": "2"}
    assert texts(cart(TEA, second), 39999) == [
        "amount 39999, but the positions are 20000 + 20000 = 40000"
    ]


def test_a_customer_without_a_cart_is_kept() -> None:
    read, faults = read_bundle({"customerDetails": {"phone": "+79998887766"}})

    assert not faults
    assert (read.positions, read.customer.phone) == ((), "+79998887766")


@pytest.mark.parametrize("agent", AGENT_TYPES)
def test_agents_are_accepted_flat_and_nested(agent: int) -> None:
    flat = attributes(
        ("agent_info.type", str(agent)),
        ("agent_info.paying.operation", "перевод"),
        ("agent_info.MTOperator.inn", "7707083893"),
        ("supplier_info.phones", ["+79998887766"]),
    )
    nested = attributes(
        (
            "agent_info",
            {"type": agent, "paying": {"operation": "перевод", "phones": ["+79998887766"]}},
        ),
        ("supplier_info", {"name": "ООО", "inn": 7707083893}),
    )
    assert texts(cart({**TEA, **flat})) == texts(cart({**TEA, **nested})) == []


@pytest.mark.parametrize("method", PAYMENT_METHODS)
@pytest.mark.parametrize("thing", PAYMENT_OBJECTS)
def test_every_code_of_the_lists_is_accepted(method: int, thing: int) -> None:
    coded = attributes(("paymentMethod", str(method)), ("paymentObject", thing))
    read, faults = read_bundle(cart({**TEA, **coded}))
    assert not faults
    assert (read.positions[0].payment_method, read.positions[0].payment_object) == (method, thing)


@pytest.mark.parametrize(
    ("tax_type", "amount", "vat"),
    [
        (0, 12000, 0),
        (1, 12000, 0),
        (2, 11000, 1000),
        (6, 12000, 2000),
        (7, 12000, 2000),
        (10, 10500, 500),
        (12, 10700, 700),
        (14, 12200, 2200),
        (15, 100, 18),
    ],
)
def test_vat_inside_an_amount(tax_type: int, amount: int, vat: int) -> None:
    assert TAX_TYPES[tax_type].vat_minor(amount) == vat


@given(json, st.integers(0, 20000))
def test_no_document_breaks_the_reader(document: object, amount: int) -> None:
    texts(document, amount)
    texts(cart(document), amount)
    texts({"cartItems": document, "customerDetails": document}, amount)


@given(st.data())
def test_a_change_of_one_field_is_read_or_is_a_fault(data: st.DataObject) -> None:
    document = deepcopy(TEA) | attributes(("paymentMethod", 4))
    name = data.draw(st.sampled_from(sorted(document)))
    document[name] = data.draw(json)

    read, faults = read_bundle(cart(document))

    assert len(read.positions) == 1 or faults
