"""Deposits: the ladder of refusals, the sums, and what an answer makes of the hold."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import OPENING, Merchant, Permission
from altyn.domain.order import AttemptState, Due, Kind, Order
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Busy
from altyn.operations.deposit import Deposit, decide_deposit, settle_deposit
from tests.builders import PAID_AT, a_merchant, an_attempt, an_order
from tests.unit.operations.ladders import documented_refusals, ladder_cases, refusal_of

NOW = PAID_AT + timedelta(hours=1)


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


@dataclass(frozen=True)
class Case:
    order: Order
    command: Deposit
    merchant: Merchant


FINE = Case(a_hold(), Deposit(amount_minor=100_00), a_merchant())
WITHOUT = OPENING - {Permission.PARTIAL_DEPOSIT}
RUNGS = (
    (
        Refusal.WRONG_STATUS,
        lambda c: replace(c, order=replace(c.order, status=OrderStatus.DEPOSITED)),
    ),
    (
        Refusal.AMOUNT_ABOVE_HOLD,
        lambda c: replace(c, order=replace(c.order, approved_minor=c.command.amount_minor - 1)),
    ),
    (Refusal.DEPOSIT_TOO_SMALL, lambda c: replace(c, command=Deposit(amount_minor=99))),
    (Refusal.ACCESS_DENIED, lambda c: replace(c, merchant=a_merchant(permissions=WITHOUT))),
)


def test_refusals_are_those_of_the_docstring() -> None:
    assert documented_refusals(decide_deposit) == [refusal for refusal, _ in RUNGS]


@pytest.mark.parametrize(("case", "refusal"), ladder_cases(FINE, RUNGS))
def test_first_refusal_of_the_docstring_is_returned(case: Case, refusal: Refusal) -> None:
    assert refusal_of(decide_deposit(case.order, case.command, case.merchant, NOW)) is refusal


@pytest.mark.parametrize("kind", [Kind.DEPOSIT, Kind.REVERSE])
@pytest.mark.parametrize("state", [AttemptState.ASKED, AttemptState.PENDING, AttemptState.UNKNOWN])
def test_request_is_busy_while_another_is_in_flight(kind: Kind, state: AttemptState) -> None:
    asked = an_attempt(kind, number=2, state=state)
    order = a_hold().with_attempt(asked)
    assert isinstance(decide_deposit(order, Deposit(amount_minor=0), a_merchant(), NOW), Busy)


@pytest.mark.parametrize("state", [AttemptState.DECLINED, AttemptState.NOT_SENT])
def test_hold_may_be_deposited_after_a_declined_deposit(state: AttemptState) -> None:
    order = a_hold().with_attempt(an_attempt(Kind.DEPOSIT, number=2, state=state))
    assert isinstance(decide_deposit(order, Deposit(amount_minor=0), a_merchant(), NOW), Accepted)


@pytest.mark.parametrize(("wanted", "asked"), [(0, 2500_00), (2500_00, 2500_00), (1_00, 1_00)])
def test_deposit_of_zero_takes_the_whole_hold(wanted: int, asked: int) -> None:
    accepted = decide_deposit(a_hold(), Deposit(amount_minor=wanted), a_merchant(), NOW)
    assert isinstance(accepted, Accepted)
    attempt = accepted.order.attempt(2)
    assert (attempt.kind, attempt.state) == (Kind.DEPOSIT, AttemptState.ASKED)
    assert (attempt.amount_minor, accepted.ask) == (asked, 2)
    # nothing has moved yet
    assert accepted.postings == ()
    assert accepted.effects == ()
    assert accepted.order.status is OrderStatus.APPROVED
    assert accepted.order.version == 2


def test_whole_deposit_needs_no_permission_for_partial_ones() -> None:
    merchant = a_merchant(permissions=WITHOUT)
    assert refusal_of(decide_deposit(a_hold(), Deposit(amount_minor=0), merchant, NOW)) is None
    assert (
        refusal_of(decide_deposit(a_hold(), Deposit(amount_minor=2500_00), merchant, NOW)) is None
    )


def test_a_hold_of_less_than_a_unit_is_deposited_whole() -> None:
    hold = a_hold(amount_minor=50, approved_minor=50)
    assert refusal_of(decide_deposit(hold, Deposit(amount_minor=0), a_merchant(), NOW)) is None


def test_partial_deposit_releases_the_rest_of_the_hold() -> None:
    attempt = an_attempt(Kind.DEPOSIT, number=2, amount_minor=1000_00)
    accepted = settle_deposit(a_hold(), attempt, NOW)
    assert accepted.order.status is OrderStatus.DEPOSITED
    assert accepted.order.approved_minor == 2500_00
    assert accepted.order.deposited_minor == 1000_00
    assert accepted.order.deposited_at == attempt.started_at, "the bank's day: when it was asked"
    assert accepted.postings == ledger.deposit(1000_00, remainder_minor=1500_00)
    assert accepted.effects == (
        OrderNotification(CallbackOperation.DEPOSITED, amount_minor=1000_00),
        ReceiptDue(receipt_kind=ReceiptKind.PAYMENT, amount_minor=1000_00, attempt=2),
    )


@pytest.mark.parametrize("state", [AttemptState.DECLINED, AttemptState.NOT_SENT])
def test_declined_deposit_keeps_the_hold(state: AttemptState) -> None:
    attempt = an_attempt(Kind.DEPOSIT, number=2, state=state, action_code=116)
    order = a_hold(auto_completion_at=NOW)
    accepted = settle_deposit(order, attempt, NOW)
    assert accepted.order.status is OrderStatus.APPROVED
    assert (accepted.order.approved_minor, accepted.order.deposited_minor) == (2500_00, 0)
    assert accepted.order.auto_completion_at == NOW
    assert accepted.postings == ()
    expected_effects = OrderNotification(
        CallbackOperation.DEPOSITED, succeeded=False, amount_minor=2500_00
    )
    assert accepted.effects == (expected_effects,)


def test_failed_automatic_completion_is_not_repeated() -> None:
    attempt = an_attempt(
        Kind.DEPOSIT, number=2, state=AttemptState.DECLINED, due=Due.AUTO_COMPLETION
    )
    accepted = settle_deposit(a_hold(auto_completion_at=NOW), attempt, NOW)
    assert accepted.order.auto_completion_at is None
    due = accepted.order.due()
    assert due is not None
    assert due[1] is Due.HOLD_RELEASE
