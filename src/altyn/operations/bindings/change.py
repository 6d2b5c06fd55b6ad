"""Disable, enable, remove and extend a stored card.

A shop enables again what it has disabled. What the payer has removed is gone for the shop: the card
may be charged again only after the payer has agreed once more, by a payment that stores it.
Source: rest-orders.md §6.3, §6.4; payment-page.md §3.4.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from altyn.domain.callback import CallbackOperation
from altyn.domain.card.binding import Binding
from altyn.domain.card.values import Expiry
from altyn.domain.merchant import Merchant
from altyn.domain.moscow import to_moscow
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.operations.results import Done

RACES_MAX: Final = 20
REMOVED: Final = (
    "its payer has removed the stored card: only a payment of the payer, or "
    "createBindingNoPayment.do with the card, stores it again"
)

DecideBinding = Callable[[Binding, datetime], Binding | Refused]


def decide_activity(binding: Binding, now: datetime, *, active: bool) -> Binding | Refused:
    """Enable or disable. Refuses: BINDING_ACTIVE, BINDING_INACTIVE (it is so already)."""
    if binding.active == active:
        refusal = Refusal.BINDING_ACTIVE if active else Refusal.BINDING_INACTIVE
        return Refused(refusal, f"the stored card is {'active' if active else 'disabled'} already")
    return binding.changed(now, active=active, expiry=binding.expiry)


def decide_removal(binding: Binding, now: datetime) -> Binding | Refused:
    """Remove at the payer's wish. Refuses: BINDING_INACTIVE (it is removed already)."""
    if binding.removed_by_payer:
        return Refused(Refusal.BINDING_INACTIVE, "the payer has removed the stored card already")
    disabled = binding.changed(now, active=False, expiry=binding.expiry)
    return replace(disabled, removed_by_payer=True)


def decide_extension(binding: Binding, expiry: Expiry, now: datetime) -> Binding | Refused:
    """Give it another last month. Refuses: EXPIRY_INVALID, a month that is over in Moscow."""
    if not expiry.valid_on(to_moscow(now).date()):
        rule = f"{expiry.wire} is over: the last month must be the present one or later"
        return Refused(Refusal.EXPIRY_INVALID, rule, parameter="expiry")
    return binding.changed(now, active=binding.active, expiry=expiry.wire)


async def set_active(
    binding_id: UUID, merchant: Merchant, world: World, *, active: bool
) -> Done | Refused:
    """Enable or disable a stored card, and notify the shop.

    Refuses: BINDING_UNKNOWN (also one that its payer has removed, which cannot be enabled, and one
    whose card was deleted after it was disabled), BINDING_ACTIVE (also when the client has stored
    the same card again), BINDING_INACTIVE.
    """

    def decide(binding: Binding, now: datetime) -> Binding | Refused:
        return decide_activity(binding, now, active=active)

    return await _change(
        binding_id,
        decide,
        merchant,
        world,
        CallbackOperation.BINDING_ACTIVITY_CHANGED,
        needs_card=active,
        needs_payer=active,
    )


async def remove(binding_id: UUID, merchant: Merchant, world: World) -> Done | Refused:
    """Remove a stored card for its payer, and notify the shop if it was active.

    Refuses: BINDING_UNKNOWN, BINDING_INACTIVE.
    """
    notified = CallbackOperation.BINDING_ACTIVITY_CHANGED
    return await _change(binding_id, decide_removal, merchant, world, notified)


async def extend(
    binding_id: UUID, expiry: Expiry, merchant: Merchant, world: World
) -> Done | Refused:
    """Extend a stored card. Refuses: BINDING_UNKNOWN (also one that its payer has removed),
    EXPIRY_INVALID."""
    return await _change(
        binding_id,
        lambda binding, now: decide_extension(binding, expiry, now),
        merchant,
        world,
        needs_payer=True,
    )


async def _change(
    binding_id: UUID,
    decide: DecideBinding,
    merchant: Merchant,
    world: World,
    notified: CallbackOperation | None = None,
    *,
    needs_card: bool = False,
    needs_payer: bool = False,
) -> Done | Refused:
    """Load, decide, save; again when another change was saved first. Refuses BUSY at the end.

    `needs_card`: the card itself must still be in the vault. `needs_payer`: the payer must not have
    removed it. `notified` is for a change of its activity.
    """
    ports = world.bindings
    for _ in range(RACES_MAX):
        binding = await ports.store.load(merchant.merchant_id, binding_id)
        if binding is None:
            return Refused(Refusal.BINDING_UNKNOWN, f"no stored card {binding_id}")
        if needs_payer and binding.removed_by_payer:
            return Refused(Refusal.BINDING_UNKNOWN, REMOVED)
        if needs_card and not await _is_kept(binding, world):
            return Refused(Refusal.BINDING_UNKNOWN, f"no card is kept for {binding_id} any more")
        now = max(world.clock.now(), binding.changed_at)
        changed = decide(binding, now)
        if isinstance(changed, Refused):
            return changed
        operation = notified if changed.active != binding.active else None
        notification = changed.notification(operation) if operation else None
        entries = ports.entries(notification, merchant, now) if notification else ()
        if await ports.store.save(changed, entries):
            return Done()
        if changed.active and await _stored_again(changed, world):
            rule = "the client has stored the same card again: that one is active"
            return Refused(Refusal.BINDING_ACTIVE, rule)
    return Refused(Refusal.BUSY, f"{RACES_MAX} other changes were faster")


async def _is_kept(binding: Binding, world: World) -> bool:
    return await world.card.vault.reveal(binding.merchant_id, binding.fingerprint) is not None


async def _stored_again(binding: Binding, world: World) -> bool:
    of_client = await world.bindings.store.of_client(binding.merchant_id, binding.client_id)
    return any(
        each.active
        and (each.fingerprint, each.category) == (binding.fingerprint, binding.category)
        and each.binding_id != binding.binding_id
        for each in of_client
    )
