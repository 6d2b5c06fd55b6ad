"""Store a card without a payment. Source: rest-orders.md §6.5."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from altyn.domain.callback import CallbackOperation
from altyn.domain.card.binding import Binding
from altyn.domain.card.values import Expiry, Pan, payment_system
from altyn.domain.merchant import Merchant
from altyn.domain.moscow import to_moscow
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.operations.results import BindingsFound

KEEP_BEFORE_STORED: Final = timedelta(hours=1)
"""The card is in the vault before its row is; afterwards the row keeps it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBinding:
    """A client's card."""

    client_id: str
    pan: Pan
    expiry: Expiry
    holder: str = ""
    email: str | None = None
    phone: str | None = None


async def create_binding(
    command: CreateBinding, merchant: Merchant, world: World
) -> BindingsFound | Refused:
    """Store the card. A client who has this card active keeps that stored card, with this expiry.

    Refuses: PAN_NOT_A_TEST_CARD (sandbox), CARD_EXPIRED.
    """
    now = world.clock.now()
    checks, vault = world.card.checks, world.card.vault
    if refused := checks.refusal_of(command.pan):
        return refused
    if checks.expired(command.pan, command.expiry, to_moscow(now).date()):
        rule = f"the card was valid until the end of {command.expiry.text} (Moscow time)"
        return Refused(Refusal.CARD_EXPIRED, rule, parameter="expiry")
    await vault.keep(merchant.merchant_id, command.pan, until=now + KEEP_BEFORE_STORED)
    system = payment_system(command.pan)
    binding = Binding(
        merchant_id=merchant.merchant_id,
        binding_id=uuid4(),
        version=1,
        client_id=command.client_id,
        fingerprint=vault.fingerprint(merchant.merchant_id, command.pan),
        masked_pan=command.pan.masked,
        expiry=command.expiry.wire,
        created_at=now,
        changed_at=now,
        holder=command.holder,
        system=system.value if system else None,
        email=command.email,
        phone=command.phone,
    )
    ports = world.bindings
    entries = ports.entries(binding.notification(CallbackOperation.BINDING_CREATED), merchant, now)
    return BindingsFound((await ports.store.add(binding, entries),))
