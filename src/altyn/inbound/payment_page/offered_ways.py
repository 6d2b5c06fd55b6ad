"""The ways to pay that the page offers for an order: the card, and the others as tiles.

Source: payment-page.md §7, §8; merchant-settings.md §6.
"""

from dataclasses import dataclass

from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.texts import text
from altyn.inbound.payment_page.tiles import WayTiles
from altyn.inbound.payment_page.view import OfferedWay
from altyn.operations.paying.possible import PossibleWays, may_use_stored_card, possible_ways
from altyn.operations.paying.ways import WayToPay
from altyn.operations.ports import World

HIDES_SBERPAY = ("sberpayHide=true", "showSbol=false")
"""What the page's own address may say, in any order (sberpay.md §3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the payer of an order may choose: a card, typed or stored, and the tiles.

    `absence` says why there is nothing to choose.
    """

    card: bool
    tiles: tuple[OfferedWay, ...] = ()
    absence: str = ""

    @property
    def possible(self) -> bool:
        """Whether the order can be paid at all."""
        return self.card or bool(self.tiles)

    @property
    def only_step(self) -> str | None:
        """The way whose page opens straight away, because it is the only one."""
        tiles = () if self.card else self.tiles
        return tiles[0].way if len(tiles) == 1 and tiles[0].opens_step else None

    def has_step(self, way: str | None) -> bool:
        """Whether this way is offered, and has a page of its own."""
        return any(each.way == way and each.opens_step for each in self.tiles)


def offered_ways(
    page_order: PageOrder, tiles: WayTiles, world: World, language: str
) -> tuple[OfferedWay, ...]:
    """The ways, other than the card, that the payer of this order may choose now."""
    possible = _possible(page_order, world, has_stored_card=False)
    return _tiles_of(possible.open_now(page_order.merchant), page_order, tiles, language)


def _tiles_of(
    ways: tuple[WayToPay, ...], page_order: PageOrder, tiles: WayTiles, language: str
) -> tuple[OfferedWay, ...]:
    return tuple(
        OfferedWay(
            way=way.name,
            title=tile.title(language),
            line=tile.line(page_order.order, language) if tile.line else "",
            icon=tile.icon,
            opens_step=tile.opens_step,
        )
        for way in ways
        if (tile := tiles.get(way.name)) is not None
    )


def choice_of(
    page_order: PageOrder,
    tiles: WayTiles,
    world: World,
    language: str,
    *,
    has_stored_card: bool,
    hidden: frozenset[str] = frozenset(),
) -> Choice:
    """What the payer may choose, without the ways that the page's address has `hidden`.

    `has_stored_card`: a stored card of the client may pay, or the order names one.
    """
    possible = _possible(page_order, world, has_stored_card=has_stored_card)
    offered = _tiles_of(possible.open_now(page_order.merchant), page_order, tiles, language)
    shown = tuple(each for each in offered if each.way not in hidden)
    absence = "" if possible.by_card or shown else _absence(page_order, tiles, world, language)
    return Choice(card=possible.by_card, tiles=shown, absence=absence)


def _possible(page_order: PageOrder, world: World, *, has_stored_card: bool) -> PossibleWays:
    order, merchant = page_order.order, page_order.merchant
    return possible_ways(order, merchant, world.ways, has_stored_card=has_stored_card)


def _absence(page_order: PageOrder, tiles: WayTiles, world: World, language: str) -> str:
    """Why none of the ways that shop and order allow can pay the order.

    The reason is that of the only way left; several ways have no reason in common.
    """
    order, merchant = page_order.order, page_order.merchant
    suitable = world.ways.suitable(order, merchant)
    left = [tiles[way.name] for way in suitable if way.name in tiles]
    if not left and may_use_stored_card(order, merchant):
        return text("stored_none_left", language)
    reason = left[0].absence if len(left) == 1 else None
    return reason(order, merchant, language) if reason else text("error_no_way_means", language)
