"""The application for a credit: the payer sends it, the bank decides, the order keeps the decision.

The bank stores its decision first. The order takes a payment only after it has stored that decision
too, which happens at the latest when the application is opened again. Source: bnpl.md §8.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from altyn.domain.credit import (
    MONTHS,
    CreditApplication,
    CreditState,
    application_of,
    with_application,
)
from altyn.domain.history import HistoryEvent
from altyn.domain.order import Order
from altyn.domain.phone import russian_phone
from altyn.domain.refusals import Refusal
from altyn.operations.credit.ports import CreditSystem, CreditUnavailableError
from altyn.operations.decisions import Decision, Refused, Unchanged, accept
from altyn.operations.paying.decisions import refuse_declined
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, OrderKey, World
from altyn.protocol.credit import CreditAnswer, CreditDecision, CreditRequest

_STATES: Final = {
    CreditDecision.WAITING: CreditState.APPLIED,
    CreditDecision.GRANTED: CreditState.APPROVED,
    CreditDecision.REFUSED: CreditState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Applied:
    """The order, and the payer's application as the bank has it; None before the payer applies."""

    order: Order
    answer: CreditAnswer | None = None


async def find_credit(order: Order, actor: Actor, world: World) -> Applied | Refused:
    """The application for an order. A decision that the bank has made is stored in the order.

    The bank is asked until it has decided.
    Refuses: WRONG_STATUS (no purchase on credit), CREDIT_UNAVAILABLE, SYSTEM_ERROR (the bank does
    not answer).
    """
    application, bank = application_of(order), world.credit
    if application is None:
        return Refused(Refusal.WRONG_STATUS, "the order is no purchase on credit", order)
    if application.state.decided:
        return Applied(order)
    if bank is None:
        return _without_bank(order)
    try:
        answer = await bank.application(order.order_id)
    except CreditUnavailableError as error:
        return Refused(Refusal.SYSTEM_ERROR, str(error), order)
    return Applied(order) if answer is None else await _store(order, answer, actor, world)


async def apply_for_credit(
    order: Order, *, months: int, phone: str, actor: Actor, world: World
) -> Applied | Refused:
    """Send the payer's application to the bank. The first one for an order counts.

    Refuses: WRONG_STATUS (no purchase on credit), ALREADY_PAID, SESSION_OVER, ATTEMPTS_EXHAUSTED,
    WRONG_STATUS (cancelled), PARAMETER_INVALID (a term that the product does not have, no Russian
    phone number), CREDIT_UNAVAILABLE, SYSTEM_ERROR (the bank does not answer).
    """
    application = application_of(order)
    if application is None:
        return Refused(Refusal.WRONG_STATUS, "the order is no purchase on credit", order)
    refused = refuse_application(order, world.clock.now())
    request = refused or _request(order, application, months=months, phone=phone)
    if isinstance(request, Refused):
        return request
    if world.credit is None:
        return _without_bank(order)
    return await _send(request, order, actor, world.credit, world)


async def _send(
    request: CreditRequest, order: Order, actor: Actor, bank: CreditSystem, world: World
) -> Applied | Refused:
    try:
        answer = await bank.apply(request)
    except CreditUnavailableError as error:
        return Refused(Refusal.SYSTEM_ERROR, str(error), order)
    return await _store(order, answer, actor, world)


def refuse_application(order: Order, now: datetime) -> Refused | None:
    """Why the order takes no application any more; None while it takes one.

    Refuses: ALREADY_PAID, SESSION_OVER, ATTEMPTS_EXHAUSTED, WRONG_STATUS (cancelled).
    """
    if order.payable and now < order.expires_at:
        return None
    if order.payable:
        return Refused(Refusal.SESSION_OVER, f"the session ended at {order.expires_at}", order)
    if order.authorisation is not None:
        return Refused(Refusal.ALREADY_PAID, f"order is {order.status}", order)
    return refuse_declined(order)


def _request(
    order: Order, application: CreditApplication, *, months: int, phone: str
) -> CreditRequest | Refused:
    terms = MONTHS[application.product]
    if months not in terms:
        rule = f"one of {', '.join(map(str, terms))}"
        return Refused(Refusal.PARAMETER_INVALID, rule, order, parameter="months")
    number = russian_phone(phone)
    if number is None:
        rule = "not a Russian phone number, such as +79998887766"
        return Refused(Refusal.PARAMETER_INVALID, rule, order, parameter="phone")
    return CreditRequest(
        order_id=order.order_id,
        product=application.product,
        product_id=application.product_id,
        months=months,
        phone=number,
        amount_minor=order.amount_minor,
        currency=order.currency,
        expires_at=order.expires_at,
    )


async def _store(
    order: Order, answer: CreditAnswer, actor: Actor, world: World
) -> Applied | Refused:
    """Store the bank's answer in the order, if the order takes it."""
    if refuse_application(order, world.clock.now()) is not None:
        return Applied(order, answer)  # the order is over, and keeps what it has
    decided = await perform(
        lambda order, now: decide_application(order, answer, now),
        OrderKey(order.merchant_id, order.order_id),
        world=world,
        actor=actor,
        loaded=order,
    )
    if isinstance(decided, Refused):
        return decided
    return Applied(decided.order, answer)


def decide_application(order: Order, answer: CreditAnswer, now: datetime) -> Decision:
    """Keep what the bank has said about the application. The order's status does not change.

    Unchanged: the bank has said so before, or the order is over.
    """
    application = application_of(order)
    state = _STATES.get(answer.decision)
    if application is None or state is None or refuse_application(order, now) is not None:
        return Unchanged(order)
    if application.state.decided or application.state is state:
        return Unchanged(order)
    months = 0 if state is CreditState.REFUSED else answer.months
    kept = replace(application, state=state, months=months)
    return accept(
        order,
        HistoryEvent(f"credit_{state}"),
        now,
        request=with_application(order.request, kept),
        detail={"months": months} if months else {},
    )


def _without_bank(order: Order) -> Refused:
    rule = "no bank's credit system is connected to this gateway"
    return Refused(Refusal.CREDIT_UNAVAILABLE, rule, order)
