"""Refunds by sum: the ladder of refusals, what each kind excludes, and what is reserved.

Source: fiscal.md §8.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from altyn.domain.cart.document import Cart
from altyn.domain.cart.parts import Part
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Attempt, AttemptState, Order, OrderRequest
from altyn.domain.order_cart import returnable_positions
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Busy, Decision, Refused, Unchanged
from altyn.operations.raw_refund import amount_of
from altyn.operations.refund import Refund, decide_refund, settle_refund
from tests.builders import PAID_AT, an_attempt, an_order
from tests.unit.operations.ladders import documented_refusals, ladder_cases, refusal_of

NOW: Final = PAID_AT + timedelta(days=1)
PRICE: Final = 500_00
POSITION: Final = 2 * PRICE
IN_FLIGHT: Final = [AttemptState.ASKED, AttemptState.PENDING, AttemptState.UNKNOWN]
ITEMS: Final = [
    {
        "positionId": each,
        "name": f"Товар {each}",
        "itemCode": f"A-{each}",
        "quantity": {"value": 2, "measure": "шт."},
        "itemPrice": PRICE,
    }
    for each in ("1", "2")
]
BY_SUM: Final = Refund(amount_minor=100, raw=RawLine(name="Компенсация"))
BY_POSITION: Final = Refund(amount_minor=100, raw=RawLine(position_id="1"))
BY_ITEMS: Final = Refund(
    amount_minor=PRICE, items=[{"positionId": "2", "quantity": {"value": 1, "measure": "шт."}}]
)
KINDS: Final = {"sum": BY_SUM, "position": BY_POSITION, "items": BY_ITEMS}


def a_sale(*, cart: bool = True, **changes: Any) -> Order:
    """A paid order of two positions, 1000.00 each."""
    bundle = Cart.of({"cartItems": {"items": ITEMS}}) if cart else None
    sold = an_order(
        amount_minor=2 * POSITION,
        status=OrderStatus.DEPOSITED,
        approved_minor=2 * POSITION,
        deposited_minor=2 * POSITION,
        deposited_at=PAID_AT,
        attempts=(an_attempt(amount_minor=2 * POSITION),),
        request=OrderRequest(order_bundle=bundle),
    )
    return replace(sold, **changes)


def after(order: Order, command: Refund, state: AttemptState = AttemptState.APPROVED) -> Order:
    """The order once this refund was asked for, and the bank has answered it so."""
    decision = decide_refund(order, command, NOW)
    assert isinstance(decision, Accepted), decision
    assert decision.ask is not None
    attempt = replace(decision.order.attempt(decision.ask), state=state)
    if state in IN_FLIGHT:
        return decision.order.with_attempt(attempt)
    return settle_refund(decision.order, attempt, NOW).order


def attempt_of(decision: Decision) -> Attempt:
    assert isinstance(decision, Accepted), decision
    assert decision.ask is not None
    return decision.order.attempt(decision.ask)


# ── The ladder ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Case:
    order: Order
    command: Refund


def of_other_position(case: Case) -> Case:
    raw = RawLine(position_id="9")
    return replace(case, command=replace(case.command, raw=raw))


RUNGS: Final = (
    (
        Refusal.REFUND_ID_REUSED,
        lambda c: replace(c, order=after(a_sale(), replace(BY_POSITION, external_refund_id="R"))),
    ),
    (Refusal.WRONG_STATUS, lambda c: replace(c, order=after(a_sale(), BY_SUM))),
    (
        Refusal.EXPECTED_AMOUNT_DIFFERS,
        lambda c: replace(c, command=replace(c.command, expected_minor=1)),
    ),
    (Refusal.POSITION_UNKNOWN, of_other_position),
    (
        Refusal.AMOUNT_ABOVE_DEPOSIT,
        lambda c: replace(c, command=replace(c.command, amount_minor=POSITION + 1)),
    ),
)
FINE: Final = Case(a_sale(), replace(BY_POSITION, external_refund_id="R"))


@pytest.mark.parametrize(("case", "refusal"), ladder_cases(FINE, RUNGS))
def test_first_refusal_of_the_ladder_is_returned(case: Case, refusal: Refusal) -> None:
    assert refusal_of(decide_refund(case.order, case.command, NOW)) is refusal


def test_refusals_of_the_amount_are_those_of_its_docstring() -> None:
    assert documented_refusals(amount_of) == [refusal for refusal, _ in RUNGS[3:]]


# ── What each kind excludes ───────────────────────────────────────────────────────────────────────

EXCLUDED: Final = {
    ("sum", "position"),
    ("sum", "items"),
    ("position", "items"),
    ("items", "sum"),
    ("items", "position"),
}


@pytest.mark.parametrize("later", KINDS)
@pytest.mark.parametrize("earlier", KINDS)
def test_approved_refund_excludes_other_kinds(earlier: str, later: str) -> None:
    order = after(a_sale(), KINDS[earlier])
    refused = Refusal.WRONG_STATUS if (earlier, later) in EXCLUDED else None
    assert refusal_of(decide_refund(order, KINDS[later], NOW)) is refused


@pytest.mark.parametrize("state", IN_FLIGHT)
@pytest.mark.parametrize("later", KINDS)
@pytest.mark.parametrize("earlier", KINDS)
def test_refund_waits_for_one_in_flight_that_may_exclude_it(
    earlier: str, later: str, state: AttemptState
) -> None:
    order = after(a_sale(), KINDS[earlier], state)
    waits = Busy if (earlier, later) in EXCLUDED else None
    assert refusal_of(decide_refund(order, KINDS[later], NOW)) is waits


@pytest.mark.parametrize("state", [AttemptState.DECLINED, AttemptState.NOT_SENT])
@pytest.mark.parametrize("later", KINDS)
@pytest.mark.parametrize("earlier", KINDS)
def test_failed_refund_excludes_nothing(earlier: str, later: str, state: AttemptState) -> None:
    order = after(a_sale(), KINDS[earlier], state)
    assert refusal_of(decide_refund(order, KINDS[later], NOW)) is None


def test_refusal_names_the_methods_that_are_left() -> None:
    for earlier, later, named in (
        ("sum", "items", "use processRawSumRefund.do"),
        ("sum", "position", "use processRawSumRefund.do"),
        ("position", "items", "use processRawSumRefund.do or processRawPositionRefund.do"),
        ("items", "sum", "use refund.do with refundItems"),
    ):
        decision = decide_refund(after(a_sale(), KINDS[earlier]), KINDS[later], NOW)
        assert isinstance(decision, Refused)
        assert decision.rule.endswith(named)


def test_order_without_a_cart_is_refunded_by_sum_after_an_ordinary_refund() -> None:
    order = after(a_sale(cart=False), Refund(amount_minor=100))
    order = after(order, BY_SUM)
    ordinary = decide_refund(order, Refund(amount_minor=100), NOW)
    assert refusal_of(ordinary) is Refusal.WRONG_STATUS


# ── Sums ──────────────────────────────────────────────────────────────────────────────────────────


def test_zero_returns_all_that_is_left() -> None:
    order = after(a_sale(), BY_POSITION)
    position = attempt_of(decide_refund(order, replace(BY_POSITION, amount_minor=0), NOW))
    assert position.amount_minor == POSITION - 100
    whole = attempt_of(decide_refund(order, replace(BY_SUM, amount_minor=0), NOW))
    assert whole.amount_minor == 2 * POSITION - 100


def test_quantity_goes_with_the_last_of_the_money() -> None:
    first = attempt_of(decide_refund(a_sale(), BY_POSITION, NOW))
    assert first.parts == (Part("1", 0, 100),)
    order = after(a_sale(), BY_POSITION)
    last = attempt_of(decide_refund(order, replace(BY_POSITION, amount_minor=0), NOW))
    assert last.parts == (Part("1", 2000, POSITION - 100),)
    left = returnable_positions(after(order, replace(BY_POSITION, amount_minor=0)))
    assert [each.position_id for each in left] == ["2"]


def test_attempt_keeps_the_line() -> None:
    line = RawLine(name="Компенсация", item_code="K-1", tax_type=14)
    attempt = attempt_of(decide_refund(a_sale(), Refund(amount_minor=1, raw=line), NOW))
    assert (attempt.raw, attempt.parts) == (line, ())


@pytest.mark.parametrize("amount_minor", [0, 1])
def test_returned_position_has_nothing_left(amount_minor: int) -> None:
    order = after(a_sale(), replace(BY_POSITION, amount_minor=0))
    again = replace(BY_POSITION, amount_minor=amount_minor)
    assert refusal_of(decide_refund(order, again, NOW)) is Refusal.AMOUNT_ABOVE_DEPOSIT


@pytest.mark.parametrize("state", IN_FLIGHT)
def test_money_of_a_position_in_flight_is_reserved(state: AttemptState) -> None:
    order = after(a_sale(), replace(BY_POSITION, amount_minor=POSITION - 100), state)
    for amount_minor, expected in (
        (100, None),
        (101, Busy),
        (0, Busy),
        (POSITION, Busy),
        (POSITION + 1, Refusal.AMOUNT_ABOVE_DEPOSIT),
    ):
        command = replace(BY_POSITION, amount_minor=amount_minor)
        assert refusal_of(decide_refund(order, command, NOW)) is expected, amount_minor
    other = Refund(amount_minor=0, raw=RawLine(position_id="2"))
    assert refusal_of(decide_refund(order, other, NOW)) is None


def test_sum_of_the_order_bounds_that_of_a_position() -> None:
    order = a_sale(deposited_minor=POSITION - 1)
    whole = replace(BY_POSITION, amount_minor=0)
    assert refusal_of(decide_refund(order, whole, NOW)) is Refusal.AMOUNT_ABOVE_DEPOSIT


@pytest.mark.parametrize("cart", [True, False])
def test_unknown_position_is_refused_with_those_there_are(*, cart: bool) -> None:
    decision = decide_refund(
        a_sale(cart=cart), Refund(amount_minor=1, raw=RawLine(position_id="9")), NOW
    )
    assert isinstance(decision, Refused)
    assert decision.refusal is Refusal.POSITION_UNKNOWN
    assert ("1, 2" if cart else "processRawSumRefund.do") in decision.rule


# ── A repeated request ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_repeated_refund_is_made_once(kind: str) -> None:
    command = replace(KINDS[kind], external_refund_id="R")
    order = after(a_sale(), command)
    for amount_minor in (0, command.amount_minor):
        again = replace(command, amount_minor=amount_minor)
        assert decide_refund(order, again, NOW) == Unchanged(order, 2)


@pytest.mark.parametrize(
    "other",
    [
        Refund(amount_minor=100, raw=RawLine(position_id="2")),
        Refund(amount_minor=100, raw=RawLine()),
        Refund(amount_minor=100),
        Refund(amount_minor=0, raw=RawLine(position_id="2")),
    ],
)
def test_name_of_a_refund_is_not_used_for_other_money(other: Refund) -> None:
    order = after(a_sale(), replace(BY_POSITION, external_refund_id="R"))
    again = decide_refund(order, replace(other, external_refund_id="R"), NOW)
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.REFUND_ID_REUSED
    assert again.parameter == "external_refund_id"
    assert "position 1" in again.rule


def test_name_of_an_ordinary_refund_is_not_used_by_sum() -> None:
    ordinary = Refund(amount_minor=100, external_refund_id="R")
    order = after(a_sale(cart=False), ordinary)
    again = decide_refund(order, replace(ordinary, raw=RawLine()), NOW)
    assert refusal_of(again) is Refusal.REFUND_ID_REUSED
