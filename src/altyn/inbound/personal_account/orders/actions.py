"""What can be done with an order: each action with its right, its method of the API, its condition.

The conditions are the decisions of the operations: no rule of money is here.
Source: personal-account.md §4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.cart.values import Position
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.order_cart import cart_positions, returnable_positions
from altyn.operations.close_receipt import CloseReceipt, decide_closing
from altyn.operations.decisions import Accepted, Decision
from altyn.operations.deposit import Deposit, decide_deposit
from altyn.operations.paying.decisions import decide_cancellation
from altyn.operations.refund import Refund, decide_refund
from altyn.operations.reverse import Reverse, decide_reversal
from altyn.protocol.dialects.classic.methods import DECLINE, DEPOSIT, REFUND, REVERSE
from altyn.protocol.dialects.classic.receipt_methods import CLOSE_OFD_RECEIPT
from altyn.protocol.table import Method


class Input(Enum):
    """What a user types before an action."""

    NOTHING = "nothing"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAction:
    """One action. `whole_minor` is the sum that it is about where no amount is typed.

    `items` is the parameter that names positions of the cart, `positions` are those that it may
    name; `order_name` is the parameter of the order's id.
    """

    name: str
    right: Action
    audit: AuditAction
    method: Method
    decide: Callable[[Order, Merchant, datetime], Decision]
    whole_minor: Callable[[Order], int]
    input: Input = Input.NOTHING
    items: str = ""
    positions: Callable[[Order], tuple[Position, ...]] = lambda _: ()
    order_name: str = "orderId"
    is_dangerous: bool = False
    foreseen: bool = True

    def possible(self, order: Order, merchant: Merchant, now: datetime) -> bool:
        """Whether the order allows it now, in full, and the provider has opened it for the shop."""
        opened = all(merchant.may(each) for each in self.method.permissions)
        is_withdrawn = not self.foreseen and order.waiting_payment is not None
        return opened and (is_withdrawn or isinstance(self.decide(order, merchant, now), Accepted))


COMPLETE: Final = OrderAction(
    name="complete",
    right=Action.COMPLETION,
    audit=AuditAction.COMPLETION_ASKED,
    method=DEPOSIT,
    decide=lambda order, merchant, now: decide_deposit(
        order, Deposit(amount_minor=0), merchant, now
    ),
    whole_minor=lambda order: order.approved_minor,
    input=Input.AMOUNT,
    items="depositItems",
    positions=cart_positions,
)
REVERSAL: Final = OrderAction(
    name="reverse",
    right=Action.REVERSAL,
    audit=AuditAction.REVERSAL_ASKED,
    method=REVERSE,
    decide=lambda order, merchant, now: decide_reversal(order, Reverse(), merchant, now),
    whole_minor=lambda order: order.left_minor or order.approved_minor,
    is_dangerous=True,
)
RETURN: Final = OrderAction(
    name="refund",
    right=Action.REFUND,
    audit=AuditAction.REFUND_ASKED,
    method=REFUND,
    decide=lambda order, _, now: decide_refund(order, Refund(amount_minor=0), now),
    whole_minor=lambda order: order.left_minor,
    input=Input.AMOUNT,
    items="refundItems",
    positions=returnable_positions,
    is_dangerous=True,
)
DECLINING: Final = OrderAction(
    name="decline",
    right=Action.DECLINE,
    audit=AuditAction.DECLINE_ASKED,
    method=DECLINE,
    decide=lambda order, _, now: decide_cancellation(order, now),
    whole_minor=lambda order: order.asked_minor,
    is_dangerous=True,
    # To look at it beforehand would withdraw the payment that waits for its payer.
    foreseen=False,
)
CLOSING: Final = OrderAction(
    name="receipt",
    right=Action.RECEIPTS,
    audit=AuditAction.CLOSING_ASKED,
    method=CLOSE_OFD_RECEIPT,
    decide=lambda order, merchant, now: decide_closing(order, CloseReceipt(), merchant, now),
    whole_minor=lambda order: order.left_minor,
    order_name="mdOrder",
)
ORDER_ACTIONS: Final = (COMPLETE, REVERSAL, RETURN, DECLINING, CLOSING)
