"""The rules of a cart as a refusal: the first fault names the code, the rule tells of all of them.

Source: fiscal.md §7, §8.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from altyn.domain.cart.checks import check_cart
from altyn.domain.cart.customers import check_identity
from altyn.domain.cart.document import Cart
from altyn.domain.cart.faults import CartFault, first_fault
from altyn.domain.cart.fields import Faults
from altyn.domain.cart.parts import Part, read_parts, whole
from altyn.domain.cart.plain import is_plain
from altyn.domain.cart.rules import CartRules
from altyn.domain.cart.values import Customer, Position
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.order_cart import cart_faults
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused

FAULTS_SHOWN: Final = 5
NO_ITEMS: Final[tuple[object, ...]] = ([], {}, {"items": []})


def rules_of(merchant: Merchant, *, currency: str, receipt: Mapping[str, str]) -> CartRules:
    """The rules for a cart of this merchant. `receipt` are the parameters of the whole receipt."""
    fiscal = merchant.settings.fiscal
    return CartRules(
        currency=currency,
        ffd=fiscal.ffd if fiscal.enabled else None,
        provider=fiscal.provider,
        tax_type=fiscal.tax_type,
        payment_object=fiscal.payment_object,
        strict_payer_identity=fiscal.strict_payer_identity,
        receipt=receipt,
    )


def refuse_cart(cart: Cart, rules: CartRules, *, amount_minor: int) -> Refused | None:
    """Why an order of this amount cannot have this cart; None when it can.

    Refuses by kind: CART_FORMAT, CART_MANDATORY, CART_CURRENCY, CART_SUM, CART_QUANTITY.
    """
    if is_plain(cart, rules, amount_minor=amount_minor):
        return None
    _, faults = check_cart(cart.document, rules, amount_minor=amount_minor)
    return refusal_of(faults, parameter="order_bundle") if faults else None


def refuse_payer(rules: CartRules) -> Refused | None:
    """Why an order without a cart cannot have these parameters of the receipt.

    Refuses CART_MANDATORY: the payer is named in them, and not identified (fiscal.md §3.1).
    """
    faults = Faults()
    if rules.strict_payer_identity:
        check_identity(Customer(), rules.receipt, faults)
    return refusal_of(faults.found, parameter="receipt_params") if faults.found else None


def parts_of(
    order: Order,
    items: object,
    left: Sequence[Position],
    *,
    amount_minor: int,
    whole_minor: int,
    parameter: str,
) -> tuple[Part, ...] | Refused:
    """The positions that a deposit or a refund of this amount is about.

    `left` are the positions that it may take, `whole_minor` is their sum. Without items, or with
    an empty list of them, the whole is taken. An order without a cart has no parts, and neither
    has one with a cart that was stored before carts were checked and has faults. `parameter` is
    the parameter of the items.
    Refuses: CART_MANDATORY (a part of the sum without items), CART_FORMAT, CART_SUM, CART_QUANTITY.
    Source: fiscal.md §8.
    """
    if items in NO_ITEMS:
        items = None
    if not left:
        if items is None:
            return ()
        return Refused(Refusal.CART_FORMAT, _without_positions(order, parameter), parameter="items")
    if items is None:
        if amount_minor == whole_minor:
            return whole(left)
        rule = f"the order has a cart: {parameter} has to name the positions of {amount_minor}"
        return Refused(Refusal.CART_MANDATORY, rule, parameter="items")
    parts, faults = read_parts(items, left, amount_minor=amount_minor, name=parameter)
    return refusal_of(faults, parameter="items") if faults else parts


def _without_positions(order: Order, parameter: str) -> str:
    """Why the order has no positions that a request could name."""
    faults = cart_faults(order)
    if not faults:
        return "the order has no cart, or nothing of it is left"
    counted = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    return (
        f"the order was registered before carts were checked, and its cart has {counted}: "
        f"{first_fault(faults).text}. Its positions cannot be named: leave {parameter} out"
    )


def refusal_of(faults: Sequence[CartFault], *, parameter: str) -> Refused:
    """The refusal of a cart with these faults: their number, the first one first, then the rest."""
    first = first_fault(faults)
    ordered = (first, *(fault for fault in faults if fault is not first))
    texts = [f"{fault.text} (fiscal.md, section {fault.section})" for fault in ordered]
    rule = "; ".join(texts[:FAULTS_SHOWN])
    if len(texts) > 1:
        rule = f"{len(texts)} faults: {rule}"
    if len(texts) > FAULTS_SHOWN:
        rule += f"; and {len(texts) - FAULTS_SHOWN} more faults"
    return Refused(Refusal(first.kind.value), rule, parameter=parameter, faults=ordered)
