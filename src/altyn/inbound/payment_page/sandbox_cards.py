"""The test cards in the band of the sandbox: one for each way that a payment can end.

The text of a card is made from the card's own row, so it always agrees with the simulators.
Source: codes.md §9.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, NamedTuple

from altyn.domain.action_codes import APPROVED, NOT_ENOUGH_MONEY
from altyn.domain.card.values import Expiry
from altyn.domain.merchant import Merchant
from altyn.domain.moscow import to_moscow
from altyn.inbound.payment_page.view import TestCard
from altyn.protocol.test_card_rows import TestCard as Row
from altyn.protocol.test_cards import (
    Fault,
    Tds2,
    card_for_action_code,
    card_for_fault,
    lookup,
)
from altyn.protocol.threeds import VeRes

ANY_CVC: Final = "123"
YEARS_AHEAD: Final = 4

CHOSEN: Final = (
    "5555555555555599",
    "4111111111111111",
    "2202205000012424",
    "5000001111111115",
    card_for_action_code(NOT_ENOUGH_MONEY),
    "4000000000000002",
    card_for_fault(Fault.APPROVED_ANSWER_LOST),
)


class Words(NamedTuple):
    """One text in both languages."""

    ru: str
    en: str

    def text(self, language: str, **values: object) -> str:
        """The text in Russian, or in English for `en`."""
        return (self.en if language == "en" else self.ru).format(**values)


CODE_1: Final = Words("3-D Secure, код {code}", "3-D Secure, code {code}")
CODE_2: Final = Words("3-D Secure 2, код {code}", "3-D Secure 2, code {code}")
QUIET: Final = Words("3-D Secure 2 без вопросов", "3-D Secure 2 without questions")
NO_TDS: Final = Words("без 3-D Secure", "no 3-D Secure")
PAYS: Final = Words("оплата пройдёт", "pays")
NO_MONEY: Final = Words("отказ: не хватает денег", "declined: not enough money")
NO_BANK: Final = Words("отказ: банк не смог проверить карту", "declined: the card is not verified")
LOST: Final = Words("ответ банка задержится", "the bank's answer comes late")
DECLINED: Final = Words("отказ, код {action}", "declined, code {action}")


def band_cards(merchant: Merchant, now: datetime, language: str) -> tuple[TestCard, ...]:
    """The cards of the band, with the results that they have for this merchant."""
    version: Literal["1", "2"] = "2" if merchant.settings.tds_version == "2" else "1"
    rows = (lookup(pan, tds_version=version) for pan in CHOSEN)
    return tuple(_test_card(row, now, language) for row in rows if row is not None)


def _test_card(row: Row, now: datetime, language: str) -> TestCard:
    later = Expiry(to_moscow(now).year + YEARS_AHEAD, 12)
    does = "; ".join(
        each.text(language, code=row.acs_code, action=row.action_code)
        for each in (_step(row), _end(row))
    )
    return TestCard(
        pan=row.pan, expiry=(row.expiry or later).text, cvc=row.cvc or ANY_CVC, does=does
    )


def _step(row: Row) -> Words:
    if row.tds1 is VeRes.ENROLLED and row.acs_code:
        return CODE_1
    if row.tds2 is Tds2.CHALLENGE:
        return CODE_2
    return QUIET if row.tds2 in {Tds2.FRICTIONLESS, Tds2.ATTEMPT} else NO_TDS


def _end(row: Row) -> Words:
    rules: tuple[tuple[Callable[[Row], bool], Words], ...] = (
        (lambda row: row.fault is not None, LOST),
        (lambda row: row.fails_in_tds, NO_BANK),
        (lambda row: row.action_code == APPROVED, PAYS),
        (lambda row: row.action_code == NOT_ENOUGH_MONEY, NO_MONEY),
    )
    return next((words for holds, words in rules if holds(row)), DECLINED)
