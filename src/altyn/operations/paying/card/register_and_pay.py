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
from altyn.operations.bindings.lookup import pan_of
from altyn.operations.bindings.of_order import named_binding
from altyn.operations.bindings.pay import PayByBinding, with_stored_card
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.payment import pay_by_card
from altyn.operations.paying.card.refusals import refuse_payment_by_card
from altyn.operations.paying.card.steps import CardCall, PayByCard, RegisteredAndPaid
from altyn.operations.ports import Actor, OrderKey, World
from altyn.operations.register import Register, decide_registration, register
from altyn.operations.registration_notes import registration_notes
from altyn.protocol.payment_ways import PaymentWay

ATTEMPTS: Final = 1
"""A call brings one card, so its order has one attempt: after a decline it is over at once."""

OWN_FINISH: Final = ("term_url", "finish_url")
"""Addresses of the shop for a payer who comes back from the ACS; it finishes by another call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAndPay:
    """An order, and the card that pays it. `pay` makes the command for an order's key: with a typed
    card, or with the stored card that the registration names.

    `way` is the way to pay, where the card alone does not tell it. `notes` are about what of the
    request has no effect; the order's history keeps them. `named` gives the
    operation's own notes the names of the wire.
    """

    registration: Register
    pay: Callable[[OrderKey], PayByCard | PayByBinding]
    actor: Actor
    way: PaymentWay | None = None
    notes: Notes = ()
    named: Callable[[Notes], Notes] = tuple


async def register_and_pay(
    command: RegisterAndPay, merchant: Merchant, world: World
) -> RegisteredAndPaid | Refused:
    """Register the order, then begin to pay it.

    The card is checked before the order is saved, so that a refused card takes no order number.
    Refuses: what `decide_registration` refuses, ACCESS_DENIED (a hold without permission two_phase,
    a finish of 3-D Secure by the shop without paymentorder_s2s); of a stored card, what
    `named_binding` and `pan_of` refuse; what `refuse_payment_by_card` refuses, what `register`
    refuses, BUSY.
    """
    registration = replace(command.registration, attempts_max=ATTEMPTS)
    now = world.clock.now()
    planned = decide_registration(registration, merchant, now)
    if isinstance(planned, Refused):
        return planned
    sent = command.pay(OrderKey(planned.merchant_id, planned.order_id))
    if refused := _refuse_permissions(registration, sent, merchant):
        return refused
    payment = await _payment(sent, command, merchant, world)
    if isinstance(payment, Refused):
        return payment
    if refused := refuse_payment_by_card(payment, planned, merchant, world):
        return replace(refused, order=None)
    registration = replace(registration, paid_by=payment.payment_way)
    idle = command.named(registration_notes(registration, merchant, now))
    order = await register(
        registration, merchant, world=world, actor=command.actor, notes=(*command.notes, *idle)
    )
    if isinstance(order, Refused):
        rule = f"{order.rule}; a repeated call pays nothing: ask for the order's status"
        return replace(order, rule=rule) if order.refusal is Refusal.ORDER_NUMBER_TAKEN else order
    payment = replace(payment, key=OrderKey(order.merchant_id, order.order_id))
    step = await pay_by_card(payment, world, loaded=order)
    return step if isinstance(step, Refused) else RegisteredAndPaid(step, idle)


async def _payment(
    sent: PayByCard | PayByBinding, command: RegisterAndPay, merchant: Merchant, world: World
) -> PayByCard | Refused:
    """The payment as it was sent, with the number of the card."""
    payment = sent
    if isinstance(payment, PayByBinding):
        binding = await named_binding(command.registration, merchant, world)
        if isinstance(binding, Refused):
            return binding
        assert binding is not None, "the registration names the stored card that pays"
        pan = await pan_of(binding, world)
        if isinstance(pan, Refused):
            return pan
        payment = with_stored_card(payment, binding, pan)
    return payment if command.way is None else replace(payment, payment_way=command.way)


def _refuse_permissions(
    registration: Register, payment: CardCall, merchant: Merchant
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
