"""What of an order's cart was deposited, and what of it may still be returned.

Source: fiscal.md §8.
"""

from functools import lru_cache
from typing import Final

from altyn.domain.cart.document import Cart
from altyn.domain.cart.parts import left_of, taken_positions
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.values import Customer, Position
from altyn.domain.order import AttemptState, Kind, Order

CARTS_REMEMBERED: Final = 64


def cart_positions(order: Order) -> tuple[Position, ...]:
    """The positions of the registered cart; none for an order without one."""
    cart = order.request.order_bundle
    return _read(cart.text)[0] if cart is not None else ()


def cart_customer(order: Order) -> Customer:
    """The customer of the registered cart; an empty one when there is none."""
    cart = order.request.order_bundle
    return _read(cart.text)[1] if cart is not None else Customer()


def deposited_positions(order: Order) -> tuple[Position, ...]:
    """The positions that were deposited: those of the completion, or the whole cart."""
    registered = cart_positions(order)
    deposits = (a for a in order.attempts if a.kind is Kind.DEPOSIT)
    parts = next((a.parts for a in deposits if a.state is AttemptState.APPROVED), ())
    return taken_positions(registered, parts) if parts else registered


def returnable_positions(order: Order) -> tuple[Position, ...]:
    """The deposited positions without what was refunded; refunds in flight are reserved."""
    refunds = (
        a
        for a in order.attempts
        if a.kind is Kind.REFUND and (a.in_flight or a.state is AttemptState.APPROVED)
    )
    return left_of(deposited_positions(order), (part for a in refunds for part in a.parts))


@lru_cache(maxsize=CARTS_REMEMBERED)
def _read(text: str) -> tuple[tuple[Position, ...], Customer]:
    """The positions of a cart's text and its customer.

    No positions for a cart that was stored unchecked and has faults.
    """
    read, faults = read_bundle(Cart(text).document)
    return () if faults else read.positions, read.customer
