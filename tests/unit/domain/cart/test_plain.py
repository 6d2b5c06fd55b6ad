"""The quick check of a cart accepts only what the reader finds no fault in.

Source: fiscal.md §3, §7.
"""

from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.checks import check_against_order
from altyn.domain.cart.document import Cart
from altyn.domain.cart.plain import is_plain
from altyn.domain.cart.reading import read_bundle

POSITION: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 2, "measure": "шт."},
    "itemPrice": 75,
    "itemAmount": 150,
    "itemCurrency": 643,
    "tax": {"taxType": 6, "taxSum": 0},
    "itemAttributes": {"attributes": [{"name": "paymentMethod", "value": "1"}]},
}


def bundle(*positions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"cartItems": {"items": list(positions)}, **more}


def plain(document: object, amount_minor: int = 150) -> bool:
    return is_plain(Cart.of(document), amount_minor=amount_minor, currency="643")


def faultless(document: object, amount_minor: int) -> bool:
    """The reader's verdict."""
    cart, faults = read_bundle(document)
    return not faults and not check_against_order(cart, amount_minor=amount_minor, currency="643")


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in POSITION.items() if key != name}


@pytest.mark.parametrize(
    "document",
    [
        bundle(POSITION),
        bundle(without("itemPrice")),
        bundle(without("itemAmount")),
        bundle(without("tax")),
        bundle(without("itemAttributes")),
        bundle(POSITION, customerDetails={"email": "payer@shop.example", "phone": "+79998887766"}),
        bundle({**POSITION, "ourOwn": {"kept": [1]}}),
        bundle({**POSITION, "name": 'Чай "Майский" – 5 шт.'}),
    ],
)
def test_usual_cart_is_plain(document: object) -> None:
    assert plain(document)


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": {"value": 0, "measure": "шт."}},
        {"quantity": {"value": 1.5, "measure": "шт."}},
        {"itemAmount": 151},
        {"itemCurrency": 840},
        {"tax": {"taxType": 99}},
        {"itemAttributes": {"attributes": [{"name": "nomenclature", "value": "00"}]}},
        {"discount": {"discountType": "percent", "discountValue": 5}},
        {"positionId": ""},
        {"name": "x" * 256},
        {"name": "A\u202e1"},
        {"name": "A\x7f1"},
        {"name": "A\x001"},
    ],
)
def test_any_other_cart_is_left_to_the_reader(change: dict[str, Any]) -> None:
    assert not plain(bundle({**POSITION, **change}))


def test_wrong_sum_and_repeated_positions_are_left_to_the_reader() -> None:
    assert not plain(bundle(POSITION), 151)
    assert not plain(bundle(POSITION, POSITION), 300)


VALUES: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 300),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "1", "2", "643", "x" * 13, "x" * 41, "x" * 101, "x" * 256, "+7999888"]),
    st.just([]),
    st.just({}),
    st.dictionaries(st.sampled_from(["value", "measure", "taxType", "attributes"]), st.integers()),
)
NAMES: Final = st.sampled_from(
    [*POSITION, "itemDetails", "discount", "agentInterest", "unknown", "agent"]
)


@given(
    changes=st.lists(st.dictionaries(NAMES, VALUES, max_size=3), max_size=3),
    customer=st.one_of(
        st.none(),
        st.dictionaries(st.sampled_from(["email", "phone", "contact", "inn"]), VALUES, max_size=2),
    ),
    amount=st.sampled_from([0, 75, 150, 300, 450]),
)
def test_plain_cart_has_no_fault(
    changes: list[dict[str, Any]], customer: dict[str, Any] | None, amount: int
) -> None:
    positions = [
        {**POSITION, "positionId": str(number), **change} for number, change in enumerate(changes)
    ]
    document = msgspec.json.decode(
        msgspec.json.encode(bundle(*positions, customerDetails=customer))
    )
    if plain(document, amount):
        assert faultless(document, amount)
