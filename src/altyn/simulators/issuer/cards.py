"""The issuer simulator's decisions: the check of a typed card, the result of an authorisation and
of a payout.

They depend on the table of test cards only: each behaviour of the sandbox is a row of that table.
Source: codes.md §4.2 and §9.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from altyn.domain.action_codes import (
    APPROVED,
    EXPIRED_CARD,
    INPUT_ERROR,
    PROCESSING_TIMEOUT,
    WRONG_CVC,
)
from altyn.protocol.acquiring import AcquirerOutcome, AcquirerRequest, CardCheck
from altyn.protocol.test_cards import ECOM, SLOW_ANSWER_SECONDS, Fault, TestCard, lookup

NO_CARD_RECORD: Final = 111
AMOUNT_INVALID: Final = 110
FORMAT_ERROR: Final = 904
UNKNOWN_POSTAL_CODE: Final = "000000"

_ANSWER_LOST: Final = frozenset({Fault.APPROVED_ANSWER_LOST, Fault.DECLINED_ANSWER_LOST})
_PENDING: Final = frozenset({Fault.PENDING_THEN_APPROVED, Fault.PENDING_THEN_DECLINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of an authorisation.

    `action_code` is the final one, also while PENDING. With `answer_lost` the result is stored, but
    the gateway gets UNKNOWN. The response is sent after `delay_seconds`.
    """

    outcome: AcquirerOutcome
    action_code: int
    fault: Fault | None = None
    answer_lost: bool = False
    delay_seconds: float = 0


def check_card(check: CardCheck, today: date) -> int | None:
    """The action code of the refusal of a typed card, or None.

    Refuses: 111 (not a test card), 101 (expired), then 82 or 71015 (wrong CVC, ecom or classic).
    """
    card = _find(check.pan.reveal())
    if card is None:
        return NO_CARD_RECORD
    if card.action_code == EXPIRED_CARD or not card.expiry_ok(check.expiry, today):
        return EXPIRED_CARD
    if not card.cvc_ok(check.cvc.reveal() if check.cvc else None):
        return WRONG_CVC if card in ECOM else INPUT_ERROR
    return None


def authorise(request: AcquirerRequest, today: date) -> Verdict:
    """The result of an AUTHORISE request.

    Refuses: 904 (no card), 110 (no amount), as `check_card` does, then as the card's row says.
    """
    return _decide(request, today, credits_card=False)


def _decide(request: AcquirerRequest, today: date, *, credits_card: bool) -> Verdict:
    if request.pan is None:
        return _declined(FORMAT_ERROR)
    if request.amount_minor <= 0 and not request.verify_only:
        return _declined(AMOUNT_INVALID)
    card = _find(request.pan.reveal())
    if card is None:
        return _declined(NO_CARD_RECORD)
    check = request.card_check()
    refusal = check_card(check, today) if check else None
    if refusal is not None:
        return _declined(refusal)
    return _by_row(card, card.issuer_code(0 if credits_card else request.amount_minor))


def pay_out(request: AcquirerRequest, today: date) -> Verdict:
    """The result of a PAYOUT request: as of an authorisation, but the card's balance is no limit.

    Refuses: as `authorise`.
    """
    return _decide(request, today, credits_card=True)


def avs_code(request: AcquirerRequest) -> str | None:
    """The result of the address check: E (no match) for postal code 000000, else D (match).

    Source: codes.md §6 (avsCode).
    """
    if request.postal_code is None:
        return None
    return "E" if request.postal_code == UNKNOWN_POSTAL_CODE else "D"


def _by_row(card: TestCard, code: int) -> Verdict:
    outcome = AcquirerOutcome.APPROVED if code == APPROVED else AcquirerOutcome.DECLINED
    if card.fault is Fault.TIMEOUT_NOT_SENT:
        return Verdict(outcome=AcquirerOutcome.NOT_SENT, action_code=PROCESSING_TIMEOUT)
    if card.fault in _PENDING:
        outcome = AcquirerOutcome.PENDING
    return Verdict(
        outcome=outcome,
        action_code=code,
        fault=card.fault,
        answer_lost=card.fault in _ANSWER_LOST,
        delay_seconds=SLOW_ANSWER_SECONDS if card.fault is Fault.SLOW else 0,
    )


def _declined(action_code: int) -> Verdict:
    return Verdict(outcome=AcquirerOutcome.DECLINED, action_code=action_code)


def _find(digits: str) -> TestCard | None:
    # The bank does not get the merchant's version of 3-D Secure. When two sets of test cards have
    # the same number, the classic set is used, which is the default.
    return lookup(digits, tds_version="1")
