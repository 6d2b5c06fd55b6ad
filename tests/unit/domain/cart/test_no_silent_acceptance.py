"""A change of a right cart that breaks a rule is refused, and a name that is not known is named.

The rules stand here once more and by hand, so that the tables cannot agree with themselves.
Source: fiscal.md §3 to §7.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.document import Cart
from altyn.domain.cart.parts import read_parts
from altyn.domain.cart.rules import CartRules
from altyn.domain.cart.unknown import remarks_of_cart, remarks_of_parts
from altyn.operations.cart_rules import refuse_cart
from altyn.protocol.dialects.classic import cautions
from tests.integration.carts.golden_carts import GoldenCart, golden_carts

STRANGE: Final = "zzUnknown"
LEGACY: Final = {"use_legacy_vat": "true"}
NAMED_AS_A_WHOLE: Final = {"installments", "loyalties", "company", "payments"}
"""What is not served yet, and members that are not known themselves."""


def is_plain(cart: GoldenCart) -> bool:
    """Whether the cart is right by the rules alone, without settings and receipt parameters."""
    return cart.code == "0" and not cart.options and "additionalOfdParams" not in cart.registration


RIGHT: Final = [
    (cart.registration["orderBundle"], int(cart.registration["amount"]))
    for cart in golden_carts()
    if is_plain(cart) and "cartItems" in cart.registration["orderBundle"]
]
right_carts: Final = st.sampled_from(RIGHT)
RULES: Final = CartRules(currency="643", receipt={})

# ── Values that break a rule ──────────────────────────────────────────────────────────────────────

Break = Callable[[dict[str, Any]], None]


def put(value: object, *path: str) -> Break:
    """Put a value at a place of a position; objects on the way are made."""

    def change(item: dict[str, Any]) -> None:
        for name in path[:-1]:
            if not isinstance(item.get(name), dict):
                item[name] = {}
            item = item[name]
        item[path[-1]] = value

    return change


def without(*path: str) -> Break:
    def change(item: dict[str, Any]) -> None:
        for name in path[:-1]:
            item = item[name]
        item.pop(path[-1], None)

    return change


def without_price(item: dict[str, Any]) -> None:
    item.pop("itemPrice", None)
    item.pop("itemAmount", None)


def attribute(name: str, value: object) -> Break:
    """The position has only this fiscal attribute."""
    return put({"attributes": [{"name": name, "value": value}]}, "itemAttributes")


BROKEN: Final[dict[str, Break]] = {
    **{f"no {name}": without(name) for name in ("positionId", "name", "itemCode", "quantity")},
    **{f"no quantity.{name}": without("quantity", name) for name in ("value", "measure")},
    **{f"empty {name}": put("", name) for name in ("positionId", "name", "itemCode")},
    **{
        f"{name} of {length + 1}": put("я" * (length + 1), *name.split("."))
        for name, length in (
            ("positionId", 12),
            ("name", 255),
            ("itemCode", 100),
            ("quantity.measure", 20),
            ("discount.discountType", 20),
            ("agentInterest.interestType", 20),
        )
    },
    **{
        f"{name} {value}": put(value, *name.split("."))
        for name, values in (
            ("quantity.value", (0, -1, "0.000", 1.0005, 100_000, "1e3", "x", True, [], "1,5")),
            ("itemAmount", (-1, 0.5, "x", True, [1], 10**18)),
            ("itemPrice", (-1, 0.5, "x", True, [1], 10**18)),
            ("itemCurrency", (840, "USD", 0, 1000, True)),
            ("tax.taxType", (16, 99, -1, "VAT_20", 1.5, True, [])),
            ("tax.taxSum", (-1, 0.5, "x")),
            ("name", (True, [], {"a": 1}, "a\nb\x00")),
            ("quantity", (1, "1", [])),
            ("tax", (6, "6", [])),
            ("discount", (1, {"discountType": "percent"}, {"discountValue": 5})),
            ("agentInterest", (1, {"interestType": "agentPercent"}, {"interestValue": 5})),
            ("itemDetails", (1, {"itemDetailsParams": 1}, {"itemDetailsParams": [{"value": "b"}]})),
            ("itemAttributes", (1, {"paymentMethod": 1}, {"attributes": [{"value": 1}]})),
        )
        for value in values
    },
    "rate of 18 %": put(3, "tax", "taxType"),
    "neither price nor amount": without_price,
    **{
        f"{name} {value}": attribute(name, value)
        for name, values in (
            ("paymentMethod", (0, 8, "x", 1.5)),
            ("paymentObject", (0, 28, 29, 34, "x")),
            ("userData", ("я" * 65,)),
            ("nomenclature", (" ".join(["44"] * 33), "я" * 256)),
            (
                "agent_info",
                ({"type": 8}, {}, 1, "x", {"type": 1, "paying": {"operation": "x" * 25}}),
            ),
            ("agent_info.type", (0, 8, "x")),
            ("agent_info.MTOperator.inn", ("123", "x" * 10, "12345678901")),
            ("supplier_info.inn", ("123", "12345678901")),
            ("supplier_info.phones", ("1" * 20,)),
            ("supplier_info.name", ("я" * 257,)),
            ("markQuantity", (1, {"numerator": 1}, {"numerator": 2, "denominator": 1})),
        )
        for value in values
    },
    "agent without a supplier": attribute("agent_info.type", 6),
}


@pytest.mark.parametrize("name", BROKEN)
def test_position_that_breaks_a_rule_is_refused(name: str) -> None:
    """Each position of each right cart is broken in this way."""
    for right, amount in RIGHT:
        for number in range(len(items_of(right))):
            document = deepcopy(right)
            document.pop("supplierPhones", None)  # it is a supplier for every agent
            document.pop("agent", None)
            BROKEN[name](items_of(document)[number])
            check_refused(document, amount)


def items_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    items = document["cartItems"]["items"]
    return items if isinstance(items, list) else [items]


def check_refused(document: object, amount: int) -> None:
    refused = refuse_cart(Cart.of(document), RULES, amount_minor=amount)
    assert refused is not None
    assert refused.faults
    assert all(fault.text and fault.section for fault in refused.faults)


@given(right_carts, st.integers(-1000, 1000).filter(bool))
def test_sum_that_differs_is_refused(cart: tuple[Any, int], difference: int) -> None:
    document, amount = cart
    check_refused(document, amount + difference)


@given(right_carts, st.integers(1, 1000), st.data())
def test_amount_that_is_not_the_product_is_refused(
    cart: tuple[Any, int], difference: int, data: st.DataObject
) -> None:
    document, amount = deepcopy(cart)
    item = data.draw(st.sampled_from(items_of(document)))
    read, _ = check_cart(document, RULES, amount_minor=amount)
    position = next(p for p in read.positions if p.sent == item)
    item["itemAmount"] = position.amount_minor + difference
    check_refused(document, amount + difference if "itemPrice" in item else amount)


@given(right_carts, st.data())
def test_position_that_is_there_twice_is_refused(
    cart: tuple[Any, int], data: st.DataObject
) -> None:
    document, amount = deepcopy(cart)
    items = items_of(document)
    again = data.draw(st.sampled_from(items))
    document["cartItems"]["items"] = [*items, again]
    read, _ = check_cart(document, RULES, amount_minor=None)
    check_refused(document, read.amount_minor)
    check_refused(document, amount)


# ── Names that are not known ──────────────────────────────────────────────────────────────────────


def objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of the objects in a document."""
    if isinstance(value, dict):
        yield path
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from objects(each, (*path, name))


