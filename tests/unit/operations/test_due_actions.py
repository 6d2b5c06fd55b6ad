"""Due actions: their times, and the decisions that they make."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import AttemptState, Due, Kind, Order
from altyn.operations.decisions import Accepted, Busy, Unchanged
from altyn.operations.due_actions import POSTPONE, decide_due, decide_postponement
from tests.builders import PAID_AT, a_merchant, an_attempt, an_order

MERCHANT = a_merchant()
RELEASE = PAID_AT + timedelta(days=7)
A_TICK = timedelta(microseconds=1)


def a_hold(**changes: Any) -> Order:
    hold = an_order(
        two_phase=True,
        status=OrderStatus.APPROVED,
        approved_minor=2500_00,
        approved_at=PAID_AT,
        attempts=(an_attempt(),),
    )
    return replace(hold, **changes)


def test_unpaid_order_is_declined_when_its_session_ends() -> None:
    order = an_order()
    assert decide_due(order, MERCHANT, order.expires_at - A_TICK) == Unchanged(order)
    decision = decide_due(order, MERCHANT, order.expires_at)
    assert isinstance(decision, Accepted)
    assert decision.order.status is OrderStatus.DECLINED


@pytest.mark.parametrize(
    ("order", "at", "kind", "due"),
    [
        (a_hold(), RELEASE, Kind.REVERSE, Due.HOLD_RELEASE),
        (
            a_hold(hold_days=3),
            PAID_AT + timedelta(days=3),
            Kind.REVERSE,
            Due.HOLD_RELEASE,
        ),
        (
            a_hold(auto_completion_at=RELEASE - A_TICK),
            RELEASE - A_TICK,
            Kind.DEPOSIT,
            Due.AUTO_COMPLETION,
        ),
        (
            a_hold(auto_reverse_at=RELEASE - A_TICK),
            RELEASE - A_TICK,
            Kind.REVERSE,
            Due.AUTO_REVERSE,
        ),
        (a_hold(auto_completion_at=RELEASE + A_TICK), RELEASE, Kind.REVERSE, Due.HOLD_RELEASE),
    ],
)
def test_hold_is_deposited_or_released_when_due(
    order: Order, at: datetime, kind: Kind, due: Due
) -> None:
    assert order.due() == (at, due)
    assert decide_due(order, MERCHANT, at - A_TICK) == Unchanged(order)
    decision = decide_due(order, MERCHANT, at)
    assert isinstance(decision, Accepted)
    attempt = decision.order.attempt(2)
    assert (attempt.kind, attempt.due, attempt.amount_minor) == (kind, due, 2500_00)
    assert decision.ask == 2


@pytest.mark.parametrize("status", ["deposited", "reversed", "refunded", "declined"])
def test_order_in_a_final_status_has_no_due_action(status: str) -> None:
    order = a_hold(status=OrderStatus(status), auto_completion_at=PAID_AT, auto_reverse_at=PAID_AT)
    assert order.due() is None
    assert decide_due(order, MERCHANT, RELEASE) == Unchanged(order)
    assert decide_postponement(order, RELEASE) == Unchanged(order)


def test_due_actions_need_no_permission_of_the_merchant() -> None:
    bare = a_merchant(permissions=frozenset())
    assert isinstance(decide_due(a_hold(), bare, RELEASE), Accepted)
    assert isinstance(decide_due(a_hold(auto_completion_at=PAID_AT), bare, RELEASE), Accepted)


def test_due_action_is_postponed_while_an_attempt_is_in_flight() -> None:
    order = a_hold().with_attempt(an_attempt(Kind.DEPOSIT, number=2, state=AttemptState.UNKNOWN))
    assert isinstance(decide_due(order, MERCHANT, RELEASE), Busy)
    decision = decide_postponement(order, RELEASE)
    assert isinstance(decision, Accepted)
    assert decision.order.due() == (RELEASE + POSTPONE, Due.HOLD_RELEASE)
    assert decision.order.status is OrderStatus.APPROVED
    # not twice for the same minute, when two processes look
    assert decide_postponement(decision.order, RELEASE) == Unchanged(decision.order)


def test_later_due_action_is_not_moved_by_a_postponement() -> None:
    order = a_hold(postponed_until=PAID_AT + POSTPONE)
    assert order.due() == (RELEASE, Due.HOLD_RELEASE)
