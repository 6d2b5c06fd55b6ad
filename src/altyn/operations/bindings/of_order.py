"""The stored cards of an order: the one that it names, and those that its payer may choose.

Source: 004 (request parameters); payment-page.md §3.1, §3.4.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from altyn.domain.card.binding import Binding, BindingCategory, read_binding_id
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.moscow import to_moscow
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.ports import World


class NamesBinding(Protocol):
    """The part of a registration that is about its stored card."""

    @property
    def more(self) -> Mapping[str, str]: ...

    @property
    def client_id(self) -> str | None: ...
    @property
    def binding_id(self) -> str | None: ...


def refuse_storing(command: NamesBinding, features: Collection[str]) -> Refused | None:
    """FEATURES_INVALID for FORCE_CREATE_BINDING where no card can be stored."""
    if "FORCE_CREATE_BINDING" not in features:
        return None
    not_needed = command.more.get("bindingNotNeeded", "").lower() in {"true", "1"}
    if command.client_id and command.binding_id is None and not not_needed:
        return None
    return Refused(
        Refusal.FEATURES_INVALID,
        "FORCE_CREATE_BINDING goes with clientId, and neither with bindingId nor with "
        "bindingNotNeeded=true",
        parameter="features",
    )


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


async def cards_of_payer(order: Order, merchant: Merchant, world: World) -> tuple[Binding, ...]:
    """The stored cards that the payer of an order may choose, oldest first: active, not expired.

    An order that names its stored card has that one only; an order that is over has none.
    """
    client_id, named = order.request.client_id, read_binding_id(order.request.binding_id)
    if not client_id or not order.payable or not merchant.may(Permission.BINDINGS):
        return ()
    month = f"{to_moscow(world.clock.now()):%Y%m}"
    return tuple(
        each
        for each in await world.bindings.store.of_client(order.merchant_id, client_id)
        if each.active and not each.expired(month)
        if each.binding_id == named or (named is None and _is_payers(each))
    )


def _is_payers(binding: Binding) -> bool:
    """Whether it is for payments of the client, and not for recurring ones of the shop."""
    return binding.category is BindingCategory.COMMON


def remembers_card(order: Order, merchant: Merchant) -> bool:
    """Whether the payer is asked to agree that the card is stored.

    Not when the shop forbids it (bindingNotNeeded=true), or stores it without asking.
    """
    request = order.request
    forbidden = request.more.get("bindingNotNeeded", "").lower() in {"true", "1"}
    asked = bool(request.client_id) and merchant.may(Permission.BINDINGS) and not forbidden
    return asked and not request.binding_id and not request.has("FORCE_CREATE_BINDING")
