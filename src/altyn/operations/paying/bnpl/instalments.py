"""The later parts of a payment: the service charges each on its day, and the history shows it.

The shop is not concerned: its sums, its status answers and its callbacks do not change.
Source: bnpl.md §7.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from altyn.domain.history import HistoryEvent
from altyn.domain.instalments import PLAN, plan_text
from altyn.domain.order import Order
from altyn.operations.connector import payment_key
from altyn.operations.decisions import Decision, Unchanged, accept
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, OrderKey, World
from altyn.protocol.acquiring import AcquirerOutcome
from altyn.protocol.bnpl import PartsOperation, PartsRequest, PartsResponse

ACTOR = Actor(name="instalments")


class ChargeResult(StrEnum):
    """What became of charging a part."""

    CHARGED = "charged"
    DECLINED = "declined"
    NOT_OWED = "not_owed"  # refunds or a reversal have ended it, or it was charged before
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeInstalment:
    """One try to charge a part: `number` of the part, `attempt` counts the tries from 1."""

    key: OrderKey
    number: int
    attempt: int


async def charge_instalment(command: ChargeInstalment, world: World) -> ChargeResult:
    """Have a later part charged, and keep the result in the order's history, once for each try.

    The same try is carried out once by the service, however often it is repeated. UNKNOWN: the
    service has not answered, or this gateway has no such service.
    """
    order = await world.orders.load(command.key)
    paid = order.authorisation if order else None
    if order is None or paid is None:
        return ChargeResult.NOT_OWED
    if world.parts is None:
        return ChargeResult.UNKNOWN
    paid_key = payment_key(order.order_id, paid.number)
    response = await world.parts.ask(
        PartsRequest(
            key=f"{paid_key}:{command.number}:{command.attempt}",
            operation=PartsOperation.CHARGE,
            original_key=paid_key,
            part=command.number,
        )
    )
    result = _result(command, response)
    if result in {ChargeResult.CHARGED, ChargeResult.DECLINED}:

        def decide(order: Order, now: datetime) -> Decision:
            return _recorded(order, command, response, result, now)

        await perform(decide, command.key, world=world, actor=ACTOR, loaded=order)
    return result


def _result(command: ChargeInstalment, response: PartsResponse) -> ChargeResult:
    match response.outcome:
        case AcquirerOutcome.APPROVED:
            return ChargeResult.CHARGED
        case AcquirerOutcome.DECLINED:
            return ChargeResult.DECLINED
        case AcquirerOutcome.NOT_SENT:
            part = response.plan.part(command.number) if response.plan else None
            charged = part is not None and part.charged_minor
            return ChargeResult.CHARGED if charged else ChargeResult.NOT_OWED
        case _:
            return ChargeResult.UNKNOWN


def _recorded(
    order: Order,
    command: ChargeInstalment,
    response: PartsResponse,
    result: ChargeResult,
    now: datetime,
) -> Decision:
    """The event of the order's history; Unchanged when it is there. The payment keeps the plan."""
    paid = order.authorisation
    assert paid is not None, "parts are charged of a payment that was approved"
    name = f"instalment_{command.number}"
    text = result.value if result is ChargeResult.CHARGED else f"{result} {command.attempt}"
    if paid.details.get(name) in {text, ChargeResult.CHARGED}:
        return Unchanged(order, paid.number)
    plan = {PLAN: plan_text(response.plan)} if response.plan else {}
    detail = {"part": command.number, "attempt": command.attempt}
    if response.amount_minor:
        detail["amount_minor"] = response.amount_minor
    if response.action_code:
        detail["action_code"] = response.action_code
    return accept(
        order,
        HistoryEvent(f"instalment_{result}"),
        now,
        attempt=replace(paid, details={**paid.details, **plan, name: text}),
        detail=detail,
    )
