"""Stored cards as effects of a payment: they are saved in the statement of the payment.

Source: rest-orders.md §6.
"""

from dataclasses import replace
from typing import Protocol
from uuid import uuid4

from altyn.domain.callback import CallbackOperation
from altyn.domain.card.binding import Binding, BindingCategory, BindingDue
from altyn.domain.card.instalment_terms import InstalmentTerms
from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.recurring import RecurringTerms
from altyn.domain.effects import OutboxEntry
from altyn.domain.merchant import Merchant
from altyn.operations.bindings.ports import BindingPorts
from altyn.operations.bindings.terms import instalment_terms, recurring_terms
from altyn.operations.decisions import Accepted


class Ports(Protocol):
    """The port that is needed of the world."""

    @property
    def bindings(self) -> BindingPorts: ...


async def with_bindings(accepted: Accepted, merchant: Merchant, world: Ports) -> Accepted:
    """The decision with the stored cards and callbacks that its effects come to.

    A client who has the card active keeps that stored card, with the expiry and the terms of this
    payment. Two payments that store one card at once: the save of the second fails, and it is
    decided again.
    """
    due = [each for each in accepted.effects if isinstance(each, BindingDue)]
    if not due:
        return accepted
    rest = tuple(each for each in accepted.effects if not isinstance(each, BindingDue))
    accepted = replace(accepted, effects=rest)
    for each in due:
        accepted = await _with_binding(accepted, each.attempt, merchant, world.bindings)
    return accepted


async def _with_binding(
    accepted: Accepted, number: int, merchant: Merchant, ports: BindingPorts
) -> Accepted:
    card = accepted.order.attempt(number).card
    assert card is not None, "only a payment by card stores one"
    new = _new(accepted, card, merchant)
    active = await _active(new, ports)
    if active is None:
        notification = new.notification(CallbackOperation.BINDING_CREATED)
        entries = ports.entries(notification, merchant, accepted.at)
        return _with_stored(accepted, number, new, entries, (new,))
    renewed = _renewed(active, new)
    changes = () if renewed is active else (renewed,)
    return _with_stored(accepted, number, renewed, (), changes)


async def _active(new: Binding, ports: BindingPorts) -> Binding | None:
    """The active stored card of the same client, card and purpose."""
    for each in await ports.store.of_client(new.merchant_id, new.client_id):
        same = (each.fingerprint, each.category) == (new.fingerprint, new.category)
        if each.active and same:
            return each
    return None


def _renewed(active: Binding, new: Binding) -> Binding:
    """The stored card after a payment that has stored it again; itself when nothing changes.

    A card that was stored without a payment gets its chain by the first payment that stores it.
    """
    begins_chain = bool(new.network_transaction_id) and not active.network_transaction_id
    begins_terms = new.recurring is not None or new.instalments is not None
    if new.expiry == active.expiry and not begins_terms and not begins_chain:
        return active
    return replace(
        active.changed(new.changed_at, active=True, expiry=new.expiry),
        holder=new.holder,
        recurring=new.recurring,
        instalments=new.instalments,
        network_transaction_id=new.network_transaction_id or active.network_transaction_id,
    )


def _with_stored(
    accepted: Accepted,
    number: int,
    binding: Binding,
    entries: tuple[OutboxEntry, ...],
    changes: tuple[Binding, ...],
) -> Accepted:
    """The decision with the id of the stored card in its attempt."""
    attempt = accepted.order.attempt(number)
    assert attempt.card is not None, "only a payment by card stores one"
    stored = replace(attempt, card=replace(attempt.card, binding_id=binding.binding_id))
    return replace(
        accepted,
        order=accepted.order.with_attempt(stored),
        attempts=tuple(stored if each.number == number else each for each in accepted.attempts),
        bindings=(*accepted.bindings, *changes),
        outbox=(*accepted.outbox, *entries),
    )


def _new(accepted: Accepted, card: PaymentCard, merchant: Merchant) -> Binding:
    order = accepted.order
    assert order.request.client_id is not None, "a card is stored for a client"
    terms, instalments = recurring_terms(order, merchant), _instalments(accepted, merchant)
    return Binding(
        merchant_id=order.merchant_id,
        binding_id=uuid4(),
        version=1,
        client_id=order.request.client_id,
        fingerprint=card.fingerprint,
        masked_pan=card.masked_pan,
        expiry=card.expiry,
        created_at=accepted.at,
        changed_at=accepted.at,
        holder=card.holder,
        system=card.system,
        category=_category(terms, instalments),
        order_id=order.order_id,
        email=order.request.email,
        phone=order.request.phone,
        recurring=RecurringTerms(*terms, accepted.at) if terms else None,
        instalments=instalments,
        network_transaction_id=card.network_transaction_id,
    )


def _category(
    recurring: tuple[int, str] | None, instalments: InstalmentTerms | None
) -> BindingCategory:
    """What the card is stored for. Days may be agreed for instalments too."""
    if instalments:
        return BindingCategory.INSTALMENT
    return BindingCategory.RECURRENT if recurring else BindingCategory.COMMON


def _instalments(accepted: Accepted, merchant: Merchant) -> InstalmentTerms | None:
    """The instalments that the payment has agreed to. A payment is the first of them; a check of
    the card takes no money and is none."""
    order, terms = accepted.order, instalment_terms(accepted.order, merchant)
    if terms is None:
        return None
    payments_max, total_minor = terms
    paid = not order.checks_card_only
    return InstalmentTerms(
        payments_max=payments_max,
        total_minor=total_minor,
        currency=order.currency,
        made=int(paid),
        made_minor=order.approved_minor if paid else 0,
        agreed_at=accepted.at,
    )
