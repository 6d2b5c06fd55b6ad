"""Sends a failed receipt again, after the shop's settings or the payer's contact were corrected.

It is a new receipt of a new version of the order, saved with the history and its outbox entry in
one statement. So it has an id of its own, and the fiscal provider takes it for a new document: the
id of a failed document stays taken there, and would be answered with the failed one for ever. There
are never two receipts for one sum: a receipt is FAILED only when the provider has refused it for
good and registered nothing, its own entry is never sent again, and it is replaced once only
(decision 0014). Source: fiscal.md §9, §14.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from altyn.domain.effects import Effect
from altyn.domain.history import HistoryEvent
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.receipt.contact import Contact, contact_of
from altyn.domain.receipt.content import with_settings
from altyn.domain.receipt.values import Receipt, ReceiptMade, ReceiptState
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Refused, accept
from altyn.operations.fiscal import Receipts
from altyn.operations.ports import Actor, Clock, EffectEntries, OrderKey, Orders
from altyn.operations.receipts import mails_of
from altyn.operations.staff.actors import Right, StaffActor


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendContext:
    """The ports of the operation, and who asks for it."""

    orders: Orders
    receipts: Receipts
    merchant: Callable[[int], Awaitable[Merchant]]
    effects: EffectEntries
    clock: Clock
    actor: StaffActor


async def resend_receipt(
    receipt: Receipt, contact: Contact, context: ResendContext
) -> Receipt | Refused:
    """Make the receipt that stands in the place of a failed one, and have it sent; the new receipt.

    A `contact` that is known replaces that of the failed receipt. Refuses as `decide_resend`.
    Raises NotPermittedError.
    """
    context.actor.require(Right.RESEND_RECEIPTS, receipt.merchant_id)
    key = OrderKey(receipt.merchant_id, receipt.order_id)
    merchant = await context.merchant(receipt.merchant_id)
    while True:
        order = await context.orders.load(key)
        assert order is not None, "a receipt belongs to an order"
        # Read behind the order: each of an older version is there, and a newer one spoils the save.
        known = await context.receipts.of_order(key.merchant_id, key.order_id)
        now = order.not_before_last_change(context.clock.now())
        decision = decide_resend(order, receipt, known, contact, merchant, now)
        if isinstance(decision, Refused):
            return decision
        entries = tuple(
            entry
            for effect in decision.effects
            for entry in context.effects.entries(effect, decision.order, merchant, now)
        )
        made = next(e.receipt for e in decision.effects if isinstance(e, ReceiptMade))
        complete = replace(decision, outbox=entries, receipts=(made,))
        actor = Actor(name=context.actor.name, ip=context.actor.address)
        if await context.orders.save(complete, expected_version=order.version, actor=actor):
            return made


def may_be_resent(receipt: Receipt, known: Sequence[Receipt]) -> bool:
    """Whether the receipt has failed, and none of the order's receipts was sent in its place."""
    return receipt.state is ReceiptState.FAILED and _successor(receipt, known) is None


def decide_resend(
    order: Order,
    receipt: Receipt,
    known: Sequence[Receipt],
    contact: Contact,
    merchant: Merchant,
    now: datetime,
) -> Accepted | Refused:
    """Make the receipt again, with the settings of now where the shop had named no value.

    Sum, quantities and what the shop has sent stay. `known` are the receipts of the order. Refuses
    WRONG_STATUS (the receipt has not failed, or was sent again already), then ACCESS_DENIED (the
    shop has no receipts any more).
    """
    current = next(each for each in known if each.receipt_id == receipt.receipt_id)
    if current.state is not ReceiptState.FAILED:
        rule = f"only a failed receipt is sent again, and this one is {current.state}"
        return Refused(Refusal.WRONG_STATUS, rule)
    if successor := _successor(receipt, known):
        rule = (
            f"it was sent again already, as receipt {successor.receipt_id} ({successor.state}); if "
            "that one has failed, send that one again"
        )
        return Refused(Refusal.WRONG_STATUS, rule)
    fiscal = merchant.settings.fiscal
    if not fiscal.enabled:
        rule = f"{merchant.login} has no fiscal provider: set fiscal.provider"
        return Refused(Refusal.ACCESS_DENIED, rule)
    own = Contact(current.content.email, current.content.phone)
    goes_to = next((each for each in (contact, own) if each.known), None) or contact_of(order)
    content = with_settings(current.content, current.kind, fiscal)
    made = Receipt(
        merchant_id=order.merchant_id,
        order_id=order.order_id,
        version=order.version + 1,
        kind=current.kind,
        content=replace(
            content, email=goes_to.email, phone=goes_to.phone, replaces=receipt.receipt_id
        ),
        created_at=now,
        provider=fiscal.provider.value,
    )
    detail = {"failed": str(receipt.receipt_id), "receipt": str(made.receipt_id)}
    effects: tuple[Effect, ...] = (ReceiptMade(made), *mails_of(made, order, merchant))
    return accept(order, HistoryEvent.RECEIPT_RESENT, now, effects=effects, detail=detail)


def _successor(receipt: Receipt, known: Sequence[Receipt]) -> Receipt | None:
    """The receipt that was sent in the place of this one."""
    return next((each for each in known if each.content.replaces == receipt.receipt_id), None)
