"""A payer removes a stored card on the payment page. Source: payment-page.md §3.4."""

from altyn.domain.card.binding import BindingCategory, read_binding_id
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.bindings.change import remove
from altyn.operations.decisions import Refused
from altyn.operations.ports import World
from altyn.operations.results import Done


async def remove_by_payer(
    binding_id: str, order: Order, merchant: Merchant, world: World
) -> Done | Refused:
    """Remove a stored card of the order's client for good; one that is removed already stays so.

    A card that the shop has disabled is removed too, so that the shop cannot enable it again.

    Refuses: WRONG_STATUS (the order takes no payment any more), BINDING_UNKNOWN (also another
    client's, and the one that the shop has chosen for the order).
    """
    if not order.payable:
        return Refused(Refusal.WRONG_STATUS, "the order takes no payment any more", order)
    parsed, client_id = read_binding_id(binding_id), order.request.client_id
    found = (
        await world.bindings.store.load(order.merchant_id, parsed)
        if parsed and client_id and merchant.may(Permission.BINDINGS)
        else None
    )
    chosen = read_binding_id(order.request.binding_id)
    common = found is not None and found.category is BindingCategory.COMMON
    if found is None or not common or found.client_id != client_id or found.binding_id == chosen:
        rule = "no stored card of the order's client that its payer may remove"
        return Refused(Refusal.BINDING_UNKNOWN, rule, order, parameter="binding_id")
    removed = await remove(found.binding_id, merchant, world)
    if isinstance(removed, Refused) and removed.refusal is Refusal.BINDING_INACTIVE:
        return Done()
    return removed
