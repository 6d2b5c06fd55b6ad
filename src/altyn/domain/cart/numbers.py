"""Numbers of a cart as plugins write them: integers, floats that are nearly whole, and texts.

Source: fiscal.md §7 (number tolerance).
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

NEARLY_WHOLE: Final = Decimal("0.000001")
DIGITS_MAX: Final = 18
THOUSANDTH: Final = Decimal("0.001")
_BOUND: Final = 10**DIGITS_MAX

_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def decimal(value: object) -> Decimal | None:
    """The number, exactly as written; None when the value is no number of at most 18 digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = value.strip() if isinstance(value, str) else str(value)
    if isinstance(value, float):
        text = format(Decimal(text), "f")  # 1e-07 is a spelling of Python's
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def whole(value: object) -> int | None:
    """The whole number: 10000, "10000", 10000.0 and 29999.999999999996 are such numbers."""
    if (plain := _plainly_whole(value)) is not None:
        return plain
    number = decimal(value)
    if number is None:
        return None
    nearest = number.quantize(Decimal(1), ROUND_HALF_UP)
    return int(nearest) if abs(number - nearest) <= NEARLY_WHOLE else None


def thousandths(value: object) -> int | None:
    """A quantity in thousandths; None when it is no number with at most three decimals."""
    if (plain := _plainly_whole(value)) is not None:
        return plain * 1000
    number = decimal(value)
    if number is None:
        return None
    nearest = number.quantize(THOUSANDTH, ROUND_HALF_UP)
    return int(nearest * 1000) if abs(number - nearest) <= NEARLY_WHOLE else None


def _plainly_whole(value: object) -> int | None:
    """The whole number of an integer or of digits, without the slow way by Decimal; None says
    nothing of another value."""
    if type(value) is int and -_BOUND < value < _BOUND:
        return value
    if type(value) is str and len(value) <= DIGITS_MAX and value.isascii() and value.isdigit():
        return int(value)
    return None


def product_minor(price_minor: int, quantity_thousandths: int) -> int:
    """Price × quantity in minor units, rounded half up."""
    return (2 * price_minor * quantity_thousandths + 1000) // 2000
