"""Disable, enable and extend a stored card. Source: rest-orders.md §6.3, §6.4."""

from collections.abc import Callable
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

DecideBinding = Callable[[Binding, datetime], Binding | Refused]


def decide_activity(binding: Binding, now: datetime, *, active: bool) -> Binding | Refused:
    """Enable or disable. Refuses: BINDING_ACTIVE, BINDING_INACTIVE (it is so already)."""
    if binding.active == active:
        refusal = Refusal.BINDING_ACTIVE if active else Refusal.BINDING_INACTIVE
        return Refused(refusal, f"the stored card is {'active' if active else 'disabled'} already")
    return binding.changed(now, active=active, expiry=binding.expiry)


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

    Refuses: BINDING_UNKNOWN (also one whose card was deleted after it was disabled),
    BINDING_ACTIVE (also when the client has stored the same card again), BINDING_INACTIVE.
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
    )


async def extend(
    binding_id: UUID, expiry: Expiry, merchant: Merchant, world: World
) -> Done | Refused:
    """Extend a stored card. Refuses: BINDING_UNKNOWN, EXPIRY_INVALID."""
    return await _change(
        binding_id, lambda binding, now: decide_extension(binding, expiry, now), merchant, world
    )


async def _change(
    binding_id: UUID,
    decide: DecideBinding,
    merchant: Merchant,
    world: World,
    notified: CallbackOperation | None = None,
    *,
    needs_card: bool = False,
) -> Done | Refused:
    """Load, decide, save; again when another change was saved first. Refuses BUSY at the end.

    `needs_card`: the card itself must still be in the vault.
    """
    ports = world.bindings
    for _ in range(RACES_MAX):
        binding = await ports.store.load(merchant.merchant_id, binding_id)
        if binding is None:
            return Refused(Refusal.BINDING_UNKNOWN, f"no stored card {binding_id}")
        if needs_card and not await _is_kept(binding, world):
            return Refused(Refusal.BINDING_UNKNOWN, f"no card is kept for {binding_id} any more")
        now = max(world.clock.now(), binding.changed_at)
        changed = decide(binding, now)
        if isinstance(changed, Refused):
            return changed
        notification = changed.notification(notified) if notified else None
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
