"""Withdraw a payment that waits for its payer, who wants to pay in another way."""

from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.steps import Ended, ended
from altyn.operations.perform import payment_of, settle_response
from altyn.operations.ports import Actor, OrderKey, World


async def cancel_waiting(
    key: OrderKey, *, actor: Actor, world: World, loaded: Order | None = None
) -> Ended | Refused:
    """Withdraw the payment that waits for its payer; the order is as it was before, or paid.

    A payment that the payer has confirmed meanwhile is settled, and an order without a waiting
    payment does not change. The attempt counts. Refuses: ORDER_UNKNOWN, BUSY.
    """
    order = loaded or await world.orders.load(key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {key.order_id}")
    waiting = order.waiting_payment
    if waiting is None:
        return Ended(order)
    assert waiting.payment_way is not None, "every payment attempt names its way"
    connector = world.ways.connector(waiting.payment_way)
    response = await connector.cancel(await payment_of(order, waiting, world))
    return ended(
        await settle_response(key, waiting.number, response, world=world, actor=actor, loaded=order)
    )
