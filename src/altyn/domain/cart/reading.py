"""Read the document of a cart: its positions and its customer, or all of its faults at once.

Source: fiscal.md §3, §5, §7.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from altyn.domain.cart import tables
from altyn.domain.cart.codes import FULL_PREPAYMENT, GOODS, TAX_TYPES
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
from altyn.domain.cart.values import Customer, Position, Quantity, ReadCart

POSITIONS_MAX: Final = 2_000

_NESTED: Final[Mapping[str, tuple[tuple[Field, ...], str]]] = {
    "discount": (tables.DISCOUNT, "3.2"),
    "agentInterest": (tables.AGENT_INTEREST, "3.2"),
}


def read_bundle(document: object) -> tuple[ReadCart, tuple[CartFault, ...]]:
    """Read an `orderBundle`. With a fault, the cart holds what could be read.

    A document with a customer and without `cartItems` is no cart: it has no positions.
    """
    faults, root = Faults(), Place()
    if not isinstance(document, dict):
        faults.add(root, "orderBundle", document, BadValue("not a JSON object"), "3")
        return ReadCart(), tuple(faults.found)
    sent = read_fields(document, tables.BUNDLE, root, faults)
    customer = _customer(sent.get("customerDetails"), faults)
    if "agent" in sent:
        _read_agent_of_the_cart(sent["agent"], faults)
    positions: tuple[Position, ...] = ()
    if "cartItems" in sent:
        positions = _positions(sent["cartItems"], faults)
    elif document.get("cartItems") is None and "customerDetails" not in sent:
        missing = BadValue("mandatory, but missing", FaultKind.MANDATORY)
        faults.add(root, "cartItems", None, missing, "3")
    return ReadCart(positions, customer), tuple(faults.found)


def _positions(holder: Mapping[str, object], faults: Faults) -> tuple[Position, ...]:
    place, sent = Place("cartItems"), holder.get("items")
    if isinstance(sent, dict):
        sent = [sent]
    if not isinstance(sent, list) or len(sent) > POSITIONS_MAX:
        bad = BadValue(f"not an array of at most {POSITIONS_MAX} positions")
        if sent is None:
            bad = BadValue("mandatory, but missing", FaultKind.MANDATORY)
        faults.add(place, "items", sent, bad, "3.2")
        return ()
    if not sent:
        bad = BadValue("the cart has no position", FaultKind.MANDATORY)
        faults.add(place, "items", None, bad, "3.2")
    read = [_position(each, place.inner(f"items[{n}]"), n, faults) for n, each in enumerate(sent)]
    found = [(n, position) for n, position in enumerate(read) if position is not None]
    _check_unique(found, place, faults)
    return tuple(position for _, position in found)


def _check_unique(found: Sequence[tuple[int, Position]], place: Place, faults: Faults) -> None:
    first_with: dict[str, int] = {}
    for n, position in found:
        first = first_with.setdefault(position.position_id, n)
        if first != n:
            here = Place(f"{place.path}.items[{n}]".lstrip("."), _label(n, position.item_code))
            bad = BadValue(f"position {first + 1} has the same positionId")
            faults.add(here, "positionId", position.position_id, bad, "7 row 7")


def _label(n: int, item_code: object) -> str:
    code = f" ({shown(item_code).strip(chr(34))})" if isinstance(item_code, str | int) else ""
    return f"position {n + 1}{code}"


def _position(sent: object, place: Place, n: int, faults: Faults) -> Position | None:
    if not isinstance(sent, dict):
        faults.add(Place(place.path.rpartition(".")[0]), f"items[{n}]", sent,
                   BadValue("not an object"), "3.2")  # fmt: skip
        return None
    place = Place(place.path, _label(n, sent.get("itemCode")))
    known = len(faults.found)
    values = read_fields(sent, tables.POSITION, place, faults)
    quantity = _quantity(values.get("quantity"), place, faults)
    tax = (
        read_fields(values["tax"], tables.TAX, place.inner("tax"), faults)
        if "tax" in values
        else {}
    )
    attributes = _attributes(sent.get("itemAttributes"), place, faults)
    _read_nested(values, place, faults)
    amount = _amount(sent, values, quantity, place, faults)
    if len(faults.found) > known or quantity is None or amount is None:
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


def _quantity(sent: Mapping[str, object] | None, place: Place, faults: Faults) -> Quantity | None:
    if sent is None:
        return None
    inner = place.inner("quantity")
    values = read_fields(sent, tables.QUANTITY, inner, faults)
    if "value" not in values or "measure" not in values:
        return None
    return Quantity(values["value"], values["measure"])


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
        _read_inner(each, tables.ITEM_DETAIL, inner, f"itemDetailsParams[{n}]", faults)


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


def _attributes(sent: object, place: Place, faults: Faults) -> dict[str, Any]:
    """The attributes by name: known ones read, unknown ones as sent (fiscal.md §5)."""
    if sent is None:
        return {}
    listed = sent.get("attributes") if isinstance(sent, dict) else sent
    if not isinstance(listed, list):
        bad = BadValue('not {"attributes": [{"name": …, "value": …}]}')
        faults.add(place, "itemAttributes", sent, bad, "5")
        return {}
    inner, values = place.inner("itemAttributes"), dict[str, Any]()
    for n, each in enumerate(listed):
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or not name:
            bad = BadValue("not an object with a name and a value")
            faults.add(inner, f"attributes[{n}]", each, bad, "5")
            continue
        read = _attribute(name, each.get("value"), inner, n, faults)
        if read is not None:
            values[name] = read
    _check_marks(values, place, faults)
    return values


def _attribute(name: str, value: object, place: Place, n: int, faults: Faults) -> object:
    row = tables.ATTRIBUTES.get(name)
    if row is None or value is None or value == "":
        return value
    try:
        read: object = row.read(value)
    except BadValue as bad:
        faults.add(place, f"attributes[{n}].{name}", value, bad, row.section)
        return None
    here = place.inner(f"attributes[{n}]")
    if isinstance(read, dict) and name == "markQuantity":
        read_fields(read, tables.MARK_QUANTITY, here.inner(name), faults)
    if isinstance(read, dict) and name == "agent_info":
        _read_agent(read, here.inner(name), faults)
    if isinstance(read, dict) and name == "supplier_info":
        read_fields(read, tables.SUPPLIER_INFO, here.inner(name), faults)
    return read


def _read_agent(sent: Mapping[str, object], place: Place, faults: Faults) -> None:
    values = read_fields(sent, tables.AGENT_INFO, place, faults)
    for name, table in (
        ("paying", tables.PAYING_AGENT),
        ("paymentsOperator", tables.PHONES),
        ("MTOperator", tables.MT_OPERATOR),
    ):
        if name in values:
            read_fields(values[name], table, place.inner(name), faults)


def _check_marks(values: Mapping[str, Any], place: Place, faults: Faults) -> None:
    """`markQuantity` needs the mark code (fiscal.md §5)."""
    if "markQuantity" in values and not values.get("nomenclature"):
        bad = BadValue("mandatory with markQuantity", FaultKind.MANDATORY)
        faults.add(place.inner("itemAttributes"), "nomenclature", None, bad, "5")


# ── The customer, and the agent of the whole cart ─────────────────────────────────────────────────


def _customer(sent: Mapping[str, object] | None, faults: Faults) -> Customer:
    if sent is None:
        return Customer()
    place = Place("customerDetails")
    values = read_fields(sent, tables.CUSTOMER, place, faults)
    if values.get("deliveryInfo"):
        read_fields(values["deliveryInfo"], tables.DELIVERY, place.inner("deliveryInfo"), faults)
    return Customer(
        email=values.get("email"),
        phone=values.get("phone"),
        full_name=values.get("fullName"),
        inn=values.get("inn"),
        passport=values.get("passport"),
    )


def _read_agent_of_the_cart(sent: Mapping[str, object], faults: Faults) -> None:
    """The deprecated agent of the whole cart: only its type is checked (fiscal.md §3)."""
    agent = (Field("agentType", tables.AGENT_TYPE, "4.6"),)
    read_fields(sent, agent, Place("agent"), faults)
