"""The ways to pay that the page offers for an order: the card, and the others as tiles.

Source: payment-page.md §7, §8; merchant-settings.md §6.
"""

from dataclasses import dataclass

from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.texts import text
from altyn.inbound.payment_page.tiles import WayTiles
from altyn.inbound.payment_page.view import OfferedWay
from altyn.operations.paying.allowed import allows_way
from altyn.operations.ports import World
from altyn.protocol.payment_ways import PaymentWay

HIDES_SBERPAY = ("sberpayHide=true", "showSbol=false")
"""What the page's own address may say, in any order (sberpay.md §3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the payer of an order may choose. `absence` says why there is nothing to choose."""

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
    """The ways, other than the card, that the payer of this order may choose."""
    order = page_order.order
    return tuple(
        OfferedWay(
            way=way.name,
            title=tile.title(language),
            line=tile.line(order, language) if tile.line else "",
            icon=tile.icon,
            opens_step=tile.opens_step,
        )
        for way in world.ways.offered(order, page_order.merchant)
        if (tile := tiles.get(way.name)) is not None
    )


def choice_of(
    page_order: PageOrder,
    tiles: WayTiles,
    world: World,
    language: str,
    *,
    hidden: frozenset[str] = frozenset(),
) -> Choice:
    """What the payer may choose, without the ways that the page's address has `hidden`."""
    order, merchant = page_order.order, page_order.merchant
    card = allows_way(PaymentWay.CARD, order, merchant)
    # Where the shop has chosen a stored card, no other way pays.
    only_card = order.request.binding_id is not None
    offered = () if only_card else offered_ways(page_order, tiles, world, language)
    shown = tuple(each for each in offered if each.way not in hidden)
    absence = "" if card or shown else _absence(page_order, tiles, world, language)
    return Choice(card=card, tiles=shown, absence=absence)


def _absence(page_order: PageOrder, tiles: WayTiles, world: World, language: str) -> str:
    """Why none of the ways that shop and order allow can pay the order.

    The reason is that of the only way left; several ways have no reason in common.
    """
    order, merchant = page_order.order, page_order.merchant
    left = [
        tile
        for name, tile in tiles.items()
        if world.ways.find(name) and allows_way(name, order, merchant)
    ]
    reason = left[0].absence if len(left) == 1 else None
    return reason(order, merchant, language) if reason else text("error_no_way_means", language)
