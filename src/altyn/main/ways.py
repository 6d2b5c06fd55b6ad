"""The registration of a way to pay: its connector, its titles, its notifications' routes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from altyn.operations.paying.ways import WayToPay
from altyn.operations.ports import World

Titles = Mapping[str, str]
Routes = Callable[[World], Sequence[BaseRoute]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWay:
    """A way to pay as a gateway is given it.

    `titles` are the texts of its button on the payment page, by language. `routes` makes the routes
    that receive the notifications of its other side; a route authenticates the sender itself.
    """

    way: WayToPay
    titles: Titles
    routes: Routes | None = None


def routes_of(registered: Sequence[RegisteredWay], world: World) -> tuple[BaseRoute, ...]:
    """The routes of all registered ways, in their order."""
    return tuple(route for each in registered if each.routes for route in each.routes(world))


def titles_of(registered: Sequence[RegisteredWay]) -> dict[str, Titles]:
    """The titles for the payment page, by the name of the way."""
    return {each.way.name: each.titles for each in registered}
