"""The world outside, put together: the bank and 3-D Secure, real ones or those we pretend."""

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
class Outside:
    """The world outside: the bank and 3-D Secure, and the pages of those we pretend."""

    acquirer: Acquirer
    threeds: ThreeDS
    routes: tuple[BaseRoute, ...] = ()


async def open_outside(
    settings: Settings, pool: Pool, ring: KeyRing, clock: Clock, stack: AsyncExitStack
) -> Outside:
    """Reach the bank and 3-D Secure; connections end with `stack`."""
    timeout = settings.acquirer_timeout_seconds
    if not settings.sandbox:
        return Outside(await _bank_at_an_address(settings, stack), NoDirectory())
    bank = IssuerSimulator(pool, clock.now)
    key = ring.derive(ACS_KEY)
    directory = DirectoryServer(pool, key, settings.public_url or "")
    routes = (*acs_routes(directory), *issuer_routes(bank))
    acquirer: Acquirer = InProcessAcquirer(bank, timeout_seconds=timeout)
    if settings.acquirer_url is not None:
        acquirer = await _bank_at_an_address(settings, stack)
    return Outside(acquirer, DirectoryConnector(directory, key), routes)


async def _bank_at_an_address(settings: Settings, stack: AsyncExitStack) -> Acquirer:
    """The connector over HTTP; its library is a third of the start, so it comes when needed."""
    import aiohttp  # noqa: PLC0415 - as said above

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
