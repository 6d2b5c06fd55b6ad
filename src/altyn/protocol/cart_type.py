"""The type of the parameter that holds a cart."""

from typing import Final

from altyn.domain.cart.document import Cart
from altyn.domain.cart.plain import plain_text
from altyn.protocol.json_text import JSON_CHARS, compact_json
from altyn.protocol.types import Context, Type


def _cart(value: str, _: Context) -> Cart:
    return Cart(_plain_text(value) or compact_json(value))


def _plain_text(value: str) -> str | None:
    return plain_text(value) if len(value) <= JSON_CHARS else None


class _CartType(Type):
    """The type of a cart: a plain one has no card number, and is not searched again."""

    __slots__ = ()

    def has_masked(self, value: str) -> bool:
        return _plain_text(value) is None and super().has_masked(value)


CART: Final = _CartType("JSON", _cart, json=True, masks=True)
