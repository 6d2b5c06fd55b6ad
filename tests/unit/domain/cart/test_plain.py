"""The quick check of a cart accepts only what the reader finds no fault in.

Source: fiscal.md §3, §7.
"""

from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.document import Cart
from altyn.domain.cart.plain import has_no_remarks, is_plain
from altyn.domain.cart.rules import CartRules
from altyn.domain.cart.unknown import remarks_of_cart
from altyn.domain.receipt.settings import FfdVersion

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


ANY_FORMAT: Final = CartRules(currency="643")
EVERY_RULES: Final = (
    ANY_FORMAT,
    *(CartRules(currency="643", ffd=ffd, strict_payer_identity=True) for ffd in FfdVersion),
    CartRules(currency="643", receipt={"agent_info.type": "1"}),
)


def plain(document: object, amount_minor: int = 150, rules: CartRules = ANY_FORMAT) -> bool:
    return is_plain(Cart.of(document), rules, amount_minor=amount_minor)


def faultless(document: object, amount_minor: int, rules: CartRules) -> bool:
    """The reader's verdict."""
    return not check_cart(document, rules, amount_minor=amount_minor)[1]


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
        {"tax": {"taxType": 3}},
        {"ourOwn": {"kept": [1]}},
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
    [
        *POSITION,
        "depositedItemAmount",
        "itemDetails",
        "discount",
        "agentInterest",
        "unknown",
        "agent",
    ]
)


@given(
    changes=st.lists(st.dictionaries(NAMES, VALUES, max_size=3), max_size=3),
    customer=st.one_of(
        st.none(),
        st.dictionaries(st.sampled_from(["email", "phone", "contact", "inn"]), VALUES, max_size=2),
    ),
    amount=st.sampled_from([0, 75, 150, 300, 450]),
    rules=st.sampled_from(EVERY_RULES),
)
def test_plain_cart_has_no_fault(
    changes: list[dict[str, Any]], customer: dict[str, Any] | None, amount: int, rules: CartRules
) -> None:
    positions = [
        {**POSITION, "positionId": str(number), **change} for number, change in enumerate(changes)
    ]
    document = msgspec.json.decode(
        msgspec.json.encode(bundle(*positions, customerDetails=customer))
    )
    if plain(document, amount, rules):
        assert faultless(document, amount, rules)
    if has_no_remarks(Cart.of(document)):
        assert not list(remarks_of_cart(document))


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"itemAttributes": {"attributes": [{"name": "paymentObject", "value": "33"}]}}, 1),
        ({}, 2),  # a measure of FFD 1.2 is a code
        ({}, 3),  # the whole receipt has an agent
    ],
)
def test_rules_of_the_merchant_are_left_to_the_reader(change: dict[str, Any], rules: int) -> None:
    document = bundle({**POSITION, **change})
    assert plain(document)
    assert not plain(document, rules=EVERY_RULES[rules])
