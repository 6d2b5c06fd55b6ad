"""Any mix of refunds by positions and by sum: no kopeck goes back twice, and none stays behind.

Refunds are also under way at the same time, and the bank approves or declines them in any order.
Source: fiscal.md §8.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import event, given
from hypothesis import strategies as st

from altyn.domain.cart.document import Cart
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.order_cart import cart_positions, deposited_positions, returnable_positions
from altyn.domain.receipt.values import ReceiptKind
from altyn.operations.decisions import Accepted, Busy
from altyn.operations.deposit import Deposit, decide_deposit, settle_deposit
from altyn.operations.refund import Refund, decide_refund, settle_refund
from tests.builders import PAID_AT
from tests.unit.operations.test_receipts_of_lives import (
    MERCHANT,
    Life,
    carts,
    check_kept_lines,
    paid,
    part_of,
)

STEPS: Final = ("items", "all", "sum", "position", "position", "approve", "approve", "decline")


def a_refund(data: st.DataObject, order: Order, step: str) -> Refund:
    """A refund of this kind: mostly a possible one, sometimes of too much."""
    if step == "items":
        items, amount = part_of(data, returnable_positions(order))
        return Refund(amount_minor=amount, items=items or None)
    if step == "all":
        return Refund(amount_minor=0)
    of = None
    most = order.left_minor
    if step == "position":
        position = data.draw(st.sampled_from(cart_positions(order)))
        of, most = position.position_id, position.amount_minor
    amount = data.draw(st.integers(0, most + 1) | st.just(most // 2))
    return Refund(amount_minor=amount, raw=RawLine(position_id=of))


def settled(life: Life, attempt: Attempt, state: AttemptState) -> None:
    """The bank answers."""
    answered = replace(attempt, state=state)
    life.apply(settle_refund(life.order, answered, life.order.not_before_last_change(PAID_AT)))


@given(cart=carts(), two_phase=st.booleans(), data=st.data())
def test_nothing_is_returned_twice_whatever_is_under_way(
    cart: tuple[Cart, int], data: st.DataObject, *, two_phase: bool
) -> None:
    life = paid(*cart, two_phase=two_phase)
    if two_phase:
        items, amount = part_of(data, returnable_positions(life.order))
        deposit = Deposit(amount_minor=amount, items=items or None)
        life.ask(decide_deposit(life.order, deposit, MERCHANT, PAID_AT), settle_deposit)
    for minute in range(data.draw(st.integers(1, 12))):
        now = PAID_AT + timedelta(minutes=minute + 1)
        step = data.draw(st.sampled_from(STEPS))
        asked = life.order.in_flight(Kind.REFUND)
        if step in {"approve", "decline"}:
            state = AttemptState.APPROVED if step == "approve" else AttemptState.DECLINED
            if asked:
                settled(life, data.draw(st.sampled_from(asked)), state)
        else:
            decision = decide_refund(life.order, a_refund(data, life.order, step), now)
            event(f"{step} {type(decision).__name__}")
            assert asked or not isinstance(decision, Busy), "nothing to wait for"
            if isinstance(decision, Accepted):
                life.apply(decision)
        check(life)
    return_the_rest(life)


def counted(order: Order) -> list[Attempt]:
    """The refunds that were made, and those that the bank may still make."""
    refunds = (a for a in order.attempts if a.kind is Kind.REFUND)
    return [a for a in refunds if a.in_flight or a.state is AttemptState.APPROVED]


def check(life: Life) -> None:
    order, refunds = life.order, counted(life.order)
    assert sum(a.amount_minor for a in refunds) <= order.deposited_minor
    amounts, quantities = returned(refunds)
    deposited = {each.position_id: each for each in deposited_positions(order)}
    assert amounts.keys() <= deposited.keys()
    for name, position in deposited.items():
        assert amounts[name] <= position.amount_minor
        assert quantities[name] <= position.quantity.thousandths
    check_quantities_by_sum(order)
    check_kinds([kind_of(attempt) for attempt in refunds])
    check_receipts(life)
    check_kept_lines(order)


def returned(refunds: list[Attempt]) -> tuple[Counter[str], Counter[str]]:
    """Minor units and thousandths by position; a sum of a position counts as it was asked for."""
    amounts, quantities = Counter[str](), Counter[str]()
    for attempt in refunds:
        for part in attempt.parts:
            assert part.amount_minor >= 0
            assert part.quantity_thousandths >= 0
            quantities[part.position_id] += part.quantity_thousandths
            if attempt.raw is None:
                amounts[part.position_id] += part.amount_minor
        if attempt.raw is not None and attempt.raw.position_id is not None:
            amounts[attempt.raw.position_id] += attempt.amount_minor
    return amounts, quantities


def check_quantities_by_sum(order: Order) -> None:
    """The quantity of a position goes with the last of its money, where it goes by sum."""
    refunds = [a for a in order.attempts if kind_of(a) == "position"]
    if any(a.state is AttemptState.DECLINED for a in refunds):
        return  # what was the last of the money may not be it any more
    amounts, quantities = returned(refunds)
    for position in deposited_positions(order):
        name, whole = position.position_id, position.quantity.thousandths
        if amounts[name]:
            all_gone = amounts[name] == position.amount_minor
            assert quantities[name] == (whole if all_gone else 0)


def kind_of(attempt: Attempt) -> str:
    if attempt.raw is None:
        return "items"
    return "sum" if attempt.raw.position_id is None else "position"


def check_kinds(kinds: list[str]) -> None:
    """Refunds by positions stand alone; after one by sum only such follow."""
    assert "items" not in kinds or set(kinds) == {"items"}
    by_sum = kinds.index("sum") if "sum" in kinds else len(kinds)
    assert set(kinds[by_sum:]) <= {"sum"}


def check_receipts(life: Life) -> None:
    """Each refund that was made has its receipt, over the same sum and with the named line."""
    made = [a for a in counted(life.order) if a.state is AttemptState.APPROVED]
    returned = [each.content for each in life.receipts if each.kind is ReceiptKind.REFUND]
    sums = Counter(content.amount_minor for content in returned)
    assert sums == Counter(attempt.amount_minor for attempt in made)
    of_positions = Counter(a.raw.position_id for a in made if a.raw and a.raw.position_id)
    lines: list[Any] = [content.lines[0].position_id for content in returned if content.lines]
    assert all(lines.count(each) >= number for each, number in of_positions.items())


def return_the_rest(life: Life) -> None:
    """Once the bank has answered all, the kind of the refunds so far can return what is left."""
    for attempt in life.order.in_flight(Kind.REFUND):
        settled(life, attempt, AttemptState.DECLINED)
    order = life.order
    if order.status not in {OrderStatus.DEPOSITED, OrderStatus.REFUNDED} or not order.left_minor:
        return
    by_items = all(kind_of(attempt) == "items" for attempt in counted(order))
    rest = Refund(amount_minor=0, raw=None if by_items else RawLine())
    life.ask(decide_refund(order, rest, order.not_before_last_change(PAID_AT)), settle_refund)
    check(life)
    assert life.order.left_minor == 0
