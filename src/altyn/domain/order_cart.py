"""What of an order's cart was deposited, and what of it may still be returned.

Source: fiscal.md §8.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from altyn.domain.cart.document import Cart
from altyn.domain.cart.parts import left_of, taken_positions
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.values import Position
from altyn.domain.order import Attempt, AttemptState, Kind, Order

CARTS_REMEMBERED: Final = 64


def cart_positions(order: Order) -> tuple[Position, ...]:
    """The positions of the registered cart; none for an order without one."""
    cart = order.request.order_bundle
    return _positions(cart.text) if cart is not None else ()


def deposited_positions(order: Order) -> tuple[Position, ...]:
    """The positions that were deposited: those of the completion, or the whole cart."""
    registered = cart_positions(order)
    deposits = (a for a in order.attempts if a.kind is Kind.DEPOSIT)
    parts = next((a.parts for a in deposits if a.state is AttemptState.APPROVED), ())
    return taken_positions(registered, parts) if parts else registered


def returnable_positions(order: Order) -> tuple[Position, ...]:
    """The deposited positions without what was refunded; refunds in flight are reserved."""
    refunds = (a for a in _refunds(order) if a.in_flight or a.state is AttemptState.APPROVED)
    return left_of(deposited_positions(order), (part for a in refunds for part in a.parts))


def kept_amounts(order: Order) -> dict[str, int]:
    """What the merchant has of each position, in minor units: deposited, and not refunded."""
    if not order.left_minor:
        return {}
    refunds = (a for a in _refunds(order) if a.state is AttemptState.APPROVED)
    left = left_of(deposited_positions(order), (part for a in refunds for part in a.parts))
    return {position.position_id: position.amount_minor for position in left}


def _refunds(order: Order) -> Iterator[Attempt]:
    return (a for a in order.attempts if a.kind is Kind.REFUND)


@lru_cache(maxsize=CARTS_REMEMBERED)
def _positions(text: str) -> tuple[Position, ...]:
    """The positions of a cart's text; none for a cart that was stored unchecked and has faults."""
    read, faults = read_bundle(Cart(text).document)
    return () if faults else read.positions
