"""Decisions about a payment in any way: begin, wait for the payer, settle, expire, cancel."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Unpack
from uuid import UUID

from altyn.domain import action_codes as codes
from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.card.binding import BindingDue, read_binding_id
from altyn.domain.card.charge import ReleasedCharge
from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.three_ds import ThreeDSData
from altyn.domain.credit import awaits_credit
from altyn.domain.history import HistoryEvent
from altyn.domain.instalments import later_instalments
from altyn.domain.lifecycle import Event, OrderStatus
from altyn.domain.order import Attempt, AttemptState, Kind, Order
from altyn.domain.receipt.contact import Contact
from altyn.domain.receipt.values import ReceiptDue, ReceiptKind
from altyn.domain.refusals import Refusal
from altyn.domain.waiting import AnyWaiting
from altyn.operations.decisions import (
    Accepted,
    Busy,
    Decision,
    OrderChanges,
    Refused,
    Unchanged,
    accept,
)
from altyn.operations.order_contact import with_contact
from altyn.operations.order_params import with_params_of_payer, with_params_of_shop
from altyn.operations.paying.attempts import abandon_earlier, new_attempt
from altyn.operations.payout import refuse_payout


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRequest:
    """A payer's request to pay in one way: what is kept of it.

    `card` and `authentication` are there for a card only. `params` and `more` are further
    parameters; the payer's page (`params_of_payer`) or the shop has sent them, `email` and `phone`.
    `details` are facts that the connector gets with each request about the payment.
    `payer_network` is where a card payment comes from (`attempt_limits.network_of`).
    """

    payment_way: str
    card: PaymentCard | None = None
    authentication: ThreeDSData | None = None
    payer_ip: str | None = None
    payer_network: str | None = None
    email: str | None = None
    phone: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    params_of_payer: bool = False
    more: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)


def refuse_payment(order: Order, now: datetime) -> Refused | Busy | None:
    """Why the order cannot be paid now; None when it can.

    A payout is in the wrong status, whatever has become of it.
    Refuses: ALREADY_PAID, WRONG_STATUS (cancelled, or another attempt waits for its payer, which
    may take minutes), SESSION_OVER, ATTEMPTS_EXHAUSTED, CREDIT_REQUIRED. Busy while a connector is
    asked about another attempt.
    Source: rest-orders.md §5.1, payment-page.md §2; bnpl.md §8.1.
    """
    if order.is_payout:
        return refuse_payout(order)
    if order.status is OrderStatus.DECLINED:
        return refuse_declined(order)
    if not order.payable:
        return Refused(Refusal.ALREADY_PAID, f"order is {order.status}", order)
    if waiting := order.waiting_payment:
        rule = f"a payment by {waiting.payment_way} waits for its payer: wait for it, or cancel it"
        return Refused(Refusal.WRONG_STATUS, rule, order)
    if order.in_flight(Kind.PAY):
        return Busy(order)
    if now >= order.expires_at:
        return Refused(Refusal.SESSION_OVER, f"the session ended at {order.expires_at}", order)
    if not order.attempts_left:
        return Refused(Refusal.ATTEMPTS_EXHAUSTED, f"{order.attempts_max} attempts used", order)
    if awaits_credit(order):
        rule = "the payer has no credit yet: send the payer to formUrl, to the application"
        return Refused(Refusal.CREDIT_REQUIRED, rule, order)
    return None


def refuse_another_card(order: Order, card: PaymentCard | None) -> Refused | None:
    """`refuse_other_binding` for the card of an attempt."""
    return refuse_other_binding(order, card.binding_id if card else None)


def refuse_other_binding(order: Order, binding_id: UUID | None) -> Refused | None:
    """BINDING_REQUIRED where the shop has named a stored card, and that one is not to pay."""
    named = order.request.binding_id
    if not named or (binding_id and binding_id == read_binding_id(named)):
        return None
    return Refused(Refusal.BINDING_REQUIRED, "only its stored card may pay this order", order)


def decide_begin(order: Order, request: AttemptRequest, now: datetime) -> Decision:
    """Ask the connector for the money. Refuses: as `refuse_payment`, then BINDING_REQUIRED."""
    if refusal := refuse_payment(order, now) or refuse_another_card(order, request.card):
        return refusal
    return begin_attempt(order, request, now)


def begin_attempt(order: Order, request: AttemptRequest, now: datetime) -> Accepted:
    """Ask the connector for the money of an order that may be paid now (`refuse_payment`)."""
    attempt = _payment_attempt(order, request, now)
    changes = _changes_by(order, request)
    return accept(
        order,
        HistoryEvent.PAYMENT_ASKED,
        now,
        attempt=attempt,
        other_attempts=abandon_earlier(order, now),
        ask=True,
        **changes,
    )


def decide_wait(
    order: Order, request: AttemptRequest, waiting: AnyWaiting, now: datetime
) -> Decision:
    """Let the payer do a step before the connector is asked; an earlier attempt is abandoned.

    Refuses: as `refuse_payment`, then BINDING_REQUIRED.
    """
    if refusal := refuse_payment(order, now) or refuse_another_card(order, request.card):
        return refusal
    attempt = replace(
        _payment_attempt(order, request, now), state=AttemptState.WAITING, waiting=waiting
    )
    changes = _changes_by(order, request)
    return accept(
        order,
        Event.WAITING_FOR_PAYER,
        now,
        attempt=attempt,
        other_attempts=abandon_earlier(order, now),
        **changes,
    )


def decide_failure(
    order: Order, request: AttemptRequest, action_code: int, now: datetime
) -> Decision:
    """Record an attempt that ended before the connector was asked for money.

    Refuses: as `refuse_payment`, then BINDING_REQUIRED.
    """
    if refusal := refuse_payment(order, now) or refuse_another_card(order, request.card):
        return refusal
    attempt = replace(
        _payment_attempt(order, request, now),
        state=AttemptState.DECLINED,
        action_code=action_code,
        answered_at=now,
    )
    changes = _changes_by(order, request)
    return fail_attempt(order, attempt, now, other_attempts=abandon_earlier(order, now), **changes)


def decide_ask_after_wait(
    order: Order, attempt: Attempt, action_code: int | None, now: datetime
) -> Decision:
    """The payer's step is done: ask the connector, or end the attempt with `action_code`.

    `attempt` is the waiting attempt with the result of the step. Unchanged when the attempt has
    gone on before, so that a replay moves no money. A session that has ended declines the order
    with -2007. Busy while the connector is asked about the attempt.
    Source: payment-page.md §4, §2.
    """
    recorded = order.attempt(attempt.number)
    if recorded.in_flight:
        return Busy(order)
    if recorded.state is not AttemptState.WAITING:
        return Unchanged(order, attempt.number)
    if now >= order.expires_at:
        return decide_expiry(order, now)
    back = replace(attempt, waiting=None)
    if action_code is not None:
        ended = replace(back, state=AttemptState.DECLINED, action_code=action_code, answered_at=now)
        return fail_attempt(order, ended, now)
    asked = replace(back, state=AttemptState.ASKED, started_at=now, inquire_at=now)
    return accept(order, HistoryEvent.PAYMENT_ASKED, now, attempt=asked, ask=True)


def decide_expiry(order: Order, now: datetime) -> Decision:
    """Decline an unpaid order whose session is over, with -2007.

    Busy while a connector is asked for the money: its answer counts even when it comes late.
    Source: payment-page.md §2.
    """
    if not order.allows(Event.SESSION_EXPIRED) or now < order.expires_at:
        return Unchanged(order)
    if order.in_flight(Kind.PAY, Kind.PAYOUT):
        return Busy(order)
    return accept(
        order,
        Event.SESSION_EXPIRED,
        now,
        other_attempts=abandon_earlier(order, now),
        effects=(OrderNotification(CallbackOperation.DECLINED_BY_TIMEOUT, succeeded=False),),
        action_code=codes.SESSION_EXPIRED,
    )


def decide_cancellation(order: Order, now: datetime) -> Decision:
    """Cancel an order that is not paid (decline.do).

    Refuses: WRONG_STATUS (also a payout); BUSY at once while a payment waits for its payer. Busy
    while a connector is asked for the money.
    Source: rest-orders.md §3.4.
    """
    if order.is_payout:
        return refuse_payout(order)
    if not order.allows(Event.CANCELLED):
        return Refused(Refusal.WRONG_STATUS, f"only an unpaid order, this is {order.status}")
    if busy := _busy_with_payment(order):
        return busy
    return accept(
        order,
        Event.CANCELLED,
        now,
        other_attempts=abandon_earlier(order, now),
        action_code=codes.CANCELLED,
    )


def settle_payment(
    order: Order, attempt: Attempt, now: datetime, *, approved_at: datetime | None = None
) -> Accepted:
    """Approval makes a hold, a purchase or a verified card; anything else ends the attempt.

    `approved_at` is the date of the money, by default the time of the request.
    A verified card gives `approved` and `reversed` without a sum (rest-orders.md §2.3, VERIFY).
    """
    if attempt.state is not AttemptState.APPROVED:
        coded = (
            attempt
            if attempt.action_code
            else replace(attempt, action_code=codes.PROCESSING_UNAVAILABLE)
        )
        return fail_attempt(order, coded, now)
    amount = attempt.amount_minor
    approved_at = approved_at or attempt.started_at
    paid = OrderChanges(approved_at=approved_at, action_code=0)
    held = OrderNotification(CallbackOperation.APPROVED, amount_minor=amount)
    taken = OrderNotification(CallbackOperation.DEPOSITED, amount_minor=amount)
    stored = (BindingDue(attempt.number),) if attempt.card and attempt.card.stores else ()
    later = (*later_instalments(attempt.details), *stored)
    if order.checks_card_only:
        reversed_at_once = OrderNotification(CallbackOperation.REVERSED, amount_minor=amount)
        both = (held, reversed_at_once, *stored)
        paid["reversed_at"] = now
        return accept(order, Event.CARD_VERIFIED, now, attempt=attempt, effects=both, **paid)
    paid["approved_minor"] = amount
    if order.two_phase:
        return accept(
            order,
            Event.HOLD_APPROVED,
            now,
            attempt=attempt,
            postings=ledger.hold(amount),
            effects=(held, *later),
            **paid,
        )
    paid["deposited_minor"] = amount
    paid["deposited_at"] = approved_at
    return accept(
        order,
        Event.PURCHASE_APPROVED,
        now,
        attempt=attempt,
        postings=(*ledger.hold(amount), *ledger.deposit(amount, remainder_minor=0)),
        effects=(taken, ReceiptDue(receipt_kind=ReceiptKind.PAYMENT, amount_minor=amount), *later),
        **paid,
    )


def fail_attempt(
    order: Order,
    attempt: Attempt,
    now: datetime,
    *,
    other_attempts: tuple[Attempt, ...] = (),
    **changes: Unpack[OrderChanges],
) -> Accepted:
    """Record a failed attempt; the order stays payable until its last one.

    A charge that the terms of the stored card count for the attempt is released.
    """
    failed = _failed(order, attempt, now, other_attempts=other_attempts, **changes)
    card = attempt.card
    if card is None or card.charge is None or card.binding_id is None:
        return failed
    return replace(failed, released=(ReleasedCharge(card.binding_id, card.charge),))


def _failed(
    order: Order,
    attempt: Attempt,
    now: datetime,
    *,
    other_attempts: tuple[Attempt, ...] = (),
    **changes: Unpack[OrderChanges],
) -> Accepted:
    assert attempt.action_code is not None, "a failed attempt says why"
    changes["action_code"] = attempt.action_code
    if order.with_attempt(attempt).attempts_left:
        return accept(
            order,
            Event.ATTEMPT_FAILED,
            now,
            attempt=attempt,
            other_attempts=other_attempts,
            **changes,
        )
    taken = order.takes_money_at_once
    operation = CallbackOperation.DEPOSITED if taken else CallbackOperation.APPROVED
    failed = OrderNotification(operation, succeeded=False, amount_minor=attempt.amount_minor)
    return accept(
        order,
        Event.LAST_ATTEMPT_FAILED,
        now,
        attempt=attempt,
        other_attempts=other_attempts,
        effects=(failed,),
        **changes,
    )


def _payment_attempt(order: Order, request: AttemptRequest, now: datetime) -> Attempt:
    return replace(
        new_attempt(order, Kind.PAY, order.asked_minor, now),
        card=request.card,
        payment_way=request.payment_way,
        authentication=request.authentication,
        details=dict(request.details),
        payer_network=request.payer_network,
    )


def _changes_by(order: Order, request: AttemptRequest) -> OrderChanges:
    """What an attempt changes in the order: facts about the payer. The shop's own values stay."""
    changes = OrderChanges()
    if request.payer_ip:
        changes["payer_ip"] = request.payer_ip
    params, payer_params = order.params, order.request.payer_params
    if request.params and request.params_of_payer:
        params, payer_params = with_params_of_payer(order, request.params)
    elif request.params:
        own = {name: value for name, value in params.items() if name not in payer_params}
        params, payer_params = with_params_of_shop(order, {**request.params, **own})
    if params != order.params:
        changes["params"] = params
    contact = Contact(request.email, request.phone)
    completed = replace(
        with_contact(order.request, contact, of_payer=request.params_of_payer),
        payer_params=payer_params,
        more={**order.request.more, **request.more},
    )
    if completed != order.request:
        changes["request"] = completed
    return changes


def _busy_with_payment(order: Order) -> Refused | Busy | None:
    """BUSY at once while a payment waits for its payer, which may take minutes; else Busy while
    the connector is asked."""
    asked = order.in_flight(Kind.PAY)
    if not asked:
        return None
    if asked[-1].waiting:
        return Refused(Refusal.BUSY, "the payment waits for its payer", order)
    return Busy(order)


def refuse_declined(order: Order) -> Refused:
    """Why a declined order takes no payment: SESSION_OVER, ATTEMPTS_EXHAUSTED or WRONG_STATUS."""
    if order.action_code == codes.SESSION_EXPIRED:
        return Refused(Refusal.SESSION_OVER, f"the session ended at {order.expires_at}", order)
    if not order.attempts_left:
        return Refused(Refusal.ATTEMPTS_EXHAUSTED, f"{order.attempts_max} attempts used", order)
    return Refused(Refusal.WRONG_STATUS, "the order was cancelled", order)
