"""The cards that the sandbox takes: the documented ones, our own for everything else, and ranges.

A number that is none of these is refused, so that no real card is ever typed in by mistake.
Source: codes.md §9; the prefixes 22000001 and 22000002 are Altyn's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from altyn.domain.action_codes import (
    APPROVED,
    HOST_NOT_AVAILABLE,
    NOT_ENOUGH_MONEY,
    PROCESSING_TIMEOUT,
)
from altyn.domain.card.values import Expiry, Pan, luhn_digit, luhn_ok
from altyn.protocol.action_codes import ACTION_CODES
from altyn.protocol.test_card_rows import (
    ACS_CODE_CLASSIC,
    ACS_CODE_ECOM,
    CLASSIC,
    DOCUMENTED,
    ECOM,
    SECOND,
    Fault,
    Tds2,
    TestCard,
    system_of,
)
from altyn.protocol.threeds import VeRes

__all__ = [
    "ACS_CODE_CLASSIC",
    "ACS_CODE_ECOM",
    "ALL",
    "BY_ACTION_CODE",
    "CLASSIC",
    "DOCUMENTED",
    "ECOM",
    "FAULTS",
    "RANGES",
    "SECOND",
    "Fault",
    "Tds2",
    "TestCard",
    "by_action_code",
    "card_for_action_code",
    "card_for_fault",
    "lookup",
]

ACTION_CODE_PREFIX: Final = "22000001"
FAULT_PREFIX: Final = "22000002"
SLOW_ANSWER_SECONDS: Final = 3
FAR_EXPIRY: Final = "209912"

# --- Our own cards --------------------------------------------------------------------------------


def _own(pan: str, action_code: int, *, note: str = "", fault: Fault | None = None) -> TestCard:
    return TestCard(
        pan=pan,
        system=system_of(pan),
        tds1=VeRes.NOT_ENROLLED,
        tds2=Tds2.NOT_ENROLLED,
        action_code=action_code,
        fault=fault,
        note=note,
        source="altyn",
    )


_ACTION_CODE_DIGITS: Final = 6
_OWN_LENGTH: Final = 16


def card_for_action_code(code: int) -> str:
    """The number of the card that ends with exactly this action code; 0 approves.

    `22000001`, sign (0 plus, 1 minus), six digits of the code, Luhn digit.
    Raises ValueError when the code has more than six digits.
    """
    digits = f"{abs(code):0{_ACTION_CODE_DIGITS}d}"
    if len(digits) > _ACTION_CODE_DIGITS:
        raise ValueError("an action code has at most six digits")
    partial = f"{ACTION_CODE_PREFIX}{int(code < 0)}{digits}"
    return partial + luhn_digit(partial)


def by_action_code(code: int) -> tuple[Pan, str]:
    """The number and the expiry (YYYYMM) of the card whose payments get this action code."""
    return Pan(card_for_action_code(code)), FAR_EXPIRY


def card_for_fault(fault: Fault) -> str:
    """The number of the card that meets this fault: `22000002`, two digits, `00000`, Luhn digit."""
    partial = f"{FAULT_PREFIX}{fault:02d}00000"
    return partial + luhn_digit(partial)


# Fault, how the payment ends at last, what happens.
_FAULTS: Final = (
    (Fault.TIMEOUT_NOT_SENT, PROCESSING_TIMEOUT, "time-out before the bank did anything"),
    (Fault.APPROVED_ANSWER_LOST, APPROVED, "the bank approves, the answer is lost; inquiry tells"),
    (Fault.DECLINED_ANSWER_LOST, NOT_ENOUGH_MONEY, "no answer, the bank declined; inquiry tells"),
    (Fault.PENDING_THEN_APPROVED, APPROVED, "pending, approved later"),
    (Fault.PENDING_THEN_DECLINED, NOT_ENOUGH_MONEY, "pending, declined later"),
    (Fault.DEPOSIT_ANSWER_LOST, APPROVED, "approves; the answer to a deposit is lost"),
    (Fault.REVERSAL_ANSWER_LOST, APPROVED, "approves; the answer to a reversal is lost"),
    (Fault.REFUND_ANSWER_LOST, APPROVED, "approves; the answer to a refund is lost"),
    (Fault.HOST_NOT_AVAILABLE, HOST_NOT_AVAILABLE, "the bank's host is not available"),
    (Fault.SLOW, APPROVED, f"the bank answers after {SLOW_ANSWER_SECONDS} s"),
)

FAULTS: Final = tuple(
    _own(card_for_fault(fault), code, note=note, fault=fault) for fault, code, note in _FAULTS
)


def _action_code_card(pan: str) -> TestCard | None:
    sign, digits = pan[len(ACTION_CODE_PREFIX)], pan[len(ACTION_CODE_PREFIX) + 1 : -1]
    code = -int(digits) if sign == "1" else int(digits)
    # Only the spelling that we would make ourselves: no other signs, no minus zero.
    if card_for_action_code(code) != pan:
        return None
    row = ACTION_CODES.get(code)
    return _own(pan, code, note=row.meaning if row else "a code without a row")


def _made_for(codes: Iterable[int]) -> Iterable[TestCard]:
    for code in codes:
        card = _action_code_card(card_for_action_code(code))
        assert card is not None, "what we make we can read"
        yield card


BY_ACTION_CODE: Final = tuple(_made_for(ACTION_CODES))

# Beginnings of documented numbers that no issuer would give out; 16 digits, four of them free.
RANGES: Final = (
    "220000000000",
    "400000000000",
    "400000111111",
    "411111111111",
    "444400000000",
    "444433332222",
    "444444444444",
    "444455551111",
    "500000111111",
    "510000000000",
    "555555554444",
    "555555555555",
    "601100000000",
)


def _range_card(pan: str) -> TestCard | None:
    if len(pan) != _OWN_LENGTH or not pan.startswith(RANGES):
        return None
    return _own(pan, APPROVED, note="inside a test range")


# --- Finding a card -------------------------------------------------------------------------------

ALL: Final = (*DOCUMENTED, *FAULTS, *BY_ACTION_CODE)

_FAULT_BY_PAN: Final = {card.pan: card for card in FAULTS}


def _chosen(version: Literal["1", "2"]) -> dict[str, TestCard]:
    # The later entry wins, and a number listed twice goes to the set of the merchant's version.
    order = (*ECOM, *SECOND, *CLASSIC) if version == "1" else DOCUMENTED
    return {card.pan: card for card in order}


_LISTED_BY_PAN: Final = {"1": _chosen("1"), "2": _chosen("2")}


def lookup(pan: str, *, tds_version: Literal["1", "2"]) -> TestCard | None:
    """Find how a card behaves; None means the sandbox refuses it.

    First the documented numbers, then our own, then the test ranges. `tds_version` is the
    merchant's 3-D Secure and decides for the numbers that the lists describe differently.
    Source: codes.md §9.2, §9.3.
    """
    listed = _LISTED_BY_PAN[tds_version].get(pan)
    if listed is not None:
        return listed
    if not luhn_ok(pan):
        return None
    if pan.startswith(FAULT_PREFIX):
        return _FAULT_BY_PAN.get(pan)
    if pan.startswith(ACTION_CODE_PREFIX) and len(pan) == _OWN_LENGTH:
        return _action_code_card(pan)
    return _range_card(pan)


def lists_expiry(pan: str, expiry: Expiry) -> bool:
    """Whether the documents of this test card name this expiry, so that it counts in the past too.

    The lists of both versions of 3-D Secure count. Source: codes.md §9.2, §9.3.
    """
    rows = (lookup(pan, tds_version="1"), lookup(pan, tds_version="2"))
    return any(row is not None and expiry in (row.expiry, *row.other_expiries) for row in rows)
