"""Parts of a cart: what a deposit takes and a refund returns, position by position.

Amounts: minor units; quantities: thousandths. Source: fiscal.md §8.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from altyn.domain.cart import tables
from altyn.domain.cart.faults import CartFault, FaultKind
from altyn.domain.cart.fields import BadValue, Faults, Place, read_fields
from altyn.domain.cart.numbers import product_minor
from altyn.domain.cart.values import Position, Quantity

PARTS_MAX: Final = 2_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of one position."""

    position_id: str
    quantity_thousandths: int
    amount_minor: int


def left_of(positions: Sequence[Position], taken: Iterable[Part]) -> tuple[Position, ...]:
    """The positions without the parts that were taken; a position of which nothing is left goes.

    A position is there as long as a quantity or an amount of it is left.
    """
    quantities: dict[str, int] = {}
    amounts: dict[str, int] = {}
    for part in taken:
        each = part.position_id
        quantities[each] = quantities.get(each, 0) + part.quantity_thousandths
        amounts[each] = amounts.get(each, 0) + part.amount_minor
    return tuple(
        left
        for position in positions
        if (
            left := _less(
                position,
                quantities.get(position.position_id, 0),
                amounts.get(position.position_id, 0),
            )
        )
    )


def _less(position: Position, thousandths: int, amount_minor: int) -> Position | None:
    if not thousandths and not amount_minor:
        return position
    quantity = position.quantity.thousandths - thousandths
    amount = position.amount_minor - amount_minor
    if quantity <= 0 and amount <= 0:
        return None
    left = Quantity(max(0, quantity), position.quantity.measure)
    return replace(position, quantity=left, amount_minor=amount)


def whole(positions: Sequence[Position]) -> tuple[Part, ...]:
    """The parts that take everything."""
    return tuple(
        Part(each.position_id, each.quantity.thousandths, each.amount_minor) for each in positions
    )


def taken_positions(positions: Sequence[Position], parts: Sequence[Part]) -> tuple[Position, ...]:
    """The positions of a receipt over these parts; none for a part of an unknown position."""
    by_id = {position.position_id: position for position in positions}
    return tuple(
        replace(
            by_id[part.position_id],
            quantity=Quantity(part.quantity_thousandths, by_id[part.position_id].quantity.measure),
            amount_minor=part.amount_minor,
        )
        for part in parts
        if part.position_id in by_id
    )


def read_parts(
    document: object, left: Sequence[Position], *, amount_minor: int, name: str
) -> tuple[tuple[Part, ...], tuple[CartFault, ...]]:
    """Read `depositItems` or `refundItems` against what is left of the cart.

    The document is an object with `items`, or the array alone. `amount_minor` is the sum of the
    request, which the parts have to add up to; `name` is the parameter. Faults, all at once: a
    position that the order does not have or has no more, another name or code, more than is left,
    another sum.
    """
    faults = Faults()
    sent = document.get("items") if isinstance(document, dict) else document
    path = f"{name}.items" if isinstance(document, dict) else name
    if not isinstance(sent, list) or not 0 < len(sent) <= PARTS_MAX:
        bad = BadValue(f"not an array of 1 to {PARTS_MAX} positions")
        faults.add(Place(), path, sent, bad, "8")
        return (), tuple(faults.found)
    by_id = {position.position_id: position for position in left}
    parts = [_part(each, n, path, by_id, faults) for n, each in enumerate(sent)]
    read = tuple(part for part in parts if part is not None)
    _check_repeated(read, path, faults)
    total = sum(part.amount_minor for part in read)
    if not faults.found and total != amount_minor:
        rule = f"but the positions are {total}"
        faults.found.append(CartFault(FaultKind.SUM, "amount", rule, "8", value=str(amount_minor)))
    return read, tuple(faults.found)


def _check_repeated(parts: Sequence[Part], path: str, faults: Faults) -> None:
    ids = [part.position_id for part in parts]
    for n, position_id in enumerate(ids):
        if position_id in ids[:n]:
            bad = BadValue("the position is there twice")
            faults.add(Place(f"{path}[{n}]"), "positionId", position_id, bad, "8")


def _part(
    sent: object, n: int, path: str, left: Mapping[str, Position], faults: Faults
) -> Part | None:
    if not isinstance(sent, dict):
        faults.add(Place(), f"{path}[{n}]", sent, BadValue("not an object"), "8")
        return None
    place = Place(f"{path}[{n}]", f"position {n + 1}")
    known = len(faults.found)
    values = read_fields(sent, tables.PART, place, faults)
    quantity = (
        read_fields(values["quantity"], tables.PART_QUANTITY, place.inner("quantity"), faults)
        if "quantity" in values
        else {}
    )
    if len(faults.found) > known:
        return None
    position = left.get(values["positionId"])
    if position is None:
        bad = BadValue("the order has no such position, or nothing of it is left")
        faults.add(place, "positionId", values["positionId"], bad, "8")
        return None
    part = Part(
        position.position_id, quantity["value"], _part_amount(values, quantity["value"], position)
    )
    _check_part(part, values, position, place, faults)
    return part if len(faults.found) == known else None


def _part_amount(values: Mapping[str, Any], thousandths: int, position: Position) -> int:
    """As sent; else price × quantity, and for all that is left its amount."""
    if "itemAmount" in values:
        return int(values["itemAmount"])
    if "itemPrice" in values:
        return product_minor(values["itemPrice"], thousandths)
    if thousandths == position.quantity.thousandths or position.price_minor is None:
        return position.amount_minor
    return min(position.amount_minor, product_minor(position.price_minor, thousandths))


def _check_part(
    part: Part, values: Mapping[str, Any], position: Position, place: Place, faults: Faults
) -> None:
    for name, expected in (("name", position.name), ("itemCode", position.item_code)):
        if name in values and values[name] != expected:
            bad = BadValue(f'but position {position.position_id} has "{expected}"')
            faults.add(place, name, values[name], bad, "8")
    if part.quantity_thousandths > position.quantity.thousandths:
        bad = BadValue(f"but {position.quantity} is left", FaultKind.QUANTITY)
        sent = Quantity(part.quantity_thousandths)
        faults.add(place.inner("quantity"), "value", str(sent), bad, "8")
    if part.amount_minor > position.amount_minor:
        bad = BadValue(f"but {position.amount_minor} is left")
        faults.add(place, "itemAmount", part.amount_minor, bad, "8")
