"""Any life of an order with a cart conserves the quantity and the kopecks of each position.

Refunds are also under way at the same time, and the bank approves or declines them in any order.
Source: fiscal.md §8.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from altyn.domain.cart.document import Cart
from altyn.domain.cart.parts import Part
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.order_cart import cart_positions, kept_amounts, returnable_positions
from altyn.operations.decisions import Accepted
from altyn.operations.deposit import Deposit, decide_deposit, settle_deposit
from altyn.operations.refund import Refund, decide_refund, settle_refund
from altyn.operations.reverse import Reverse, decide_reversal, settle_reversal
from tests.builders import PAID_AT
from tests.unit.operations.test_receipts_of_lives import (
    MERCHANT,
    Life,
    carts,
    check_kept_lines,
    paid,
    part_of,
)

STEPS: Final = ("deposit", "refund", "refund", "refund all", "bank approves", "bank declines")
Sums = dict[str, tuple[int, int]]
"""Thousandths and minor units by position."""


def sums_of(parts: list[Part]) -> Sums:
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for part in parts:
        quantity, amount = found[part.position_id]
        found[part.position_id] = (
            quantity + part.quantity_thousandths,
            amount + part.amount_minor,
        )
    return found


def parts_in(order: Order, kind: Kind, *states: AttemptState) -> list[Part]:
    wanted = (a for a in order.attempts if a.kind is kind and a.state in states)
    return [part for attempt in wanted for part in attempt.parts]


def in_flight(life: Life) -> tuple[Attempt, ...]:
    return life.order.in_flight(Kind.REFUND)


@given(cart=carts(), two_phase=st.booleans(), data=st.data())
def test_positions_are_conserved_whatever_is_under_way(
    cart: tuple[Cart, int], data: st.DataObject, *, two_phase: bool
) -> None:
    life = paid(*cart, two_phase=two_phase)
    for minute in range(data.draw(st.integers(1, 10))):
        now = PAID_AT + timedelta(minutes=minute + 1)
        step = data.draw(st.sampled_from(STEPS))
        items, amount = part_of(data, returnable_positions(life.order))
        if step == "deposit":
            deposit = Deposit(amount_minor=amount, items=items or None)
            life.ask(decide_deposit(life.order, deposit, MERCHANT, now), settle_deposit)
        elif step.startswith("refund"):
            back = Refund(amount_minor=0)
            if step == "refund":
                back = Refund(amount_minor=amount, items=items or None)
            decision = decide_refund(life.order, back, now)
            if isinstance(decision, Accepted):
                life.apply(decision)
        elif in_flight(life):
            asked = data.draw(st.sampled_from(in_flight(life)))
            state = AttemptState.APPROVED if step == "bank approves" else AttemptState.DECLINED
            life.apply(settle_refund(life.order, replace(asked, state=state), now))
        check(life.order)
    life.ask(decide_reversal(life.order, Reverse(), MERCHANT, PAID_AT), settle_reversal)
    check(life.order)


def check(order: Order) -> None:
    """Deposited = returned + being returned + returnable, in quantity and in money."""
    registered = {each.position_id: each for each in cart_positions(order)}
    deposited = sums_of(parts_in(order, Kind.DEPOSIT, AttemptState.APPROVED))
    returned = sums_of(parts_in(order, Kind.REFUND, AttemptState.APPROVED, AttemptState.ASKED))
    left = {each.position_id: each for each in returnable_positions(order)}
    for name, position in registered.items():
        whole = (position.quantity.thousandths, position.amount_minor)
        taken = deposited[name] if deposited else whole
        assert taken[0] <= whole[0]
        assert taken[1] <= whole[1]
        rest = left.get(name)
        quantity = rest.quantity.thousandths if rest else 0
        amount = rest.amount_minor if rest else 0
        assert quantity >= 0
        assert amount >= 0
        assert returned[name][1] + amount == taken[1]
        assert returned[name][0] + quantity == taken[0]
    if not order.in_flight(Kind.REFUND) and order.left_minor:
        assert sum(kept_amounts(order).values()) == order.left_minor
    check_kept_lines(order)
