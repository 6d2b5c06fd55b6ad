"""Parts of a cart: any sequence of partial operations conserves quantity and money.

Source: fiscal.md §8.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.parts import Part, left_of, read_parts, taken_positions, whole
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.values import Position


def positions(*rows: tuple[str, str, int]) -> tuple[Position, ...]:
    """Positions by id, quantity and price in minor units."""
    items = [
        {
            "positionId": each,
            "name": f"name {each}",
            "itemCode": f"code {each}",
            "quantity": {"value": quantity, "measure": "шт."},
            "itemPrice": price,
        }
        for each, quantity, price in rows
    ]
    read, faults = read_bundle({"cartItems": {"items": items}})
    assert not faults
    return read.positions


CART = positions(("1", "3", 3334), ("2", "1.5", 10000))


def item(position_id: str, quantity: object, **more: object) -> dict[str, Any]:
    return {"positionId": position_id, "quantity": {"value": quantity, "measure": "шт."}, **more}


def faults_of(document: object, amount: int) -> list[str]:
    _, faults = read_parts(document, CART, amount_minor=amount, name="refundItems")
    return [fault.text for fault in faults]


@pytest.mark.parametrize("shape", [lambda items: items, lambda items: {"items": items}])
def test_both_shapes_are_read(shape: Any) -> None:
    document = shape([item("1", 2, name="name 1", itemCode="code 1", itemAmount=6668)])

    parts, faults = read_parts(document, CART, amount_minor=6668, name="refundItems")

    assert (parts, faults) == ((Part("1", 2000, 6668),), ())


def test_position_and_quantity_are_enough() -> None:
    parts, faults = read_parts([item("2", "0.5")], CART, amount_minor=5000, name="refundItems")
    assert (parts, faults) == ((Part("2", 500, 5000),), ())


@pytest.mark.parametrize(
    ("document", "amount", "expected"),
    [
        ("x", 1, 'refundItems "x", not an array of 1 to 2000 positions'),
        ({"items": []}, 1, "refundItems.items [], not an array of 1 to 2000 positions"),
        (
            [item("9", 1)],
            1,
            'position 1: positionId "9", the order has no such position, or nothing of it is left',
        ),
        (
            [item("1", 1, name="other")],
            3334,
            'position 1: name "other", but position 1 has "name 1"',
        ),
        ([item("1", 4, itemAmount=1)], 1, 'position 1: quantity.value "4", but 3 is left'),
        (
            [item("1", 3, itemAmount=10003)],
            10003,
            "position 1: itemAmount 10003, but 10002 is left",
        ),
        ([item("1", 1)], 3333, "amount 3333, but the positions are 3334"),
        ([item("1", 1), item("1", 1)], 6668, "the position is there twice"),
    ],
)
def test_what_the_order_does_not_have_is_refused(
    document: object, amount: int, expected: str
) -> None:
    assert expected in faults_of(document, amount)[0]


def test_what_was_taken_is_not_there_any_more() -> None:
    left = left_of(CART, [Part("1", 3000, 10002), Part("2", 500, 5000)])
    assert [(each.position_id, str(each.quantity), each.amount_minor) for each in left] == [
        ("2", "1", 10000)
    ]


carts = st.lists(
    st.tuples(
        st.integers(1, 5000).map(lambda n: str(n / 1000)),
        st.integers(0, 100_000),
    ),
    min_size=1,
    max_size=5,
).map(lambda rows: positions(*((str(n), *row) for n, row in enumerate(rows))))


@given(carts, st.data())
def test_partial_operations_conserve_quantity_and_money(
    cart: tuple[Position, ...], data: st.DataObject
) -> None:
    taken: list[Part] = []
    for _ in range(4):
        left = left_of(cart, taken)
        if not left:
            break
        position = data.draw(st.sampled_from(left))
        quantity = data.draw(st.integers(1, max(1, position.quantity.thousandths)))
        amount = data.draw(st.integers(0, position.amount_minor))
        document = [item(position.position_id, str(quantity / 1000), itemAmount=amount)]
        parts, faults = read_parts(document, left, amount_minor=amount, name="refundItems")
        if not faults:
            taken += parts
    left = left_of(cart, taken)
    rest = whole(left)
    for position in cart:
        each = [part for part in [*taken, *rest] if part.position_id == position.position_id]
        assert sum(part.quantity_thousandths for part in each) == position.quantity.thousandths or (
            not any(part.position_id == position.position_id for part in rest)
        )
        assert sum(part.amount_minor for part in each) == position.amount_minor
    assert sum(each.amount_minor for each in taken_positions(cart, taken)) + sum(
        each.amount_minor for each in left
    ) == sum(each.amount_minor for each in cart)
