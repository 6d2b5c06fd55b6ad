"""The end of a payer's session, found by the payer and not by the timer."""

from dataclasses import replace
from typing import TypeVar

from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.due_actions import TIMER_ACTOR
from altyn.operations.paying.decisions import decide_expiry
from altyn.operations.perform import perform
from altyn.operations.ports import OrderKey, World

Step = TypeVar("Step")


async def end_session(order: Order, world: World) -> Order:
    """Decline an unpaid order whose session is over; the order as it is then.

    Source: payment-page.md §2.
    """
    key = OrderKey(order.merchant_id, order.order_id)
    decision = await perform(decide_expiry, key, world=world, actor=TIMER_ACTOR, loaded=order)
    return decision.order or order


async def with_session_ended(step: Step, world: World) -> Step | Refused:
    """The step; where it is refused because the session is over, the order is declined first."""
    if not isinstance(step, Refused) or step.refusal is not Refusal.SESSION_OVER:
        return step
    if step.order is None or not step.order.payable:
        return step
    return replace(step, order=await end_session(step.order, world))
