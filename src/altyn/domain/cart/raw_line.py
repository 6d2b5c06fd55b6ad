"""The line of a receipt that a refund names itself, instead of positions of the cart.

Source: fiscal.md §8 (free refunds after a cart).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLine:
    """What the receipt of a refund by sum says; the merchant's settings fill what is missing.

    With `position_id` the money is a part of that position of the cart. `tax_type` is a code of
    fiscal.md §4.2.
    """

    name: str | None = None
    item_code: str | None = None
    tax_type: int | None = None
    position_id: str | None = None
