"""Load, decide, save: the one way in which an order changes.

The save carries the version that was loaded. If another change was saved first, the order is loaded
and decided again, so PostgreSQL never waits for Python and Python never holds a lock. A connector
is asked between two saves: the attempt is stored as *asked*, a second decision saves the outcome.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from altyn.domain.order import Attempt, Kind, Order
from altyn.domain.receipt.values import ReceiptMade
from altyn.domain.refusals import Refusal
from altyn.operations.bindings.made import with_bindings
from altyn.operations.connector import Connector, ConnectorResponse, Payment, payment_key
from altyn.operations.decisions import Accepted, Busy, Decision, Refused
from altyn.operations.metrics import RACES_ABANDONED, RACES_LOST
from altyn.operations.payer_mails import payer_mails
from altyn.operations.paying.settlement import settle
from altyn.operations.ports import (
    Actor,
    ChangeWorld,
    OrderKey,
    Overloaded,
    ResultUnknown,
    World,
)
from altyn.operations.receipts import made_effects

PAUSES_SECONDS: Final = (0.01, 0.02, 0.04, 0.08, *(0.15,) * 30)
"""How long a request waits for a connector's answer to another one about the same order: 5 s."""

RACES_MAX: Final = 500
"""How often a decision is made again because another change of the order was saved first."""

FIRST: Final = frozenset({Kind.PAY, Kind.PAYOUT})
"""The kinds of attempts that no approved payment comes before: the connector begins them."""

Decide = Callable[[Order, datetime], Decision]


async def perform(
    decide: Decide, key: OrderKey, *, world: ChangeWorld, actor: Actor, loaded: Order | None = None
) -> Decision:
    """Apply a decision to an order.

    Order, history, postings and outbox rows are saved by one statement or not at all. `loaded` is
    the order as the caller has just loaded it, which saves one load; it may be out of date.
    Refuses: ORDER_UNKNOWN, then whatever `decide` refuses, then BUSY when a connector is still
    being asked about the order after about five seconds, or when RACES_MAX races were lost.
    """
    pauses, races = iter(PAUSES_SECONDS), 0
    order = loaded
    while True:
        order = order or await world.orders.load(key)
        if order is None:
            return Refused(Refusal.ORDER_UNKNOWN, f"no order {key.order_id} of this merchant")
        decision = decide(order, order.not_before_last_change(world.clock.now()))
        match decision:
            case Accepted():
                complete = await _with_outbox(decision, world)
                if await world.orders.save(complete, expected_version=order.version, actor=actor):
                    return complete
                races += 1
                RACES_LOST.inc()
                if races >= RACES_MAX:
                    RACES_ABANDONED.inc()
                    return Refused(Refusal.BUSY, f"{races} other changes were faster", order)
            case Busy():
                pause = next(pauses, None)
                if pause is None:
                    return Refused(Refusal.BUSY, "the bank has not answered yet", order)
                await world.sleep(pause)
            case _:
                return decision
        order = None


async def perform_and_ask(
    decide: Decide,
    key: OrderKey,
    *,
    world: World,
    actor: Actor,
    details: object | None = None,
    loaded: Order | None = None,
) -> Decision:
    """`perform`; where the decision asks a connector, send the request and settle the response.

    `details` is what the way to pay needs to begin a payment.
    Raises ResultUnknown when the database is lost after the request was saved.
    """
    decision = await perform(decide, key, world=world, actor=actor, loaded=loaded)
    return await ask_if_decided(decision, key, world=world, actor=actor, details=details)


async def ask_if_decided(
    decision: Decision, key: OrderKey, *, world: World, actor: Actor, details: object | None = None
) -> Decision:
    """The second half of `perform_and_ask`, for a decision that is saved."""
    if not isinstance(decision, Accepted) or decision.ask is None:
        return decision
    order = decision.order
    attempt = order.attempt(decision.ask)
    try:
        response = await _ask(order, attempt, world, details)
        return await settle_response(
            key, attempt.number, response, world=world, actor=actor, loaded=order
        )
    except Overloaded as error:
        # "Busy" would invite the caller to repeat what the connector may have carried out.
        raise ResultUnknown("the outcome could not be saved; it is inquired about later") from error


async def settle_response(
    key: OrderKey,
    number: int,
    response: ConnectorResponse,
    *,
    world: World,
    actor: Actor,
    loaded: Order | None = None,
) -> Decision:
    """Save the outcome of one attempt; nothing changes when it was saved before."""
    return await perform(
        lambda order, now: settle(order, number, response, now),
        key,
        world=world,
        actor=actor,
        loaded=loaded,
    )


async def inquire(order: Order, attempt: Attempt, *, world: World, actor: Actor) -> Decision:
    """Ask the connector what became of an attempt, and settle the response."""
    payment = await payment_of(order, attempt, world)
    response = await _connector(payment, world).inquire(payment)
    key = OrderKey(order.merchant_id, order.order_id)
    return await settle_response(
        key, attempt.number, response, world=world, actor=actor, loaded=order
    )


async def payment_of(order: Order, attempt: Attempt, world: World) -> Payment:
    """The request to a connector that an attempt stands for."""
    payment = Payment(
        key=payment_key(order.order_id, attempt.number),
        order=order,
        merchant=await world.merchants.get(order.merchant_id),
        attempt=attempt,
    )
    if attempt.kind in FIRST:
        return payment
    approved = order.authorisation
    assert approved is not None, "money can only follow an approved payment"
    approved_key = payment_key(order.order_id, approved.number)
    return replace(payment, approved=approved, approved_key=approved_key)


async def _ask(
    order: Order, attempt: Attempt, world: World, details: object | None
) -> ConnectorResponse:
    payment = await payment_of(order, attempt, world)
    connector = _connector(payment, world)
    if attempt.kind in FIRST:
        return await connector.begin(payment, details)
    send: dict[Kind, Callable[[Payment], Awaitable[ConnectorResponse]]] = {
        Kind.DEPOSIT: connector.deposit,
        Kind.REVERSE: connector.reverse,
        Kind.REFUND: connector.refund,
    }
    return await send[attempt.kind](payment)


def _connector(payment: Payment, world: World) -> Connector:
    """The connector of the payment: for later requests, the one that took it."""
    paid = payment.approved or payment.attempt
    assert paid.payment_way is not None, "every payment attempt names its way"
    return world.ways.connector(paid.payment_way)


async def _with_outbox(accepted: Accepted, world: ChangeWorld) -> Accepted:
    """The decision with the receipts and outbox rows that its effects come to for this merchant."""
    if not accepted.effects:
        return accepted
    merchant = await world.merchants.get(accepted.order.merchant_id)
    accepted = await with_bindings(accepted, merchant, world)
    made = (
        *made_effects(accepted.effects, accepted.order, merchant, accepted.at),
        *payer_mails(accepted.effects, accepted.order, merchant),
    )
    entries = tuple(
        entry
        for effect in made
        for entry in world.effects.entries(effect, accepted.order, merchant, accepted.at)
    )
    receipts = tuple(effect.receipt for effect in made if isinstance(effect, ReceiptMade))
    return replace(accepted, outbox=(*accepted.outbox, *entries), receipts=receipts)
