"""Load, decide, save: the one way an order changes.

The save carries the version that was loaded, and a lost race loads and decides again, so
PostgreSQL never waits for Python and Python never holds a lock. The bank is asked between two
saves: the attempt is stored as *asked*, and the answer is saved by a second decision.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from altyn.domain.card.values import Cvc, Pan
from altyn.domain.merchant import Permission
from altyn.domain.order import Attempt, Kind, Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Busy, Decision, Refused
from altyn.operations.ports import Actor, OrderKey, World
from altyn.operations.settlement import settle
from altyn.protocol.acquiring import AcquirerOperation, AcquirerRequest, AcquirerResponse

PAUSES_SECONDS: Final = (0.01, 0.02, 0.04, 0.08, *(0.15,) * 30)
"""How long a request waits for the bank to answer another one about the same order: ~5 s in all."""

Decide = Callable[[Order, datetime], Decision]


async def perform(decide: Decide, key: OrderKey, *, world: World, actor: Actor) -> Decision:
    """Apply a decision to an order.

    Order, history, postings and outbox rows are saved by one statement or not at all.
    Refuses: ORDER_UNKNOWN, then whatever `decide` refuses, then BUSY when the bank is still being
    asked about the order after about five seconds.
    """
    pauses = iter(PAUSES_SECONDS)
    while True:
        order = await world.orders.load(key)
        if order is None:
            return Refused(Refusal.ORDER_UNKNOWN, f"no order {key.order_id} of this merchant")
        decision = decide(order, order.not_before_last_change(world.clock.now()))
        match decision:
            case Accepted():
                complete = await _with_outbox(decision, world)
                if await world.orders.save(complete, expected_version=order.version, actor=actor):
                    return complete
            case Busy():
                pause = next(pauses, None)
                if pause is None:
                    return Refused(Refusal.BUSY, "the bank has not answered yet", order)
                await world.sleep(pause)
            case _:
                return decision


async def perform_and_ask(
    decide: Decide,
    key: OrderKey,
    *,
    world: World,
    actor: Actor,
    pan: Pan | None = None,
    cvc: Cvc | None = None,
) -> Decision:
    """`perform`, and when the decision is a question to the bank, ask it and settle the answer."""
    decision = await perform(decide, key, world=world, actor=actor)
    if not isinstance(decision, Accepted) or decision.ask is None:
        return decision
    order = decision.order
    attempt = order.attempt(decision.ask)
    question = await _question(order, attempt, world, pan=pan, cvc=cvc)
    reply = await world.acquirer.ask(question)
    return await settle_reply(key, attempt.number, reply, world=world, actor=actor)


async def settle_reply(
    key: OrderKey, number: int, reply: AcquirerResponse, *, world: World, actor: Actor
) -> Decision:
    """Save what the bank answered about one attempt; harmless when it is saved already."""
    return await perform(
        lambda order, now: settle(order, number, reply, now), key, world=world, actor=actor
    )


async def inquire(order: Order, attempt: Attempt, *, world: World, actor: Actor) -> Decision:
    """Ask the bank what became of an attempt, and settle it."""
    asked = await _question(order, attempt, world, pan=None, cvc=None)
    inquiry = replace(asked, operation=AcquirerOperation.INQUIRE)
    reply = await world.acquirer.ask(inquiry)
    key = OrderKey(order.merchant_id, order.order_id)
    return await settle_reply(key, attempt.number, reply, world=world, actor=actor)


def attempt_key(order: Order, number: int) -> str:
    """The idempotency key under which the bank knows an attempt."""
    return f"{order.order_id.hex}-{number}"


STATEMENT_CHARS: Final = 24

ASKS: Final = {
    Kind.PAY: AcquirerOperation.AUTHORISE,
    Kind.DEPOSIT: AcquirerOperation.DEPOSIT,
    Kind.REVERSE: AcquirerOperation.REVERSE,
    Kind.REFUND: AcquirerOperation.REFUND,
}


async def _question(
    order: Order, attempt: Attempt, world: World, *, pan: Pan | None, cvc: Cvc | None
) -> AcquirerRequest:
    """The question that an attempt stands for. Only a payment carries a card."""
    merchant = await world.merchants.get(order.merchant_id)
    question = AcquirerRequest(
        key=attempt_key(order, attempt.number),
        operation=ASKS[attempt.kind],
        merchant=merchant.login,
        terminal=order.request.terminal or merchant.settings.terminal,
        amount_minor=attempt.amount_minor,
        currency=order.currency,
    )
    if attempt.kind is not Kind.PAY:
        authorised = order.authorisation
        assert authorised is not None, "money can only follow an approved authorisation"
        return replace(question, original_key=attempt_key(order, authorised.number))
    proof, card = attempt.authentication, attempt.card
    checks_address = merchant.may(Permission.AVS_REQUIRED)
    billing = order.request.payer_data.get("billingPayerData", {}) if checks_address else {}
    return replace(
        question,
        pan=pan,
        expiry=card.expiry if card else None,
        cvc=cvc,
        eci=proof.eci if proof else None,
        cavv=proof.cavv if proof else None,
        xid=proof.xid if proof else None,
        verify_only=order.request.has("VERIFY"),
        deposit_at_once=not order.two_phase,
        order_number=order.order_number,
        description=_for_the_statement(order.request.description),
        address=billing.get("billingAddressLine1"),
        postal_code=billing.get("billingPostalCode"),
    )


def _for_the_statement(description: str | None) -> str | None:
    """What the payer's bank may print: 24 characters, without %, + and line ends (004)."""
    if not description:
        return None
    return re.sub(r"[%+\r\n]", " ", description)[:STATEMENT_CHARS]


async def _with_outbox(accepted: Accepted, world: World) -> Accepted:
    """The decision with the outbox rows that its effects come to for this merchant."""
    if not accepted.effects:
        return accepted
    merchant = await world.merchants.get(accepted.order.merchant_id)
    entries = (
        entry
        for effect in accepted.effects
        for entry in world.effects.entries(effect, accepted.order, merchant, accepted.at)
    )
    return replace(accepted, outbox=tuple(entries))
