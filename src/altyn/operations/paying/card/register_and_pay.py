"""Register an order and pay it with a card in one call: what the one-call methods share.

The order is saved before the card is charged. A process that dies in between leaves an order
without a payment; its number is taken, and its session ends as that of every order.
Source: rest-orders.md §5.4 to §5.6.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from altyn.domain.merchant import Merchant, Permission
from altyn.domain.notes import Notes
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.payment import pay_by_card
from altyn.operations.paying.card.refusals import refuse_payment_by_card
from altyn.operations.paying.card.steps import PayByCard, RegisteredAndPaid
from altyn.operations.ports import Actor, OrderKey, World
from altyn.operations.register import Register, decide_registration, register, session_notes

ATTEMPTS: Final = 1
"""A call brings one card, so its order has one attempt: after a decline it is over at once."""

OWN_FINISH: Final = ("term_url", "finish_url")
"""Addresses of the shop for a payer who comes back from the ACS; it finishes by another call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAndPay:
    """An order, and the card that pays it. `pay` makes the command for an order's key.

    `notes` are about what of the request has no effect; the order's history keeps them.
    """

    registration: Register
    pay: Callable[[OrderKey], PayByCard]
    actor: Actor
    notes: Notes = ()


async def register_and_pay(
    command: RegisterAndPay, merchant: Merchant, world: World
) -> RegisteredAndPaid | Refused:
    """Register the order, then begin to pay it.

    The card is checked before the order is saved, so that a refused card takes no order number.
    Refuses: what `decide_registration` refuses, ACCESS_DENIED (a hold without permission two_phase,
    a finish of 3-D Secure by the shop without paymentorder_s2s), what `refuse_payment_by_card`
    refuses, what `register` refuses, BUSY.
    """
    registration = replace(command.registration, attempts_max=ATTEMPTS)
    now = world.clock.now()
    planned = decide_registration(registration, merchant, now)
    if isinstance(planned, Refused):
        return planned
    payment = command.pay(OrderKey(planned.merchant_id, planned.order_id))
    refused = _refuse_permissions(registration, payment, merchant) or refuse_payment_by_card(
        payment, planned, merchant, world
    )
    if refused:
        return replace(refused, order=None)
    idle = session_notes(registration, merchant, now)
    registration = replace(registration, paid_by=payment.payment_way)
    order = await register(
        registration, merchant, world=world, actor=command.actor, notes=(*command.notes, *idle)
    )
    if isinstance(order, Refused):
        rule = f"{order.rule}; a repeated call pays nothing: ask for the order's status"
        return replace(order, rule=rule) if order.refusal is Refusal.ORDER_NUMBER_TAKEN else order
    step = await pay_by_card(
        command.pay(OrderKey(order.merchant_id, order.order_id)), world, loaded=order
    )
    return step if isinstance(step, Refused) else RegisteredAndPaid(step, idle)


def _refuse_permissions(
    registration: Register, payment: PayByCard, merchant: Merchant
) -> Refused | None:
    """ACCESS_DENIED for a part of the call that the merchant has no permission for."""
    if registration.two_phase and not merchant.may(Permission.TWO_PHASE):
        rule = f"permission {Permission.TWO_PHASE} is off"
        return Refused(Refusal.ACCESS_DENIED, rule, parameter="two_phase")
    own = next((name for name in OWN_FINISH if getattr(payment, name)), None)
    if own and not merchant.may(Permission.CARD_FROM_SHOP):
        rule = f"the shop finishes 3-D Secure itself: permission {Permission.CARD_FROM_SHOP} is off"
        return Refused(Refusal.ACCESS_DENIED, rule, parameter=own)
    return None
