"""Orders whose cart was stored before carts were checked, and breaks a rule.

Such a cart has no positions: requests that name some are refused with the fault, sums are taken as
for an order without a cart. Source: fiscal.md §8.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from altyn.domain.cart.document import Cart
from altyn.domain.cart.parts import Part
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Kind, Order, OrderRequest
from altyn.domain.order_cart import cart_positions, deposited_positions
from altyn.domain.receipt.content import kept_lines
from altyn.domain.receipt.settings import FiscalProvider, FiscalSettings
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Decision, Refused
from altyn.operations.deposit import Deposit, decide_deposit
from altyn.operations.refund import Refund, decide_refund
from altyn.protocol.dialects.classic.cart_view import order_bundle
from tests.builders import PAID_AT, a_merchant, an_attempt, an_order

NOW: Final = PAID_AT + timedelta(hours=1)
AMOUNT: Final = 40000
TEA: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 4, "measure": "шт."},
    "itemPrice": 5000,
}
PART: Final = [{"positionId": "1", "quantity": {"value": 1, "measure": "шт."}}]
FAULTY: Final = {
    "another sum": ([TEA], "amount 40000, but the only position is 20000"),
    "unknown rate": (
        [{**TEA, "itemPrice": 10000, "tax": {"taxType": 99}}],
        "position 1 (T-1): tax.taxType 99, not a taxType",
    ),
    "not an array": ("x", 'cartItems.items "x", not an array'),
}
every_fault = pytest.mark.parametrize(("items", "fault"), FAULTY.values(), ids=FAULTY)
MERCHANT: Final = a_merchant(fiscal=FiscalSettings(provider=FiscalProvider.SIMULATED))


def held(items: object) -> Order:
    order = an_order(
        amount_minor=AMOUNT,
        two_phase=True,
        status=OrderStatus.APPROVED,
        approved_minor=AMOUNT,
        request=OrderRequest(order_bundle=Cart.of({"cartItems": {"items": items}})),
    )
    return order.with_attempt(an_attempt(amount_minor=AMOUNT))


def sold(items: object) -> Order:
    return replace(
        held(items),
        status=OrderStatus.DEPOSITED,
        deposited_minor=AMOUNT,
        deposited_at=PAID_AT,
    )


def decisions(items: object, parts: object, amount: int) -> tuple[Decision, Decision]:
    """A deposit and a refund of this sum."""
    deposit = Deposit(amount_minor=amount, items=parts)
    refund = Refund(amount_minor=amount, items=parts)
    return (
        decide_deposit(held(items), deposit, MERCHANT, NOW),
        decide_refund(sold(items), refund, NOW),
    )


@every_fault
@pytest.mark.parametrize("amount", [5000, AMOUNT])
def test_positions_of_such_a_cart_are_refused_with_its_fault(
    items: object, fault: str, amount: int
) -> None:
    named = zip(decisions(items, PART, amount), ("depositItems", "refundItems"), strict=True)
    for refused, parameter in named:
        assert isinstance(refused, Refused)
        assert (refused.refusal, refused.parameter) == (Refusal.CART_FORMAT, "items")
        assert fault in (refused.rule)
        assert f"leave {parameter} out" in (refused.rule)


@every_fault
@pytest.mark.parametrize("amount", [5000, AMOUNT])
def test_sums_are_taken_without_positions(items: object, fault: str, amount: int) -> None:
    assert fault
    for accepted in decisions(items, None, amount):
        assert isinstance(accepted, Accepted)
        assert accepted.order.attempts[-1].parts == ()


@every_fault
def test_such_a_cart_is_shown_as_it_was_sent(items: object, fault: str) -> None:
    assert fault
    assert order_bundle(sold(items), 46) == {"cartItems": {"items": items}}
    assert cart_positions(sold(items)) == ()


def test_parts_that_were_taken_of_such_a_cart_are_not_read() -> None:
    parts = (Part("1", 1000, 5000),)
    deposit = an_attempt(Kind.DEPOSIT, number=2, amount_minor=5000, parts=parts)
    order = replace(sold([TEA]).with_attempt(deposit), deposited_minor=5000)
    assert deposited_positions(order) == ()
    (line,) = kept_lines(order, MERCHANT.settings.fiscal)
    assert line.amount_minor == 5000
