"""Reverse: give back a hold, or a deposit of the same business day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.effects import Effect
from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import Event, OrderStatus
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.moscow import end_of_business_day
from altyn.domain.order import Attempt, AttemptState, Due, Kind, Order
from altyn.domain.order_cart import cart_positions
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Busy, Decision, OrderChanges, Refused, accept
from altyn.operations.history import history_detail
from altyn.operations.paying.attempts import new_attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse:
    """A request to give back. `amount_minor` 0 means all of it; `due` is the timer's."""

    amount_minor: int = 0
    due: Due | None = None
    items: object = None
    json_params: Mapping[str, str] | None = None


def is_reversible(order: Order, now: datetime) -> bool:
    """Whether there is a hold, or a deposit whose business day (Moscow) is not over."""
    if not order.allows(Event.REVERSAL_APPROVED):
        return False
    deposited = order.status is OrderStatus.DEPOSITED
    return not deposited or now < end_of_business_day(order.deposited_at or order.created_at)


def decide_reversal(order: Order, command: Reverse, merchant: Merchant, now: datetime) -> Decision:
    """Give back a hold, or a deposit of the same business day (until 00:00 Moscow time).

    Amounts: minor units of the order's currency; a partial reversal is possible once.
    Refuses: WRONG_STATUS, ACCESS_DENIED (partial reversal not opened), PARTIAL_REVERSAL_REPEATED,
    AMOUNT_INVALID (also for a part of an order with a cart). Busy while the connector is asked
    about the money.
    Source: rest-orders.md §3.2, §1.5.
    """
    if not order.allows(Event.REVERSAL_APPROVED):
        return Refused(Refusal.WRONG_STATUS, f"nothing to reverse, order is {order.status}")
    if order.in_flight(Kind.DEPOSIT, Kind.REVERSE, Kind.REFUND):
        return Busy(order)
    deposited = order.status is OrderStatus.DEPOSITED
    if not is_reversible(order, now):
        return Refused(Refusal.WRONG_STATUS, "the business day of the deposit is over: refund")
    whole = order.deposited_minor if deposited else order.approved_minor
    amount = command.amount_minor or whole
    if amount < whole and not merchant.may(Permission.PARTIAL_REVERSAL):
        return Refused(Refusal.ACCESS_DENIED, "permission partial_reversal is off")
    if amount < whole and order.partly_reversed:
        return Refused(Refusal.PARTIAL_REVERSAL_REPEATED, "one partial reversal was made before")
    if amount < whole and cart_positions(order):
        rule = "an order with a cart is reversed whole; a part of it is refunded by its positions"
        return Refused(Refusal.AMOUNT_INVALID, rule, parameter="amount_minor")
    if amount > whole:
        return Refused(Refusal.AMOUNT_INVALID, f"{amount} > {whole}", parameter="amount_minor")
    attempt = new_attempt(order, Kind.REVERSE, amount, now, partial=amount < whole, due=command.due)
    return accept(
        order,
        HistoryEvent.REVERSAL_ASKED,
        now,
        attempt=attempt,
        ask=True,
        detail=history_detail(items=command.items, json_params=command.json_params),
    )


def settle_reversal(order: Order, attempt: Attempt, now: datetime) -> Accepted:
    """Move the sum back to the payer, or record that the connector declined."""
    amount = attempt.amount_minor
    if attempt.state is not AttemptState.APPROVED:
        return _declined(order, attempt, now)
    deposited = order.status is OrderStatus.DEPOSITED
    postings = ledger.reversal(amount, deposited=deposited)
    effects: tuple[Effect, ...] = (
        OrderNotification(CallbackOperation.REVERSED, amount_minor=amount),
    )
    if deposited:  # a hold has no receipt yet
        effects += (ReceiptDue(receipt_kind=ReceiptKind.REFUND, amount_minor=amount),)
    if not attempt.partial:
        return accept(
            order,
            Event.REVERSAL_APPROVED,
            now,
            attempt=attempt,
            postings=postings,
            effects=effects,
            approved_minor=0,
            deposited_minor=0,
            reversed_at=now,
            action_code=0,
        )
    return accept(
        order,
        Event.PARTIAL_REVERSAL_APPROVED,
        now,
        attempt=attempt,
        postings=postings,
        effects=effects,
        approved_minor=order.approved_minor - amount,
        deposited_minor=order.deposited_minor - (amount if deposited else 0),
        partly_reversed=True,
        reversed_at=now,
    )


def _declined(order: Order, attempt: Attempt, now: datetime) -> Accepted:
    """Record a declined reversal. A timer may try often; the shop is notified of the first only."""
    earlier = attempt.due is not None and any(
        a.due is attempt.due for a in order.attempts if a.number < attempt.number
    )
    failed = OrderNotification(
        CallbackOperation.REVERSED, succeeded=False, amount_minor=attempt.amount_minor
    )
    changes = OrderChanges()
    if attempt.due is Due.AUTO_REVERSE:
        changes["auto_reverse_at"] = None
    effects = () if earlier else (failed,)
    return accept(
        order, HistoryEvent.REVERSAL_DECLINED, now, attempt=attempt, effects=effects, **changes
    )
