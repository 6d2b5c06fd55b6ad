"""Opens the instalment handler."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from altyn.main.callback_handler import HandlerServices
from altyn.outbound.bnpl.handler import InstalmentHandler


@asynccontextmanager
async def open_instalment_handler(services: HandlerServices) -> AsyncIterator[InstalmentHandler]:
    """The handler of later parts; it asks the service of this gateway."""
    yield InstalmentHandler(services.world, seconds=services.settings.acquirer_timeout_seconds)
