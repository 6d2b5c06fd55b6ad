"""Amounts as people type them in forms of the console and the personal account."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

MINOR_DIGITS: Final = 2


def minor_units(typed: str, digits: int = MINOR_DIGITS) -> int | None:
    """Minor units of an amount: "1500.00" or "1 500,50". None: not a whole number of them.

    `digits`: how many digits the minor unit of the currency has.
    """
    plain = re.sub(r"[\s\u00a0\u202f₽]", "", typed).replace(",", ".")
    try:
        minor = Decimal(plain).scaleb(digits)
    except InvalidOperation:
        return None
    if not minor.is_finite() or minor != minor.to_integral_value():
        return None
    return int(minor)
