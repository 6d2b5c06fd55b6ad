"""Find stored cards. Source: rest-orders.md §6.1, §6.2."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from altyn.domain.card.binding import Binding, BindingCategory
from altyn.domain.card.values import Pan
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.moscow import year_month
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.operations.results import BindingsFound


@dataclass(frozen=True, slots=True, kw_only=True)
class FindBindings:
    """Which stored cards: of a client, one by its id, or both, of these categories; without expired
    and disabled ones unless they are asked for."""

    client_id: str | None = None
    binding_id: UUID | None = None
    categories: frozenset[BindingCategory] = frozenset(BindingCategory)
    expired_too: bool = False
    disabled_too: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindBindingsOfCard:
    """The stored cards with a card number; `binding_id` is a stored card that has it."""

    pan: Pan | None = None
    binding_id: UUID | None = None
    expired_too: bool = False


async def find_bindings(
    command: FindBindings, merchant: Merchant, world: World
) -> BindingsFound | Refused:
    """Refuses: CLIENT_ID_EMPTY (neither a client nor an id), BINDING_UNKNOWN (none is left)."""
    store = world.bindings.store
    if command.binding_id is not None:
        one = await store.load(merchant.merchant_id, command.binding_id)
        found = [one] if one is not None and command.client_id in {None, one.client_id} else []
    elif command.client_id:
        found = list(await store.of_client(merchant.merchant_id, command.client_id))
    else:
        rule = "neither clientId nor bindingId was sent"
        return Refused(Refusal.CLIENT_ID_EMPTY, rule, parameter="client_id")
    found = [each for each in found if each.category in command.categories]
    return _shown(found, world, expired_too=command.expired_too, disabled_too=command.disabled_too)


async def find_bindings_of_card(
    command: FindBindingsOfCard, merchant: Merchant, world: World
) -> BindingsFound | Refused:
    """Refuses: ACCESS_DENIED (a card number without the permission bindings_by_card),
    CARD_SELECTOR_EMPTY, BINDING_UNKNOWN."""
    store = world.bindings.store
    if command.pan is not None:
        if not merchant.may(Permission.BINDINGS_BY_CARD):
            rule = "permission bindings_by_card is off"
            return Refused(Refusal.ACCESS_DENIED, rule, parameter="pan")
        fingerprint = world.card.vault.fingerprint(merchant.merchant_id, command.pan)
    elif command.binding_id is not None:
        one = await store.load(merchant.merchant_id, command.binding_id)
        if one is None:
            return Refused(Refusal.BINDING_UNKNOWN, f"no stored card {command.binding_id}")
        fingerprint = one.fingerprint
    else:
        return Refused(Refusal.CARD_SELECTOR_EMPTY, "neither pan nor bindingId was sent")
    found = await store.of_card(merchant.merchant_id, fingerprint)
    return _shown(found, world, expired_too=command.expired_too, disabled_too=False)


def _shown(
    found: Iterable[Binding], world: World, *, expired_too: bool, disabled_too: bool
) -> BindingsFound | Refused:
    month = year_month(world.clock.now())
    shown = tuple(
        each
        for each in found
        if (disabled_too or each.active) and (expired_too or not each.expired(month))
    )
    if not shown:
        return Refused(Refusal.BINDING_UNKNOWN, "no such stored card, or none that may be shown")
    return BindingsFound(shown)
