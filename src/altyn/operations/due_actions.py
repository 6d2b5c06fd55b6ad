"""By itself: what an order does when its time comes, by the gateway's clock.

Sessions end, holds are completed or let go. Each is the same decision that a shop could ask for,
so that money moves by one path only.
"""

from datetime import datetime, timedelta
from typing import Final

from altyn.domain.merchant import Merchant
from altyn.domain.order import Due, Order
from altyn.operations.decisions import Accepted, Decision, Refused, Unchanged, accept
from altyn.operations.deposit import Deposit, decide_deposit
from altyn.operations.pay import decide_expiry
from altyn.operations.perform import perform, perform_and_ask
from altyn.operations.ports import TIMER, Actor, DueOrder, World
from altyn.operations.reverse import Reverse, decide_reversal

POSTPONE: Final = timedelta(minutes=1)
POSTPONE_MAX: Final = timedelta(hours=6)
SELF: Final = Actor(name=TIMER)


def decide_due(order: Order, merchant: Merchant, now: datetime) -> Decision:
    """What the order's own clock asks for now; Unchanged when somebody was faster.

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
    """Try again later: the bank is being asked, or said no to letting a hold go.

    In a minute at first, twice as long each time the bank has said no, six hours at last.
    """
    due = order.due()
    if due is None or due[0] > now:
        return Unchanged(order)
    refused = sum(1 for a in order.attempts if a.due is due[1] and not a.in_flight)
    wait = min(POSTPONE * 2 ** min(refused, 10), POSTPONE_MAX)
    return accept(order, "timer_postponed", now, postponed_until=now + wait)


async def run_due_action(due: DueOrder, world: World) -> Decision:
    """Do what is due, and put it off where it could not be done now."""
    merchant = await world.merchants.get(due.key.merchant_id)
    decision = await perform_and_ask(
        lambda order, now: decide_due(order, merchant, now), due.key, world=world, actor=SELF
    )
    undone = isinstance(decision, Refused) or _still_due(decision, world.clock.now())
    if undone:
        return await perform(decide_postponement, due.key, world=world, actor=SELF)
    return decision


def _still_due(decision: Decision, now: datetime) -> bool:
    if not isinstance(decision, Accepted | Unchanged):
        return False
    due = decision.order.due()
    return due is not None and due[0] <= now
