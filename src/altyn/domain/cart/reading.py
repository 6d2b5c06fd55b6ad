"""Read the document of a cart: its positions and its customer, or all of its faults at once.

Source: fiscal.md §3, §5, §7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from altyn.domain.cart import tables
from altyn.domain.cart.codes import FULL_PREPAYMENT, GOODS, TAX_TYPES
from altyn.domain.cart.customers import check_identity, read_customer, receipt_params_of
from altyn.domain.cart.faults import CartFault, FaultKind, shown
from altyn.domain.cart.fields import (
    BadValue,
    Faults,
    Field,
    Place,
    a_list,
    an_object,
    read_fields,
)
from altyn.domain.cart.numbers import product_minor
from altyn.domain.cart.position_rules import (
    CartFacts,
    PositionFacts,
    check_fraction,
    check_marks,
    check_position,
)
from altyn.domain.cart.rules import CartRules
from altyn.domain.cart.values import Position, Quantity, ReadCart

POSITIONS_MAX: Final = 2_000

_NESTED: Final[Mapping[str, tuple[tuple[Field, ...], str]]] = {
    "discount": (tables.DISCOUNT, "3.2"),
    "agentInterest": (tables.AGENT_INTEREST, "3.2"),
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the positions of one cart share while it is read."""

    faults: Faults
    rules: CartRules | None
    cart: CartFacts
    first_with: dict[object, int] = field(default_factory=dict)


def read_bundle(
    document: object, rules: CartRules | None = None
) -> tuple[ReadCart, tuple[CartFault, ...]]:
    """Read an `orderBundle`. With a fault, the cart holds what could be read.

    A document with a customer and without `cartItems` is no cart: it has no positions. Without
    rules, as for a cart that is stored, only the document itself is checked.
    """
    faults, root = Faults(), Place()
    if not isinstance(document, dict):
        faults.add(root, "orderBundle", document, BadValue("not a JSON object"), "3")
        return ReadCart(), tuple(faults.found)
    sent = read_fields(document, tables.BUNDLE, root, faults)
    customer = read_customer(sent.get("customerDetails"), faults)
    agent = read_fields(sent.get("agent", {}), tables.AGENT_OF_CART, Place("agent"), faults)
    _read_installments(sent, faults)
    receipt = receipt_params_of(customer, agent, sent.get("supplierPhones", ()))
    positions: list[Position | None] = []
    if "cartItems" in sent:
        facts = CartFacts(
            credit="installments" in sent,
            agent="agentType" in agent,
            supplier="supplierPhones" in sent,
        )
        reading = _Reading(faults, rules, facts)
        positions = _positions(sent["cartItems"], reading)
    elif document.get("cartItems") is None and "customerDetails" not in sent:
        missing = BadValue("mandatory, but missing", FaultKind.MANDATORY)
        faults.add(root, "cartItems", None, missing, "3")
    if rules is not None and rules.strict_payer_identity:
        check_identity(customer, rules.receipt, faults)
    read = tuple(position for position in positions if position is not None)
    complete = len(read) == len(positions)
    return ReadCart(read, customer, receipt, complete), tuple(faults.found)


def _read_installments(sent: Mapping[str, Any], faults: Faults) -> None:
    if "installments" not in sent:
        return
    place = Place("installments")
    values = read_fields(sent["installments"], tables.INSTALLMENTS, place, faults)
    if not values.keys() & {"productID", "productId"}:
        missing = BadValue("mandatory, but missing", FaultKind.MANDATORY)
        faults.add(place, "productID", None, missing, "3")


