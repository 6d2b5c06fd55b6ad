"""Answers of the bank: each is settled once, and an unknown outcome stays open."""

from datetime import timedelta

import pytest

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import AttemptState, Kind
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
