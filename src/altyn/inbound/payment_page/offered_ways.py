"""The ways to pay that the page offers besides the card, each with its title."""

from collections.abc import Mapping

from altyn.domain.language import DEFAULT_LANGUAGE
from altyn.inbound.payment_page.page_order import PageOrder
from altyn.inbound.payment_page.view import OfferedWay
from altyn.operations.ports import World

WayTitles = Mapping[str, Mapping[str, str]]
"""The titles of each way, by the name of the way and by language."""


def offered_ways(
    page_order: PageOrder, titles: WayTitles, world: World, language: str
) -> tuple[OfferedWay, ...]:
    """The ways that the payer of this order may choose. A way without titles is not shown.

    A title that is missing in the language is shown in the default language.
    """
    offered = world.ways.offered(page_order.order, page_order.merchant)
    return tuple(
        OfferedWay(way.name, titles[way.name].get(language) or titles[way.name][DEFAULT_LANGUAGE])
        for way in offered
        if way.name in titles
    )
