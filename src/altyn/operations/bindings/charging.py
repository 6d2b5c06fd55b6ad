"""Charge a stored card by the terms that its client has agreed to: what recurring payments and
instalments share.

Source: rest-orders.md §7; 004 (recurring payments).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from altyn.domain import action_codes as codes
from altyn.domain.card.binding import Binding, BindingCategory
from altyn.domain.card.charge import Charge, broken_terms, with_charge, without_charge
from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.stored_credential import INITIATOR, Initiator
from altyn.domain.card.values import Expiry, Pan
from altyn.domain.cart.document import Cart
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.notes import Note, Notes
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.bindings.lookup import active_binding, pan_of, refuse_expired
from altyn.operations.decisions import Refused
from altyn.operations.paying.card.payment import pay_by_card
from altyn.operations.paying.card.refusals import refuse_payment_by_card
from altyn.operations.paying.card.steps import PayByCard
from altyn.operations.paying.decisions import AttemptRequest, decide_failure
from altyn.operations.paying.steps import Ended, ended
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, OrderKey, Overloaded, World
from altyn.operations.register import Register, decide_registration, register
from altyn.operations.results import OrderCharged
from altyn.protocol.payment_ways import PaymentWay

RACES_MAX: Final = 20
ATTEMPTS: Final = 1
"""A charge has one attempt: no payer is there to try another card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeStored:
    """A charge of a stored card. Amount: minor units; the date is aware UTC."""

    binding_id: str
    amount_minor: int
    order_number: str | None = None
    currency: str | None = None
    description: str | None = None
    language: str | None = None
    two_phase: bool = False
    fee_input: int | None = None
    features: tuple[str, ...] = ()
    json_params: Mapping[str, str] = field(default_factory=dict)
    auto_completion_date: datetime | None = None
    order_bundle: Cart | None = None
    base_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeKind:
    """A kind of charge: what the card has to be stored for, the initiator that the bank gets, and
    the rule that a stored card without such terms breaks."""

    category: BindingCategory
    initiator: Initiator
    no_terms: str


async def charge_by_terms(
    command: ChargeStored,
    kind: ChargeKind,
    merchant: Merchant,
    *,
    world: World,
    actor: Actor,
    notes: Notes = (),
) -> OrderCharged | Refused:
    """Register an order and charge it to the stored card, without CVC and 3-D Secure.

    The stored card is checked before the order is saved, so that one that cannot be charged leaves
    no order. A charge that breaks the terms declines the order with WRONG_OPERATION; so the shop
    sees the order. Of two charges at once that keep the terms only one by one, the second breaks
    them. A charge that is not made is taken out of the terms by the statement that saves its end.

    Refuses: ACCESS_DENIED (a hold without permission two_phase), BINDING_UNKNOWN (also one that is
    disabled, or without such terms), CARD_EXPIRED, then as `decide_registration`, as
    `refuse_payment_by_card`, as `register`, then as `pay_by_card`.
    """
    if command.two_phase and not merchant.may(Permission.TWO_PHASE):
        rule = f"permission {Permission.TWO_PHASE} is off"
        return Refused(Refusal.ACCESS_DENIED, rule, parameter="two_phase")
    found = await _find(command.binding_id, kind, merchant, world)
    if isinstance(found, Refused):
        return found
    binding, pan = found
    registration = _registration(command, binding)
    planned = decide_registration(registration, merchant, world.clock.now())
    if isinstance(planned, Refused):
        return planned
    payment = _payment(command, kind, binding, pan, actor, planned)
    if refused := refuse_payment_by_card(payment, planned, merchant, world):
        return replace(refused, order=None)
    order = await register(registration, merchant, world=world, actor=actor, notes=notes)
    if isinstance(order, Refused):
        return order
    counted = await _count(binding, order, world)
    if isinstance(counted, str):
        declined = await _decline(order, binding, kind, world, actor)
        if isinstance(declined, Refused):
            return declined
        return OrderCharged(declined.order, merchant, (Note("binding_id", counted),))
    payment = replace(payment, key=OrderKey(order.merchant_id, order.order_id), charge=counted)
    return await _pay(payment, order, merchant, world)


async def _pay(
    payment: PayByCard, order: Order, merchant: Merchant, world: World
) -> OrderCharged | Refused:
    """Ask for the money. A payment that was not begun is taken out of the terms here."""
    try:
        step = await pay_by_card(payment, world, loaded=order)
    except Overloaded:
        await _uncount(payment, world)
        raise
    if isinstance(step, Refused):
        await _uncount(payment, world)
        return step
    return OrderCharged(step.order, merchant)


