"""Pay a sum of the merchant to a card, in one call: the card is named by its number, or stored.

The order is saved before the bank is asked. A process that dies in between leaves an order without
an attempt; no money moves then, its number is taken, and its session ends as that of every order.
Source: rest-orders.md §3.7; docs/decisions/0023-payouts.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from altyn.domain.card.attempt_limits import BrokenLimit
from altyn.domain.card.payment_card import PaymentCard
from altyn.domain.card.values import Cvc, Expiry, Pan, payment_system
from altyn.domain.lifecycle import OrderStatus
from altyn.domain.merchant import Merchant, Permission
from altyn.domain.notes import Notes
from altyn.domain.order import Order, OrderRequest
from altyn.domain.order_id import new_order_id, new_order_number
from altyn.domain.refusals import Refusal
from altyn.operations.bindings.lookup import active_binding, pan_of
from altyn.operations.decisions import Accepted, Decision, Refused
from altyn.operations.history import notes_detail
from altyn.operations.paying.card.beginning import Beginning, LimitedAttempt
from altyn.operations.paying.card.limits import report, with_limit
from altyn.operations.paying.card.ports import CardDetails
from altyn.operations.paying.card.refusals import refuse_card
from altyn.operations.payout import PayoutRequest, decide_failed_payout, decide_payout
from altyn.operations.perform import ask_if_decided, perform
from altyn.operations.ports import Actor, OrderKey, World
from altyn.operations.results import PaidOut
from altyn.protocol.payment_ways import PaymentWay

ATTEMPTS: Final = 1
GENERATED_NUMBER_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOut:
    """A payout to a card: its number, expiry and holder, or `binding_id` of a stored card.

    Amount: minor units. The CVC may be missing; it is kept for this call only. `more` is only
    stored with the order. `notes` are about what of the request has no effect; the order's history
    keeps them.
    """

    amount_minor: int
    actor: Actor
    order_number: str | None = None
    currency: str | None = None
    description: str | None = None
    language: str | None = None
    pan: Pan | None = None
    expiry: Expiry | None = None
    cvc: Cvc | None = None
    holder: str = ""
    binding_id: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    notes: Notes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receiver:
    """The card that gets the sum; `binding_id` and `client_id` are those of a stored card."""

    pan: Pan
    expiry: Expiry
    holder: str
    binding_id: UUID | None = None
    client_id: str | None = None

    def kept(self, fingerprint: str) -> PaymentCard:
        """What is kept of the card."""
        system = payment_system(self.pan)
        return PaymentCard(
            masked_pan=self.pan.masked,
            expiry=self.expiry.wire,
            holder=self.holder,
            fingerprint=fingerprint,
            system=system.value if system else None,
            binding_id=self.binding_id,
        )


async def pay_out(command: PayOut, merchant: Merchant, world: World) -> PaidOut | Refused:
    """Register the order of a payout, and ask the bank to pay it out.

    The card is checked before the order is saved, so that a refused card takes no order number. A
    payout that the bank or a limit against card testing refuses ends the order as declined.
    Refuses: CARD_AMBIGUOUS (a card and a stored card), ACCESS_DENIED (a stored card without the
    permission bindings), BINDING_UNKNOWN, PAN_NOT_A_TEST_CARD, CARD_EXPIRED, ORDER_NUMBER_TAKEN,
    SESSION_OVER (the order has ended meanwhile), BUSY.
    Raises ResultUnknown when the database is lost after the bank was asked.
    """
    receiver = await _receiver(command, merchant, world)
    if isinstance(receiver, Refused):
        return receiver
    if refused := refuse_card(receiver.pan, receiver.expiry, world):
        return refused
    order = await _register(command, receiver, merchant, world)
    if isinstance(order, Refused):
        return order
    fingerprint = world.card.vault.fingerprint(merchant.merchant_id, receiver.pan)
    attempt = LimitedAttempt(
        merchant_id=merchant.merchant_id, fingerprint=fingerprint, network=None
    )
    with world.card.limiter.begin(attempt) as beginning:
        return await _begin(order, command, receiver, merchant, world, beginning)


async def _begin(
    order: Order,
    command: PayOut,
    receiver: _Receiver,
    merchant: Merchant,
    world: World,
    beginning: Beginning,
) -> PaidOut | Refused:
    """Save the attempt, then ask the bank; or save why the bank is not asked."""
    broken = await world.card.limiter.broken_limit(beginning, merchant, world.clock.now())
    code = broken.action_code if broken else await _check(command, receiver, world)
    way = PaymentWay.CARD_BINDING if receiver.binding_id else PaymentWay.CARD
    request = PayoutRequest(
        payment_way=way.value, card=receiver.kept(beginning.attempt.fingerprint)
    )

    def decide(order: Order, now: datetime) -> Decision:
        if code is None:
            return decide_payout(order, request, now)
        return with_limit(decide_failed_payout(order, request, code, now), broken)

    key = OrderKey(order.merchant_id, order.order_id)
    beginning.saving()
    decision = await perform(decide, key, world=world, actor=command.actor, loaded=order)
    beginning.end()
    _report(broken, decision)
    details = CardDetails(pan=receiver.pan, cvc=command.cvc)
    decision = await ask_if_decided(
        decision, key, world=world, actor=command.actor, details=details
    )
    return decision if isinstance(decision, Refused) else PaidOut(decision.order)


async def _check(command: PayOut, receiver: _Receiver, world: World) -> int | None:
    return await world.card.checks.check(receiver.pan, receiver.expiry, command.cvc)


def _report(broken: BrokenLimit | None, decision: Decision) -> None:
    if broken and isinstance(decision, Accepted):
        report(broken, decision.order)


async def _receiver(command: PayOut, merchant: Merchant, world: World) -> _Receiver | Refused:
    """The card of the command."""
    if command.binding_id is None:
        assert command.pan is not None, "the table demands a card or a stored card"
        assert command.expiry is not None, "the table demands the expiry of a card"
        return _Receiver(pan=command.pan, expiry=command.expiry, holder=command.holder)
    if command.pan or command.expiry or command.holder:
        rule = "send either a card (pan, expiry, cardholderName) or a stored card, not both"
        return Refused(Refusal.CARD_AMBIGUOUS, rule, parameter="binding_id")
    if not merchant.may(Permission.BINDINGS):
        rule = f"permission {Permission.BINDINGS} is off"
        return Refused(Refusal.ACCESS_DENIED, rule, parameter="binding_id")
    binding = await active_binding(command.binding_id, merchant.merchant_id, world)
    if isinstance(binding, Refused):
        return binding
    pan = await pan_of(binding, world)
    if isinstance(pan, Refused):
        return pan
    return _Receiver(
        pan=pan,
        expiry=Expiry.parse(binding.expiry),
        holder=binding.holder,
        binding_id=binding.binding_id,
        client_id=binding.client_id,
    )


async def _register(
    command: PayOut, receiver: _Receiver, merchant: Merchant, world: World
) -> Order | Refused:
    """Save the order of the payout; its number is unique per merchant."""
    for _ in range(GENERATED_NUMBER_ATTEMPTS):
        order = _order(command, receiver, merchant, world.clock.now())
        if await world.orders.register(order, command.actor, notes_detail(command.notes)):
            return order
        if command.order_number is not None:
            taken = f"order number {command.order_number} is taken"
            rule = f"{taken}; a repeated call pays out nothing: ask for the order's status"
            return Refused(Refusal.ORDER_NUMBER_TAKEN, rule, parameter="order_number")
    return Refused(Refusal.SYSTEM_ERROR, "no free order number was found")


def _order(command: PayOut, receiver: _Receiver, merchant: Merchant, now: datetime) -> Order:
    settings = merchant.settings
    return Order(
        merchant_id=merchant.merchant_id,
        order_id=new_order_id(now, merchant.merchant_id),
        order_number=command.order_number or new_order_number(now),
        version=1,
        status=OrderStatus.CREATED,
        currency=command.currency or settings.default_currency,
        amount_minor=command.amount_minor,
        two_phase=False,
        attempts_max=ATTEMPTS,
        created_at=now,
        expires_at=now + timedelta(seconds=settings.session_timeout_seconds),
        hold_days=settings.hold_days,
        request=OrderRequest(
            description=command.description,
            language=command.language or settings.default_language,
            client_id=receiver.client_id,
            terminal=settings.terminal,
            more=command.more,
            payout=True,
        ),
    )
