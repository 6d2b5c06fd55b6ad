"""The electronic commerce indicator: how well the holder was authenticated, by payment system.

The bank shares out the liability by it, so it is a table and not a guess wherever it is needed.
Source: codes.md §5.2; sent as an integer in `secureAuthInfo.eci`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from altyn.domain.card.values import PaymentSystem


class AuthenticationLevel(Enum):
    """How far 3-D Secure came for a payment."""

    FULL = "full"  # the issuer knows its holder
    ATTEMPT = "attempt"  # it was tried; also a card that is not enrolled under FORCE_TDS
    NONE = "none"  # paid by SSL alone


# system: full, attempt, none
_TABLE: Final[Mapping[PaymentSystem, tuple[int, int, int]]] = MappingProxyType(
    {
        PaymentSystem.VISA: (5, 6, 7),
        PaymentSystem.JCB: (5, 6, 7),
        PaymentSystem.AMEX: (5, 6, 7),
        PaymentSystem.CUP: (5, 6, 7),
        PaymentSystem.MASTERCARD: (2, 1, 0),
        PaymentSystem.MIR: (2, 1, 3),
    }
)


_ALSO_NONE: Final = frozenset({(PaymentSystem.MASTERCARD, 7)})
"""Another spelling of a payment without authentication, as samples show it."""


def level_of(system: PaymentSystem, value: int) -> AuthenticationLevel | None:
    """What an indicator says in a payment system; None where the system does not have it."""
    if (system, value) in _ALSO_NONE:
        return AuthenticationLevel.NONE
    return next((level for level in AuthenticationLevel if eci(system, level) == value), None)


def eci(system: PaymentSystem, authentication: AuthenticationLevel) -> int:
    """The indicator of a payment. Source: codes.md §5.2."""
    full, attempt, none = _TABLE[system]
    match authentication:
        case AuthenticationLevel.FULL:
            return full
        case AuthenticationLevel.ATTEMPT:
            return attempt
        case AuthenticationLevel.NONE:
            return none
