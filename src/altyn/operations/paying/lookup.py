"""Find the order that a payer has opened."""

from altyn.domain.order import Kind, Order
from altyn.operations.decisions import Accepted
from altyn.operations.due_actions import TIMER_ACTOR
from altyn.operations.paying.decisions import decide_expiry
from altyn.operations.perform import perform
from altyn.operations.ports import OrderKey, World


async def find_for_payer(key: OrderKey, world: World) -> Order | None:
    """The order as it is now; None when there is none.

    A session that is over ends here, and not only when its timer runs: the shop must find the order
    declined as soon as its payer is back. Source: payment-page.md §2.
    """
    order = await world.orders.load(key)
    if order is None:
        return None
    over = order.payable and world.clock.now() >= order.expires_at
    if not over or order.in_flight(Kind.PAY):
        return order
    decision = await perform(decide_expiry, key, world=world, actor=TIMER_ACTOR, loaded=order)
    return decision.order if isinstance(decision, Accepted) else await world.orders.load(key)
