"""Withdraw a payment that waits for its payer: the payer pays otherwise, or the shop cancels."""

from dataclasses import replace
from typing import Final

from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.connector import Outcome
from altyn.operations.decisions import Refused
from altyn.operations.paying.steps import Ended, ended
from altyn.operations.perform import payment_of, settle_response
from altyn.operations.ports import Actor, OrderKey, World

BY_SHOP: Final = "withdrawnByShop"
"""The detail of an attempt that was withdrawn because the shop cancelled the order."""


async def cancel_waiting(
    key: OrderKey,
    *,
    actor: Actor,
    world: World,
    loaded: Order | None = None,
    by_shop: bool = False,
) -> Ended | Refused:
    """Withdraw the payment that waits for its payer; the order is as it was before, or paid.

    `by_shop`: because the shop cancels the order, which the payer's phone then shows. A payment
    that the payer has confirmed meanwhile is settled, and an order without a waiting payment does
    not change. The attempt counts. Refuses: ORDER_UNKNOWN, BUSY.
    """
    order = loaded or await world.orders.load(key)
    if order is None:
        return Refused(Refusal.ORDER_UNKNOWN, f"no order {key.order_id}")
    waiting = order.waiting_payment
    if waiting is None:
        return Ended(order)
    assert waiting.payment_way is not None, "every payment attempt names its way"
    connector = world.ways.connector(waiting.payment_way)
    payment = replace(await payment_of(order, waiting, world), by_shop=by_shop)
    response = await connector.cancel(payment)
    if by_shop and response.outcome is Outcome.DECLINED:
        response = replace(response, details={**response.details, BY_SHOP: "true"})
    return ended(
        await settle_response(key, waiting.number, response, world=world, actor=actor, loaded=order)
    )


async def withdraw_before_cancellation(
    key: OrderKey, *, actor: Actor, world: World, loaded: Order | None = None
) -> bool:
    """Withdraw the payment that waits, because the shop cancels the order; whether there was one.

    The cancellation is then decided as for any order: a payment that was confirmed meanwhile has
    paid it. Source: rest-orders.md §3.4.
    """
    order = loaded or await world.orders.load(key)
    if order is None or order.waiting_payment is None:
        return False
    step = await cancel_waiting(key, actor=actor, world=world, loaded=order, by_shop=True)
    return isinstance(step, Ended)
