"""Look up a stored card that is to pay, by its id. Source: rest-orders.md §5.3, §6."""

from typing import Final

from altyn.domain.card.binding import Binding, read_binding_id
from altyn.domain.card.values import Pan
from altyn.domain.moscow import year_month
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import World

_NAME: Final = "binding_id"


async def active_binding(sent: str, merchant_id: int, world: World) -> Binding | Refused:
    """The stored card of a merchant. Refuses: BINDING_UNKNOWN (also one that is disabled)."""
    binding_id = read_binding_id(sent)
    binding = await world.bindings.store.load(merchant_id, binding_id) if binding_id else None
    if binding is None or not binding.active:
        return Refused(Refusal.BINDING_UNKNOWN, f"no active stored card {sent}", parameter=_NAME)
    return binding


async def binding_of_client(
    sent: str, client_id: str, merchant_id: int, world: World
) -> Binding | Refused:
    """The stored card of an order's client.

    Refuses: as `active_binding`, BINDING_OF_ANOTHER_CLIENT.
    """
    found = await active_binding(sent, merchant_id, world)
    if isinstance(found, Binding) and found.client_id != client_id:
        rule = "the stored card is another client's than the order's"
        return Refused(Refusal.BINDING_OF_ANOTHER_CLIENT, rule, parameter=_NAME)
    return found


def refuse_expired(binding: Binding, world: World) -> Refused | None:
    """CARD_EXPIRED when the last month of the card is over in Moscow."""
    if not binding.expired(year_month(world.clock.now())):
        return None
    rule = f"the stored card was valid until {binding.expiry}"
    return Refused(Refusal.CARD_EXPIRED, rule, parameter=_NAME)


async def pan_of(binding: Binding, world: World) -> Pan | Refused:
    """The card number itself. Refuses: BINDING_UNKNOWN when the vault keeps it no more."""
    pan = await world.card.vault.reveal(binding.merchant_id, binding.fingerprint)
    if pan is None:
        rule = f"no card is kept for {binding.binding_id}"
        return Refused(Refusal.BINDING_UNKNOWN, rule, parameter=_NAME)
    return pan
