"""The rules of a cart against its order: currency, sum, and what the merchant's settings say.

Source: fiscal.md §7.
"""

from typing import Final

from altyn.domain.cart.faults import CartFault, FaultKind
from altyn.domain.cart.values import Position, ReadCart

TERMS_SHOWN: Final = 20


def check_against_order(
    cart: ReadCart, *, amount_minor: int, currency: str, path: str = "cartItems"
) -> tuple[CartFault, ...]:
    """The faults of a readable cart of an order of this amount, in minor units of `currency`."""
    if not cart.positions:
        return ()
    wrong = [
        fault for position in cart.positions if (fault := _currency_fault(position, currency, path))
    ]
    if cart.amount_minor != amount_minor:
        sums = " + ".join(str(position.amount_minor) for position in cart.positions[:TERMS_SHOWN])
        more = " + …" if len(cart.positions) > TERMS_SHOWN else ""
        rule = f"but the positions are {sums}{more} = {cart.amount_minor}"
        if len(cart.positions) == 1:
            rule = f"but the only position is {cart.amount_minor}"
        wrong.append(CartFault(FaultKind.SUM, "amount", rule, "7 row 4", value=str(amount_minor)))
    return tuple(wrong)


def _currency_fault(position: Position, currency: str, path: str) -> CartFault | None:
    sent = position.sent.get("itemCurrency")
    if sent in (None, "") or str(sent) == currency:
        return None
    return CartFault(
        FaultKind.CURRENCY,
        f"{path}.items[{position.index}].itemCurrency",
        f"but the order's currency is {currency}",
        "7 row 3",
        f"position {position.index + 1} ({position.item_code})",
        str(sent),
    )
