"""How a status answer repeats the cart of an order.

Names and unknown members are those that the shop has sent; sums are whole numbers, the date is
milliseconds, and lists are lists, also where a client has sent one object or a text.
Source: rest-orders.md §4.2 and its additions; fiscal.md §3; merchant-settings.md §4 (version 34).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from altyn.domain.cart import tables
from altyn.domain.cart.dates import creation_date
from altyn.domain.cart.fields import BadValue
from altyn.domain.cart.numbers import whole
from altyn.domain.cart.values import Position
from altyn.domain.order import Order
from altyn.domain.order_cart import cart_positions, kept_amounts
from altyn.protocol.dialects.classic.status_fields import epoch_ms

PRICES_SINCE: Final = 34
"""The response version from which positions have itemPrice and depositedItemAmount."""

_DATE: Final = "orderCreationDate"
_NUMBERS: Final = ("taxType", "taxSum")


def order_bundle(order: Order, version: int) -> dict[str, Any] | None:
    """The cart of an order for a response version; None for an order without one."""
    cart = order.request.order_bundle
    if cart is None:
        return None
    shown = _without_nulls(cart.document)
    if not shown or not isinstance(shown, dict):
        return None
    if _DATE in shown:
        shown[_DATE] = _milliseconds(shown[_DATE])
    positions = cart_positions(order)
    if positions:
        kept = kept_amounts(order) if version >= PRICES_SINCE else None
        items = [_item(position, kept) for position in positions]
        shown["cartItems"] = {**shown["cartItems"], "items": items}
    return shown


def _item(position: Position, kept: Mapping[str, int] | None) -> dict[str, Any]:
    """A position; `kept` are the deposited amounts by position, None where a version has none."""
    shown: dict[str, Any] = _without_nulls(position.sent)
    shown.pop(tables.DEPOSITED_AMOUNT, None)
    shown.pop("itemPrice", None)
    shown["itemAmount"] = position.amount_minor
    if kept is not None:
        shown[tables.DEPOSITED_AMOUNT] = kept.get(position.position_id, 0)
        if position.price_minor is not None:
            shown["itemPrice"] = position.price_minor
    if "tax" in shown:
        shown["tax"] = {name: _number(name, value) for name, value in shown["tax"].items()}
    details = shown.get("itemDetails")
    if details and isinstance(params := details.get("itemDetailsParams"), dict):
        shown["itemDetails"] = {**details, "itemDetailsParams": [params]}
    if isinstance(attributes := shown.get(tables.ITEM_ATTRIBUTES), Sequence):
        shown[tables.ITEM_ATTRIBUTES] = {"attributes": attributes}
    return shown


def _number(name: str, value: object) -> object:
    number = whole(value) if name in _NUMBERS else None
    return value if number is None else number


def _milliseconds(sent: object) -> object:
    try:
        return epoch_ms(creation_date(sent))
    except BadValue:
        return sent  # of a cart that was stored before it was checked


def _without_nulls(value: Any) -> Any:
    """A cart as the shop sent it, without its nulls: an empty field is left out."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(v) for name, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(each) for each in value if each is not None]
    return value
