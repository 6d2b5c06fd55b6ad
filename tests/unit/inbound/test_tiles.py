"""The tiles of ways to pay: the title in each language, and the line of payment in parts."""

from __future__ import annotations

import pytest

from altyn.inbound.payment_page.parts_tile import PARTS_TILE, parts_line
from altyn.inbound.payment_page.tiles import WayTile
from tests.builders import an_order


@pytest.mark.parametrize(
    ("amount_minor", "language", "line"),
    [
        (1_000_00, "ru", "4 платежа по 250,00 ₽"),
        (1_000_00, "en", "4 payments of 250.00 ₽"),
        (1_000_01, "ru", "4 платежа от 250,00 ₽"),
        (1_000_03, "en", "4 payments from 250.00 ₽"),
    ],
)
def test_line_of_payment_in_parts(amount_minor: int, language: str, line: str) -> None:
    shown = parts_line(an_order(amount_minor=amount_minor), language)
    assert shown.replace("\u00a0", " ") == line


def test_title_in_a_language_that_it_lacks_is_in_the_default_one() -> None:
    assert WayTile(titles={"ru": "Кошелёк"}).title("en") == "Кошелёк"
    assert PARTS_TILE.title("en") == "Pay in parts"
