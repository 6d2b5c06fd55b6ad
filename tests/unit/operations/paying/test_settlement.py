"""Answers of the bank: each is settled once, and an unknown outcome stays open."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.waiting import AnyWaiting, ConfirmOnPhone, EnterCode, ScanQr
from altyn.operations.connector import ATTEMPT_STATES, ConnectorResponse, Outcome
from altyn.operations.decisions import Accepted, Unchanged
from altyn.operations.paying.settlement import SETTLE, settle
from tests.builders import PAID_AT, an_attempt, an_order

NOW = PAID_AT + timedelta(seconds=2)
FINAL = [s for s in AttemptState if s in {"approved", "declined", "not_sent", "abandoned"}]
WAITING = [s for s in AttemptState if s in {"asked", "pending", "unknown"}]
YES = ConnectorResponse(outcome=Outcome.APPROVED, action_code=0, rrn="1" * 12)


def test_every_outcome_and_every_kind_is_settled() -> None:
    assert ATTEMPT_STATES.keys() == set(Outcome)
    assert SETTLE.keys() == set(Kind)


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("outcome", Outcome)
def test_settled_attempt_is_not_changed_by_a_late_answer(
    state: AttemptState, outcome: Outcome
) -> None:
    order = an_order(attempts=(an_attempt(state=state),))
    late = ConnectorResponse(outcome=outcome, action_code=0)
    assert settle(order, 1, late, NOW) == Unchanged(order, 1)


@pytest.mark.parametrize("state", WAITING)
@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.UNKNOWN])
def test_attempt_without_a_final_answer_stays_in_flight(
    state: AttemptState, outcome: Outcome
) -> None:
    order = an_order(attempts=(an_attempt(state=state, inquiries=3),))
    decision = settle(order, 1, ConnectorResponse(outcome=outcome, action_code=-9000), NOW)
    assert isinstance(decision, Accepted)
    attempt = decision.order.attempt(1)
    assert attempt.in_flight
    assert (attempt.inquiries, attempt.answered_at) == (4, NOW)
    assert decision.order.status is OrderStatus.CREATED
    assert decision.postings == ()
    assert decision.effects == ()


@pytest.mark.parametrize("state", WAITING)
def test_late_approval_is_settled(state: AttemptState) -> None:
    order = an_order(attempts=(an_attempt(state=state),))
    decision = settle(order, 1, YES, NOW)
    assert isinstance(decision, Accepted)
    assert decision.order.status is OrderStatus.DEPOSITED
    assert decision.order.attempt(1).rrn == "1" * 12


def test_rrn_of_an_earlier_answer_is_kept() -> None:
    order = an_order(attempts=(an_attempt(state=AttemptState.PENDING, rrn="2" * 12),))
    bare = ConnectorResponse(outcome=Outcome.APPROVED, action_code=0)
    decision = settle(order, 1, bare, NOW)
    assert isinstance(decision, Accepted)
    assert decision.order.attempt(1).rrn == "2" * 12


PUSH_SENT = PAID_AT
CONFIRMED = PUSH_SENT + timedelta(minutes=5)
LEARNED = CONFIRMED + timedelta(minutes=9)
APPROVED = ConnectorResponse(outcome=Outcome.APPROVED)
ON_PHONE = ConfirmOnPhone(phone="79998887766")


@pytest.mark.parametrize("waiting", [ON_PHONE, ScanQr(payload="bank://1"), EnterCode()])
def test_payment_that_waited_for_its_payer_is_dated_by_the_answer(waiting: AnyWaiting) -> None:
    asked = an_attempt(state=AttemptState.PENDING, waiting=waiting, started_at=PUSH_SENT)
    order = settled(asked, APPROVED)
    assert (order.approved_at, order.deposited_at) == (LEARNED, LEARNED)
    assert order.attempt(1).started_at == PUSH_SENT


@pytest.mark.parametrize("state", WAITING)
def test_payment_with_a_lost_answer_is_dated_by_its_request(state: AttemptState) -> None:
    order = settled(an_attempt(state=state, started_at=PUSH_SENT), APPROVED)
    assert (order.approved_at, order.deposited_at) == (PUSH_SENT, PUSH_SENT)


@pytest.mark.parametrize("waiting", [ON_PHONE, None], ids=["push", "answer to the push lost"])
@pytest.mark.parametrize(
    ("named", "dated"),
    [
        (CONFIRMED, CONFIRMED),
        (PUSH_SENT - timedelta(seconds=1), PUSH_SENT),
        (LEARNED + timedelta(seconds=1), LEARNED),
    ],
    ids=["in between", "a clock behind", "a clock ahead"],
)
def test_payment_is_dated_by_the_time_that_the_bank_names(
    named: datetime, dated: datetime, waiting: AnyWaiting | None
) -> None:
    asked = an_attempt(state=AttemptState.PENDING, waiting=waiting, started_at=PUSH_SENT)
    order = settled(asked, replace(APPROVED, approved_at=named))
    assert (order.approved_at, order.deposited_at) == (dated, dated)


def settled(asked: Attempt, response: ConnectorResponse) -> Order:
    """The order after the response, which arrives at LEARNED."""
    decision = settle(an_order(attempts=(asked,)), 1, response, LEARNED)
    assert isinstance(decision, Accepted)
    return decision.order
