"""Opens the callback handler: its sender, and the rules for the addresses that it may call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module

from altyn.operations.ports import Clock, Merchants, World
from altyn.outbound.callbacks.guard import Rules
from altyn.outbound.callbacks.handler import CallbackHandler
from altyn.security.keys import KeyRing
from altyn.settings import Settings
from altyn.storage.database import Pool
from altyn.storage.signing_keys import SigningKeys
from altyn.workers.host_limiter import HostLimiter


@dataclass(frozen=True, slots=True)
class HandlerServices:
    """The services from which the handler of an effect kind is built."""

    settings: Settings
    pool: Pool
    world: World
    signing_keys: SigningKeys
    keys: KeyRing

    @property
    def merchants(self) -> Merchants:
        """The merchants of the gateway."""
        return self.world.merchants

    @property
    def clock(self) -> Clock:
        """The clock of the gateway."""
        return self.world.clock


@asynccontextmanager
async def open_callback_handler(services: HandlerServices) -> AsyncIterator[CallbackHandler]:
    """The callback handler, with its own connections.

    Loading the HTTP library takes a third of a gateway's start time. So it is loaded in a thread,
    while the gateway already serves requests.
    """
    module = await asyncio.to_thread(import_module, "altyn.outbound.callbacks.sender")
    opened = module.CallbackSender.opened(
        callback_rules(services.settings),
        connections_max=HostLimiter().total,
        connections_per_host=0,
    )
    async with opened as sender:
        yield CallbackHandler(
            sender,
            signing_keys=services.signing_keys,
            clock=services.clock,
        )


def callback_rules(settings: Settings) -> Rules:
    """The rules for the addresses that this gateway may send callbacks to."""
    return Rules.of(sandbox=settings.sandbox, ports=settings.callback_ports)
