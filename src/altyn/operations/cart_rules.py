"""The rules of a cart as a refusal: the first fault names the code, the rule tells of all of them.

Source: fiscal.md §7, §8.
"""

from collections.abc import Sequence
from typing import Final

from altyn.domain.cart.checks import check_against_order
from altyn.domain.cart.document import Cart
from altyn.domain.cart.faults import CartFault, first_fault
from altyn.domain.cart.reading import read_bundle
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused

FAULTS_SHOWN: Final = 5


def refuse_cart(cart: Cart, *, amount_minor: int, currency: str) -> Refused | None:
    """Why an order of this amount cannot have this cart; None when it can.

    Refuses by kind: CART_FORMAT, CART_MANDATORY, CART_CURRENCY, CART_SUM, CART_QUANTITY.
    """
    read, faults = read_bundle(cart.document)
    faults = faults or check_against_order(read, amount_minor=amount_minor, currency=currency)
    return refusal_of(faults, parameter="order_bundle") if faults else None


def refusal_of(faults: Sequence[CartFault], *, parameter: str) -> Refused:
    """The refusal of a cart with these faults: the first one first, then the rest."""
    first = first_fault(faults)
    rest = [fault for fault in faults if fault is not first]
    texts = [f"{fault.text} (fiscal.md §{fault.section})" for fault in (first, *rest)]
    rule = "; ".join(texts[:FAULTS_SHOWN])
    if len(texts) > FAULTS_SHOWN:
        rule += f"; and {len(texts) - FAULTS_SHOWN} more faults"
    return Refused(Refusal(first.kind.value), rule, parameter=parameter)