def _positions(holder: Mapping[str, object], reading: _Reading) -> list[Position | None]:
    """The positions in their order; None for one that cannot be read."""
    place, sent, faults = Place("cartItems"), holder.get("items"), reading.faults
    if isinstance(sent, dict):
        sent = [sent]
    if not isinstance(sent, list) or len(sent) > POSITIONS_MAX:
        bad = BadValue(f"not an array of at most {POSITIONS_MAX} positions")
        if sent is None:
            bad = BadValue("mandatory, but missing", FaultKind.MANDATORY)
        faults.add(place, "items", sent, bad, "3.2")
        return [None]
    if not sent:
        bad = BadValue("the cart has no position", FaultKind.MANDATORY)
        faults.add(place, "items", None, bad, "3.2")
    return [_position(each, place.inner(f"items[{n}]"), n, reading) for n, each in enumerate(sent)]


def _check_unique(position_id: object, n: int, place: Place, reading: _Reading) -> None:
    first = reading.first_with.setdefault(position_id, n)
    if first != n:
        bad = BadValue(f"position {first + 1} has the same positionId")
        reading.faults.add(place, "positionId", position_id, bad, "7 row 7")


def _label(n: int, item_code: object) -> str:
    known = isinstance(item_code, str | int) and item_code != ""
    code = f" ({shown(item_code).strip(chr(34))})" if known else ""
    return f"position {n + 1}{code}"


def _position(sent: object, place: Place, n: int, reading: _Reading) -> Position | None:
    faults = reading.faults
    if not isinstance(sent, dict):
        faults.add(Place(place.path.rpartition(".")[0]), f"items[{n}]", sent,
                   BadValue("not an object"), "3.2")  # fmt: skip
        return None
    place = Place(place.path, _label(n, sent.get("itemCode")))
    known = len(faults.found)
    values = read_fields(sent, tables.POSITION, place, faults)
    if "positionId" in values:
        _check_unique(values["positionId"], n, place, reading)
    counted = read_fields(
        values.get("quantity", {}), tables.QUANTITY if "quantity" in values else (),
        place.inner("quantity"), faults,
    )  # fmt: skip
    quantity = Quantity(counted["value"], counted["measure"]) if len(counted) > 1 else None
    tax = (
        read_fields(values["tax"], tables.TAX, place.inner("tax"), faults)
        if "tax" in values
        else {}
    )
    listed = _listed_attributes(sent.get("itemAttributes"), place, faults)
    attributes = _attributes(listed, place.inner("itemAttributes"), faults)
    names = frozenset(name for _, name, _ in listed)
    check_marks(counted, names, place, faults)
    _read_nested(values, place, faults)
    amount = _amount(sent, values, quantity, place, faults)
    readable = len(faults.found) == known
    if reading.rules is not None:
        facts = PositionFacts(values, counted, tax, attributes, names, reading.cart)
        check_position(facts, reading.rules, place, faults)
    if not readable or quantity is None or amount is None:
        return None
    return Position(
        position_id=values["positionId"],
        name=values["name"],
        item_code=values["itemCode"],
        quantity=quantity,
        amount_minor=amount,
        price_minor=values.get("itemPrice"),
        tax=TAX_TYPES[tax["taxType"]] if "taxType" in tax else None,
        payment_method=attributes.get("paymentMethod", FULL_PREPAYMENT),
        payment_object=attributes.get("paymentObject", GOODS),
        attributes=attributes,
        index=n,
        sent=sent,
    )


def _amount(
    sent: Mapping[str, object],
    values: Mapping[str, Any],
    quantity: Quantity | None,
    place: Place,
    faults: Faults,
) -> int | None:
    """The amount of a position: as sent, or price × quantity. Both together have to agree."""
    amount, price = values.get("itemAmount"), values.get("itemPrice")
    if amount is None and price is None:
        if not sent.get("itemAmount") and not sent.get("itemPrice"):
            bad = BadValue("mandatory, but missing; or give itemPrice", FaultKind.MANDATORY)
            faults.add(place, "itemAmount", None, bad, "3.2")
        return None
    if price is None or quantity is None:
        return int(amount) if amount is not None else None
    product = product_minor(price, quantity.thousandths)
    if amount is not None and amount != product:
        bad = BadValue(f"but itemPrice {price} × quantity {quantity} = {product}")
        faults.add(place, "itemAmount", amount, bad, "7 row 6")
        return None
    return product


