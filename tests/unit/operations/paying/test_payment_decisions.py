"""Payments: when an attempt may begin, what it changes, and how the bank's answer is settled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from altyn.domain import action_codes as codes
from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.credit import CreditApplication, CreditProduct, with_application
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Attempt, AttemptState, Order
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind
from altyn.domain.refusals import Refusal
from altyn.domain.waiting import AtAcs, ConfirmOnPhone
from altyn.operations.decisions import Accepted, Busy, Decision, Refused, Unchanged
from altyn.operations.paying import decisions as pay
from altyn.operations.paying.card.decisions import decide_authenticated, decide_challenge
from tests.builders import PAID_AT, a_card, an_attempt, an_order, notifications
from tests.unit.operations.ladders import documented_refusals, ladder_cases, refusal_of

NOW = PAID_AT
OVER = an_order().expires_at
PROOF = ThreeDSData(version="1", xid="x")
REQUEST = pay.AttemptRequest(
    card=a_card(),
    authentication=PROOF,
    payment_way="CARD",
    payer_ip="203.0.113.9",
    email="a@shop.example",
)
AT_ACS = AtAcs(url="https://acs.example")
IN_FLIGHT = [AttemptState.ASKED, AttemptState.PENDING, AttemptState.UNKNOWN]

# Every way to begin an attempt; all must refuse in the same order.
BEGIN: dict[str, Callable[[Order, datetime], Decision]] = {
    "authorisation": lambda order, now: pay.decide_begin(order, REQUEST, now),
    "authentication": lambda order, now: pay.decide_wait(order, REQUEST, AT_ACS, now),
    "failure": lambda order, now: pay.decide_failure(order, REQUEST, 111, now),
}
every_beginning = pytest.mark.parametrize("begin", BEGIN.values(), ids=BEGIN)


def failed(*numbers: int) -> tuple[Attempt, ...]:
    return tuple(an_attempt(number=n, state=AttemptState.DECLINED) for n in numbers)


def at_acs(number: int = 1, **changes: Any) -> Order:
    attempt = an_attempt(
        number=number, state=AttemptState.WAITING, authentication=PROOF, waiting=AT_ACS
    )
    order = an_order(status=OrderStatus.WAITING, attempts=(*failed(*range(1, number)), attempt))
    return replace(order, **changes)


def accepted(decision: Decision) -> Accepted:
    assert isinstance(decision, Accepted)
    return decision


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────


def bound_to_a_card(order: Order) -> Order:
    return replace(order, request=replace(order.request, binding_id="b-1"))


def without_its_credit(order: Order) -> Order:
    application = CreditApplication(product=CreditProduct.CREDIT, product_id="10")
    return replace(order, request=with_application(order.request, application))


# One order cannot have all faults: a paid one has no session, a cancelled one was never paid.
PAYABLE_RUNGS = (
    (Refusal.SESSION_OVER, lambda order: replace(order, expires_at=NOW)),
    (Refusal.ATTEMPTS_EXHAUSTED, lambda order: replace(order, attempts=failed(1, 2, 3))),
    (Refusal.CREDIT_REQUIRED, without_its_credit),
    (Refusal.BINDING_REQUIRED, bound_to_a_card),
)


def test_refusals_are_those_of_the_docstring() -> None:
    assert documented_refusals(pay.refuse_payment) == [
        Refusal.ALREADY_PAID,
        Refusal.WRONG_STATUS,
        Refusal.SESSION_OVER,
        Refusal.ATTEMPTS_EXHAUSTED,
        Refusal.CREDIT_REQUIRED,
    ]
    for decide in (pay.decide_begin, pay.decide_wait, pay.decide_failure):
        assert documented_refusals(decide) == [Refusal.BINDING_REQUIRED]


@every_beginning
@pytest.mark.parametrize(("order", "refusal"), ladder_cases(an_order(), PAYABLE_RUNGS))
def test_first_refusal_of_the_docstring_is_returned(
    begin: Callable[[Order, datetime], Decision], order: Order, refusal: Refusal
) -> None:
    assert refusal_of(begin(order, NOW)) is refusal


@every_beginning
@pytest.mark.parametrize("status", ["approved", "deposited", "reversed", "refunded"])
def test_paid_order_is_not_paid_again(
    begin: Callable[[Order, datetime], Decision], status: str
) -> None:
    order = an_order(status=OrderStatus(status), expires_at=NOW, attempts=failed(1, 2, 3))
    assert refusal_of(begin(order, NOW)) is Refusal.ALREADY_PAID


@every_beginning
@pytest.mark.parametrize(
    ("code", "failed_numbers", "refusal"),
    [
        (codes.SESSION_EXPIRED, (1, 2, 3), Refusal.SESSION_OVER),
        (116, (1, 2, 3), Refusal.ATTEMPTS_EXHAUSTED),
        (codes.CANCELLED, (1,), Refusal.WRONG_STATUS),
    ],
)
def test_declined_order_is_refused_by_the_reason_of_its_decline(
    begin: Callable[[Order, datetime], Decision],
    code: int,
    failed_numbers: tuple[int, ...],
    refusal: Refusal,
) -> None:
    order = an_order(
        status=OrderStatus.DECLINED, action_code=code, attempts=failed(*failed_numbers)
    )
    assert refusal_of(begin(order, NOW)) is refusal


@every_beginning
@pytest.mark.parametrize("state", IN_FLIGHT)
@pytest.mark.parametrize("now", [NOW, OVER])
def test_new_attempt_is_busy_while_another_is_in_flight(
    begin: Callable[[Order, datetime], Decision], state: AttemptState, now: datetime
) -> None:
    order = an_order(attempts=(an_attempt(state=state),))
    assert isinstance(begin(order, now), Busy)


@every_beginning
@pytest.mark.parametrize("now", [NOW, OVER])
def test_new_attempt_is_refused_at_once_while_another_waits_for_its_payer(
    begin: Callable[[Order, datetime], Decision], now: datetime
) -> None:
    waiting = an_attempt(
        state=AttemptState.PENDING, payment_way="SBRF_SBOL", waiting=ConfirmOnPhone()
    )
    decision = begin(an_order(attempts=(waiting,)), now)
    assert refusal_of(decision) is Refusal.WRONG_STATUS
    assert isinstance(decision, Refused)
    assert "a payment by SBRF_SBOL waits for its payer" in decision.rule


# ── New attempts ─────────────────────────────────────────────────────────────────────────────────


def test_new_attempt_asks_for_the_amount_of_the_order() -> None:
    decision = accepted(pay.decide_begin(an_order(), REQUEST, NOW))
    attempt = decision.order.attempt(1)
    assert (attempt.state, attempt.amount_minor, decision.ask) == (AttemptState.ASKED, 2500_00, 1)
    assert (attempt.card, attempt.authentication) == (REQUEST.card, PROOF)
    assert decision.order.status is OrderStatus.CREATED
    assert decision.order.payer_ip == "203.0.113.9"
    assert decision.order.request.email == "a@shop.example"
    assert decision.postings == ()


def test_email_of_the_registration_is_kept() -> None:
    order = an_order(request=replace(an_order().request, email="b@shop.example"))
    decision = accepted(pay.decide_begin(order, REQUEST, NOW))
    assert decision.order.request.email == "b@shop.example"


def test_attempt_at_the_acs_waits_and_asks_no_acquirer() -> None:
    decision = accepted(pay.decide_wait(an_order(), REQUEST, AT_ACS, NOW))
    assert decision.order.status is OrderStatus.WAITING
    assert decision.order.attempt(1).state is AttemptState.WAITING
    assert decision.ask is None


@every_beginning
def test_new_attempt_abandons_the_one_at_the_acs(
    begin: Callable[[Order, datetime], Decision],
) -> None:
    decision = accepted(begin(at_acs(), NOW))
    assert decision.order.attempt(1).state is AttemptState.ABANDONED
    assert [attempt.number for attempt in decision.attempts] == [1, 2]
    assert decision.order.waiting_attempt in (None, decision.order.attempt(2))


@pytest.mark.parametrize(
    ("before", "status", "expected_effects"),
    [
        (0, OrderStatus.CREATED, ()),
        (1, OrderStatus.CREATED, ()),
        (
            2,
            OrderStatus.DECLINED,
            (
                OrderNotification(
                    CallbackOperation.DEPOSITED, succeeded=False, amount_minor=2500_00
                ),
            ),
        ),
    ],
)
def test_last_failed_attempt_declines_the_order(
    before: int, status: OrderStatus, expected_effects: tuple[OrderNotification, ...]
) -> None:
    order = an_order(attempts=failed(*range(1, before + 1)))
    decision = accepted(pay.decide_failure(order, REQUEST, 111, NOW))
    assert (decision.order.status, decision.order.action_code) == (status, 111)
    assert decision.effects == expected_effects
    last = decision.order.attempts[-1]
    assert (last.state, last.action_code, last.answered_at) == (AttemptState.DECLINED, 111, NOW)


def test_failed_two_stage_order_sends_approved_with_status_0() -> None:
    order = an_order(two_phase=True, attempts_max=1)
    decision = accepted(pay.decide_failure(order, REQUEST, 111, NOW))
    assert decision.effects == (
        OrderNotification(CallbackOperation.APPROVED, succeeded=False, amount_minor=2500_00),
    )


# ── Back from the ACS ─────────────────────────────────────────────────────────────────────────────


def test_authenticated_attempt_asks_the_acquirer() -> None:
    proven = replace(PROOF, eci=5, cavv="c")
    decision = accepted(decide_authenticated(at_acs(), 1, proven, None, NOW))
    attempt = decision.order.attempt(1)
    assert (attempt.state, attempt.started_at) == (AttemptState.ASKED, NOW)
    assert attempt.authentication == proven
    assert decision.ask == 1


@pytest.mark.parametrize(("number", "status"), [(1, "created"), (2, "created"), (3, "declined")])
def test_failed_authentication_uses_an_attempt(number: int, status: str) -> None:
    decision = accepted(decide_authenticated(at_acs(number), number, PROOF, -2006, NOW))
    assert (decision.order.status, decision.order.action_code) == (status, -2006)
    assert decision.ask is None


def test_authentication_after_the_session_declines_the_order() -> None:
    decision = accepted(decide_authenticated(at_acs(), 1, PROOF, None, OVER))
    assert (decision.order.status, decision.order.action_code) == ("declined", -2007)
    assert decision.order.attempt(1).state is AttemptState.ABANDONED
    assert decision.ask is None


@pytest.mark.parametrize("code", [None, -2006])
@pytest.mark.parametrize("state", ["approved", "declined", "not_sent", "abandoned"])
def test_pares_for_a_settled_attempt_changes_nothing(state: str, code: int | None) -> None:
    order = an_order(attempts=(an_attempt(state=AttemptState(state)),))
    assert decide_authenticated(order, 1, PROOF, code, NOW) == Unchanged(order, 1)


@pytest.mark.parametrize("state", IN_FLIGHT)
def test_pares_for_an_attempt_in_flight_is_busy(state: AttemptState) -> None:
    order = an_order(attempts=(an_attempt(state=state),))
    assert isinstance(decide_authenticated(order, 1, PROOF, None, NOW), Busy)


def test_challenge_is_stored_while_the_payer_is_at_the_acs() -> None:
    asked = replace(PROOF, acs_trans_id="a-1")
    decision = accepted(decide_challenge(at_acs(), 1, asked, NOW))
    assert decision.order.attempt(1).authentication == asked
    assert decision.order.status is OrderStatus.WAITING
    gone = an_order(attempts=failed(1))
    assert decide_challenge(gone, 1, asked, NOW) == Unchanged(gone, 1)


# ── The end of a session ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("order", [an_order(), at_acs()], ids=["registered", "at the ACS"])
def test_session_ends_at_its_expiry_and_not_before(order: Order) -> None:
    assert pay.decide_expiry(order, OVER - timedelta(microseconds=1)) == Unchanged(order)
    decision = accepted(pay.decide_expiry(order, OVER))
    assert (decision.order.status, decision.order.action_code) == ("declined", -2007)
    assert decision.order.waiting_attempt is None
    assert decision.effects == (
        OrderNotification(CallbackOperation.DECLINED_BY_TIMEOUT, succeeded=False),
    )
    assert decision.order.due() is None


@pytest.mark.parametrize("state", IN_FLIGHT)
def test_session_does_not_end_while_an_attempt_is_in_flight(state: AttemptState) -> None:
    order = an_order(attempts=(an_attempt(state=state),))
    assert isinstance(pay.decide_expiry(order, OVER), Busy)
    assert isinstance(pay.decide_cancellation(order, NOW), Busy)


@pytest.mark.parametrize("status", [s for s in OrderStatus if s not in {"created", "waiting"}])
def test_only_an_unpaid_order_expires_or_is_cancelled(status: OrderStatus) -> None:
    order = an_order(status=status)
    assert pay.decide_expiry(order, OVER) == Unchanged(order)
    assert refusal_of(pay.decide_cancellation(order, NOW)) is Refusal.WRONG_STATUS


@pytest.mark.parametrize("order", [an_order(), at_acs()], ids=["registered", "at the ACS"])
def test_unpaid_order_is_cancelled_by_its_shop(order: Order) -> None:
    decision = accepted(pay.decide_cancellation(order, NOW))
    assert (decision.order.status, decision.order.action_code) == ("declined", codes.CANCELLED)
    assert decision.order.waiting_attempt is None
    assert isinstance(pay.refuse_payment(decision.order, NOW), Refused)


def test_order_whose_payment_waits_for_its_payer_is_not_cancelled() -> None:
    attempt = an_attempt(state=AttemptState.PENDING, waiting=ConfirmOnPhone())
    order = an_order(status=OrderStatus.WAITING, attempts=(attempt,))
    assert refusal_of(pay.decide_cancellation(order, NOW)) is Refusal.BUSY


# ── The bank's answer ─────────────────────────────────────────────────────────────────────────────

YES = an_attempt()


def test_approved_one_stage_payment_is_deposited() -> None:
    settled = pay.settle_payment(an_order(), YES, NOW)
    order = settled.order
    assert (order.status, order.action_code) == (OrderStatus.DEPOSITED, 0)
    assert (order.approved_minor, order.deposited_minor) == (2500_00, 2500_00)
    assert (order.approved_at, order.deposited_at) == (NOW, NOW)
    deposit = ledger.deposit(2500_00, remainder_minor=0)
    assert settled.postings == (*ledger.hold(2500_00), *deposit)
    assert settled.effects == (
        OrderNotification(CallbackOperation.DEPOSITED, amount_minor=2500_00),
        ReceiptDue(receipt_kind=ReceiptKind.PAYMENT, amount_minor=2500_00),
    )


def test_approved_two_stage_payment_is_held() -> None:
    settled = pay.settle_payment(an_order(two_phase=True), YES, NOW)
    order = settled.order
    assert (order.status, order.action_code) == (OrderStatus.APPROVED, 0)
    assert (order.approved_minor, order.deposited_minor) == (2500_00, 0)
    assert settled.postings == ledger.hold(2500_00)
    assert settled.effects == (OrderNotification(CallbackOperation.APPROVED, amount_minor=2500_00),)


def a_card_check(**changes: Any) -> Order:
    return an_order(request=replace(an_order().request, features=("VERIFY",)), **changes)


@pytest.mark.parametrize("two_phase", [False, True])
def test_approved_verification_is_reversed_and_posts_nothing(*, two_phase: bool) -> None:
    order = accepted(pay.decide_begin(a_card_check(two_phase=two_phase), REQUEST, NOW)).order
    asked = order.attempt(1)
    assert asked.amount_minor == 0
    settled = pay.settle_payment(order, replace(asked, state=AttemptState.APPROVED), NOW)
    assert settled.order.status is OrderStatus.REVERSED
    assert (settled.order.approved_minor, settled.order.deposited_minor) == (0, 0)
    assert settled.postings == ()
    assert [(n.operation, n.amount_minor) for n in notifications(settled.effects)] == [
        (CallbackOperation.APPROVED, 0),
        (CallbackOperation.REVERSED, 0),
    ]


@pytest.mark.parametrize("two_phase", [False, True])
def test_failed_verification_notifies_of_no_debit(*, two_phase: bool) -> None:
    order = a_card_check(two_phase=two_phase, attempts_max=1)
    failure = accepted(pay.decide_failure(order, REQUEST, 111, NOW))
    (failed,) = notifications(failure.effects)
    assert (failed.operation, failed.succeeded) == (CallbackOperation.APPROVED, False)


@pytest.mark.parametrize("status", [OrderStatus.CREATED, OrderStatus.WAITING])
@pytest.mark.parametrize("number", [1, 3])
def test_declined_attempt_ends_and_the_last_one_declines_the_order(
    status: OrderStatus, number: int
) -> None:
    order = an_order(status=status, attempts=failed(*range(1, number)))
    no = an_attempt(number=number, state=AttemptState.DECLINED, action_code=116)
    settled = pay.settle_payment(order, no, NOW)
    closed = number == order.attempts_max
    assert settled.order.status == ("declined" if closed else "created")
    assert settled.order.action_code == 116
    assert bool(settled.effects) is closed
    assert settled.postings == ()


@pytest.mark.parametrize("code", [None, 0])
def test_decline_without_an_action_code_gets_one(code: int | None) -> None:
    """Action code 0 on an order that failed would read as paid."""
    no = an_attempt(state=AttemptState.NOT_SENT, action_code=code)
    settled = pay.settle_payment(an_order(), no, NOW)
    assert settled.order.action_code == codes.PROCESSING_UNAVAILABLE
    assert settled.order.attempt(1).action_code == codes.PROCESSING_UNAVAILABLE
