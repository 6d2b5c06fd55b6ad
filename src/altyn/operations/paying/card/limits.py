"""What an attempt that a limit refuses leaves: in the order's history, in the log, in the metrics.

Source: merchant-settings.md §10; docs/decisions/0022-limits-against-card-testing.md.
"""

from dataclasses import replace
from datetime import datetime

import structlog

from altyn.domain.card.attempt_limits import BrokenLimit, Limit, network_of
from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.history import HistoryEvent
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Decision, Refused, Unchanged, accept
from altyn.operations.metrics import ATTEMPTS_LIMITED
from altyn.operations.paying.card.beginning import LimitedAttempt
from altyn.operations.paying.card.steps import PayByCard, Step
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, OrderKey, World

log = structlog.get_logger("altyn.attempt_limits")


def limited_attempt(command: PayByCard, card: PaymentCard) -> LimitedAttempt:
    """What the limits of this attempt are about."""
    return LimitedAttempt(
        merchant_id=command.key.merchant_id,
        fingerprint=card.fingerprint,
        network=network_of(command.payer_address),
    )


def with_limit(decision: Decision, broken: BrokenLimit | None) -> Decision:
    """The decision with the limit that has refused the attempt, for the history."""
    if broken is None or not isinstance(decision, Accepted):
        return decision
    return replace(decision, detail={**decision.detail, **_detail(broken)})


def report(broken: BrokenLimit, order: Order) -> None:
    """Count and log an attempt that a limit has refused."""
    ATTEMPTS_LIMITED.labels(limit=broken.limit.value).inc()
    log.warning(
        "card_attempt_refused",
        order_id=str(order.order_id),
        merchant_id=order.merchant_id,
        limit=broken.limit.value,
        rule=broken.rule,
    )


async def with_exhaustion(step: Step, actor: Actor, world: World) -> Step:
    """The step; where it is refused because no attempts are left, that is recorded."""
    if not isinstance(step, Refused) or step.refusal is not Refusal.ATTEMPTS_EXHAUSTED:
        return step
    if step.order is None:
        return step
    return replace(step, order=await record_exhaustion(step.order, actor, world))


async def record_exhaustion(order: Order, actor: Actor, world: World) -> Order:
    """Record a card payment of an order that has no attempts left; the order as it is then.

    Each is counted and logged, the first one is kept in the history.
    """
    if order.attempts_left:
        return order
    report(_exhausted(order), order)
    key = OrderKey(order.merchant_id, order.order_id)
    decision = await perform(decide_exhaustion, key, world=world, actor=actor, loaded=order)
    return decision.order or order


def decide_exhaustion(order: Order, now: datetime) -> Decision:
    """Keep in the history that an order whose last attempt was declined was to be paid again.

    Unchanged where anything has happened to the order since, so that callers cannot fill its
    history. The order keeps the action code of its last attempt, which its callback has reported.
    """
    declined = order.status is OrderStatus.DECLINED and not order.attempts_left
    last = order.payments[-1] if declined else None
    if not last or (last.action_code, last.answered_at) != (order.action_code, order.changed_at):
        return Unchanged(order)
    broken = _exhausted(order)
    detail = {**_detail(broken), "action_code": broken.action_code}
    return accept(order, HistoryEvent.ATTEMPT_REFUSED, now, detail=detail)


def _exhausted(order: Order) -> BrokenLimit:
    return BrokenLimit(Limit.ORDER, f"attempts to pay one order: at most {order.attempts_max}")


def _detail(broken: BrokenLimit) -> dict[str, str]:
    return {"limit": broken.limit.value, "rule": broken.rule}
