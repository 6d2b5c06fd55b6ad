"""Numbers and amounts as people type them in forms of the console and the personal account."""

import re
from decimal import Decimal
from typing import Final

MINOR_DIGITS: Final = 2

_NOT_READ: Final = re.compile(r"[\s₽]")
_NUMBER: Final = re.compile(r"[0-9]{1,15}(?:[.,]([0-9]+))?")


def typed_number(typed: str, digits: int) -> Decimal | None:
    """A number such as "1500.00" or "1 500,50"; None for any other text.

    `digits`: the most decimals. More of them are refused even where they are zeros: "1,500" is 1.5
    for one reader, and 1500 for another.
    """
    plain = _NOT_READ.sub("", typed)
    found = _NUMBER.fullmatch(plain)
    if found is None or len(found[1] or "") > digits:
        return None
    return Decimal(plain.replace(",", "."))


def minor_units(typed: str, digits: int = MINOR_DIGITS) -> int | None:
    """Minor units of an amount. None: not a whole number of them, or no number as people type it.

    `digits`: how many digits the minor unit of the currency has.
    """
    number = typed_number(typed, digits)
    return None if number is None else int(number.scaleb(digits))
