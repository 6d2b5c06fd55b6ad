"""The tiles of ways to pay: the title in each language."""

from __future__ import annotations

from altyn.inbound.payment_page.bnpl.tile import PARTS_TILE
from altyn.inbound.payment_page.sberpay.tile import SBERPAY_TILE
from altyn.inbound.payment_page.tiles import WayTile


def test_title_in_a_language_that_it_lacks_is_in_the_default_one() -> None:
    assert WayTile(titles={"ru": "Кошелёк"}).title("en") == "Кошелёк"


def test_built_in_tiles_have_both_languages_and_pages_of_their_own() -> None:
    for tile in (PARTS_TILE, SBERPAY_TILE):
        assert set(tile.titles) == {"ru", "en"}
        assert tile.opens_step
