"""Payouts: asked for once, settled once, and closed to everything that orders of payers take."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Attempt, AttemptState, Kind, Order, OrderRequest
from altyn.domain.refusals import Refusal
from altyn.operations.connector import ConnectorResponse, Outcome
from altyn.operations.decisions import Accepted, Busy, Refused, Unchanged
from altyn.operations.paying.decisions import decide_cancellation, decide_expiry, refuse_payment
from altyn.operations.paying.settlement import settle
from altyn.operations.payout import PayoutRequest, decide_failed_payout, decide_payout
from altyn.operations.refund import Refund, decide_refund
from tests.builders import PAID_AT, a_card, an_order, notifications
from tests.unit.operations.ladders import documented_refusals, refusal_of

NOW = PAID_AT + timedelta(minutes=1)
REQUEST = PayoutRequest(payment_way="CARD", card=a_card())


def a_payout(**changes: Any) -> Order:
    return replace(an_order(request=OrderRequest(payout=True)), **changes)


def asked() -> Order:
    decision = decide_payout(a_payout(), REQUEST, NOW)
    assert isinstance(decision, Accepted)
    assert decision.ask == 1
    return decision.order


def answered(outcome: Outcome, action_code: int) -> Accepted:
    response = ConnectorResponse(outcome=outcome, action_code=action_code, rrn=None)
    decision = settle(asked(), 1, response, NOW)
    assert isinstance(decision, Accepted)
    return decision


def notified(order: Order, *, succeeded: bool) -> OrderNotification:
    return OrderNotification(
        CallbackOperation.REFUNDED, succeeded=succeeded, amount_minor=order.amount_minor
    )


def test_payout_is_asked_for_with_the_whole_sum() -> None:
    order = asked()
    (attempt,) = order.attempts
    assert (attempt.kind, attempt.state) == (Kind.PAYOUT, AttemptState.ASKED)
    assert (attempt.amount_minor, attempt.card) == (order.amount_minor, REQUEST.card)
    assert (order.status, order.paid_out_minor) == (OrderStatus.CREATED, 0)


def test_approval_moves_the_sum_from_the_merchant() -> None:
    decision = answered(Outcome.APPROVED, 0)
    order = decision.order
    assert (order.status, order.action_code) == (OrderStatus.REFUNDED, 0)
    assert order.paid_out_minor == order.returned_minor == order.amount_minor
    assert (order.approved_minor, order.deposited_minor, order.refunded_minor) == (0, 0, 0)
    assert decision.postings == ledger.payout(order.amount_minor)
    assert notifications(decision.effects) == [notified(order, succeeded=True)]


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.NOT_SENT])
def test_refusal_of_the_bank_ends_the_order(outcome: Outcome) -> None:
    decision = answered(outcome, 116)
    order = decision.order
    assert (order.status, order.action_code) == (OrderStatus.DECLINED, 116)
    assert (order.paid_out_minor, decision.postings) == (0, ())
    assert notifications(decision.effects) == [notified(order, succeeded=False)]


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.PENDING])
def test_unknown_outcome_keeps_the_attempt_in_flight(outcome: Outcome) -> None:
    order = answered(outcome, 151019).order
    assert order.in_flight(Kind.PAYOUT)
    assert (order.status, order.paid_out_minor) == (OrderStatus.CREATED, 0)
    later = order.expires_at + timedelta(days=1)
    assert isinstance(decide_expiry(order, later), Busy)


def test_second_answer_changes_nothing() -> None:
    paid_out = answered(Outcome.APPROVED, 0).order
    late = ConnectorResponse(outcome=Outcome.DECLINED, action_code=116)
    assert isinstance(settle(paid_out, 1, late, NOW), Unchanged)


def test_refusals_are_those_of_the_docstring() -> None:
    assert documented_refusals(decide_payout) == [Refusal.SESSION_OVER]


@pytest.mark.parametrize("status", list(OrderStatus))
def test_payout_is_asked_for_once(status: OrderStatus) -> None:
    again = replace(asked(), status=status)
    over = a_payout(status=status)
    for order in (again, over) if status is not OrderStatus.CREATED else (again,):
        assert refusal_of(decide_payout(order, REQUEST, NOW)) is Refusal.SESSION_OVER
        assert refusal_of(decide_failed_payout(order, REQUEST, 1, NOW)) is Refusal.SESSION_OVER


def test_payout_without_an_attempt_ends_with_its_session() -> None:
    order = a_payout()
    decision = decide_expiry(order, order.expires_at)
    assert isinstance(decision, Accepted)
    assert decision.order.status is OrderStatus.DECLINED
    assert decision.postings == ()


@pytest.mark.parametrize("status", list(OrderStatus))
def test_payout_is_neither_paid_nor_cancelled_nor_refunded(status: OrderStatus) -> None:
    order = a_payout(status=status)
    assert isinstance(refusal := refuse_payment(order, NOW), Refused)
    assert refusal.refusal is Refusal.WRONG_STATUS
    for decision in (
        decide_cancellation(order, NOW),
        decide_refund(order, Refund(amount_minor=0), NOW),
    ):
        assert refusal_of(decision) is Refusal.WRONG_STATUS
    assert not order.payable


def test_failed_check_is_recorded_without_asking_the_bank() -> None:
    decision = decide_failed_payout(a_payout(), REQUEST, 82, NOW)
    assert isinstance(decision, Accepted)
    assert decision.ask is None
    (attempt,) = decision.order.attempts
    assert (attempt.state, attempt.action_code) == (AttemptState.DECLINED, 82)
    assert isinstance(attempt, Attempt)
    assert decision.order.status is OrderStatus.DECLINED
