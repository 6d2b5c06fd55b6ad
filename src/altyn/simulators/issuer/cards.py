"""How the pretended issuer thinks of a card: what it checks, and what an authorisation comes to.

It reads the table of test cards and nothing else, so every behaviour of the sandbox is a row there.
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
NOBODYS_POSTAL_CODE: Final = "000000"

_ANSWER_LOST: Final = frozenset({Fault.APPROVED_ANSWER_LOST, Fault.DECLINED_ANSWER_LOST})
_PENDING: Final = frozenset({Fault.PENDING_THEN_APPROVED, Fault.PENDING_THEN_DECLINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an authorisation comes to.

    `action_code` is the final one, also while PENDING. `answer_lost`: it is so, but the gateway
    hears UNKNOWN. `delay_seconds` passes before the answer leaves.
    """

    outcome: AcquirerOutcome
    action_code: int
    fault: Fault | None = None
    answer_lost: bool = False
    delay_seconds: float = 0


def check_card(check: CardCheck, today: date) -> int | None:
    """The action code that refuses what was typed of a card, or None.

    Refuses: 111 (not a card of ours), 101 (expired), then 82 or 71015 (wrong CVC, ecom or classic).
    """
    card = _find(check.pan.reveal())
    if card is None:
        return NO_CARD_RECORD
    if card.action_code == EXPIRED_CARD or not card.expiry_ok(check.expiry, today):
        return EXPIRED_CARD
    if not card.cvc_ok(check.cvc.reveal() if check.cvc else None):
        return WRONG_CVC if card in ECOM else INPUT_ERROR
    return None


def authorise(question: AcquirerRequest, today: date) -> Verdict:
    """What becomes of an AUTHORISE.

    Refuses: 904 (no card), 110 (no amount), as check_card, then by the card's row.
    """
    if question.pan is None:
        return _declined(FORMAT_ERROR)
    if question.amount_minor <= 0 and not question.verify_only:
        return _declined(AMOUNT_INVALID)
    card = _find(question.pan.reveal())
    if card is None:
        return _declined(NO_CARD_RECORD)
    check = question.card_check()
    refusal = check_card(check, today) if check else None
    if refusal is not None:
        return _declined(refusal)
    return _by_row(card, question.amount_minor)


def avs_code(question: AcquirerRequest) -> str | None:
    """What the issuer finds of an address: D, both match; E, nothing does, for postal code 000000.

    Source: codes.md §6 (avsCode).
    """
    if question.postal_code is None:
        return None
    return "E" if question.postal_code == NOBODYS_POSTAL_CODE else "D"


def _by_row(card: TestCard, amount_minor: int) -> Verdict:
    code = card.issuer_code(amount_minor)
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
    # The bank does not know the merchant's version of 3-D Secure. Where two sets describe one
    # number differently it goes by the classic one, which is the default.
    return lookup(digits, tds_version="1")
