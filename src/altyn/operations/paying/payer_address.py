"""Saves the payer's address when the payment page is opened.

Shops and fraud rules use it before a card is typed. Source: payment-page.md §1.
"""

from datetime import datetime

from altyn.domain.history import HistoryEvent
from altyn.domain.order import Order
from altyn.operations.decisions import Decision, Unchanged, accept
from altyn.operations.perform import perform
from altyn.operations.ports import Actor, OrderKey, World


def decide_payer_address(order: Order, ip: str, now: datetime) -> Decision:
    """Record the IP address from which the page was opened; Unchanged when it is not new.

    An order that is over keeps the address it was paid from. While it may still be paid the newest
    address counts, as the first visitor of a link is often a messenger's preview and no payer.
    """
    if not ip or not order.payable or order.payer_ip == ip:
        return Unchanged(order)
    return accept(order, HistoryEvent.PAYER_SEEN, now, payer_ip=ip)


async def record_payer_address(order: Order, actor: Actor, world: World) -> Order:
    """The order with the address of this payer. An address that is not new costs no save."""
    decision = await perform(
        lambda order, now: decide_payer_address(order, actor.ip, now),
        OrderKey(order.merchant_id, order.order_id),
        world=world,
        actor=actor,
        loaded=order,
    )
    return decision.order or order
