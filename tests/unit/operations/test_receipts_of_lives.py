"""Any life of an order with a cart: its receipts sum to the ledger, and no position returns more
than was sold.

The decisions are the gateway's own; a bank that approves everything stands behind them.
Source: fiscal.md §1, §8.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from altyn.domain import ledger
from altyn.domain.cart.document import Cart
from altyn.domain.cart.numbers import product_minor
from altyn.domain.ledger import Posting
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import AttemptState, Order, OrderRequest
from altyn.domain.order_cart import returnable_positions
from altyn.domain.receipt.content import kept_lines
from altyn.domain.receipt.settings import FiscalProvider, FiscalSettings
from altyn.domain.receipt.values import Receipt, ReceiptKind, ReceiptMade
from altyn.operations.decisions import Accepted, Decision
from altyn.operations.deposit import Deposit, decide_deposit, settle_deposit
from altyn.operations.paying.decisions import settle_payment
from altyn.operations.receipts import made_effects
from altyn.operations.refund import Refund, decide_refund, settle_refund
from altyn.operations.reverse import Reverse, decide_reversal, settle_reversal
from altyn.protocol.dialects.classic.receipt_view import ofd_order_bundle
from tests.builders import PAID_AT, a_merchant, an_attempt, an_order

MERCHANT: Final = a_merchant(fiscal=FiscalSettings(provider=FiscalProvider.SIMULATED))
Settle = Callable[[Order, Any, Any], Accepted]


@dataclass
class Life:
    """One order with what its changes have left: postings and receipts."""

    order: Order
    postings: list[Posting] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    minutes: int = 0

    def apply(self, accepted: Accepted) -> None:
        self.order = accepted.order
        self.postings += accepted.postings
        made = made_effects(accepted.effects, accepted.order, MERCHANT, accepted.at)
        self.receipts += [each.receipt for each in made if isinstance(each, ReceiptMade)]

    def ask(self, decision: Decision, settle: Settle) -> None:
        """Apply a decision and the bank's approval of it; a refused one changes nothing."""
        if not isinstance(decision, Accepted) or decision.ask is None:
            return
        self.apply(decision)
        attempt = replace(self.order.attempt(decision.ask), state=AttemptState.APPROVED)
        self.apply(settle(self.order, attempt, decision.at))

    @property
    def kept_minor(self) -> int:
        """What the merchant has by the ledger."""
        return (
            ledger.totals(self.postings).deposited_minor
            - ledger.totals(self.postings).refunded_minor
        )

    def signed(self) -> Iterator[tuple[int, Receipt]]:
        """Each receipt with its sign: money that goes back is negative."""
        for each in self.receipts:
            yield (-1 if each.kind is ReceiptKind.REFUND else 1), each


@st.composite
def carts(draw: st.DrawFn) -> tuple[Cart, int]:
    """A cart of one to four positions, and its sum."""
    items, total = [], 0
    for number in range(draw(st.integers(1, 4))):
        thousandths = draw(st.sampled_from([1000, 2000, 3000, 1500, 333, 10_000]))
        price = draw(st.integers(1, 50_000))
        total += product_minor(price, thousandths)
        items.append(
            {
                "positionId": str(number),
                "name": f"Товар {number}",
                "itemCode": f"A-{number}",
                "quantity": {"value": thousandths / 1000, "measure": "шт."},
                "itemPrice": price,
                "tax": {"taxType": draw(st.sampled_from([0, 2, 6, 14, 15]))},
            }
        )
    return Cart.of({"cartItems": {"items": items}}), total


def part_of(data: st.DataObject, positions: Any) -> tuple[list[dict[str, Any]], int]:
    """Parts of some of these positions, and their sum."""
    items, total = [], 0
    for position in positions:
        if not data.draw(st.booleans()):
            continue
        whole = data.draw(st.booleans()) or position.quantity.thousandths < 1000
        thousandths = position.quantity.thousandths if whole else 1000
        amount = position.amount_minor
        if not whole:
            price = product_minor(position.price_minor, thousandths)
            amount = data.draw(st.sampled_from([min(amount, price), min(amount, price) // 2]))
        total += amount
        items.append(
            {
                "positionId": position.position_id,
                "quantity": {"value": thousandths / 1000, "measure": "шт."},
                "itemAmount": amount,
            }
        )
    return items, total


def paid(cart: Cart, amount: int, *, two_phase: bool) -> Life:
    order = an_order(
        amount_minor=amount,
        two_phase=two_phase,
        status=OrderStatus.WAITING,
        request=OrderRequest(order_bundle=cart, email="payer@shop.example"),
    )
    attempt = an_attempt(amount_minor=amount)
    life = Life(order.with_attempt(replace(attempt, state=AttemptState.ASKED)))
    life.apply(settle_payment(life.order, attempt, PAID_AT))
    return life


@given(cart=carts(), two_phase=st.booleans(), data=st.data())
def test_receipts_sum_to_the_ledger_and_positions_are_conserved(
    cart: tuple[Cart, int], data: st.DataObject, *, two_phase: bool
) -> None:
    life = paid(*cart, two_phase=two_phase)
    for _ in range(data.draw(st.integers(0, 6))):
        life.minutes += 1
        now = PAID_AT + timedelta(minutes=life.minutes)
        step = data.draw(st.sampled_from(["deposit", "refund", "refund all", "reverse"]))
        order = life.order
        if step == "deposit":
            items, amount = part_of(data, returnable_positions(order))
            wanted = Deposit(amount_minor=amount, items=items or None)
            life.ask(decide_deposit(order, wanted, MERCHANT, now), settle_deposit)
        elif step == "reverse":
            life.ask(decide_reversal(order, Reverse(), MERCHANT, now), settle_reversal)
        else:
            items, amount = part_of(data, returnable_positions(order))
            back = Refund(amount_minor=0)
            if step == "refund":
                back = Refund(amount_minor=amount, items=items or None)
            life.ask(decide_refund(order, back, now), settle_refund)
        check(life)


def check(life: Life) -> None:
    assert sum(sign * each.content.amount_minor for sign, each in life.signed()) == life.kept_minor
    amounts = Counter[str]()
    for sign, each in life.signed():
        for line in each.content.lines:
            product = product_minor(line.price_minor, line.quantity.thousandths)
            assert product == line.amount_minor, "a receipt's line multiplies"
            amounts[line.position_id] += sign * line.amount_minor
            assert amounts[line.position_id] >= 0
    left = {each.position_id: each for each in returnable_positions(life.order)}
    if life.order.status in {OrderStatus.DEPOSITED, OrderStatus.REFUNDED}:
        kept = {position_id: amount for position_id, amount in amounts.items() if amount}
        assert kept == {
            position_id: each.amount_minor
            for position_id, each in left.items()
            if each.amount_minor
        }
    assert all(each.quantity.thousandths >= 0 for each in left.values())
    check_kept_lines(life.order)


def check_kept_lines(order: Order) -> None:
    """What the status shows as sold and not returned is what the merchant has by the ledger."""
    lines = kept_lines(order, MERCHANT.settings.fiscal)
    assert sum(line.amount_minor for line in lines) == order.left_minor
    shown = ofd_order_bundle(order, MERCHANT)
    assert (shown is None) == (order.left_minor == 0)
