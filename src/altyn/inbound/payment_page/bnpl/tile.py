"""The tile of payment in parts. Source: bnpl.md §3, §4."""

from typing import Final

from altyn.domain.instalments import first_part_minor
from altyn.domain.merchant import Merchant
from altyn.domain.money import RUB, Money
from altyn.domain.order import Order
from altyn.inbound.payment_page.bnpl.texts import PARTS_TEXTS, parts_text
from altyn.inbound.payment_page.tiles import WayTile
from altyn.look import amount_text


def _line(order: Order, language: str) -> str:
    first = Money(first_part_minor(order.amount_minor), RUB)
    return parts_text("parts_line", language, first=amount_text(first, language))


def _absence(_order: Order, merchant: Merchant, language: str) -> str:
    settings = merchant.settings.bnpl
    limits = (settings.amount_min_minor, settings.amount_max_minor)
    smallest, largest = (amount_text(Money(each, RUB), language) for each in limits)
    return parts_text("parts_unavailable_means", language, smallest=smallest, largest=largest)


PARTS_TILE: Final = WayTile(
    titles=PARTS_TEXTS["parts_title"]._asdict(),
    icon="parts",
    line=_line,
    opens_step=True,
    absence=_absence,
)
