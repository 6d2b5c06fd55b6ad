"""Deposit: take a held sum, whole or in part (second stage of a two-stage payment)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import Event
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.money import CURRENCIES
from altyn.domain.order import Attempt, AttemptState, Due, Kind, Order
from altyn.domain.order_cart import cart_positions
from altyn.domain.receipt.contact import params_of_attempt
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind
from altyn.domain.refusals import Refusal
from altyn.operations.attempt_receipt import with_receipt_params
from altyn.operations.cart_rules import parts_of
from altyn.operations.decisions import Accepted, Busy, Decision, OrderChanges, Refused, accept
from altyn.operations.history import history_detail
from altyn.operations.paying.attempts import new_attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """A request to complete. `amount_minor` 0 means the whole hold; `due` is the timer's.

    `agent` and `supplier_phones` go into the receipt, in place of those of the registration.
    """

    amount_minor: int
    due: Due | None = None
    items: object = None
    json_params: Mapping[str, str] | None = None
    agent: ReceiptParams = field(default_factory=ReceiptParams)
    supplier_phones: ReceiptParams = field(default_factory=ReceiptParams)


def decide_deposit(order: Order, command: Deposit, merchant: Merchant, now: datetime) -> Decision:
    """Take a held sum; the rest of the hold is released to the payer.

    Amounts: minor units of the order's currency. `now` is UTC.
    Refuses: WRONG_STATUS, AMOUNT_ABOVE_HOLD, DEPOSIT_TOO_SMALL, ACCESS_DENIED (partial deposit
    not opened), then what `parts_of` refuses. Busy while the connector is asked to deposit or
    reverse.
    Source: rest-orders.md §3.1; fiscal.md §8.
    """
    if not order.allows(Event.DEPOSIT_APPROVED):
        return Refused(Refusal.WRONG_STATUS, f"deposit needs a hold, order is {order.status}")
    if order.in_flight(Kind.DEPOSIT, Kind.REVERSE):
        return Busy(order)
    amount = command.amount_minor or order.approved_minor
    if amount > order.approved_minor:
        return Refused(Refusal.AMOUNT_ABOVE_HOLD, f"{amount} > hold {order.approved_minor}")
    if 0 < command.amount_minor < 10 ** CURRENCIES[order.currency].exponent:
        return Refused(Refusal.DEPOSIT_TOO_SMALL, f"{amount} is less than one currency unit")
    if amount < order.approved_minor and not merchant.may(Permission.PARTIAL_DEPOSIT):
        return Refused(Refusal.ACCESS_DENIED, "permission partial_deposit is off")
    parts = parts_of(
        order,
        command.items,
        cart_positions(order),
        amount_minor=amount,
        whole_minor=order.approved_minor,
        parameter="depositItems",
    )
    if isinstance(parts, Refused):
        return parts
    attempt = new_attempt(order, Kind.DEPOSIT, amount, now, due=command.due, parts=parts)
    attempt = with_receipt_params(attempt, command.agent, command.supplier_phones)
    return accept(
        order,
        HistoryEvent.DEPOSIT_ASKED,
        now,
        attempt=attempt,
        ask=True,
        detail=history_detail(items=command.items, json_params=command.json_params),
    )


def settle_deposit(order: Order, attempt: Attempt, now: datetime) -> Accepted:
    """Move the held sum to the merchant, or record that the connector declined."""
    if attempt.state is not AttemptState.APPROVED:
        refused = OrderNotification(
            CallbackOperation.DEPOSITED, succeeded=False, amount_minor=attempt.amount_minor
        )
        # A timer tries the completion once; then the hold waits for the shop or its own end.
        changes = OrderChanges(auto_completion_at=None) if attempt.due else OrderChanges()
        return accept(
            order,
            HistoryEvent.DEPOSIT_DECLINED,
            now,
            attempt=attempt,
            effects=(refused,),
            **changes,
        )
    amount = attempt.amount_minor
    return accept(
        order,
        Event.DEPOSIT_APPROVED,
        now,
        attempt=attempt,
        postings=ledger.deposit(amount, remainder_minor=order.approved_minor - amount),
        effects=(
            OrderNotification(CallbackOperation.DEPOSITED, amount_minor=amount),
            ReceiptDue(
                receipt_kind=ReceiptKind.PAYMENT,
                amount_minor=amount,
                attempt=attempt.number,
                ofd_params=params_of_attempt(attempt),
            ),
        ),
        deposited_minor=amount,
        deposited_at=attempt.started_at,  # the connector's business day: the day of the request
        action_code=0,
    )
