"""The type of the parameter that holds a cart."""

from typing import Final

from altyn.domain.cart.document import Cart
from altyn.protocol.json_text import compact_json
from altyn.protocol.types import Context, Type


def _cart(value: str, _: Context) -> Cart:
    return Cart(compact_json(value))


CART: Final = Type("JSON", _cart, json=True, masks=True)
