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
from tests.unit.operations.ladders import climb, promised

AN_HOUR = timedelta(hours=1)


def a_wish(**changes: Any) -> Register:
    wish = Register(amount_minor=2500_00, return_url="https://shop.example", order_number="A-100")
    return replace(wish, **changes)


def registered(wish: Register, merchant: Merchant | None = None) -> Order:
    order = decide_registration(wish, merchant or a_merchant(), NOW)
    assert isinstance(order, Order)
    return order


@dataclass(frozen=True)
class Case:
    wish: Register
    permissions: frozenset[Permission]


def with_feature(case: Case, *features: str) -> Case:
    return replace(case, wish=replace(case.wish, features=(*case.wish.features, *features)))


def without(case: Case, permission: Permission) -> Case:
    return replace(case, permissions=case.permissions - {permission})


FINE = Case(a_wish(), OPENING)
RUNGS = (
    (
        Refusal.JSON_PARAMS_INVALID,  # recurring: one of the pair
        lambda c: replace(c, wish=replace(c.wish, recurring_frequency=28)),
    ),
    (
        Refusal.PARAMETER_INVALID,  # AVS without an address
        lambda c: replace(c, permissions=c.permissions | DEMANDING),
    ),
    (
        Refusal.PARAMETER_INVALID,  # a completion of an order that has no second stage
        lambda c: replace(c, wish=replace(c.wish, auto_completion_date=NOW + AN_HOUR)),
    ),
    (Refusal.FEATURES_CONFLICT, lambda c: with_feature(c, "AUTO_PAYMENT", "FORCE_TDS")),
    (Refusal.VERIFY_FORBIDDEN, lambda c: without(with_feature(c, "VERIFY"), Permission.VERIFY)),
    (
        Refusal.AUTO_PAYMENT_FORBIDDEN,
        lambda c: without(with_feature(c, "AUTO_PAYMENT"), Permission.AUTO_PAYMENT),
    ),
)


def test_the_ladder_is_the_one_promised() -> None:
    rungs = dict.fromkeys(refusal for refusal, _ in RUNGS)  # one refusal may have two rungs
    assert promised(decide_registration) == [*rungs, Refusal.ORDER_NUMBER_TAKEN]


@pytest.mark.parametrize(("case", "refusal"), climb(FINE, RUNGS))
def test_the_first_rung_is_told(case: Case, refusal: Refusal) -> None:
    decision = decide_registration(case.wish, a_merchant(permissions=case.permissions), NOW)
    assert isinstance(decision, Refused)
    assert decision.refusal is refusal


def test_an_order_begins_with_nothing_but_its_wish() -> None:
    order = registered(a_wish(two_phase=True, description="Tea"))
    assert (order.status, order.version, order.action_code) == (OrderStatus.CREATED, 1, -100)
    assert (order.amount_minor, order.currency, order.two_phase) == (2500_00, "643", True)
    assert (order.approved_minor, order.deposited_minor, order.refunded_minor) == (0, 0, 0)
    assert (order.attempts_max, order.hold_days, order.attempts) == (3, 7, ())
    assert merchant_of(order.order_id) == order.merchant_id
    assert order.request.description == "Tea"


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        (a_wish(), 1200),
        (a_wish(session_timeout_seconds=60), 60),
        (a_wish(session_timeout_seconds=10**9), SESSION_SECONDS_MAX),
        (a_wish(session_timeout_seconds=60, expiration_date=NOW + AN_HOUR), 3600),
        (a_wish(expiration_date=NOW + timedelta(days=999)), SESSION_SECONDS_MAX),
        (a_wish(expiration_date=NOW - AN_HOUR), -3600),
    ],
)
def test_a_session_ends_as_the_most_particular_word_says(wish: Register, seconds: int) -> None:
    assert registered(wish).expires_at == NOW + timedelta(seconds=seconds)


def test_without_permission_the_merchants_setting_decides() -> None:
    merchant = a_merchant(permissions=frozenset(), session_timeout_seconds=90)
    order = registered(a_wish(session_timeout_seconds=5, expiration_date=NOW), merchant)
    assert order.expires_at == NOW + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("wish", "permissions", "allowed"),
    [
        (a_wish(two_phase=True, auto_completion_date=NOW + AN_HOUR), OPENING, True),
        (a_wish(two_phase=True, auto_reverse_date=NOW + AN_HOUR), OPENING, True),
        (a_wish(two_phase=True, auto_completion_date=NOW), OPENING, False),
        (a_wish(two_phase=True, auto_reverse_date=NOW), OPENING, False),
        (a_wish(auto_reverse_date=NOW + AN_HOUR), OPENING, False),
        (
            a_wish(two_phase=True, auto_completion_date=NOW + AN_HOUR),
            OPENING - {Permission.AUTO_COMPLETION},
            False,
        ),
        (
            a_wish(two_phase=True, auto_reverse_date=NOW + AN_HOUR),
            OPENING - {Permission.AUTO_REVERSE},
            False,
        ),
    ],
)
def test_moments_of_the_second_stage(
    wish: Register, permissions: frozenset[Permission], *, allowed: bool
) -> None:
    decision = decide_registration(wish, a_merchant(permissions=permissions), NOW)
    assert isinstance(decision, Order) is allowed


def test_a_shop_without_numbers_gets_one() -> None:
    order = registered(a_wish(order_number=None))
    assert len(order.order_number) == 18
    assert order.order_number.isdigit()
