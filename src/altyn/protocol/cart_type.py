"""The type of the parameter that holds a cart."""

from typing import Final

from altyn.domain.cart.document import Cart
from altyn.protocol.types import Context, Type, json_value


def _cart(value: str, context: Context) -> Cart:
    return Cart.of(json_value(value, context))


CART: Final = Type("JSON", _cart, json=True)
