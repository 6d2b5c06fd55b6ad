"""A final payment and its prepayment: the two orders name each other.

Source: fiscal.md §2 (prepaymentMdOrder); merchant-settings.md §4, response version 15.
"""

from datetime import datetime
from uuid import UUID

from altyn.domain.history import HistoryEvent
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.prepayment import prepayment_of, with_final_payment
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Refused, accept
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, OrderKey, World


async def refuse_prepayment(
    prepayment_id: UUID | None, merchant: Merchant, world: World
) -> Refused | None:
    """Why an order cannot complete this prepayment; None when it can.

    Refuses PARAMETER_INVALID: no such order of the merchant, or nothing of it is paid.
    """
    if prepayment_id is None:
        return None
    order = await world.orders.load(OrderKey(merchant.merchant_id, prepayment_id))
    if order is not None and order.left_minor:
        return None
    rule = "no such order of this merchant"
    if order is not None:
        rule = f"a paid order is needed, and this one is {order.status}"
    return Refused(Refusal.PARAMETER_INVALID, rule, parameter="prepayment_id")


async def link_final_payment(order: Order, *, world: World, actor: Actor) -> None:
    """Name a registered order in the order of its prepayment, if it has one."""
    prepayment = prepayment_of(order)
    if prepayment is None:
        return
    await perform(
        lambda paid, now: _with_final_payment(paid, order.order_id, now),
        OrderKey(order.merchant_id, prepayment),
        world=world,
        actor=actor,
    )


def _with_final_payment(paid: Order, final: UUID, now: datetime) -> Accepted:
    return accept(
        paid,
        HistoryEvent.FINAL_PAYMENT_REGISTERED,
        now,
        detail={"order": str(final)},
        request=with_final_payment(paid, final),
    )
