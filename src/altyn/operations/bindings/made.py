"""Stored cards as effects of a payment: they are saved in the statement of the payment.

Source: rest-orders.md §6.
"""

from dataclasses import replace
from typing import Final, Protocol
from uuid import UUID, uuid5

from altyn.domain.callback import CallbackOperation
from altyn.domain.card.binding import Binding, BindingCategory, BindingDue
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.operations.bindings.ports import BindingPorts
from altyn.operations.decisions import Accepted

_NAMES: Final = UUID("6b1c0f3e-2d7c-4a57-9f0e-6c3a2a0f7b11")


class Ports(Protocol):
    """The port that is needed of the world."""

    @property
    def bindings(self) -> BindingPorts: ...


async def with_bindings(accepted: Accepted, merchant: Merchant, world: Ports) -> Accepted:
    """The decision with the stored cards and callbacks that its effects come to.

    A client who has the card active keeps that stored card, with the expiry of this payment. The id
    of a new one is computed from the client and the card, so two payments at once store one.
    """
    due = [each for each in accepted.effects if isinstance(each, BindingDue)]
    if not due:
        return accepted
    rest = tuple(each for each in accepted.effects if not isinstance(each, BindingDue))
    accepted = replace(accepted, effects=rest)
    for each in due:
        accepted = await _with_binding(accepted, each.attempt, merchant, world)
    return accepted


async def _with_binding(
    accepted: Accepted, number: int, merchant: Merchant, world: Ports
) -> Accepted:
    ports, order = world.bindings, accepted.order
    card, client_id = order.attempt(number).card, order.request.client_id
    assert card is not None, "only a payment by card stores one"
    assert client_id is not None, "a card is stored for a client"
    of_client = await ports.store.of_client(order.merchant_id, client_id)
    same = [each for each in of_client if each.fingerprint == card.fingerprint]
    active = next((each for each in same if each.active), None)
    binding = (
        active.changed(accepted.at, active=True, expiry=card.expiry)
        if active
        else _new(accepted, number, client_id, len(same))
    )
    entries = (
        ()
        if active
        else ports.entries(
            binding.notification(CallbackOperation.BINDING_CREATED), merchant, accepted.at
        )
    )
    return replace(
        accepted,
        order=_with_id(order, number, binding.binding_id),
        attempts=tuple(
            replace(each, card=replace(card, binding_id=binding.binding_id))
            if each.number == number
            else each
            for each in accepted.attempts
        ),
        bindings=(*accepted.bindings, binding),
        outbox=(*accepted.outbox, *entries),
    )


def _with_id(order: Order, number: int, binding_id: UUID) -> Order:
    attempt = order.attempt(number)
    assert attempt.card is not None, "only a payment by card stores one"
    return order.with_attempt(replace(attempt, card=replace(attempt.card, binding_id=binding_id)))


def _new(accepted: Accepted, number: int, client_id: str, earlier: int) -> Binding:
    order = accepted.order
    card = order.attempt(number).card
    assert card is not None, "only a payment by card stores one"
    name = f"{order.merchant_id} {card.fingerprint} {earlier} {client_id}"
    recurrent = order.request.recurring_frequency is not None
    return Binding(
        merchant_id=order.merchant_id,
        binding_id=uuid5(_NAMES, name),
        version=1,
        client_id=client_id,
        fingerprint=card.fingerprint,
        masked_pan=card.masked_pan,
        expiry=card.expiry,
        created_at=accepted.at,
        changed_at=accepted.at,
        holder=card.holder,
        system=card.system,
        category=BindingCategory.RECURRENT if recurrent else BindingCategory.COMMON,
        order_id=order.order_id,
        email=order.request.email,
        phone=order.request.phone,
    )
