"""All faults of a cart of an order: those of the document, of the merchant's rules, of the sum.

Source: fiscal.md §7.
"""

from typing import Final

from altyn.domain.cart.faults import CartFault, FaultKind
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.rules import CartRules
from altyn.domain.cart.values import ReadCart

TERMS_SHOWN: Final = 20


def check_cart(
    document: object, rules: CartRules | None, *, amount_minor: int | None
) -> tuple[ReadCart, tuple[CartFault, ...]]:
    """Read the cart of an order of this amount, in minor units; None: any amount.

    The sum is compared where every position could be read. Without rules, as for a cart that is
    stored, only the document and the sum are checked.
    """
    read, faults = read_bundle(document, rules)
    if amount_minor is None or not read.complete:
        return read, faults
    return read, (*faults, *check_sum(read, amount_minor))


def check_sum(cart: ReadCart, amount_minor: int) -> tuple[CartFault, ...]:
    """The fault of a sum that is not the order's amount."""
    if not cart.positions or cart.amount_minor == amount_minor:
        return ()
    sums = " + ".join(str(position.amount_minor) for position in cart.positions[:TERMS_SHOWN])
    more = " + …" if len(cart.positions) > TERMS_SHOWN else ""
    rule = f"but the positions are {sums}{more} = {cart.amount_minor}"
    if len(cart.positions) == 1:
        rule = f"but the only position is {cart.amount_minor}"
    return (CartFault(FaultKind.SUM, "amount", rule, "7 row 4", value=str(amount_minor)),)
