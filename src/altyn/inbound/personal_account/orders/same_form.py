"""Whether a form that meets a changed order has made that change itself: it was sent twice.

Another form of the same user, of a second tab, has not: its amount or its action is another one.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from altyn.domain.history import HistoryEvent
from altyn.domain.order import Kind, Order
from altyn.inbound.personal_account.orders.actions import (
    CLOSING,
    COMPLETE,
    RETURN,
    REVERSAL,
    OrderAction,
)
from altyn.operations.order_history import OrderEvent

CONFIRMED: Final = "confirmed"
"""The field with the sum that a confirmation has shown, in minor units."""

_KINDS: Final = MappingProxyType(
    {COMPLETE.name: Kind.DEPOSIT, REVERSAL.name: Kind.REVERSE, RETURN.name: Kind.REFUND}
)


def has_made(event: OrderEvent, action: OrderAction, confirmed: str, order: Order) -> bool:
    """Whether the action with the confirmed sum has made this event of the order."""
    made = [
        (each.kind, f"{each.amount_minor}")
        for each in order.attempts
        if each.started_at == event.at and each.kind in _KINDS.values()
    ]
    if action.name in _KINDS:
        return (_KINDS[action.name], confirmed) in made
    return not made and (event.event == HistoryEvent.RECEIPT_CLOSED) == (
        action.name == CLOSING.name
    )
