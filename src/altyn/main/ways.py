"""Registers a way to pay: its connector, its titles, and the routes of its notifications."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from altyn.operations.paying.ways import WayToPay
from altyn.operations.ports import World

Titles = Mapping[str, str]
Routes = Callable[[World], Sequence[BaseRoute]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWay:
    """A way to pay that is added to a gateway.

    `titles` are the texts of its button on the payment page, by language. `routes` creates the
    routes that receive notifications about its payments; each route authenticates the sender.
    """

    way: WayToPay
    titles: Titles
    routes: Routes | None = None


def routes_of(registered: Sequence[RegisteredWay], world: World) -> tuple[BaseRoute, ...]:
    """The routes of all registered ways, in the order of the ways."""
    return tuple(route for each in registered if each.routes for route in each.routes(world))


def titles_of(registered: Sequence[RegisteredWay]) -> dict[str, Titles]:
    """The titles for the payment page, by the name of the way."""
    return {each.way.name: each.titles for each in registered}
