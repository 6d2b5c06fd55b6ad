"""Pay: what a try to pay with a card does to an order.

Pure decisions; the conversation with the bank and 3-D Secure around them is `card_payment.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from altyn.domain import ledger
from altyn.domain.callback import CallbackOperation, OrderNotification
from altyn.domain.lifecycle import Event, OrderStatus
from altyn.domain.order import Attempt, AttemptState, Authentication, CardSeen, Kind, Order
from altyn.domain.refusals import Refusal
from altyn.operations.attempts import abandoned, new_attempt
from altyn.operations.decisions import Accepted, Busy, Decision, Refused, Unchanged, accept
from altyn.protocol import action_codes as codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A card put on the counter: what is kept of it, and how it came."""

    card: CardSeen
    payment_way: str
    payer_ip: str | None = None
    email: str | None = None
    phone: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)


def refuse_payment(order: Order, now: datetime) -> Refused | Busy | None:
    """Why nobody may try to pay now; None when a payer may.

    Refuses: ALREADY_PAID, SESSION_OVER, ATTEMPTS_EXHAUSTED, WRONG_STATUS, BINDING_REQUIRED. Busy
    while the bank is asked about another try.
    Source: rest-orders.md §5.1, payment-page.md §2.
    """
    if order.status is OrderStatus.DECLINED:
        return _refuse_declined(order)
    if not order.payable:
        return Refused(Refusal.ALREADY_PAID, f"order is {order.status}", order)
    if order.in_flight(Kind.PAY):
        return Busy(order)
    if now >= order.expires_at:
        return Refused(Refusal.SESSION_OVER, f"the session ended at {order.expires_at}", order)
    if not order.attempts_left:
        return Refused(Refusal.ATTEMPTS_EXHAUSTED, f"{order.attempts_max} tries used", order)
    if order.request.binding_id:
        return Refused(Refusal.BINDING_REQUIRED, "only its stored card may pay this order", order)
    return None


def decide_authorisation(
    order: Order, try_: Try, authentication: Authentication, now: datetime
) -> Decision:
    """Ask the bank for the money without sending the payer to the ACS."""
    if refusal := refuse_payment(order, now):
        return refusal
    attempt = _pay_attempt(order, try_, now, AttemptState.ASKED, authentication)
    return accept(
        order, "payment_asked", now, attempt=attempt, ask=True, **_about(order, try_, now)
    )


def decide_authentication(
    order: Order, try_: Try, authentication: Authentication, now: datetime
) -> Decision:
    """Send the payer to the issuer's ACS; a try that was there before is given up."""
    if refusal := refuse_payment(order, now):
        return refusal
    attempt = _pay_attempt(order, try_, now, AttemptState.AUTHENTICATING, authentication)
    return accept(
        order, Event.AUTHENTICATION_STARTED, now, attempt=attempt, **_about(order, try_, now)
    )


def decide_failure(
    order: Order, try_: Try, authentication: Authentication, action_code: int, now: datetime
) -> Decision:
    """A try that ended before the bank was asked for money."""
    if refusal := refuse_payment(order, now):
        return refusal
    attempt = replace(
        _pay_attempt(order, try_, now, AttemptState.DECLINED, authentication),
        action_code=action_code,
        answered_at=now,
    )
    return _failed(order, attempt, now, **_about(order, try_, now))


def decide_authenticated(
    order: Order,
    number: int,
    authentication: Authentication,
    action_code: int | None,
    now: datetime,
) -> Decision:
    """The payer is back from the ACS: ask the bank, or end the try with `action_code`.

    Unchanged when this try has gone on already (a replayed PaRes moves no money); a session that
    ended meanwhile declines the order with -2007. Busy while the bank is asked about it.
    Source: payment-page.md §4, §2.
    """
    attempt = order.attempt(number)
    if attempt.in_flight:
        return Busy(order)
    if attempt.state is not AttemptState.AUTHENTICATING:
        return Unchanged(order, number)
    if now >= order.expires_at:
        return decide_expiry(order, now)
    back = replace(attempt, authentication=authentication)
    if action_code is not None:
        ended = replace(back, state=AttemptState.DECLINED, action_code=action_code, answered_at=now)
        return _failed(order, ended, now)
    asked = replace(back, state=AttemptState.ASKED, started_at=now, inquire_at=now)
    return accept(order, "payment_asked", now, attempt=asked, ask=True)


def decide_challenge(
    order: Order, number: int, authentication: Authentication, now: datetime
) -> Decision:
    """3-D Secure 2 asks the payer for a challenge: remember with which ACS."""
    attempt = order.attempt(number)
    if attempt.state is not AttemptState.AUTHENTICATING:
        return Unchanged(order, number)
    challenged = replace(attempt, authentication=authentication)
    return accept(order, "challenge_asked", now, attempt=challenged)


