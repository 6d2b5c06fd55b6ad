"""Refund: give back deposited money, in whole or in parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.cart.parts import Part
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.cart.receipt_params import ReceiptParams
from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import Event
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.order_cart import returnable_positions
from altyn.domain.receipt.contact import ofd_params_of, params_of_attempt
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind
from altyn.domain.refusals import Refusal
from altyn.operations.attempt_receipt import with_receipt_params
from altyn.operations.cart_rules import parts_of
from altyn.operations.decisions import Accepted, Busy, Decision, Refused, Unchanged, accept
from altyn.operations.history import history_detail
from altyn.operations.paying.attempts import new_attempt
from altyn.operations.payout import refuse_payout
from altyn.operations.raw_refund import amount_of, raw_parts, refunded_of, refuse_by_lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A request to give back. `amount_minor` 0 means all that is left.

    `expected_minor` is the deposited sum that the shop expects. `external_refund_id` is the shop's
    idempotency key: a repeated request gives back once. With `raw` the request names the line of
    its receipt itself, instead of positions of the cart. `receipt_params` are the parameters of the
    whole receipt that differ from those of the registration.
    """

    amount_minor: int
    expected_minor: int | None = None
    external_refund_id: str | None = None
    items: object = None
    raw: RawLine | None = None
    json_params: Mapping[str, str] | None = None
    receipt_params: ReceiptParams = field(default_factory=ReceiptParams)


def decide_refund(order: Order, command: Refund, now: datetime) -> Decision:
    """Give back deposited money.

    Amounts: minor units of the order's currency. Refunds in flight are reserved, so any
    number of them at once never gives back more than there is.
    Unchanged: this external_refund_id was refunded before. Refuses: REFUND_ID_REUSED,
    PARAMETER_INVALID (parameters of the receipt that the registration did not have), WRONG_STATUS
    (also a payout, and as `refuse_by_lock`), EXPECTED_AMOUNT_DIFFERS, what `amount_of` refuses,
    AMOUNT_ABOVE_DEPOSIT, then what `parts_of` refuses.
    Busy while the answer depends on the outcome of another request.
    Source: rest-orders.md §3.3; fiscal.md §8.
    """
    if known := _earlier(order, command) or _refuse_receipt_params(order, command):
        return known
    if impossible := _refuse_status(order) or refuse_by_lock(order, command.raw):
        return impossible
    reserved = order.left_minor - order.refundable_minor
    if order.in_flight(Kind.REVERSE) or (reserved and command.expected_minor is not None):
        return Busy(order)
    if command.expected_minor is not None and command.expected_minor != order.left_minor:
        return Refused(
            Refusal.EXPECTED_AMOUNT_DIFFERS,
            f"expected {command.expected_minor}, deposited {order.left_minor}",
            parameter="expected_minor",
        )
    amount = _amount(order, command)
    if isinstance(amount, Refused | Busy):
        return amount
    if amount > order.left_minor or not amount:
        return Refused(Refusal.AMOUNT_ABOVE_DEPOSIT, f"{amount} > {order.left_minor} left")
    if amount > order.refundable_minor:
        return Busy(order)
    parts = _parts(order, command, amount)
    if isinstance(parts, Refused):
        return parts
    attempt = new_attempt(
        order,
        Kind.REFUND,
        amount,
        now,
        external_refund_id=command.external_refund_id,
        parts=parts,
        raw=command.raw,
    )
    attempt = with_receipt_params(attempt, command.receipt_params)
    return accept(
        order,
        HistoryEvent.REFUND_ASKED,
        now,
        attempt=attempt,
        ask=True,
        detail=history_detail(items=command.items, json_params=command.json_params),
    )


def _refuse_status(order: Order) -> Refused | None:
    """WRONG_STATUS where there is nothing that could be given back."""
    if order.is_payout:
        return refuse_payout(order)
    if order.allows(Event.REFUND_APPROVED):
        return None
    return Refused(Refusal.WRONG_STATUS, f"nothing was deposited, order is {order.status}")


def _amount(order: Order, command: Refund) -> int | Refused | Busy:
    if command.raw is not None:
        return amount_of(order, command.raw, command.amount_minor)
    return command.amount_minor or order.left_minor


def _parts(order: Order, command: Refund, amount_minor: int) -> tuple[Part, ...] | Refused:
    if command.raw is not None:
        return raw_parts(order, command.raw, amount_minor)
    return parts_of(
        order,
        command.items,
        returnable_positions(order),
        amount_minor=amount_minor,
        whole_minor=order.refundable_minor,
        parameter="refundItems",
    )


def settle_refund(order: Order, attempt: Attempt, now: datetime) -> Accepted:
    """Move the sum back to the payer, or record that the connector declined."""
    amount = attempt.amount_minor
    approved = attempt.state is AttemptState.APPROVED
    notification = OrderNotification(
        CallbackOperation.REFUNDED,
        succeeded=approved,
        amount_minor=amount,
        external_refund_id=attempt.external_refund_id,
    )
    if not approved:
        return accept(
            order, HistoryEvent.REFUND_DECLINED, now, attempt=attempt, effects=(notification,)
        )
    return accept(
        order,
        Event.REFUND_APPROVED,
        now,
        attempt=attempt,
        postings=ledger.refund(amount),
        effects=(
            notification,
            ReceiptDue(
                receipt_kind=ReceiptKind.REFUND,
                amount_minor=amount,
                attempt=attempt.number,
                ofd_params=params_of_attempt(attempt),
            ),
        ),
        refunded_minor=order.refunded_minor + amount,
        refunded_at=now,
        action_code=0,
    )


def _refuse_receipt_params(order: Order, command: Refund) -> Refused | None:
    """Parameters of the receipt may only replace those of the registration (fiscal.md §6)."""
    if not command.receipt_params.known or ofd_params_of(order):
        return None
    rule = "the order was registered without additionalOfdParams"
    return Refused(Refusal.PARAMETER_INVALID, rule, parameter="receipt_params")


def _earlier(order: Order, command: Refund) -> Decision | None:
    """The result of an earlier refund with the same id; a failed one may be tried again."""
    if not command.external_refund_id:
        return None
    same = [a for a in order.attempts if a.external_refund_id == command.external_refund_id]
    if any(a.in_flight for a in same):
        return Busy(order)
    done = next((a for a in same if a.state is AttemptState.APPROVED), None)
    if done is None:
        return None
    if command.amount_minor not in (0, done.amount_minor):
        return Refused(
            Refusal.REFUND_ID_REUSED,
            f"{command.external_refund_id} was a refund of {done.amount_minor}",
            parameter="external_refund_id",
        )
    if (refunded := refunded_of(done.raw)) != refunded_of(command.raw):
        return Refused(
            Refusal.REFUND_ID_REUSED,
            f"{command.external_refund_id} was a refund {refunded}",
            parameter="external_refund_id",
        )
    return Unchanged(order, done.number)
