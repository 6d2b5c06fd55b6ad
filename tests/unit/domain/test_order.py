"""Properties of an order: attempts in flight, amounts left, and the next due action."""

from datetime import timedelta

import pytest

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import IN_FLIGHT, AttemptState, Due, Kind
from tests.builders import PAID_AT, REGISTERED_AT, an_attempt, an_order

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("state", AttemptState)
def test_attempt_with_an_open_outcome_is_in_flight(state: AttemptState) -> None:
    assert an_attempt(state=state).in_flight is (state in {"asked", "pending", "unknown"})
    order = an_order(attempts=(an_attempt(state=state),))
    assert bool(order.in_flight()) is (state in IN_FLIGHT)
    assert bool(order.in_flight(Kind.PAY)) is (state in IN_FLIGHT)
    assert not order.in_flight(Kind.REFUND, Kind.REVERSE)


@pytest.mark.parametrize("state", AttemptState)
def test_refunds_on_their_way_are_reserved(state: AttemptState) -> None:
    order = an_order(
        status=OrderStatus.DEPOSITED,
        approved_minor=2500_00,
        deposited_minor=2500_00,
        refunded_minor=500_00,
        attempts=(
            an_attempt(),
            an_attempt(Kind.REFUND, number=2, state=state, amount_minor=300_00),
        ),
    )
    assert order.left_minor == 2000_00
    assert order.refundable_minor == (1700_00 if state in IN_FLIGHT else 2000_00)


def test_attempt_replaces_the_one_with_its_number() -> None:
    order = an_order(attempts=(an_attempt(number=1), an_attempt(number=2)))
    changed = order.with_attempt(an_attempt(number=1, state=AttemptState.DECLINED))
    assert [a.number for a in changed.attempts] == [1, 2]
    assert changed.attempt(1).state is AttemptState.DECLINED
    added = changed.with_attempt(an_attempt(number=3))
    assert added.attempt(3).number == 3


@pytest.mark.parametrize(("count", "left"), [(0, 3), (1, 2), (3, 0), (4, 0)])
def test_payment_attempts_are_counted_whatever_their_result(count: int, left: int) -> None:
    states = (AttemptState.DECLINED, AttemptState.ABANDONED, AttemptState.NOT_SENT)
    attempts = tuple(an_attempt(number=n + 1, state=states[n % 3]) for n in range(count))
    assert an_order(attempts=attempts).attempts_left == left


def test_only_payment_attempts_are_counted() -> None:
    attempts = (an_attempt(), an_attempt(Kind.REFUND, number=2), an_attempt(Kind.REFUND, number=3))
    assert an_order(attempts=attempts).attempts_left == 2


def test_authorisation_is_the_approved_payment_attempt() -> None:
    order = an_order(
        attempts=(
            an_attempt(number=1, state=AttemptState.DECLINED),
            an_attempt(number=2),
            an_attempt(Kind.REFUND, number=3),
        )
    )
    assert order.authorisation == order.attempt(2)
    assert an_order().authorisation is None


def test_only_the_earliest_action_is_due() -> None:
    assert an_order().due() == (REGISTERED_AT + timedelta(minutes=20), Due.SESSION_EXPIRY)
    hold = an_order(
        status=OrderStatus.APPROVED,
        approved_at=PAID_AT,
        auto_completion_at=PAID_AT + timedelta(hours=2),
        auto_reverse_at=PAID_AT + timedelta(hours=3),
    )
    assert hold.due() == (PAID_AT + timedelta(hours=2), Due.AUTO_COMPLETION)
    late = PAID_AT + timedelta(hours=5)
    assert an_order(postponed_until=late).due() == (late, Due.SESSION_EXPIRY)


def test_change_is_never_dated_before_the_last_change() -> None:
    order = an_order()
    before, after = order.created_at - HOUR, order.created_at + HOUR
    assert order.not_before_last_change(before) == order.created_at
    assert order.not_before_last_change(after) == after
    changed = an_order(changed_at=after)
    assert changed.not_before_last_change(order.created_at) == after
    assert changed.not_before_last_change(after + HOUR) == after + HOUR
