"""Registrations: the ladder of refusals, the end of the session, and how an order begins."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import DEMANDING, OPENING, Merchant, Permission
from altyn.domain.order import Order
from altyn.domain.order_id import merchant_of
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.register import (
    SESSION_SECONDS_MAX,
    Register,
    decide_registration,
)
from tests.builders import REGISTERED_AT as NOW
from tests.builders import a_merchant
from tests.unit.operations.ladders import documented_refusals, ladder_cases

AN_HOUR = timedelta(hours=1)


def a_registration(**changes: Any) -> Register:
    command = Register(
        amount_minor=2500_00, return_url="https://shop.example", order_number="A-100"
    )
    return replace(command, **changes)


def registered(command: Register, merchant: Merchant | None = None) -> Order:
    order = decide_registration(command, merchant or a_merchant(), NOW)
    assert isinstance(order, Order)
    return order


@dataclass(frozen=True)
class Case:
    command: Register
    permissions: frozenset[Permission]


def with_feature(case: Case, *features: str) -> Case:
    return replace(
        case, command=replace(case.command, features=(*case.command.features, *features))
    )


def without(case: Case, permission: Permission) -> Case:
    return replace(case, permissions=case.permissions - {permission})


FINE = Case(a_registration(), OPENING)
RUNGS = (
    (
        Refusal.JSON_PARAMS_INVALID,  # recurring: one of the pair
        lambda c: replace(c, command=replace(c.command, recurring_frequency=28)),
    ),
    (
        Refusal.PARAMETER_INVALID,  # AVS without an address
        lambda c: replace(c, permissions=c.permissions | DEMANDING),
    ),
    (
        Refusal.PARAMETER_INVALID,  # a completion of an order that has no second stage
        lambda c: replace(c, command=replace(c.command, auto_completion_date=NOW + AN_HOUR)),
    ),
    (Refusal.FEATURES_CONFLICT, lambda c: with_feature(c, "AUTO_PAYMENT", "FORCE_TDS")),
    (Refusal.VERIFY_FORBIDDEN, lambda c: without(with_feature(c, "VERIFY"), Permission.VERIFY)),
    (
        Refusal.AUTO_PAYMENT_FORBIDDEN,
        lambda c: without(with_feature(c, "AUTO_PAYMENT"), Permission.AUTO_PAYMENT),
    ),
    (Refusal.FEATURES_INVALID, lambda c: without(with_feature(c, "BNPL"), Permission.BNPL)),
)


def test_refusals_are_those_of_the_docstring() -> None:
    rungs = dict.fromkeys(refusal for refusal, _ in RUNGS)  # one refusal may have two rungs
    assert documented_refusals(decide_registration) == [*rungs, Refusal.ORDER_NUMBER_TAKEN]


@pytest.mark.parametrize(("case", "refusal"), ladder_cases(FINE, RUNGS))
def test_first_refusal_of_the_docstring_is_returned(case: Case, refusal: Refusal) -> None:
    decision = decide_registration(case.command, a_merchant(permissions=case.permissions), NOW)
    assert isinstance(decision, Refused)
    assert decision.refusal is refusal


def test_new_order_has_its_request_and_no_money() -> None:
    order = registered(a_registration(two_phase=True, description="Tea"))
    assert (order.status, order.version, order.action_code) == (OrderStatus.CREATED, 1, -100)
    assert (order.amount_minor, order.currency, order.two_phase) == (2500_00, "643", True)
    assert (order.approved_minor, order.deposited_minor, order.refunded_minor) == (0, 0, 0)
    assert (order.attempts_max, order.hold_days, order.attempts) == (3, 7, ())
    assert merchant_of(order.order_id) == order.merchant_id
    assert order.request.description == "Tea"


@pytest.mark.parametrize(
    ("command", "seconds"),
    [
        (a_registration(), 1200),
        (a_registration(session_timeout_seconds=60), 60),
        (a_registration(session_timeout_seconds=10**9), SESSION_SECONDS_MAX),
        (a_registration(session_timeout_seconds=60, expiration_date=NOW + AN_HOUR), 3600),
        (a_registration(expiration_date=NOW + timedelta(days=999)), SESSION_SECONDS_MAX),
        (a_registration(expiration_date=NOW - AN_HOUR), -3600),
    ],
)
def test_expiration_date_precedes_the_timeout_and_both_are_limited(
    command: Register, seconds: int
) -> None:
    assert registered(command).expires_at == NOW + timedelta(seconds=seconds)


def test_without_permission_the_session_length_is_the_merchants() -> None:
    merchant = a_merchant(permissions=frozenset(), session_timeout_seconds=90)
    order = registered(a_registration(session_timeout_seconds=5, expiration_date=NOW), merchant)
    assert order.expires_at == NOW + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("command", "permissions", "allowed"),
    [
        (a_registration(two_phase=True, auto_completion_date=NOW + AN_HOUR), OPENING, True),
        (a_registration(two_phase=True, auto_reverse_date=NOW + AN_HOUR), OPENING, True),
        (a_registration(two_phase=True, auto_completion_date=NOW), OPENING, False),
        (a_registration(two_phase=True, auto_reverse_date=NOW), OPENING, False),
        (a_registration(auto_reverse_date=NOW + AN_HOUR), OPENING, False),
        (
            a_registration(two_phase=True, auto_completion_date=NOW + AN_HOUR),
            OPENING - {Permission.AUTO_COMPLETION},
            False,
        ),
        (
            a_registration(two_phase=True, auto_reverse_date=NOW + AN_HOUR),
            OPENING - {Permission.AUTO_REVERSE},
            False,
        ),
    ],
)
def test_second_stage_date_must_be_in_the_future_and_permitted(
    command: Register, permissions: frozenset[Permission], *, allowed: bool
) -> None:
    decision = decide_registration(command, a_merchant(permissions=permissions), NOW)
    assert isinstance(decision, Order) is allowed


def test_missing_order_number_is_generated() -> None:
    order = registered(a_registration(order_number=None))
    assert len(order.order_number) == 18
    assert order.order_number.isdigit()
