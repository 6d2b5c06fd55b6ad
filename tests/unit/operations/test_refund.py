"""Refunds: the ladder of refusals, reserved sums, and repeated refunds."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import AttemptState, Kind, Order
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Busy, Unchanged
from altyn.operations.refund import Refund, decide_refund, settle_refund
from tests.builders import PAID_AT, an_attempt, an_order, notifications
from tests.unit.operations.ladders import documented_refusals, ladder_cases, refusal_of

NOW = PAID_AT + timedelta(days=40)
IN_FLIGHT = [AttemptState.ASKED, AttemptState.PENDING, AttemptState.UNKNOWN]


def a_deposit(**changes: Any) -> Order:
    deposited = an_order(
        status=OrderStatus.DEPOSITED,
        approved_minor=2500_00,
        deposited_minor=2500_00,
        deposited_at=PAID_AT,
        action_code=0,
        attempts=(an_attempt(),),
    )
    return replace(deposited, **changes)


def with_refund(order: Order, state: AttemptState, amount_minor: int, name: str | None) -> Order:
    number = len(order.attempts) + 1
    refund = an_attempt(
        Kind.REFUND, number=number, state=state, amount_minor=amount_minor, external_refund_id=name
    )
    return order.with_attempt(refund)


@dataclass(frozen=True)
class Case:
    order: Order
    command: Refund


RUNGS = (
    (
        Refusal.REFUND_ID_REUSED,
        lambda c: replace(c, order=with_refund(c.order, AttemptState.APPROVED, 1, "R")),
    ),
    (
        Refusal.PARAMETER_INVALID,
        lambda c: replace(
            c, command=replace(c.command, receipt_params=ReceiptParams({"cashier": "И"}))
        ),
    ),
    (
        Refusal.WRONG_STATUS,
        lambda c: replace(c, order=replace(c.order, status=OrderStatus.APPROVED)),
    ),
    (
        Refusal.EXPECTED_AMOUNT_DIFFERS,
        lambda c: replace(c, command=replace(c.command, expected_minor=2499_99)),
    ),
    (
        Refusal.AMOUNT_ABOVE_DEPOSIT,
        lambda c: replace(c, command=replace(c.command, amount_minor=2500_01)),
    ),
)
FINE = Case(a_deposit(), Refund(amount_minor=100_00, external_refund_id="R"))


def test_refusals_are_those_of_the_docstring() -> None:
    assert documented_refusals(decide_refund) == [refusal for refusal, _ in RUNGS]


@pytest.mark.parametrize(("case", "refusal"), ladder_cases(FINE, RUNGS))
def test_first_refusal_of_the_docstring_is_returned(case: Case, refusal: Refusal) -> None:
    assert refusal_of(decide_refund(case.order, case.command, NOW)) is refusal


@pytest.mark.parametrize("status", [s for s in OrderStatus if s not in {"deposited", "refunded"}])
def test_only_a_deposited_order_is_refunded(status: OrderStatus) -> None:
    order = a_deposit(status=status)
    assert refusal_of(decide_refund(order, Refund(amount_minor=1), NOW)) is Refusal.WRONG_STATUS


@pytest.mark.parametrize(("wanted", "asked"), [(0, 1500_00), (1500_00, 1500_00), (1, 1)])
def test_zero_refunds_all_that_is_left(wanted: int, asked: int) -> None:
    order = a_deposit(status=OrderStatus.REFUNDED, refunded_minor=1000_00)
    accepted = decide_refund(order, Refund(amount_minor=wanted), NOW)
    assert isinstance(accepted, Accepted)
    assert accepted.order.attempt(2).amount_minor == asked
    assert accepted.ask == 2
    assert accepted.postings == ()


def test_refund_of_zero_is_refused_when_nothing_is_left() -> None:
    order = a_deposit(status=OrderStatus.REFUNDED, refunded_minor=2500_00)
    assert (
        refusal_of(decide_refund(order, Refund(amount_minor=0), NOW))
        is Refusal.AMOUNT_ABOVE_DEPOSIT
    )


@pytest.mark.parametrize("state", IN_FLIGHT)
def test_refunds_on_their_way_are_reserved(state: AttemptState) -> None:
    order = with_refund(a_deposit(), state, 2000_00, None)
    assert refusal_of(decide_refund(order, Refund(amount_minor=500_00), NOW)) is None
    assert isinstance(decide_refund(order, Refund(amount_minor=500_01), NOW), Busy)
    assert isinstance(decide_refund(order, Refund(amount_minor=0), NOW), Busy)


@pytest.mark.parametrize("state", [AttemptState.DECLINED, AttemptState.NOT_SENT])
def test_failed_refunds_reserve_nothing(state: AttemptState) -> None:
    order = with_refund(a_deposit(), state, 2000_00, "R")
    for name in (None, "R"):
        command = Refund(amount_minor=2500_00, external_refund_id=name)
        assert refusal_of(decide_refund(order, command, NOW)) is None


def test_refund_is_busy_while_a_reversal_is_in_flight() -> None:
    asked = an_attempt(Kind.REVERSE, number=2, state=AttemptState.UNKNOWN)
    order = a_deposit().with_attempt(asked)
    assert isinstance(decide_refund(order, Refund(amount_minor=1), NOW), Busy)


def test_expected_amount_is_compared_with_the_amount_left() -> None:
    order = a_deposit(status=OrderStatus.REFUNDED, refunded_minor=1000_00)
    assert (
        refusal_of(decide_refund(order, Refund(amount_minor=1, expected_minor=1500_00), NOW))
        is None
    )
    unsure = with_refund(order, AttemptState.UNKNOWN, 1, None)
    command = Refund(amount_minor=1, expected_minor=1500_00)
    assert isinstance(decide_refund(unsure, command, NOW), Busy)


@pytest.mark.parametrize("amount_minor", [0, 300_00])
@pytest.mark.parametrize("status", list(OrderStatus))
def test_repeated_refund_is_carried_out_once(status: OrderStatus, amount_minor: int) -> None:
    order = with_refund(a_deposit(status=status), AttemptState.APPROVED, 300_00, "R")
    command = Refund(amount_minor=amount_minor, external_refund_id="R", expected_minor=2500_00)
    assert decide_refund(order, command, NOW) == Unchanged(order, 2)


@pytest.mark.parametrize("state", IN_FLIGHT)
def test_repeated_refund_is_busy_while_the_first_is_in_flight(state: AttemptState) -> None:
    order = with_refund(a_deposit(), state, 300_00, "R")
    command = Refund(amount_minor=300_00, external_refund_id="R")
    assert isinstance(decide_refund(order, command, NOW), Busy)


def test_approved_refund_lowers_the_amount_left() -> None:
    order = a_deposit(status=OrderStatus.REFUNDED, refunded_minor=1000_00)
    attempt = an_attempt(Kind.REFUND, number=2, amount_minor=500_00)
    accepted = settle_refund(order, attempt, NOW)
    assert accepted.order.status is OrderStatus.REFUNDED
    assert (accepted.order.refunded_minor, accepted.order.left_minor) == (1500_00, 1000_00)
    assert (accepted.order.approved_minor, accepted.order.deposited_minor) == (2500_00, 2500_00)
    assert accepted.order.refunded_at == NOW
    assert accepted.postings == ledger.refund(500_00)
    assert accepted.effects == (
        OrderNotification(CallbackOperation.REFUNDED, amount_minor=500_00),
        ReceiptDue(receipt_kind=ReceiptKind.REFUND, amount_minor=500_00, attempt=attempt.number),
    )


@pytest.mark.parametrize("external_refund_id", [None, "R-1"])
@pytest.mark.parametrize("state", [AttemptState.APPROVED, AttemptState.DECLINED])
def test_refund_notification_has_the_external_refund_id(
    state: AttemptState, external_refund_id: str | None
) -> None:
    attempt = an_attempt(
        Kind.REFUND,
        number=2,
        state=state,
        amount_minor=500_00,
        external_refund_id=external_refund_id,
    )
    (effect,) = notifications(settle_refund(a_deposit(), attempt, NOW).effects)
    assert effect == OrderNotification(
        CallbackOperation.REFUNDED,
        succeeded=state is AttemptState.APPROVED,
        amount_minor=500_00,
        external_refund_id=external_refund_id,
    )


@pytest.mark.parametrize("state", [AttemptState.DECLINED, AttemptState.NOT_SENT])
def test_declined_refund_changes_no_amount(state: AttemptState) -> None:
    attempt = an_attempt(Kind.REFUND, number=2, state=state, amount_minor=500_00)
    accepted = settle_refund(a_deposit(), attempt, NOW)
    assert accepted.order.status is OrderStatus.DEPOSITED
    assert accepted.order.refunded_minor == 0
    assert accepted.postings == ()
    assert [each.succeeded for each in notifications(accepted.effects)] == [False]
