"""Double entry: every movement of an order's money, from one account to another.

A posting names its source and its destination, so the sum over all accounts of an order is zero by
construction; the amounts of an order are the projection of its postings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """Where an order's money can be."""

    PAYER = "payer"  # with the payer, at the issuer
    HOLD = "hold"  # reserved at the issuer for this order
    MERCHANT = "merchant"  # due to the merchant


class Movement(StrEnum):
    """Why money moved."""

    HOLD = "hold"
    DEPOSIT = "deposit"
    RELEASE = "release"
    REVERSAL = "reversal"
    REFUND = "refund"
    PAYOUT = "payout"


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement. `amount_minor` is positive, in minor units of the order's currency."""

    movement: Movement
    source: Account
    destination: Account
    amount_minor: int


def hold(amount_minor: int) -> tuple[Posting, ...]:
    """Reserve a sum at the issuer."""
    return _some(Posting(Movement.HOLD, Account.PAYER, Account.HOLD, amount_minor))


def deposit(amount_minor: int, *, remainder_minor: int) -> tuple[Posting, ...]:
    """Take a held sum, and let go of what was held beyond it."""
    return _some(
        Posting(Movement.DEPOSIT, Account.HOLD, Account.MERCHANT, amount_minor),
        Posting(Movement.RELEASE, Account.HOLD, Account.PAYER, remainder_minor),
    )


def reversal(amount_minor: int, *, deposited: bool) -> tuple[Posting, ...]:
    """Give back a held sum, or on the day of the deposit a deposited one."""
    source = Account.MERCHANT if deposited else Account.HOLD
    return _some(Posting(Movement.REVERSAL, source, Account.PAYER, amount_minor))


def refund(amount_minor: int) -> tuple[Posting, ...]:
    """Give back a deposited sum, in whole or in part."""
    return _some(Posting(Movement.REFUND, Account.MERCHANT, Account.PAYER, amount_minor))


def payout(amount_minor: int) -> tuple[Posting, ...]:
    """Pay a sum of the merchant to a card that has paid nothing before."""
    return _some(Posting(Movement.PAYOUT, Account.MERCHANT, Account.PAYER, amount_minor))


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order's postings add up to, in minor units."""

    approved_minor: int
    deposited_minor: int
    refunded_minor: int
    paid_out_minor: int = 0


def totals(postings: Iterable[Posting]) -> Totals:
    """Project postings onto the amounts that an order shows (deposited is before refunds)."""
    sums = dict.fromkeys(((m, a) for m in Movement for a in Account), 0)
    for posting in postings:
        sums[posting.movement, posting.source] += posting.amount_minor
    reversed_deposit = sums[Movement.REVERSAL, Account.MERCHANT]
    reversed_in_all = sums[Movement.REVERSAL, Account.HOLD] + reversed_deposit
    held, refunded = sums[Movement.HOLD, Account.PAYER], sums[Movement.REFUND, Account.MERCHANT]
    released = sums[Movement.RELEASE, Account.HOLD]
    nothing_left = held == reversed_in_all + released
    return Totals(
        # an order reversed to the last kopeck shows nothing approved, also after partial ones
        approved_minor=0 if nothing_left else held - reversed_in_all,
        deposited_minor=sums[Movement.DEPOSIT, Account.HOLD] - reversed_deposit,
        refunded_minor=refunded,
        paid_out_minor=sums[Movement.PAYOUT, Account.MERCHANT],
    )


def _some(*postings: Posting) -> tuple[Posting, ...]:
    return tuple(posting for posting in postings if posting.amount_minor > 0)
