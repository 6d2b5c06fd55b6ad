"""Registers ways to pay, built-in and added ones: the connector, the tile, the routes of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from altyn.inbound.payment_page.tiles import WayTile
from altyn.operations.paying.ways import WayToPay
from altyn.operations.ports import World

Routes = Callable[[World], Sequence[BaseRoute]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWay:
    """A way to pay of a gateway.

    `tile` is how the payment page shows it; None for the card, which has a form. `routes` creates
    the routes that receive notifications about its payments; each route authenticates the sender.
    """

    way: WayToPay
    tile: WayTile | None = None
    routes: Routes | None = None


def routes_of(registered: Sequence[RegisteredWay], world: World) -> tuple[BaseRoute, ...]:
    """The routes of all registered ways, in the order of the ways."""
    return tuple(route for each in registered if each.routes for route in each.routes(world))


def tiles_of(registered: Sequence[RegisteredWay]) -> dict[str, WayTile]:
    """The tiles of the payment page, by the name of the way."""
    return {each.way.name: each.tile for each in registered if each.tile is not None}
