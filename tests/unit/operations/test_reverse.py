"""Reversals: the ladder of refusals, midnight in Moscow, in whole and in part."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import OPENING, Merchant, Permission
from altyn.domain.moscow import end_of_business_day
from altyn.domain.order import AttemptState, Due, Kind, Order
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Busy
from altyn.operations.reverse import Reverse, decide_reversal, settle_reversal
from tests.builders import PAID_AT, a_merchant, an_attempt, an_order, notifications
from tests.unit.operations.ladders import documented_refusals, ladder_cases, refusal_of

NOW = PAID_AT + timedelta(hours=1)
MIDNIGHT = end_of_business_day(PAID_AT)
A_TICK = timedelta(microseconds=1)
PART = Reverse(amount_minor=100_00)


def a_hold(**changes: Any) -> Order:
    hold = an_order(
        two_phase=True,
        status=OrderStatus.APPROVED,
        approved_minor=2500_00,
        approved_at=PAID_AT,
        action_code=0,
        attempts=(an_attempt(),),
    )
    return replace(hold, **changes)


def a_deposit(**changes: Any) -> Order:
    deposited = a_hold(status=OrderStatus.DEPOSITED, deposited_minor=2500_00, deposited_at=PAID_AT)
    return replace(deposited, **changes)


@dataclass(frozen=True)
class Case:
    order: Order
    command: Reverse
    merchant: Merchant


def without_parts(case: Case) -> Case:
    return replace(case, merchant=a_merchant(permissions=OPENING - {Permission.PARTIAL_REVERSAL}))


FINE = Case(a_hold(), PART, a_merchant())
RUNGS = (
    (
        Refusal.WRONG_STATUS,
        lambda c: replace(c, order=replace(c.order, status=OrderStatus.REFUNDED)),
    ),
    (Refusal.ACCESS_DENIED, without_parts),
    (
        Refusal.PARTIAL_REVERSAL_REPEATED,
        lambda c: replace(c, order=replace(c.order, partly_reversed=True)),
    ),
)


def test_refusals_are_those_of_the_docstring() -> None:
    documented = documented_refusals(decide_reversal)
    assert documented == [*(refusal for refusal, _ in RUNGS), Refusal.AMOUNT_INVALID]


@pytest.mark.parametrize(("case", "refusal"), ladder_cases(FINE, RUNGS))
def test_first_refusal_of_the_docstring_is_returned(case: Case, refusal: Refusal) -> None:
    assert refusal_of(decide_reversal(case.order, case.command, case.merchant, NOW)) is refusal


@pytest.mark.parametrize("partly", [False, True])
@pytest.mark.parametrize("order", [a_hold(), a_deposit()], ids=["hold", "deposit"])
def test_reversal_above_the_amount_left_is_refused(order: Order, *, partly: bool) -> None:
    above = Reverse(amount_minor=2500_01)
    order = replace(order, partly_reversed=partly)
    assert refusal_of(decide_reversal(order, above, a_merchant(), NOW)) is Refusal.AMOUNT_INVALID


@pytest.mark.parametrize("status", [s for s in OrderStatus if s not in {"approved", "deposited"}])
def test_only_a_hold_or_a_deposit_is_reversed(status: OrderStatus) -> None:
    order = a_hold(status=status)
    assert refusal_of(decide_reversal(order, PART, a_merchant(), NOW)) is Refusal.WRONG_STATUS


@pytest.mark.parametrize("kind", [Kind.DEPOSIT, Kind.REVERSE, Kind.REFUND])
def test_request_is_busy_while_another_is_in_flight(kind: Kind) -> None:
    asked = an_attempt(kind, number=2, state=AttemptState.UNKNOWN, amount_minor=1)
    order = a_deposit().with_attempt(asked)
    assert isinstance(decide_reversal(order, Reverse(), a_merchant(), NOW), Busy)


@pytest.mark.parametrize(
    ("now", "refusal"), [(MIDNIGHT - A_TICK, None), (MIDNIGHT, Refusal.WRONG_STATUS)]
)
def test_a_deposit_is_reversed_until_midnight_in_moscow(
    now: datetime, refusal: Refusal | None
) -> None:
    assert refusal_of(decide_reversal(a_deposit(), Reverse(), a_merchant(), now)) is refusal
    assert refusal_of(decide_reversal(a_deposit(), PART, a_merchant(), now)) is refusal


def test_business_day_is_that_of_the_deposit() -> None:
    late = a_deposit(deposited_at=MIDNIGHT + timedelta(hours=1))
    assert (
        refusal_of(decide_reversal(late, Reverse(), a_merchant(), MIDNIGHT + timedelta(hours=2)))
        is None
    )


def test_hold_is_reversed_after_midnight_too() -> None:
    later = MIDNIGHT + timedelta(days=3)
    assert refusal_of(decide_reversal(a_hold(), Reverse(), a_merchant(), later)) is None


@pytest.mark.parametrize(
    ("order", "whole"),
    [(a_hold(), 2500_00), (a_deposit(deposited_minor=1000_00), 1000_00)],
    ids=["hold", "deposit of a part"],
)
@pytest.mark.parametrize("named", [False, True], ids=["0", "the sum"])
def test_reversal_of_zero_takes_the_whole_amount(order: Order, whole: int, *, named: bool) -> None:
    command = Reverse(amount_minor=whole if named else 0)
    order = replace(order, partly_reversed=True)  # a whole reversal may follow a partial one
    accepted = decide_reversal(order, command, a_merchant(), NOW)
    assert isinstance(accepted, Accepted)
    attempt = accepted.order.attempt(2)
    assert (attempt.amount_minor, attempt.partial, accepted.ask) == (whole, False, 2)
    assert accepted.postings == ()


@pytest.mark.parametrize("deposited", [False, True])
def test_whole_reversal_sets_the_amounts_to_zero(*, deposited: bool) -> None:
    order = a_deposit(deposited_minor=1000_00) if deposited else a_hold()
    amount = 1000_00 if deposited else 2500_00
    attempt = an_attempt(Kind.REVERSE, number=2, amount_minor=amount)
    accepted = settle_reversal(order, attempt, NOW)
    assert accepted.order.status is OrderStatus.REVERSED
    assert (accepted.order.approved_minor, accepted.order.deposited_minor) == (0, 0)
    assert accepted.order.reversed_at == NOW
    assert accepted.order.due() is None
    assert accepted.postings == ledger.reversal(amount, deposited=deposited)
    receipt = ReceiptDue(receipt_kind=ReceiptKind.REFUND, amount_minor=amount)
    assert accepted.effects == (
        OrderNotification(CallbackOperation.REVERSED, amount_minor=amount),
        *([receipt] if deposited else []),
    )


@pytest.mark.parametrize(
    ("order", "left"),
    [(a_hold(), (2400_00, 0)), (a_deposit(), (2400_00, 2400_00))],
    ids=["hold", "deposit"],
)
def test_a_partial_reversal_keeps_the_status(order: Order, left: tuple[int, int]) -> None:
    attempt = an_attempt(Kind.REVERSE, number=2, amount_minor=100_00, partial=True)
    accepted = settle_reversal(order, attempt, NOW)
    assert accepted.order.status is order.status
    assert (accepted.order.approved_minor, accepted.order.deposited_minor) == left
    assert accepted.order.partly_reversed
    assert sum(p.amount_minor for p in accepted.postings) == 100_00


@pytest.mark.parametrize("due", [None, Due.AUTO_REVERSE, Due.HOLD_RELEASE])
def test_declined_reversal_changes_nothing(due: Due | None) -> None:
    order = a_hold(auto_reverse_at=NOW)
    attempt = an_attempt(Kind.REVERSE, number=2, state=AttemptState.DECLINED, due=due)
    accepted = settle_reversal(order, attempt, NOW)
    assert accepted.order.status is OrderStatus.APPROVED
    assert accepted.order.approved_minor == 2500_00
    assert accepted.postings == ()
    assert [each.succeeded for each in notifications(accepted.effects)] == [False]
    # an automatic reversal is attempted once; the release of a hold is repeated
    expected = None if due is Due.AUTO_REVERSE else NOW
    assert accepted.order.auto_reverse_at == expected
