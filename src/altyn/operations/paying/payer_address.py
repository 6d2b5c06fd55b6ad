"""Payer seen: the payer's address is noted when the payment page is opened.

Shops and fraud rules look at it before a card was ever typed. Source: payment-page.md §1.
"""

from datetime import datetime
from typing import Final

from altyn.domain.order import Order
from altyn.operations.decisions import Decision, Unchanged, accept

PAYER_ADDRESS_RECORDED: Final = "payer_seen"


def decide_payer_address(order: Order, ip: str, now: datetime) -> Decision:
    """Record the IP address from which the page was opened; Unchanged when it is not new.

    An order that is over keeps the address it was paid from. While it may still be paid the newest
    address counts, as the first visitor of a link is often a messenger's preview and no payer.
    """
    if not ip or not order.payable or order.payer_ip == ip:
        return Unchanged(order)
    return accept(order, PAYER_ADDRESS_RECORDED, now, payer_ip=ip)
