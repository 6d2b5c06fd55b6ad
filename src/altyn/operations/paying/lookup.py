"""Find the order that a payer has opened."""

from altyn.domain.order import Kind, Order
from altyn.operations.paying.session import end_session
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
    return await end_session(order, world) if over and not order.in_flight(Kind.PAY) else order
