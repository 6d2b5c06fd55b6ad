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
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Busy
from altyn.operations.deposit import Deposit, decide_deposit, settle_deposit
from tests.builders import PAID_AT, a_merchant, an_attempt, an_order
from tests.unit.operations.ladders import climb, promised, told

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


def test_the_ladder_is_the_one_promised() -> None:
    assert promised(decide_deposit) == [refusal for refusal, _ in RUNGS]


@pytest.mark.parametrize(("case", "refusal"), climb(FINE, RUNGS))
def test_the_first_rung_is_told(case: Case, refusal: Refusal) -> None:
    assert told(decide_deposit(case.order, case.command, case.merchant, NOW)) is refusal


@pytest.mark.parametrize("kind", [Kind.DEPOSIT, Kind.REVERSE])
@pytest.mark.parametrize("state", [AttemptState.ASKED, AttemptState.PENDING, AttemptState.UNKNOWN])
def test_the_bank_is_asked_one_thing_at_a_time(kind: Kind, state: AttemptState) -> None:
    asked = an_attempt(kind, number=2, state=state)
    order = a_hold().with_attempt(asked)
    assert isinstance(decide_deposit(order, Deposit(amount_minor=0), a_merchant(), NOW), Busy)


@pytest.mark.parametrize("state", [AttemptState.DECLINED, AttemptState.NOT_SENT])
def test_after_a_refusal_the_hold_may_be_deposited_again(state: AttemptState) -> None:
    order = a_hold().with_attempt(an_attempt(Kind.DEPOSIT, number=2, state=state))
    assert isinstance(decide_deposit(order, Deposit(amount_minor=0), a_merchant(), NOW), Accepted)


@pytest.mark.parametrize(("wanted", "asked"), [(0, 2500_00), (2500_00, 2500_00), (1_00, 1_00)])
def test_zero_takes_the_whole_hold(wanted: int, asked: int) -> None:
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


def test_whole_needs_no_permission_for_parts() -> None:
    merchant = a_merchant(permissions=WITHOUT)
    assert told(decide_deposit(a_hold(), Deposit(amount_minor=0), merchant, NOW)) is None
    assert told(decide_deposit(a_hold(), Deposit(amount_minor=2500_00), merchant, NOW)) is None


def test_a_hold_of_less_than_a_unit_is_deposited_whole() -> None:
    hold = a_hold(amount_minor=50, approved_minor=50)
    assert told(decide_deposit(hold, Deposit(amount_minor=0), a_merchant(), NOW)) is None


def test_an_approved_part_is_taken_and_the_rest_released() -> None:
    attempt = an_attempt(Kind.DEPOSIT, number=2, amount_minor=1000_00)
    accepted = settle_deposit(a_hold(), attempt, NOW)
    assert accepted.order.status is OrderStatus.DEPOSITED
    assert accepted.order.approved_minor == 2500_00
    assert accepted.order.deposited_minor == 1000_00
    assert accepted.order.deposited_at == attempt.started_at, "the bank's day: when it was asked"
    assert accepted.postings == ledger.deposit(1000_00, remainder_minor=1500_00)
    assert accepted.effects == (
        OrderNotification(CallbackOperation.DEPOSITED, amount_minor=1000_00),
    )


@pytest.mark.parametrize("state", [AttemptState.DECLINED, AttemptState.NOT_SENT])
def test_a_refused_deposit_leaves_the_hold(state: AttemptState) -> None:
    attempt = an_attempt(Kind.DEPOSIT, number=2, state=state, action_code=116)
    order = a_hold(auto_completion_at=NOW)
    accepted = settle_deposit(order, attempt, NOW)
    assert accepted.order.status is OrderStatus.APPROVED
    assert (accepted.order.approved_minor, accepted.order.deposited_minor) == (2500_00, 0)
    assert accepted.order.auto_completion_at == NOW
    assert accepted.postings == ()
    told_to_shop = OrderNotification(
        CallbackOperation.DEPOSITED, succeeded=False, amount_minor=2500_00
    )
    assert accepted.effects == (told_to_shop,)


def test_a_completion_by_itself_is_tried_once() -> None:
    attempt = an_attempt(
        Kind.DEPOSIT, number=2, state=AttemptState.DECLINED, due=Due.AUTO_COMPLETION
    )
    accepted = settle_deposit(a_hold(auto_completion_at=NOW), attempt, NOW)
    assert accepted.order.auto_completion_at is None
    due = accepted.order.due()
    assert due is not None
    assert due[1] is Due.HOLD_RELEASE
