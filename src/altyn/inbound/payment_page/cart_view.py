"""The cart of an order as the payment page shows it: a few lines open, the others folded.

All texts of a shop are shown as texts, and each is isolated in the page, whatever its writing
direction. Source: fiscal.md §3.2, §4.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from altyn.domain.money import NO_BREAK_SPACE, THIN_SPACE, Money
from altyn.domain.order_cart import cart_positions
from altyn.look.cart_words import measure_text

if TYPE_CHECKING:
    from altyn.domain.cart.values import Position
    from altyn.domain.money import Currency
    from altyn.domain.order import Order

OPEN_MAX: Final = 4
"""A cart of so many positions is shown open."""

OPEN_OF_LONG: Final = 3
"""Of a longer one, so many are open; then at least two are folded."""

SHOWN_MAX: Final = 30
"""With more lines, the page would be too heavy for a slow connection."""

ONE: Final = 1000  # thousandths
PERCENT: Final = frozenset({"percent", "%", "процент"})


@dataclass(frozen=True, slots=True)
class CartLine:
    """One position. `price` is None where it says no more than the amount does.

    `discount` is a percentage or a sum, as the shop has sent it; `discount_type` is the shop's name
    of a discount that is no percentage.
    """

    name: str
    quantity: str
    measure: str
    amount: Money
    price: Money | None = None
    discount: str = ""
    discount_type: str = ""


@dataclass(frozen=True, slots=True)
class CartView:
    """The lines that are open, those that are folded, and what is not shown at all.

    `folded_total` is the sum of all that is not open. `left_out` counts the positions for which the
    page has no room.
    """

    opened: tuple[CartLine, ...]
    folded: tuple[CartLine, ...] = ()
    folded_total: Money | None = None
    left_out: int = 0

    @property
    def more(self) -> int:
        """How many positions are not open."""
        return len(self.folded) + self.left_out


def cart_view(order: Order, currency: Currency, language: str) -> CartView | None:
    """The cart of an order; None without one, and for a card check, which takes no money."""
    positions = cart_positions(order)
    if not positions or order.checks_card_only:
        return None
    count = len(positions) if len(positions) <= OPEN_MAX else OPEN_OF_LONG
    lines = tuple(_line(each, currency, language) for each in positions[:SHOWN_MAX])
    return CartView(
        opened=lines[:count],
        folded=lines[count:],
        folded_total=Money(sum(each.amount_minor for each in positions[count:]), currency),
        left_out=max(0, len(positions) - SHOWN_MAX),
    )


def _line(position: Position, currency: Currency, language: str) -> CartLine:
    quantity, price = position.quantity, position.price_minor
    single = quantity.thousandths == ONE and price == position.amount_minor
    discount, discount_type = _discount(position.sent.get("discount"), language)
    return CartLine(
        name=position.name,
        quantity=_number(str(quantity), language),
        measure=measure_text(quantity.measure, language),
        amount=Money(position.amount_minor, currency),
        price=None if price is None or single else Money(price, currency),
        discount=discount,
        discount_type=discount_type,
    )


def _number(text: str, language: str) -> str:
    """A number as readers write it: "1 234,5" in Russian, "1 234.5" in English."""
    whole, point, rest = text.partition(".")
    if not whole.isdigit():
        return text
    mark = "." if language == "en" else ","
    return f"{int(whole):,}".replace(",", THIN_SPACE) + (mark + rest if point else "")


def _discount(sent: object, language: str) -> tuple[str, str]:
    """Value and type of a discount. It is informational, so nothing is computed with it."""
    if not isinstance(sent, dict):
        return "", ""
    kind, value = str(sent.get("discountType", "")), str(sent.get("discountValue", ""))
    if not value.strip("0.-"):
        return "", ""  # the field is there, and there is no discount
    if kind.strip().lower() in PERCENT:
        return f"{_number(value, language)}{NO_BREAK_SPACE}%", ""
    return _number(value, language), kind
