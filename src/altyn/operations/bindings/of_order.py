"""The stored card that an order names at its registration. Source: 004 (bindingId)."""

from typing import Protocol

from altyn.domain.card.binding import read_binding_id
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.moscow import to_moscow
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import World


class NamesBinding(Protocol):
    """The part of a registration that is about its stored card."""

    @property
    def client_id(self) -> str | None: ...
    @property
    def binding_id(self) -> str | None: ...


async def refuse_binding(command: NamesBinding, merchant: Merchant, world: World) -> Refused | None:
    """Why an order cannot name this stored card; None when it can, or names none.

    Refuses: ACCESS_DENIED (permission bindings), CLIENT_ID_EMPTY, BINDING_UNKNOWN (also one that is
    disabled), BINDING_OF_ANOTHER_CLIENT, CARD_EXPIRED.
    """
    if not command.binding_id:
        return None
    name = "binding_id"
    if not merchant.may(Permission.BINDINGS):
        return Refused(Refusal.ACCESS_DENIED, "permission bindings is off", parameter=name)
    if not command.client_id:
        rule = "a stored card belongs to a client: send clientId too"
        return Refused(Refusal.CLIENT_ID_EMPTY, rule, parameter="client_id")
    binding_id = read_binding_id(command.binding_id)
    store = world.bindings.store
    binding = await store.load(merchant.merchant_id, binding_id) if binding_id else None
    if binding is None or not binding.active:
        rule = f"no active stored card {command.binding_id}"
        return Refused(Refusal.BINDING_UNKNOWN, rule, parameter=name)
    if binding.client_id != command.client_id:
        rule = "the stored card is another client's"
        return Refused(Refusal.BINDING_OF_ANOTHER_CLIENT, rule, parameter=name)
    if binding.expired(f"{to_moscow(world.clock.now()):%Y%m}"):
        rule = f"the stored card was valid until {binding.expiry}"
        return Refused(Refusal.CARD_EXPIRED, rule, parameter=name)
    return None
