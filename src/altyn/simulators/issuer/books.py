"""The books of one authorisation: its held, deposited and returned sums, and how they change.

The functions are pure. A CHECK constraint of the table also enforces that the sums add up.
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

    held: reserved. deposited: taken and not refunded. reversed and refunded: returned to the payer.
    released: the rest of a hold after a partial deposit.
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
        sums = (
            self.held_minor,
            self.deposited_minor,
            self.reversed_minor,
            self.refunded_minor,
            self.released_minor,
        )
        assert min(sums) >= 0
        assert sum(sums) == self.approved_minor


def move(books: Books | None, request: AcquirerRequest) -> Books | int:
    """The books after a DEPOSIT, REVERSE or REFUND, or the action code of the refusal.

    Refuses: 914 (no such authorisation of this merchant), 913 (another currency), 125 (amount 0
    or less), then 125 or 2009 (more than the books have).
    """
    if books is None or books.merchant != request.merchant:
        return ORIGINAL_NOT_FOUND
    if books.currency != request.currency:
        return CURRENCY_WRONG
    if request.amount_minor <= 0:
        return AMOUNT_ABOVE_HOLD_OR_ZERO
    match request.operation:
        case AcquirerOperation.DEPOSIT:
            return _deposit(books, request.amount_minor)
        case AcquirerOperation.REVERSE:
            return _reverse(books, request.amount_minor)
        case AcquirerOperation.REFUND:
            return _refund(books, request.amount_minor)
        case AcquirerOperation.AUTHORISE | AcquirerOperation.PAYOUT | AcquirerOperation.INQUIRE:
            raise AssertionError("this operation does not move money")


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
    """Return an amount from the hold, or from the deposit once the hold is empty.

    The gateway, not the bank, limits the reversal of a deposit to its own day.
    """
    reversed_minor = books.reversed_minor + amount_minor
    if amount_minor <= books.held_minor:
        return replace(
            books, held_minor=books.held_minor - amount_minor, reversed_minor=reversed_minor
        )
    if books.held_minor == 0 and amount_minor <= books.deposited_minor:
        return replace(
            books,
            deposited_minor=books.deposited_minor - amount_minor,
            reversed_minor=reversed_minor,
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
