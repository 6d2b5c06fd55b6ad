"""The test cards on the sandbox's payment page: all documented ones, grouped by what they do.

The text of a card is made from the card's own row, so it always agrees with the simulators.
Source: codes.md §9.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from altyn.domain.action_codes import APPROVED, EXPIRED_CARD, NOT_ENOUGH_MONEY
from altyn.domain.card.values import Expiry
from altyn.domain.merchant import Merchant
from altyn.domain.money import Money
from altyn.domain.moscow import to_moscow
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.texts import words_in
from altyn.inbound.payment_page.view import TestCard, TestCardGroup
from altyn.look import Words
from altyn.protocol.test_card_rows import DOCUMENTED, Fault, Tds2
from altyn.protocol.test_card_rows import TestCard as Row
from altyn.protocol.test_cards import FAULTS, lookup
from altyn.protocol.threeds import VeRes

ANY_CVC: Final = "123"
YEARS_AHEAD: Final = 4
# Faults of later requests: until the payment is made these cards do nothing special.
AFTER_PAYMENT: Final = frozenset(
    {Fault.DEPOSIT_ANSWER_LOST, Fault.REVERSAL_ANSWER_LOST, Fault.REFUND_ANSWER_LOST}
)
SHOWN: Final = (
    *dict.fromkeys(row.pan for row in DOCUMENTED),
    *(row.pan for row in FAULTS if row.fault not in AFTER_PAYMENT),
)

CODE_1: Final = Words("3-D Secure, код {code}", "3-D Secure, code {code}")
CODE_2: Final = Words("3-D Secure 2, код {code}", "3-D Secure 2, code {code}")
ATTEMPT: Final = Words("3-D Secure, код не нужен", "3-D Secure, no code")
QUIET: Final = Words("3-D Secure 2, код не нужен", "3-D Secure 2, no code")
NO_TDS: Final = Words("без 3-D Secure", "no 3-D Secure")
BALANCE: Final = Words("до {balance}", "up to {balance}")
DECLINED: Final = Words("код ответа {action}", "action code {action}")
NO_MONEY: Final = Words("116: не хватает денег", "116: not enough money")
EXPIRED: Final = Words("101: срок истёк", "101: the card has expired")
UNCHECKED: Final = Words("{action}: 3-D Secure не пройдена", "{action}: 3-D Secure fails")
FAULT_WORDS: Final = {
    Fault.TIMEOUT_NOT_SENT: Words("банк не отвечает", "the bank does not answer"),
    Fault.APPROVED_ANSWER_LOST: Words("ответ банка задержится", "the bank answers late"),
    Fault.DECLINED_ANSWER_LOST: Words("ответ банка задержится", "the bank answers late"),
    Fault.PENDING_THEN_APPROVED: Words("банк решит позже", "the bank decides later"),
    Fault.PENDING_THEN_DECLINED: Words("банк решит позже", "the bank decides later"),
    Fault.HOST_NOT_AVAILABLE: Words("нет связи с банком", "no connection with the bank"),
    Fault.SLOW: Words("банк ответит через 3 секунды", "the bank answers after 3 seconds"),
}


def test_card_groups(
    page_order: PageOrder, now: datetime, language: str
) -> tuple[TestCardGroup, ...]:
    """The cards with the results that they have for this order, grouped by result."""
    version = _tds_version(page_order.merchant)
    return cards_by_result(page_order.amount, now, language, version)


def cards_by_result(
    amount: Money, now: datetime, language: str, version: Literal["1", "2"] = "2"
) -> tuple[TestCardGroup, ...]:
    """The cards with the results that they have for an amount, grouped by result.

    `version` is the version of 3-D Secure that the shop uses.
    """
    found = (lookup(pan, tds_version=version) for pan in SHOWN)
    rows = [row for row in found if row is not None]
    return tuple(
        TestCardGroup(
            key, tuple(_test_card(row, amount, now, language) for row in rows if fits(row, amount))
        )
        for key, fits in _GROUPS
    )


def _tds_version(merchant: Merchant) -> Literal["1", "2"]:
    return "2" if merchant.settings.tds_version == "2" else "1"


def _declines(row: Row, amount: Money) -> bool:
    return row.fails_in_tds or row.action_code != APPROVED or _too_much(row, amount)


def _too_much(row: Row, amount: Money) -> bool:
    return row.balance_minor is not None and amount.amount_minor > row.balance_minor


def _asks(row: Row, amount: Money) -> bool:
    return row.acs_code is not None and not _declines(row, amount)


def _pays(row: Row, amount: Money) -> bool:
    return row.acs_code is None and not _declines(row, amount)


_GROUPS: Final[tuple[tuple[str, Callable[[Row, Money], bool]], ...]] = (
    ("test_pays", _pays),
    ("test_asks", _asks),
    ("test_declines", _declines),
)


def _test_card(row: Row, amount: Money, now: datetime, language: str) -> TestCard:
    later = Expiry(to_moscow(now).year + YEARS_AHEAD, 12)
    balance = Money(row.balance_minor or 0, amount.currency)
    values = {"code": row.acs_code, "action": row.action_code, "balance": balance.human(language)}
    parts = [words_in(each, language).format(**values) for each in _parts(row, amount)]
    return TestCard(
        pan=row.pan,
        expiry=(row.expiry or later).text,
        cvc=row.cvc or ANY_CVC,
        does=", ".join(parts),
    )


def _parts(row: Row, amount: Money) -> list[Words]:
    """What a payment with this card does, in the order in which it happens."""
    limit = [BALANCE] if row.balance_minor is not None else []
    fault = [FAULT_WORDS[row.fault]] if row.fault in FAULT_WORDS else []
    asked = [_step(row)] if not row.fails_in_tds and not fault else []
    end = [_reason(row, amount)] if _declines(row, amount) else []
    return [*asked, *fault, *end, *limit]


def _step(row: Row) -> Words:
    if row.tds1 is VeRes.ENROLLED:
        return CODE_1 if row.acs_code else ATTEMPT
    if row.tds2 is Tds2.CHALLENGE:
        return CODE_2
    return QUIET if row.tds2 in {Tds2.FRICTIONLESS, Tds2.ATTEMPT} else NO_TDS


def _reason(row: Row, amount: Money) -> Words:
    if row.fails_in_tds:
        return UNCHECKED
    if row.action_code == EXPIRED_CARD:
        return EXPIRED
    if row.action_code == NOT_ENOUGH_MONEY or _too_much(row, amount):
        return NO_MONEY
    return DECLINED