def decide_expiry(order: Order, now: datetime) -> Decision:
    """The session is over: an unpaid order is declined with -2007.

    Busy while the bank is asked for the money: its answer counts even when it comes late.
    Source: payment-page.md §2.
    """
    if not order.allows(Event.SESSION_EXPIRED) or now < order.expires_at:
        return Unchanged(order)
    if order.in_flight(Kind.PAY):
        return Busy(order)
    return accept(
        order,
        Event.SESSION_EXPIRED,
        now,
        also=_given_up(order, now),
        effects=(OrderNotification(CallbackOperation.DECLINED_BY_TIMEOUT, succeeded=False),),
        action_code=codes.SESSION_EXPIRED,
    )


def decide_cancellation(order: Order, now: datetime) -> Decision:
    """Cancel an order that is not paid (decline.do).

    Refuses: WRONG_STATUS. Busy while the bank is asked for the money.
    Source: rest-orders.md §3.4.
    """
    if not order.allows(Event.CANCELLED):
        return Refused(Refusal.WRONG_STATUS, f"only an unpaid order, this is {order.status}")
    if order.in_flight(Kind.PAY):
        return Busy(order)
    return accept(
        order, Event.CANCELLED, now, also=_given_up(order, now), action_code=codes.CANCELLED
    )


def settle_payment(order: Order, attempt: Attempt, now: datetime) -> Accepted:
    """The bank's yes makes a hold, a purchase or a verified card; its no ends the try."""
    if attempt.state is not AttemptState.APPROVED:
        coded = (
            attempt
            if attempt.action_code
            else replace(attempt, action_code=codes.PROCESSING_UNAVAILABLE)
        )
        return _failed(order, coded, now)
    amount = attempt.amount_minor
    asked_at = attempt.started_at  # the business day is the bank's: when it was asked
    paid: dict[str, Any] = {"attempt": attempt, "approved_at": asked_at, "action_code": 0}
    held = OrderNotification(CallbackOperation.APPROVED, amount_minor=amount)
    taken = OrderNotification(CallbackOperation.DEPOSITED, amount_minor=amount)
    if order.request.has("VERIFY"):
        first = held if order.two_phase else taken
        told = (first, OrderNotification(CallbackOperation.REVERSED, amount_minor=amount))
        return accept(order, Event.CARD_VERIFIED, now, effects=told, reversed_at=now, **paid)
    paid["approved_minor"] = amount
    if order.two_phase:
        return accept(
            order, Event.HOLD_APPROVED, now, postings=ledger.hold(amount), effects=(held,), **paid
        )
    return accept(
        order,
        Event.PURCHASE_APPROVED,
        now,
        postings=(*ledger.hold(amount), *ledger.deposit(amount, remainder_minor=0)),
        effects=(taken,),
        deposited_minor=amount,
        deposited_at=asked_at,
        **paid,
    )


def _failed(order: Order, attempt: Attempt, now: datetime, **changes: Any) -> Accepted:
    """A try has failed: the order stays payable until its last one."""
    changes["action_code"] = attempt.action_code
    changes.setdefault("also", ())
    if order.with_attempt(attempt).attempts_left:
        return accept(order, Event.ATTEMPT_FAILED, now, attempt=attempt, **changes)
    notification = CallbackOperation.APPROVED if order.two_phase else CallbackOperation.DEPOSITED
    told = (OrderNotification(notification, succeeded=False, amount_minor=attempt.amount_minor),)
    return accept(order, Event.LAST_ATTEMPT_FAILED, now, attempt=attempt, effects=told, **changes)


def _pay_attempt(
    order: Order, try_: Try, now: datetime, state: AttemptState, authentication: Authentication
) -> Attempt:
    attempt = new_attempt(
        order,
        Kind.PAY,
        order.amount_minor,
        now,
        card=try_.card,
        payment_way=try_.payment_way,
        authentication=authentication,
    )
    return replace(attempt, state=state)


def _about(order: Order, try_: Try, now: datetime) -> dict[str, Any]:
    """What a try changes beside its own row: older tries at the ACS, what it says of the payer."""
    changes: dict[str, Any] = {"also": _given_up(order, now)}
    if try_.payer_ip:
        changes["payer_ip"] = try_.payer_ip
    if try_.params:
        changes["params"] = {**try_.params, **order.params}  # what the shop said stands
    request = replace(
        order.request,
        email=order.request.email or try_.email,
        phone=order.request.phone or try_.phone,
        more={**order.request.more, **try_.more},
    )
    if request != order.request:
        changes["request"] = request
    return changes


def _given_up(order: Order, now: datetime) -> tuple[Attempt, ...]:
    at_acs = order.authenticating
    return (abandoned(at_acs, now),) if at_acs else ()


def _refuse_declined(order: Order) -> Refused:
    if order.action_code == codes.SESSION_EXPIRED:
        return Refused(Refusal.SESSION_OVER, f"the session ended at {order.expires_at}", order)
    if not order.attempts_left:
        return Refused(Refusal.ATTEMPTS_EXHAUSTED, f"{order.attempts_max} tries used", order)
    return Refused(Refusal.WRONG_STATUS, "the order was cancelled", order)
