"""The type of the parameter that holds a cart."""

from typing import Final

from altyn.domain.cart.document import Cart
from altyn.domain.cart.plain import plain_positions
from altyn.protocol.json_text import compact_json, compact_plain_json
from altyn.protocol.types import Context, Type


def _cart(value: str, _: Context) -> Cart:
    """A cart in the usual form is read in C, without a Python object for each of its values."""
    quick = compact_plain_json(value)
    if quick is not None and plain_positions(quick) is not None:
        return Cart(quick)
    return Cart(compact_json(value))


CART: Final = Type("JSON", _cart, json=True, masks=True)
