"""The tile of payment in parts. Source: bnpl.md §3, §4."""

from typing import Final

from altyn.domain.money import Money, canonical_currency
from altyn.domain.order import Order
from altyn.inbound.payment_page.texts import text
from altyn.inbound.payment_page.tiles import WayTile
from altyn.look import amount_text

PARTS: Final = 4


def parts_line(order: Order, language: str) -> str:
    """How much a part is: all parts are equal but for the kopecks that the first one has more."""
    currency = canonical_currency(order.currency)
    assert currency is not None, "an order is registered in a currency that the gateway knows"
    amount, rest = divmod(order.amount_minor, PARTS)
    key = "parts_from" if rest else "parts_line"
    return text(key, language, count=PARTS, amount=amount_text(Money(amount, currency), language))


PARTS_TILE: Final = WayTile(
    titles={"ru": "Оплата частями", "en": "Pay in parts"},
    icon="parts",
    line=parts_line,
    opens_step=True,
)
