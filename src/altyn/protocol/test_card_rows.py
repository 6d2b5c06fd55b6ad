"""The documented cards of the sandbox, one row each, and the shape of such a row.

The simulated issuer and ACS behave by these rows, so what the documents promise is what happens.
Source: codes.md §9. All the numbers pass the Luhn test. Finding a card is in `test_cards`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from typing import ClassVar, Final, Literal

from altyn.domain.action_codes import (
    APPROVED,
    AUTHENTICATION_FAILED,
    EXPIRED_CARD,
    NOT_ENOUGH_MONEY,
    PARES_UNKNOWN,
    TDS_COMMUNICATION_ERROR,
    VERES_UNKNOWN,
)
from altyn.domain.card.values import Expiry, PaymentSystem, payment_system
from altyn.protocol.threeds import TransStatus, VeRes

ACS_CODE_CLASSIC: Final = "12345678"
ACS_CODE_ECOM: Final = "111111"
CVC_CLASSIC: Final = "123"
ATTEMPTS_MAX: Final = 3

Protocol = Literal["tds1", "tds2", "both"]


class Tds2(Enum):
    """How a card behaves in 3-D Secure 2."""

    FRICTIONLESS = "frictionless"  # ARes Y, the payer sees nothing
    FRICTIONLESS_FAIL = "frictionless fail"  # ARes N
    CHALLENGE = "challenge"  # ARes C, the payer types the code
    ATTEMPT = "attempt"  # ARes A
    NOT_ENROLLED = "not enrolled"  # paid by SSL


class Fault(IntEnum):
    """What goes wrong outside; the number stands in the card, after `22000002`."""

    TIMEOUT_NOT_SENT = 1
    APPROVED_ANSWER_LOST = 2
    DECLINED_ANSWER_LOST = 3
    PENDING_THEN_APPROVED = 4
    PENDING_THEN_DECLINED = 5
    DEPOSIT_ANSWER_LOST = 6
    REVERSAL_ANSWER_LOST = 7
    REFUND_ANSWER_LOST = 8
    HOST_NOT_AVAILABLE = 9
    SLOW = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCard:
    """One card of the sandbox and how the outside behaves when it is used.

    `action_code` is how a payment ends when everything asked is typed rightly.
    `protocol` is the 3-D Secure version of the card, which the merchant cannot change; "both" means
    that none is involved and either version finds the card not enrolled.
    `acs_code` is what the payer types at the ACS; None means no page is shown.
    `expiry`, `cvc`: None means any. A listed expiry is accepted whatever today is, for documents
    name months that have passed; `other_expiries` likewise.
    `balance_minor`: a larger payment is declined for lack of money; None means no end of it.
    """

    __test__: ClassVar[bool] = False  # the name begins like a test's, which pytest would collect

    pan: str
    protocol: Protocol = "both"
    system: PaymentSystem
    expiry: Expiry | None = None
    other_expiries: tuple[Expiry, ...] = ()
    cvc: str | None = None
    tds1: VeRes | None = None
    pares: TransStatus | None = None
    tds2: Tds2 | None = None
    tds_unreachable: bool = False
    action_code: int = APPROVED
    acs_code: str | None = None
    balance_minor: int | None = None
    corporate: bool = False
    fault: Fault | None = None
    note: str = ""
    source: str

    def expiry_ok(self, expiry: Expiry, today: date) -> bool:
        """Whether the issuer takes this expiry: a listed one always, any other if not yet past."""
        listed = (self.expiry, *self.other_expiries)
        return expiry in listed or expiry.valid_on(today)

    def cvc_ok(self, cvc: str | None) -> bool:
        """Whether the issuer takes this CVC; one that was not given is the gateway's question."""
        return self.cvc is None or cvc is None or cvc == self.cvc

    def issuer_code(self, amount_minor: int) -> int:
        """The issuer's answer to an authorisation, if one is asked.

        Cards that fail in 3-D Secure are good for the issuer: FORCE_SSL pays with them.
        """
        if self.balance_minor is not None and amount_minor > self.balance_minor:
            return NOT_ENOUGH_MONEY
        return APPROVED if self.fails_in_tds else self.action_code

    @property
    def fails_in_tds(self) -> bool:
        """Whether `action_code` is the word of 3-D Secure and not the issuer's."""
        return (
            self.tds_unreachable
            or self.tds1 is VeRes.UNKNOWN
            or self.pares is TransStatus.UNKNOWN
            or self.tds2 is Tds2.FRICTIONLESS_FAIL
        )


def system_of(pan: str) -> PaymentSystem:
    """The payment system of a number that has one."""
    system = payment_system(pan)
    assert system is not None, "a test card belongs to a payment system"
    return system


# --- The ecom set, codes.md §9.1 ------------------------------------------------------------------


def _ecom(
    pan: str,
    expiry: str,
    cvc: str,
    *,
    tds1: VeRes | None = None,
    tds2: Tds2 | None = None,
    action_code: int = APPROVED,
    balance_minor: int | None = None,
    corporate: bool = False,
    note: str = "",
) -> TestCard:
    protocol: Protocol = "both" if tds1 and tds2 else "tds1" if tds1 else "tds2"
    asks_code = tds1 is VeRes.ENROLLED or tds2 is Tds2.CHALLENGE
    return TestCard(
        pan=pan,
        protocol=protocol,
        system=system_of(pan),
        expiry=Expiry.parse(expiry),
        cvc=cvc,
        tds1=tds1,
        pares=TransStatus.AUTHENTICATED if tds1 is VeRes.ENROLLED else None,
        tds2=tds2,
        action_code=action_code,
        acs_code=ACS_CODE_ECOM if asks_code else None,
        balance_minor=balance_minor,
        corporate=corporate,
        note=note,
        source="codes.md §9.1",
    )


