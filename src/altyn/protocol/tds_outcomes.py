"""What each answer of 3-D Secure leads to: the payment goes on, the payer is asked, or it ends.

The table is the same for the gateway, which obeys it, and for the simulated ACS, which provokes it.
Source: codes.md §5.1.

Two rules depend on the merchant and stay with the operation: under FORCE_FULL_TDS an attempt ends
with PARES_NOT_Y; a merchant that forbids SSL turns "not enrolled" into SSL_FORBIDDEN, one that
allows it may let an unknown enrolment pay by SSL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from altyn.domain.action_codes import AUTHENTICATION_FAILED, PARES_UNKNOWN, VERES_UNKNOWN
from altyn.protocol.eci import AuthenticationLevel
from altyn.protocol.threeds import TransStatus, VeRes


@dataclass(frozen=True, slots=True)
class Proceed:
    """The bank is asked, with this much of authentication."""

    authentication: AuthenticationLevel


@dataclass(frozen=True, slots=True)
class Challenge:
    """The payer is sent to the issuer's ACS."""


@dataclass(frozen=True, slots=True)
class Decline:
    """The payment ends before the bank is asked."""

    action_code: int


Outcome = Proceed | Challenge | Decline

AFTER_VERES: Final[Mapping[VeRes, Outcome]] = MappingProxyType(
    {
        VeRes.ENROLLED: Challenge(),
        VeRes.NOT_ENROLLED: Proceed(
            AuthenticationLevel.NONE
        ),  # FORCE_TDS: AuthenticationLevel.ATTEMPT
        VeRes.UNKNOWN: Decline(VERES_UNKNOWN),
    }
)

AFTER_PARES: Final[Mapping[TransStatus, Outcome]] = MappingProxyType(
    {  # TX.status of version 1
        TransStatus.AUTHENTICATED: Proceed(AuthenticationLevel.FULL),
        TransStatus.ATTEMPTED: Proceed(AuthenticationLevel.ATTEMPT),
        TransStatus.FAILED: Decline(AUTHENTICATION_FAILED),
        TransStatus.UNKNOWN: Decline(PARES_UNKNOWN),
    }
)

# An unknown ARes is not described; it declines as an unknown PARes does.
AFTER_ARES: Final[Mapping[TransStatus, Outcome]] = MappingProxyType(
    {
        TransStatus.AUTHENTICATED: Proceed(AuthenticationLevel.FULL),
        TransStatus.CHALLENGE: Challenge(),
        TransStatus.ATTEMPTED: Proceed(AuthenticationLevel.ATTEMPT),
        TransStatus.FAILED: Decline(AUTHENTICATION_FAILED),
        TransStatus.REJECTED: Decline(AUTHENTICATION_FAILED),
        TransStatus.UNKNOWN: Decline(PARES_UNKNOWN),
    }
)

# A challenge cannot end in a challenge: such an answer is a failed one.
AFTER_CHALLENGE: Final[Mapping[TransStatus, Outcome]] = MappingProxyType(
    {
        **AFTER_ARES,
        TransStatus.CHALLENGE: Decline(AUTHENTICATION_FAILED),
    }
)
