"""The types of a result of 3-D Secure that a shop sends from its own MPI.

Source: codes.md §5.2; payment-page.md §4.1.
"""

import re
from typing import Final

from altyn.protocol.malformed import Malformed
from altyn.protocol.types import Context, Type, digits

_TWENTY_BYTES: Final = "[A-Za-z0-9+/]{27}="
_UUID: Final = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_AUTHENTICATED: Final = frozenset({1, 2, 5, 6})
"""The indicators, of all payment systems, of a payer who was authenticated, or was to be."""

_PLAIN_ECI: Final = digits(2, high=7)


def _eci(value: str, context: Context) -> int:
    indicator = int(_PLAIN_ECI.parse(value, context))
    if indicator in _AUTHENTICATED and not context.is_given("cavv"):
        raise Malformed(f"{indicator} says that the payer was authenticated: send cavv too")
    return indicator


def _proof(notation: str, pattern: str, what: str) -> Type:
    """A text of this pattern, which goes with an indicator."""
    compiled = re.compile(pattern)

    def parse(value: str, context: Context) -> str:
        if not compiled.fullmatch(value):
            raise Malformed(what)
        if not context.is_given("eci"):
            raise Malformed("goes with eci: send it too")
        return value

    return Type(notation, parse, pattern=pattern)


ECI: Final = Type(_PLAIN_ECI.notation, _eci, pattern="[0-9]{1,2}", low=0, high=7)
CAVV: Final = _proof("ANS28", _TWENTY_BYTES, "not 20 bytes in base64 (28 characters)")
XID: Final = _proof(
    "ANS28..36", f"{_TWENTY_BYTES}|{_UUID}", "neither 20 bytes in base64 nor a UUID"
)
