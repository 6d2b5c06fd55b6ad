"""What of an order's cart was deposited, and what of it may still be returned.

Source: fiscal.md §8.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.document import CARTS_REMEMBERED, Cart
from altyn.domain.cart.faults import CartFault
from altyn.domain.cart.parts import left_of, taken_positions
from altyn.domain.cart.values import Customer, Position, ReadCart
from altyn.domain.order import Attempt, AttemptState, Kind, Order


def cart_positions(order: Order) -> tuple[Position, ...]:
    """The positions of the registered cart; none for an order without one.

    A cart with faults has none either: it was stored before carts were checked.
    """
    return _cart_of(order).positions


def cart_faults(order: Order) -> tuple[CartFault, ...]:
    """The faults of a cart that was stored before carts were checked; none of any other."""
    cart = order.request.order_bundle
    return _read(cart.text, order.amount_minor)[1] if cart is not None else ()


def cart_customer(order: Order) -> Customer:
    """The customer of the registered cart; an empty one when there is none."""
    return _cart_of(order).customer


def cart_receipt_params(order: Order) -> Mapping[str, str]:
    """What the registered cart says of the whole receipt, by the keys of fiscal.md §6."""
    return _cart_of(order).receipt


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


def kept_positions(order: Order) -> tuple[Position, ...]:
    """What the merchant has: the deposited positions without what was returned.

    A refund in flight returns nothing yet: the bank may decline it. After refunds by sum the
    positions may amount to more than the merchant has.
    """
    if not order.left_minor:
        return ()
    refunds = (a for a in _refunds(order) if a.state is AttemptState.APPROVED)
    return left_of(deposited_positions(order), (part for a in refunds for part in a.parts))


def kept_amounts(order: Order) -> dict[str, int]:
    """The amount of each position that the merchant has, in minor units."""
    return {position.position_id: position.amount_minor for position in kept_positions(order)}


def _refunds(order: Order) -> Iterator[Attempt]:
    return (a for a in order.attempts if a.kind is Kind.REFUND)


def _cart_of(order: Order) -> ReadCart:
    cart = order.request.order_bundle
    return _read(cart.text, order.amount_minor)[0] if cart is not None else ReadCart()


@lru_cache(maxsize=CARTS_REMEMBERED)
def _read(text: str, amount_minor: int) -> tuple[ReadCart, tuple[CartFault, ...]]:
    """The cart of an order of this amount, without positions if it has faults; and its faults."""
    read, faults = check_cart(Cart(text).document, None, amount_minor=amount_minor)
    return (replace(read, positions=()) if faults else read), faults
