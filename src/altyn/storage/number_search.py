"""The search by an order number, which may have `%` for any characters."""

from typing import Final

ANY_CHARACTERS: Final = "%"


def is_exact(order_number: str) -> bool:
    """Whether one order is wanted by its whole number."""
    return bool(order_number) and ANY_CHARACTERS not in order_number


def like_pattern(order_number: str) -> str | None:
    """The pattern of LIKE for a number; None where no number is wanted."""
    return order_number.replace("\\", "\\\\").replace("_", "\\_") or None
