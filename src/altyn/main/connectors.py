"""Builds the connectors to the bank and to 3-D Secure: real systems, or our simulators."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from starlette.routing import BaseRoute

from altyn.operations.ports import Acquirer, Clock, ThreeDS
from altyn.outbound.acquirer.in_process import InProcessAcquirer
from altyn.outbound.threeds.absent import NoDirectory
from altyn.outbound.threeds.directory import DirectoryConnector
from altyn.security.keys import KeyRing
from altyn.settings import Settings
from altyn.simulators.acs.directory import DirectoryServer
from altyn.simulators.acs.http import routes as acs_routes
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.issuer.http import routes as issuer_routes
from altyn.storage.database import Pool

ACS_KEY: Final = "sandbox ACS signatures"


@dataclass(frozen=True, slots=True)
class ExternalSystems:
    """The bank and 3-D Secure, and the pages of those that are simulated."""

    acquirer: Acquirer
    threeds: ThreeDS
    routes: tuple[BaseRoute, ...] = ()


async def open_external_systems(
    settings: Settings, pool: Pool, ring: KeyRing, clock: Clock, stack: AsyncExitStack
) -> ExternalSystems:
    """Connect to the bank and to 3-D Secure; connections are closed by `stack`."""
    timeout = settings.acquirer_timeout_seconds
    if not settings.sandbox:
        return ExternalSystems(await _acquirer_over_http(settings, stack), NoDirectory())
    bank = IssuerSimulator(pool, clock.now)
    key = ring.derive(ACS_KEY)
    directory = DirectoryServer(pool, key, settings.public_url or "")
    routes = (*acs_routes(directory), *issuer_routes(bank))
    acquirer: Acquirer = InProcessAcquirer(bank, timeout_seconds=timeout)
    if settings.acquirer_url is not None:
        acquirer = await _acquirer_over_http(settings, stack)
    return ExternalSystems(acquirer, DirectoryConnector(directory, key), routes)


async def _acquirer_over_http(settings: Settings, stack: AsyncExitStack) -> Acquirer:
    """The connector over HTTP; its library takes a third of the start, so it is imported here."""
    import aiohttp  # noqa: PLC0415 - see above

    from altyn.outbound.acquirer.over_http import HttpAcquirer  # noqa: PLC0415 - as above

    assert settings.acquirer_url is not None
    session = await stack.enter_async_context(aiohttp.ClientSession())
    timeout = settings.acquirer_timeout_seconds
    return HttpAcquirer(
        session,
        settings.acquirer_url,
        timeout_seconds=timeout,
        test_cards_only=settings.sandbox,
        key=settings.acquirer_key,
    )