_Y, _N, _U = VeRes.ENROLLED, VeRes.NOT_ENROLLED, VeRes.UNKNOWN
_SSL: Final = Tds2.NOT_ENROLLED

ECOM: Final = (
    _ecom("2202205000012424", "202805", "649", tds2=Tds2.FRICTIONLESS),
    _ecom(
        "2202205300068092",
        "202605",
        "583",
        tds2=Tds2.CHALLENGE,
        balance_minor=100_00,
        note="holds 100.00: more is declined with 116",
    ),
    _ecom("4006800900962514", "202605", "941", tds1=_Y),
    _ecom("5469980100048525", "202605", "041", tds1=_Y),
    _ecom("4276380089497205", "202204", "074", tds1=_Y, note="older set"),
    _ecom("5469017707243272", "202312", "591", tds1=_Y, note="older set"),
    _ecom("2202206100040083", "202605", "061", tds1=_N, tds2=_SSL),
    _ecom("2202206000270541", "202805", "123", tds1=_N, tds2=_SSL, corporate=True),
    # These two have an ACS code; that it is of version 2, as with other MIR cards, is ours.
    _ecom("2202205000060910", "202806", "810", tds2=Tds2.CHALLENGE, action_code=NOT_ENOUGH_MONEY),
    _ecom("2202202107593166", "202206", "123", tds2=Tds2.CHALLENGE, action_code=EXPIRED_CARD),
)


# --- The classic set, codes.md §9.2 ---------------------------------------------------------------

# Documents name these months although they have passed.
_CLASSIC_EXPIRIES: Final = (Expiry(2019, 12), Expiry(2024, 12))


def _classic(
    pan: str,
    tds1: VeRes | None,
    pares: TransStatus | None = None,
    action_code: int = APPROVED,
    *,
    cvc: str = CVC_CLASSIC,
    note: str = "",
) -> TestCard:
    return TestCard(
        pan=pan,
        protocol="both" if tds1 is _N else "tds1",
        system=system_of(pan),
        other_expiries=_CLASSIC_EXPIRIES,
        cvc=cvc,
        tds1=tds1,
        pares=pares,
        tds2=_SSL if tds1 is _N else None,
        tds_unreachable=action_code == TDS_COMMUNICATION_ERROR,
        action_code=action_code,
        acs_code=ACS_CODE_CLASSIC if pares is TransStatus.AUTHENTICATED else None,
        note=note,
        source="codes.md §9.2",
    )


CLASSIC: Final = (
    _classic("4111111111111111", _Y, TransStatus.AUTHENTICATED),
    _classic("5555555555555599", _N),
    _classic(
        "639002000000000003", _Y, TransStatus.ATTEMPTED, note="Maestro, 18 digits; CVC may be empty"
    ),
    _classic("5100000000000008", _Y, TransStatus.AUTHENTICATED),
    _classic("6011000000000004", _Y, TransStatus.AUTHENTICATED),
    _classic("4444000000001111", _N),
    _classic("5555555555555557", _Y, TransStatus.UNKNOWN, PARES_UNKNOWN),
    _classic("4444333322221111", _Y, TransStatus.UNKNOWN, PARES_UNKNOWN),
    _classic("4000000000000002", _U, None, VERES_UNKNOWN),
    _classic("5555555544444442", _U, None, VERES_UNKNOWN),
    _classic("4444444444444422", _N, None, 913),
    _classic("4444444444444455", _N, None, 902),
    _classic("4444444444443333", _N, None, 123),
    _classic("4444444444446666", _N, None, -20010),
    _classic("4444444411111111", _N, None, 5),
    _classic("4444444499999999", None, None, TDS_COMMUNICATION_ERROR),
    _classic("5432543254325430", _Y, TransStatus.AUTHENTICATED, NOT_ENOUGH_MONEY, cvc="521"),
    _classic("4563960122001999", _N, cvc="347"),
)


# --- The 3-D Secure 2 set, codes.md §9.3 ----------------------------------------------------------


def _second(
    pan: str,
    tds2: Tds2,
    *expiries: Expiry,
    action_code: int = APPROVED,
    note: str = "",
) -> TestCard:
    return TestCard(
        pan=pan,
        protocol="both" if tds2 is _SSL else "tds2",
        system=system_of(pan),
        expiry=expiries[0] if expiries else None,
        other_expiries=expiries[1:],
        tds1=_N if tds2 is _SSL else None,
        tds2=tds2,
        action_code=action_code,
        acs_code=ACS_CODE_CLASSIC if tds2 is Tds2.CHALLENGE else None,
        note=note,
        source="codes.md §9.3",
    )


SECOND: Final = (
    _second("4111111111111111", Tds2.FRICTIONLESS, Expiry(2024, 12)),
    _second("5555555555555599", Tds2.CHALLENGE, Expiry(2024, 12), Expiry(2034, 12)),
    _second("5168494895055780", Tds2.FRICTIONLESS_FAIL, action_code=AUTHENTICATION_FAILED),
    _second("4000001111111118", Tds2.ATTEMPT, Expiry(2030, 12)),
    _second("5000001111111115", Tds2.CHALLENGE, Expiry(2030, 12)),
    _second("4444555511113333", _SSL),
    _second("2200000000000038", Tds2.FRICTIONLESS, note="frictionless is our reading"),
)

DOCUMENTED: Final = (*ECOM, *CLASSIC, *SECOND)
