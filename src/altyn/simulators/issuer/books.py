"""The books of one authorisation: where each minor unit of it is, and how it may move.

Pure sums, so that the rules of the pretended bank can be read and tried on one page. The same law
stands in the table as a CHECK.
Source: codes.md §4.2 (125, 2009, 914, 913); rest-orders.md §3.1-3.3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from altyn.protocol.acquiring import AcquirerOperation, AcquirerRequest

ORIGINAL_NOT_FOUND: Final = 914
CURRENCY_WRONG: Final = 913
AMOUNT_ABOVE_HOLD_OR_ZERO: Final = 125
REFUND_EXCEEDS_PAYMENT: Final = 2009


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Sums in minor units of `currency`; the five add up to `approved_minor`.

    held: reserved. deposited: taken, and still with the shop. reversed and refunded: given back.
    released: the rest of a hold after a deposit of a part.
    """

    merchant: str
    currency: str
    approved_minor: int
    held_minor: int
    deposited_minor: int
    reversed_minor: int
    refunded_minor: int
    released_minor: int

    def __post_init__(self) -> None:
        places = (
            self.held_minor,
            self.deposited_minor,
            self.reversed_minor,
            self.refunded_minor,
            self.released_minor,
        )
        assert min(places) >= 0
        assert sum(places) == self.approved_minor


def move(books: Books | None, question: AcquirerRequest) -> Books | int:
    """The books after a DEPOSIT, REVERSE or REFUND, or the action code of the refusal.

    Refuses: 914 (no such authorisation of this merchant), 913 (another currency), 125 (nothing
    asked), then 125 or 2009 (more than there is).
    """
    if books is None or books.merchant != question.merchant:
        return ORIGINAL_NOT_FOUND
    if books.currency != question.currency:
        return CURRENCY_WRONG
    if question.amount_minor <= 0:
        return AMOUNT_ABOVE_HOLD_OR_ZERO
    match question.operation:
        case AcquirerOperation.DEPOSIT:
            return _deposit(books, question.amount_minor)
        case AcquirerOperation.REVERSE:
            return _reverse(books, question.amount_minor)
        case AcquirerOperation.REFUND:
            return _refund(books, question.amount_minor)
        case AcquirerOperation.AUTHORISE | AcquirerOperation.INQUIRE:
            raise AssertionError("this moves nothing")


def _deposit(books: Books, amount_minor: int) -> Books | int:
    if amount_minor > books.held_minor:
        return AMOUNT_ABOVE_HOLD_OR_ZERO
    return replace(
        books,
        held_minor=0,
        deposited_minor=books.deposited_minor + amount_minor,
        released_minor=books.released_minor + books.held_minor - amount_minor,
    )


def _reverse(books: Books, amount_minor: int) -> Books | int:
    """Give back from the hold; after the deposit, from what was taken.

    That a deposited sum may be reversed only on its own day is the gateway's rule, not the bank's.
    """
    given_back = books.reversed_minor + amount_minor
    if amount_minor <= books.held_minor:
        return replace(books, held_minor=books.held_minor - amount_minor, reversed_minor=given_back)
    if books.held_minor == 0 and amount_minor <= books.deposited_minor:
        return replace(
            books, deposited_minor=books.deposited_minor - amount_minor, reversed_minor=given_back
        )
    return AMOUNT_ABOVE_HOLD_OR_ZERO


def _refund(books: Books, amount_minor: int) -> Books | int:
    if amount_minor > books.deposited_minor:
        return REFUND_EXCEEDS_PAYMENT
    return replace(
        books,
        deposited_minor=books.deposited_minor - amount_minor,
        refunded_minor=books.refunded_minor + amount_minor,
    )
