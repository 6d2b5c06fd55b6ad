"""The tile of payment in parts. Source: bnpl.md §3, §4."""

from typing import Final

from altyn.domain.instalments import first_part_minor
from altyn.domain.money import RUB, Money
from altyn.domain.order import Order
from altyn.inbound.payment_page.bnpl.texts import PARTS_TEXTS, parts_text
from altyn.inbound.payment_page.tiles import WayTile
from altyn.look import amount_text


def _line(order: Order, language: str) -> str:
    first = Money(first_part_minor(order.amount_minor), RUB)
    return parts_text("parts_line", language, first=amount_text(first, language))


PARTS_TILE: Final = WayTile(
    titles=PARTS_TEXTS["parts_title"]._asdict(), icon="parts", line=_line, opens_step=True
)
