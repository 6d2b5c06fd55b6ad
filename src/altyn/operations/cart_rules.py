"""The rules of a cart as a refusal: the first fault names the code, the rule tells of all of them.

Source: fiscal.md §7, §8.
"""

from collections.abc import Sequence
from typing import Final

from altyn.domain.cart.checks import check_against_order
from altyn.domain.cart.document import Cart
from altyn.domain.cart.faults import CartFault, first_fault
from altyn.domain.cart.parts import Part, read_parts, whole
from altyn.domain.cart.plain import is_plain
from altyn.domain.cart.reading import read_bundle
from altyn.domain.cart.values import Position
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused

FAULTS_SHOWN: Final = 5
NO_ITEMS: Final[tuple[object, ...]] = ([], {}, {"items": []})


def refuse_cart(cart: Cart, *, amount_minor: int, currency: str) -> Refused | None:
    """Why an order of this amount cannot have this cart; None when it can.

    Refuses by kind: CART_FORMAT, CART_MANDATORY, CART_CURRENCY, CART_SUM, CART_QUANTITY.
    """
    if is_plain(cart, amount_minor=amount_minor, currency=currency):
        return None
    read, faults = read_bundle(cart.document)
    faults = faults or check_against_order(read, amount_minor=amount_minor, currency=currency)
    return refusal_of(faults, parameter="order_bundle") if faults else None


def parts_of(
    items: object,
    left: Sequence[Position],
    *,
    amount_minor: int,
    whole_minor: int,
    parameter: str,
) -> tuple[Part, ...] | Refused:
    """The positions that a deposit or a refund of this amount is about.

    `left` are the positions that it may take, `whole_minor` is their sum. Without items, or with
    an empty list of them, the whole is taken. An order without a cart has no parts. `parameter`
    is the parameter of the items.
    Refuses: CART_MANDATORY (a part of the sum without items), CART_FORMAT, CART_SUM, CART_QUANTITY.
    Source: fiscal.md §8.
    """
    if items in NO_ITEMS:
        items = None
    if not left:
        if items is None:
            return ()
        rule = "the order has no cart, or nothing of it is left"
        return Refused(Refusal.CART_FORMAT, rule, parameter="items")
    if items is None:
        if amount_minor == whole_minor:
            return whole(left)
        rule = f"the order has a cart: {parameter} has to name the positions of {amount_minor}"
        return Refused(Refusal.CART_MANDATORY, rule, parameter="items")
    parts, faults = read_parts(items, left, amount_minor=amount_minor, name=parameter)
    return refusal_of(faults, parameter="items") if faults else parts


def refusal_of(faults: Sequence[CartFault], *, parameter: str) -> Refused:
    """The refusal of a cart with these faults: the first one first, then the rest."""
    first = first_fault(faults)
    rest = [fault for fault in faults if fault is not first]
    texts = [f"{fault.text} (fiscal.md §{fault.section})" for fault in (first, *rest)]
    rule = "; ".join(texts[:FAULTS_SHOWN])
    if len(texts) > FAULTS_SHOWN:
        rule += f"; and {len(texts) - FAULTS_SHOWN} more faults"
    return Refused(Refusal(first.kind.value), rule, parameter=parameter)