@given(right_carts, st.data())
def test_name_that_is_not_known_is_named(cart: tuple[Any, int], data: st.DataObject) -> None:
    document, amount = deepcopy(cart)
    path = data.draw(st.sampled_from(list(objects(document))))
    place = document
    for name in path:
        place = place[name]
    place[STRANGE] = data.draw(st.sampled_from([1, "x", None, [], {"a": 1}]))
    sent = Cart.of(document)
    if refuse_cart(sent, RULES, amount_minor=amount) is not None:
        return
    remarks = list(cautions.remarks_of_cart(sent))
    assert remarks == list(remarks_of_cart(sent.document))
    expected = next((name for name in path if name in NAMED_AS_A_WHOLE), STRANGE)
    assert any(expected in remark for remark in remarks), (path, remarks)


# ── Parts ─────────────────────────────────────────────────────────────────────────────────────────

PARTS: Final[list[dict[str, Any]]] = [
    {
        "positionId": "1",
        "name": "Чай",
        "itemCode": "T-1",
        "quantity": {"value": 1, "measure": "шт."},
        "itemAmount": 5000,
    },
    {"positionId": "2", "quantity": {"value": "0.5", "measure": "кг"}, "itemPrice": 10000},
]
LEFT: Final = check_cart(
    {
        "cartItems": {
            "items": [
                {**PARTS[0], "quantity": {"value": 3, "measure": "шт."}, "itemAmount": 15000},
                {
                    "positionId": "2",
                    "name": "Кофе",
                    "itemCode": "C-1",
                    "quantity": {"value": 2.5, "measure": "кг"},
                    "itemPrice": 10000,
                },
            ]
        }
    },
    None,
    amount_minor=40000,
)[0].positions
WRONG_IN_PARTS: Final[dict[str, tuple[Any, ...]]] = {
    "positionId": ("3", "01", True, [], ""),
    "name": ("Чай ", "x", 1, True, []),
    "itemCode": ("t-1", "x", [], True),
    "quantity": (1, [], "1"),
    "quantity.value": (0, -1, 3.001, "1e0", True, 0.0001),
    "itemAmount": (-1, 15001, 0.5, "x", True, 4999, 5001),
}
BROKEN_PARTS: Final[dict[str, Break]] = {
    "no positionId": without("positionId"),
    "no quantity": without("quantity"),
    "no quantity.value": without("quantity", "value"),
    **{
        f"{name} {value}": put(value, *name.split("."))
        for name, values in WRONG_IN_PARTS.items()
        for value in values
    },
}


def test_right_parts_are_read() -> None:
    parts, faults = read_parts(PARTS, LEFT, amount_minor=10000, name="refundItems")
    assert not faults
    assert [part.amount_minor for part in parts] == [5000, 5000]
    assert list(remarks_of_parts(PARTS)) == []


@pytest.mark.parametrize("name", BROKEN_PARTS)
def test_part_that_breaks_a_rule_is_refused(name: str) -> None:
    first, second = deepcopy(PARTS)
    BROKEN_PARTS[name](first)
    for document in ([first, second], {"items": [first, second]}):
        _, faults = read_parts(document, LEFT, amount_minor=10000, name="refundItems")
        assert faults


@pytest.mark.parametrize("path", [("items", 0), ("items", 0, "quantity"), ()])
def test_name_of_a_part_that_is_not_known_is_named(path: tuple[Any, ...]) -> None:
    document: Any = {"items": deepcopy(PARTS)}
    place = document
    for name in path:
        place = place[name]
    place[STRANGE] = 1
    assert any(STRANGE in remark for remark in remarks_of_parts(document))