async def _find(
    sent: str, kind: ChargeKind, merchant: Merchant, world: World
) -> tuple[Binding, Pan] | Refused:
    """The stored card and its number, or why it cannot be charged."""
    binding = await active_binding(sent, merchant.merchant_id, world)
    if isinstance(binding, Refused):
        return binding
    if binding.category is not kind.category:
        return Refused(Refusal.BINDING_UNKNOWN, kind.no_terms, parameter="binding_id")
    if refused := refuse_expired(binding, world):
        return refused
    pan = await pan_of(binding, world)
    return pan if isinstance(pan, Refused) else (binding, pan)


async def _count(binding: Binding, order: Order, world: World) -> Charge | str:
    """Save the stored card with the charge of now in its terms; or the rule that it breaks."""
    current: Binding | None = binding
    for _ in range(RACES_MAX):
        if current is None or not current.active or current.category is not binding.category:
            return "the stored card was disabled meanwhile"
        now = max(world.clock.now(), current.changed_at)
        if broken := broken_terms(current, order.amount_minor, order.currency, now):
            return broken
        counted, charge = with_charge(current, order.amount_minor, now)
        if await world.bindings.store.save(counted, ()):
            return charge
        current = await world.bindings.store.load(binding.merchant_id, binding.binding_id)
    return f"{RACES_MAX} other changes of the stored card were faster"


async def _uncount(payment: PayByCard, world: World) -> None:
    """Take a charge whose payment was not begun out of the terms."""
    charge, binding_id = payment.charge, payment.binding_id
    assert charge is not None, "the charge is counted before the payment begins"
    assert binding_id is not None, "a stored card is charged"
    for _ in range(RACES_MAX):
        current = await world.bindings.store.load(payment.key.merchant_id, binding_id)
        if current is None:
            return
        now = max(world.clock.now(), current.changed_at)
        if await world.bindings.store.save(without_charge(current, charge, now), ()):
            return


def _registration(command: ChargeStored, binding: Binding) -> Register:
    return Register(
        amount_minor=command.amount_minor,
        return_url="",
        two_phase=command.two_phase,
        order_number=command.order_number,
        currency=command.currency,
        description=command.description,
        language=command.language,
        client_id=binding.client_id,
        json_params=command.json_params,
        binding_id=str(binding.binding_id),
        features=command.features,
        email=binding.email,
        phone=binding.phone,
        auto_completion_date=command.auto_completion_date,
        fee_input=command.fee_input,
        order_bundle=command.order_bundle,
        attempts_max=ATTEMPTS,
        paid_by=PaymentWay.CARD_BINDING,
    )


def _payment(
    command: ChargeStored,
    kind: ChargeKind,
    binding: Binding,
    pan: Pan,
    actor: Actor,
    order: Order,
) -> PayByCard:
    return PayByCard(
        key=OrderKey(order.merchant_id, order.order_id),
        pan=pan,
        expiry=Expiry.parse(binding.expiry),
        cvc=None,
        holder=binding.holder,
        actor=actor,
        base_url=command.base_url,
        payment_way=PaymentWay.CARD_BINDING,
        language=command.language,
        binding_id=binding.binding_id,
        first_transaction_id=binding.network_transaction_id,
        agreed_as=kind.initiator,
    )


async def _decline(
    order: Order, binding: Binding, kind: ChargeKind, world: World, actor: Actor
) -> Ended | Refused:
    """Decline an order whose charge breaks the terms; the bank is not asked."""
    request = AttemptRequest(
        payment_way=PaymentWay.CARD_BINDING.value,
        card=_kept(binding),
        details={INITIATOR: kind.initiator.value},
    )
    decision = await perform(
        lambda each, now: decide_failure(each, request, codes.WRONG_OPERATION, now),
        OrderKey(order.merchant_id, order.order_id),
        world=world,
        actor=actor,
        loaded=order,
    )
    return ended(decision)


def _kept(binding: Binding) -> PaymentCard:
    return PaymentCard(
        masked_pan=binding.masked_pan,
        expiry=binding.expiry,
        holder=binding.holder,
        fingerprint=binding.fingerprint,
        system=binding.system,
        binding_id=binding.binding_id,
    )
