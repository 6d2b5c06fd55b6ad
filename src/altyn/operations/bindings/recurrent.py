"""The shop charges a stored card as its client has agreed with the first payment.

Source: rest-orders.md §7; 004 (recurring payments).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from altyn.domain import action_codes as codes
from altyn.domain.card.binding import Binding
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
from altyn.operations.paying.card.steps import PayByCard
from altyn.operations.paying.decisions import AttemptRequest, decide_failure
from altyn.operations.paying.steps import Ended, ended
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, OrderKey, Overloaded, World
from altyn.operations.register import Register, register
from altyn.operations.results import OrderCharged
from altyn.protocol.payment_ways import PaymentWay

RACES_MAX: Final = 20
ATTEMPTS: Final = 1
"""A recurring payment has one attempt: no payer is there to try another card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayRecurrent:
    """A recurring payment. Amount: minor units; the date is aware UTC."""

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


async def pay_recurrent(
    command: PayRecurrent, merchant: Merchant, *, world: World, actor: Actor, notes: Notes = ()
) -> OrderCharged | Refused:
    """Register an order and charge it to the stored card, without CVC and 3-D Secure.

    A charge that comes too early, or after the last day, declines the order with WRONG_OPERATION;
    so the shop sees the order. Of two charges at once the second comes too early.

    Refuses: ACCESS_DENIED (a hold without permission two_phase), BINDING_UNKNOWN (also one that is
    disabled, or without terms of recurring payments), CARD_EXPIRED, then as `register`, then as
    `pay_by_card`.
    """
    if command.two_phase and not merchant.may(Permission.TWO_PHASE):
        rule = f"permission {Permission.TWO_PHASE} is off"
        return Refused(Refusal.ACCESS_DENIED, rule, parameter="two_phase")
    found = await _find(command.binding_id, merchant, world)
    if isinstance(found, Refused):
        return found
    binding, pan = found
    order = await register(
        _registration(command, binding), merchant, world=world, actor=actor, notes=notes
    )
    if isinstance(order, Refused):
        return order
    claimed = await _claim(binding, world)
    if isinstance(claimed, str):
        declined = await _decline(order, binding, world, actor)
        if isinstance(declined, Refused):
            return declined
        return OrderCharged(declined.order, merchant, (Note("binding_id", claimed),))
    try:
        step = await pay_by_card(_payment(command, order, claimed, pan, actor), world, loaded=order)
    except Overloaded:
        await _release(claimed, binding, world)
        raise
    if isinstance(step, Refused):
        await _release(claimed, binding, world)
        return step
    if not _charged(step.order):
        await _release(claimed, binding, world)
    return OrderCharged(step.order, merchant)


async def _find(sent: str, merchant: Merchant, world: World) -> tuple[Binding, Pan] | Refused:
    """The stored card and its number, or why it cannot be charged."""
    binding = await active_binding(sent, merchant.merchant_id, world)
    if isinstance(binding, Refused):
        return binding
    if binding.recurring is None:
        rule = "its client has not agreed to recurring payments: see recurringFrequency"
        return Refused(Refusal.BINDING_UNKNOWN, rule, parameter="binding_id")
    if refused := refuse_expired(binding, world):
        return refused
    pan = await pan_of(binding, world)
    return pan if isinstance(pan, Refused) else (binding, pan)


async def _claim(binding: Binding, world: World) -> Binding | str:
    """The stored card with the charge of now in its terms, saved; or the rule that it breaks."""
    current: Binding | None = binding
    for _ in range(RACES_MAX):
        if current is None or not current.active or current.recurring is None:
            return "the stored card was disabled meanwhile"
        now = max(world.clock.now(), current.changed_at)
        if broken := current.recurring.broken_by(now):
            return broken
        claimed = replace(
            current.changed(now, active=True, expiry=current.expiry),
            recurring=current.recurring.charged(now),
        )
        if await world.bindings.store.save(claimed, ()):
            return claimed
        current = await world.bindings.store.load(binding.merchant_id, binding.binding_id)
    return f"{RACES_MAX} other changes of the stored card were faster"


async def _release(claimed: Binding, before: Binding, world: World) -> None:
    """Take a charge that was not made out of the terms; another change of the card stays."""
    current: Binding | None = claimed
    for _ in range(RACES_MAX):
        if current is None or current.recurring != claimed.recurring:
            return  # another charge was made since
        now = max(world.clock.now(), current.changed_at)
        unclaimed = current.changed(now, active=current.active, expiry=current.expiry)
        if await world.bindings.store.save(replace(unclaimed, recurring=before.recurring), ()):
            return
        current = await world.bindings.store.load(claimed.merchant_id, claimed.binding_id)


def _charged(order: Order) -> bool:
    """Whether the money is taken or held, or may be: its result is not known yet."""
    return bool(order.approved_minor) or order.payable


def _registration(command: PayRecurrent, binding: Binding) -> Register:
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
    command: PayRecurrent, order: Order, binding: Binding, pan: Pan, actor: Actor
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
        recurring=True,
    )


async def _decline(order: Order, binding: Binding, world: World, actor: Actor) -> Ended | Refused:
    """Decline an order whose charge breaks the terms; the bank is not asked."""
    request = AttemptRequest(
        payment_way=PaymentWay.CARD_BINDING.value,
        card=_kept(binding, binding.binding_id),
        details={INITIATOR: Initiator.RECURRING.value},
    )
    decision = await perform(
        lambda each, now: decide_failure(each, request, codes.WRONG_OPERATION, now),
        OrderKey(order.merchant_id, order.order_id),
        world=world,
        actor=actor,
        loaded=order,
    )
    return ended(decision)


def _kept(binding: Binding, binding_id: UUID) -> PaymentCard:
    return PaymentCard(
        masked_pan=binding.masked_pan,
        expiry=binding.expiry,
        holder=binding.holder,
        fingerprint=binding.fingerprint,
        system=binding.system,
        binding_id=binding_id,
    )
