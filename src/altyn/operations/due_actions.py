"""Due actions: what a timer does to an order at its time, by the gateway's clock.

Sessions expire, holds are completed or released. Each is the decision that a shop's request would
get too, so that money moves by one path only.
"""

from datetime import datetime, timedelta
from typing import Final

from altyn.domain.history import HistoryEvent
from altyn.domain.merchant import Merchant
from altyn.domain.order import Due, Order
from altyn.operations.decisions import Accepted, Decision, Refused, Unchanged, accept
from altyn.operations.deposit import Deposit, decide_deposit
from altyn.operations.paying.decisions import decide_expiry
from altyn.operations.perform import perform, perform_and_ask
from altyn.operations.ports import TIMER, Actor, DueOrder, World
from altyn.operations.reverse import Reverse, decide_reversal

POSTPONE: Final = timedelta(minutes=1)
POSTPONE_MAX: Final = timedelta(hours=6)
TIMER_ACTOR: Final = Actor(name=TIMER)


def decide_due(order: Order, merchant: Merchant, now: datetime) -> Decision:
    """The decision of the timer that is due; Unchanged when none is (any more).

    Source: rest-orders.md §1.5, §2.1; merchant-settings.md §5.
    """
    due = order.due()
    if due is None or due[0] > now:
        return Unchanged(order)
    match due[1]:
        case Due.SESSION_EXPIRY:
            return decide_expiry(order, now)
        case Due.AUTO_COMPLETION:
            return decide_deposit(order, Deposit(amount_minor=0, due=due[1]), merchant, now)
        case Due.AUTO_REVERSE | Due.HOLD_RELEASE:
            return decide_reversal(order, Reverse(due=due[1]), merchant, now)


def decide_postponement(order: Order, now: datetime) -> Decision:
    """Postpone the due action: the connector is being asked, or declined to release a hold.

    After a minute at first, after twice as long with each refusal, after six hours at most.
    """
    due = order.due()
    if due is None or due[0] > now:
        return Unchanged(order)
    refused = sum(1 for a in order.attempts if a.due is due[1] and not a.in_flight)
    wait = min(POSTPONE * 2 ** min(refused, 10), POSTPONE_MAX)
    return accept(order, HistoryEvent.TIMER_POSTPONED, now, postponed_until=now + wait)


async def run_due_action(due: DueOrder, world: World) -> Decision:
    """Carry out a due action, or postpone it where that is not possible now."""
    merchant = await world.merchants.get(due.key.merchant_id)
    decision = await perform_and_ask(
        lambda order, now: decide_due(order, merchant, now), due.key, world=world, actor=TIMER_ACTOR
    )
    undone = isinstance(decision, Refused) or _still_due(decision, world.clock.now())
    if undone:
        return await perform(decide_postponement, due.key, world=world, actor=TIMER_ACTOR)
    return decision


def _still_due(decision: Decision, now: datetime) -> bool:
    if not isinstance(decision, Accepted | Unchanged):
        return False
    due = decision.order.due()
    return due is not None and due[0] <= now
