"""The payment page's door: the pages a payer's browser opens, and what the pages ask for.

It exists so that a payer can pay without the shop ever seeing a card. Source: payment-page.md.
"""

from pathlib import Path

from starlette.routing import BaseRoute

from altyn.inbound.rest.reading import Limits
from altyn.operations.ports import World


def routes(
    world: World,
    *,
    sandbox: bool,
    templates_folder: Path | None,
    public_url: str | None,
    limits: Limits,
    acs_origins: tuple[str, ...] = (),
) -> list[BaseRoute]:
    """The routes of the payment page."""
    del world, sandbox, templates_folder, public_url, limits, acs_origins
    return []
