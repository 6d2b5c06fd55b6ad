"""The bank's answer to an application, and what an order keeps of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from altyn.domain.credit import (
    CreditApplication,
    CreditProduct,
    CreditState,
    application_of,
    awaits_credit,
    has_credit,
    with_application,
)
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Order
from altyn.operations.credit.application import decide_application
from altyn.operations.decisions import Accepted, Unchanged
from altyn.protocol.credit import CreditAnswer, CreditDecision
from tests.builders import PAID_AT, an_order

NOW: Final = PAID_AT
DECIDED: Final = (CreditState.APPROVED, CreditState.REFUSED)


def on_credit(state: CreditState = CreditState.OPEN, *, other_ways: bool = False) -> Order:
    """An unpaid order with an application in this state."""
    order = an_order(expires_at=NOW + timedelta(minutes=20))
    application = CreditApplication(
        product=CreditProduct.CREDIT, product_id="10", state=state, other_ways=other_ways
    )
    return replace(order, request=with_application(order.request, application))


def answer(order: Order, decision: CreditDecision) -> CreditAnswer:
    """The bank's answer to an application for twelve months."""
    return CreditAnswer(
        order_id=order.order_id, decision=decision, months=12, phone="79998887766", decides_at=NOW
    )


@pytest.mark.parametrize(
    ("decision", "state", "months"),
    [
        (CreditDecision.WAITING, CreditState.APPLIED, 12),
        (CreditDecision.GRANTED, CreditState.APPROVED, 12),
        (CreditDecision.REFUSED, CreditState.REFUSED, 0),
    ],
)
@pytest.mark.parametrize("before", [CreditState.OPEN, CreditState.APPLIED])
def test_order_keeps_what_the_bank_has_answered(
    before: CreditState, decision: CreditDecision, state: CreditState, months: int
) -> None:
    order = on_credit(before)
    decided = decide_application(order, answer(order, decision), NOW)
    if before is state:
        assert isinstance(decided, Unchanged)
        return
    assert isinstance(decided, Accepted)
    kept = application_of(decided.order)
    assert kept is not None
    assert (kept.state, kept.months, decided.order.status) == (state, months, order.status)


@pytest.mark.parametrize("decision", CreditDecision)
@pytest.mark.parametrize("state", DECIDED)
def test_decision_is_final(state: CreditState, decision: CreditDecision) -> None:
    order = on_credit(state)
    assert isinstance(decide_application(order, answer(order, decision), NOW), Unchanged)


@pytest.mark.parametrize("decision", CreditDecision)
def test_order_that_is_over_keeps_no_answer(decision: CreditDecision) -> None:
    order = on_credit()
    late = NOW + timedelta(minutes=20)
    assert isinstance(decide_application(order, answer(order, decision), late), Unchanged)
    cancelled = replace(order, status=OrderStatus.DECLINED, action_code=-102)
    assert isinstance(decide_application(cancelled, answer(order, decision), NOW), Unchanged)


def test_answer_about_an_order_without_an_application_changes_nothing() -> None:
    order = an_order()
    granted = answer(order, CreditDecision.GRANTED)
    assert isinstance(decide_application(order, granted, NOW), Unchanged)


@pytest.mark.parametrize("other_ways", [False, True])
@pytest.mark.parametrize("state", CreditState)
def test_order_awaits_its_credit_until_it_is_granted(
    state: CreditState, *, other_ways: bool
) -> None:
    order = on_credit(state, other_ways=other_ways)
    may_pay_otherwise = state is CreditState.REFUSED and other_ways
    assert awaits_credit(order) is not (state is CreditState.APPROVED or may_pay_otherwise)
    assert has_credit(order) is (state is CreditState.APPROVED)
    assert not awaits_credit(an_order())
