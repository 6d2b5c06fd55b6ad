"""Double entry: no money is created or lost, and the amounts are the plain sums."""

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altyn.domain import ledger
from altyn.domain.ledger import Account, Movement, Posting, Totals, totals

SUMS = st.integers(1, 10**12)


def balance(postings: Sequence[Posting]) -> dict[Account, int]:
    """The balance of each account, summed posting by posting."""
    accounts: dict[Account, int] = defaultdict(int)
    for posting in postings:
        accounts[posting.source] -= posting.amount_minor
        accounts[posting.destination] += posting.amount_minor
    return accounts


@pytest.mark.parametrize(
    "postings",
    [
        ledger.hold(0),
        ledger.deposit(0, remainder_minor=0),
        ledger.reversal(0, deposited=True),
        ledger.refund(0),
        ledger.payout(0),
    ],
)
def test_zero_amount_is_not_posted(postings: tuple[Posting, ...]) -> None:
    assert postings == ()


def test_a_deposit_of_all_releases_nothing() -> None:
    assert ledger.deposit(5, remainder_minor=0) == (
        Posting(Movement.DEPOSIT, Account.HOLD, Account.MERCHANT, 5),
    )


def test_totals_of_no_postings_are_zero() -> None:
    assert totals(()) == Totals(0, 0, 0)


@given(amount=SUMS, part=st.fractions(0, 1), back=st.fractions(0, 1), refunds=st.integers(0, 4))
def test_a_payment_in_two_stages(amount: int, part: float, back: float, refunds: int) -> None:
    """Hold, let a part go, deposit a part, refund in parts: the projection is the plain sum."""
    let_go = min(int(amount * back), amount - 1)
    held = amount - let_go
    taken = max(1, int(held * part))
    given_back = [taken // (refunds + 1)] * refunds
    postings = [
        *ledger.hold(amount),
        *ledger.reversal(let_go, deposited=False),
        *ledger.deposit(taken, remainder_minor=held - taken),
        *(posting for each in given_back for posting in ledger.refund(each)),
    ]
    assert totals(postings) == Totals(held, taken, sum(given_back))
    accounts = balance(postings)
    assert sum(accounts.values()) == 0
    assert accounts[Account.HOLD] == 0
    assert accounts[Account.MERCHANT] == taken - sum(given_back)


@given(amount=SUMS, part=st.fractions(0, 1), first=st.fractions(0, 1))
def test_an_order_reversed_to_the_last_kopeck_shows_nothing(
    amount: int, part: float, first: float
) -> None:
    taken = max(1, int(amount * part))
    one = int(taken * first)
    postings = [
        *ledger.hold(amount),
        *ledger.deposit(taken, remainder_minor=amount - taken),
        *ledger.reversal(one, deposited=True),
        *ledger.reversal(taken - one, deposited=True),
    ]
    assert totals(postings) == Totals(0, 0, 0)
    assert all(minor == 0 for minor in balance(postings).values())


@given(amount=st.integers(2, 10**12), part=st.fractions(0, 1))
def test_a_partial_reversal_of_a_deposit_lowers_both(amount: int, part: float) -> None:
    back = min(max(1, int(amount * part)), amount - 1)
    postings = [
        *ledger.hold(amount),
        *ledger.deposit(amount, remainder_minor=0),
        *ledger.reversal(back, deposited=True),
    ]
    assert totals(postings) == Totals(amount - back, amount - back, 0)


@given(amount=SUMS)
def test_a_payout_is_paid_by_the_merchant_to_the_payer(amount: int) -> None:
    """The three sums of a payment stay 0; other orders have brought in what is paid out."""
    postings = ledger.payout(amount)
    assert totals(postings) == Totals(0, 0, 0, paid_out_minor=amount)
    assert balance(postings) == {Account.MERCHANT: -amount, Account.PAYER: amount}


def test_a_refund_of_everything_is_no_reversal() -> None:
    postings = (*ledger.hold(5), *ledger.deposit(3, remainder_minor=2), *ledger.refund(3))
    assert totals(postings) == Totals(5, 3, 3)