def _read_nested(values: Mapping[str, Any], place: Place, faults: Faults) -> None:
    for name, (table, _) in _NESTED.items():
        if name in values:
            read_fields(values[name], table, place.inner(name), faults)
    details = values.get("itemDetails", {}).get("itemDetailsParams")
    if details is None:
        return
    inner = place.inner("itemDetails")
    try:
        listed = a_list(details)
    except BadValue as bad:
        faults.add(inner, "itemDetailsParams", details, bad, "3.2")
        return
    for n, each in enumerate(listed):
        read = _read_inner(each, tables.ITEM_DETAIL, inner, f"itemDetailsParams[{n}]", faults)
        if read.get("name") == tables.TRU_CODE:
            _read_inner(each, (tables.TRU,), inner, f"itemDetailsParams[{n}]", faults)


def _read_inner(
    sent: object, table: tuple[Field, ...], place: Place, name: str, faults: Faults
) -> dict[str, Any]:
    """The fields of an object inside another one; a fault when it is not an object."""
    try:
        return read_fields(an_object(sent), table, place.inner(name), faults)
    except BadValue as bad:
        faults.add(place, name, sent, bad, table[0].section)
        return {}


# ── Fiscal attributes ─────────────────────────────────────────────────────────────────────────────


_Listed = list[tuple[int, str, object]]
"""Attributes by their place in the list: name and value."""


def _listed_attributes(sent: object, place: Place, faults: Faults) -> _Listed:
    """The attributes that were sent; an empty value counts as missing (fiscal.md §5)."""
    if sent is None:
        return []
    items = sent.get("attributes") if isinstance(sent, dict) else sent
    if not isinstance(items, list):
        bad = BadValue('not {"attributes": [{"name": …, "value": …}]}')
        faults.add(place, "itemAttributes", sent, bad, "5")
        return []
    listed: _Listed = []
    for n, each in enumerate(items):
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or not name:
            bad = BadValue("not an object with a name and a value")
            faults.add(place.inner("itemAttributes"), f"attributes[{n}]", each, bad, "5")
        elif (value := each.get("value")) not in (None, ""):
            listed.append((n, name, value))
    return listed


def _attributes(listed: _Listed, place: Place, faults: Faults) -> dict[str, Any]:
    """The attributes by name: known ones read, unknown ones as sent (fiscal.md §5)."""
    read = {name: _attribute(name, value, place, n, faults) for n, name, value in listed}
    return {name: value for name, value in read.items() if value is not None}


def _attribute(name: str, value: object, place: Place, n: int, faults: Faults) -> object:
    row = tables.ATTRIBUTES.get(name)
    if row is None:
        return value
    try:
        read: object = row.read(value)
    except BadValue as bad:
        faults.add(place, f"attributes[{n}].{name}", value, bad, row.section)
        return None
    here = place.inner(f"attributes[{n}]")
    if isinstance(read, dict) and name == "markQuantity":
        fraction = read_fields(read, tables.MARK_QUANTITY, here.inner(name), faults)
        check_fraction(fraction, here.inner(name), faults)
    if isinstance(read, dict) and name == "agent_info":
        _read_agent(read, here.inner(name), faults)
    if isinstance(read, dict) and name == "supplier_info":
        read_fields(read, tables.SUPPLIER_INFO, here.inner(name), faults)
    return read


def _read_agent(sent: Mapping[str, object], place: Place, faults: Faults) -> None:
    values = read_fields(sent, tables.AGENT_INFO, place, faults)
    for name, table in tables.NESTED_IN_ATTRIBUTES["agent_info"].items():
        if name in values:
            read_fields(values[name], table, place.inner(name), faults)
