"""The stored cards of an order: the one that it names, and those that its payer may choose.

Source: 004 (request parameters); payment-page.md §3.1, §3.4.
"""

from altyn.domain.card.binding import Binding, BindingCategory, read_binding_id
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.moscow import year_month
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.bindings.lookup import binding_of_client, refuse_expired
from altyn.operations.bindings.storing import NamesBinding
from altyn.operations.decisions import Refused
from altyn.operations.paying.possible import may_use_stored_card
from altyn.operations.ports import World


async def refuse_binding(command: NamesBinding, merchant: Merchant, world: World) -> Refused | None:
    """Why an order cannot name this stored card; None when it can, or names none.

    Refuses: as `named_binding`.
    """
    found = await named_binding(command, merchant, world)
    return found if isinstance(found, Refused) else None


async def named_binding(
    command: NamesBinding, merchant: Merchant, world: World
) -> Binding | Refused | None:
    """The stored card that a registration names; None when it names none.

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
    found = await binding_of_client(
        command.binding_id, command.client_id, merchant.merchant_id, world
    )
    if isinstance(found, Refused):
        return found
    return refuse_expired(found, world) or found


async def cards_of_payer(order: Order, merchant: Merchant, world: World) -> tuple[Binding, ...]:
    """The stored cards that the payer of an order may choose, oldest first: active, not expired.

    An order that names its stored card has that one only; an order that is over, or that a stored
    card may not pay, has none.
    """
    client_id, named = order.request.client_id, read_binding_id(order.request.binding_id)
    if not client_id or not order.payable or not may_use_stored_card(order, merchant):
        return ()
    month = year_month(world.clock.now())
    return tuple(
        each
        for each in await world.bindings.store.of_client(order.merchant_id, client_id)
        if each.active and not each.expired(month)
        if each.binding_id == named or (named is None and _is_payers(each))
    )


def _is_payers(binding: Binding) -> bool:
    """Whether it is for payments of the client, and not for recurring ones of the shop."""
    return binding.category is BindingCategory.COMMON
