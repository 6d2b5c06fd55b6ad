"""The composition root: the one file that knows everybody.

It builds a gateway from settings, wires ports to what stands behind them, and keeps its workers
alive for as long as the server runs.
"""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import structlog
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from altyn import logs
from altyn import settings as knobs
from altyn.inbound.desk import Desk
from altyn.inbound.front import Front
from altyn.inbound.handlers import HANDLERS
from altyn.inbound.health import routes as health_routes
from altyn.inbound.payment_page.door import routes as payment_page_routes
from altyn.inbound.rest.door import RestDoor
from altyn.inbound.rest.reading import Limits
from altyn.inbound.sandbox.door import routes as sandbox_routes
from altyn.operations.ports import Acquirer, Clock, ThreeDS, World
from altyn.outbound.acquirer.in_process import InProcessAcquirer
from altyn.outbound.threeds.absent import NoDirectory
from altyn.outbound.threeds.directory import DirectoryConnector
from altyn.protocol.registry import METHODS
from altyn.settings import Settings, SettingsError
from altyn.simulators.acs.directory import DirectoryServer
from altyn.simulators.acs.http import routes as acs_routes
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.issuer.http import routes as issuer_routes
from altyn.storage.card_store import CardStore
from altyn.storage.clock import ClockRefusedError, SandboxClock, SystemClock
from altyn.storage.coalescing import Overloaded
from altyn.storage.credentials import TOKEN_KEY_PURPOSE, CredentialStore
from altyn.storage.database import Listener, Pool, connect
from altyn.storage.demo import demo_exists, seed_demo
from altyn.storage.keys import KeyRing
from altyn.storage.merchants import MerchantDirectory
from altyn.storage.migrate import migrate
from altyn.storage.orders import OrderStore
from altyn.storage.passwords import PasswordsBusyError
from altyn.storage.statements import statement
from altyn.storage.vault import Vault
from altyn.workers.housekeeping import run_housekeeping
from altyn.workers.reconciliation import run_reconciliation
from altyn.workers.time_travel import travel
from altyn.workers.timers import run_timers

GC_THRESHOLD: Final = (20_000, 20, 20)
"""A request leaves no cycles behind, so looking for them after every 700 objects finds nothing."""

ACS_KEY: Final = "sandbox ACS signatures"
log = structlog.get_logger("altyn")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway: its world, its front door, and what the command line may reach."""

    settings: Settings
    pool: Pool
    world: World
    front: Front


async def prepare(settings: Settings) -> list[str]:
    """Bring the database to this version, and the sandbox to life; return what was migrated.

    Done once, before any process serves; harmless when repeated.
    Refuses: keys made for the other mode, an unreachable database, one of a newer Altyn, in
    production the demo shop.
    """
    assert settings.database_url is not None
    if not settings.sandbox:
        _production_keys(settings)
    pool = await connect(settings.database_url, pool_size=2)
    try:
        # A migration may take longer than the pool lets any other statement take.
        connection = await asyncpg.connect(settings.database_url)
        try:
            applied = await migrate(connection)
        finally:
            await connection.close()
        if settings.sandbox:
            await _prepare_sandbox(settings, pool)
        else:
            await _refuse_demo(pool)
    finally:
        await pool.close()
    return applied


async def _prepare_sandbox(settings: Settings, pool: Pool) -> None:
    """The pretended bank's tables, the keys and the demo shop, where they are missing."""
    ring = KeyRing.create(settings.keys)
    if not ring.sandbox:
        raise SettingsError(
            f"{settings.keys} holds production's keys, and the sandbox must not write where they "
            "are used. Set ALTYN_MODE=production, or name another ALTYN_KEY_FILE."
        )
    await _refuse_productions_database(pool)
    await IssuerSimulator.prepare(pool)
    await DirectoryServer.prepare(pool)
    await seed_demo(pool, clock=SystemClock(), token_key=ring.derive(TOKEN_KEY_PURPOSE))


def _production_keys(settings: Settings) -> KeyRing:
    """The key ring of a gateway that handles real money."""
    ring = KeyRing.load(settings.keys)
    if ring.sandbox:
        raise SettingsError(
            f"{settings.keys} was made for a sandbox, and production does not use such keys. "
            "Make others with `altyn keys create FILE` and name the file in ALTYN_KEY_FILE."
        )
    return ring


async def _refuse_productions_database(pool: Pool) -> None:
    """A sandbox has its demo shop from the first start; shops without it are real ones."""
    if await statement("list_merchants").fetch(pool) and not await demo_exists(pool):
        raise SettingsError(
            "the database holds shops and no demo shop, so it is production's. Set "
            "ALTYN_MODE=production, or name another database in ALTYN_DATABASE_URL."
        )


async def _refuse_demo(pool: Pool) -> None:
    """Everybody knows the demo shop's password."""
    if await demo_exists(pool):
        raise SettingsError(
            "the database holds the sandbox's demo shop, whose password everybody knows. Name a "
            "database of production's own in ALTYN_DATABASE_URL."
        )


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Gateway]:
    """A gateway with its workers at work; everything is let go at the end."""
    assert settings.database_url is not None
    async with AsyncExitStack() as stack:
        ring = KeyRing.load(settings.keys) if settings.sandbox else _production_keys(settings)
        pool = await connect(settings.database_url, pool_size=settings.pool_size)
        stack.push_async_callback(pool.close)
        listener = Listener(settings.database_url)
        merchants = MerchantDirectory(pool, listener)
        credentials = CredentialStore(pool, listener, token_key=ring.derive(TOKEN_KEY_PURPOSE))
        clock: SandboxClock | SystemClock
        clock = SandboxClock(pool, listener) if settings.sandbox else SystemClock()
        if isinstance(clock, SandboxClock):
            await clock.load()
        await listener.start()
        stack.push_async_callback(listener.stop)
        outside = await _outside(settings, pool, ring, clock, stack)
        cards = CardStore(pool, Vault(ring, reread=lambda: KeyRing.load(settings.keys)))
        world = World(
            orders=OrderStore(pool),
            merchants=merchants,
            acquirer=outside.acquirer,
            threeds=outside.threeds,
            vault=cards,
            clock=clock,
            patience=asyncio.sleep,
        )
        answer_within = timedelta(seconds=settings.acquirer_timeout_seconds * 2)
        _keep_alive(run_timers(world), stack)
        _keep_alive(run_reconciliation(world, answer_within=answer_within), stack)
        _keep_alive(run_housekeeping(cards, clock), stack)
        routes = [*outside.routes, *_routes(settings, world, clock, pool)]
        desk = Desk(world, credentials, HANDLERS)
        front = Front(_rest(settings, desk), Starlette(routes=routes), settings.concurrency_max)
        yield Gateway(settings, pool, world, front)


@dataclass(frozen=True, slots=True)
class _Outside:
    """The world outside: the bank and 3-D Secure, and the pages of those we pretend."""

    acquirer: Acquirer
    threeds: ThreeDS
    routes: tuple[BaseRoute, ...] = ()


async def _outside(
    settings: Settings, pool: Pool, ring: KeyRing, clock: Clock, stack: AsyncExitStack
) -> _Outside:
    timeout = settings.acquirer_timeout_seconds
    if not settings.sandbox:
        return _Outside(await _bank_at_an_address(settings, stack), NoDirectory())
    bank = IssuerSimulator(pool, clock.now)
    key = ring.derive(ACS_KEY)
    directory = DirectoryServer(pool, key, settings.public_url or "")
    routes = (*acs_routes(directory), *issuer_routes(bank))
    acquirer: Acquirer = InProcessAcquirer(bank, timeout_seconds=timeout)
    if settings.acquirer_url is not None:
        acquirer = await _bank_at_an_address(settings, stack)
    return _Outside(acquirer, DirectoryConnector(directory, key), routes)


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


def _routes(
    settings: Settings, world: World, clock: SandboxClock | SystemClock, pool: Pool
) -> list[BaseRoute]:
    routes = [
        *health_routes(pool),
        *payment_page_routes(
            world,
            sandbox=settings.sandbox,
            templates_folder=settings.home / "templates",
            public_url=settings.public_url,
            limits=_limits(settings),
        ),
    ]
    if isinstance(clock, SandboxClock):
        movable = clock

        async def go(to: datetime) -> datetime:
            return await travel(world, movable, to)

        routes += sandbox_routes(clock.now, go, (ClockRefusedError,))
    return routes


def _rest(settings: Settings, desk: Desk) -> RestDoor:
    return RestDoor(
        desk,
        METHODS,
        limits=_limits(settings),
        public_url=settings.public_url,
        show_rules=settings.sandbox,
        overloaded=(Overloaded, PasswordsBusyError),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(body_bytes=settings.body_max_bytes)


def _keep_alive(worker: Coroutine[Any, Any, None], stack: AsyncExitStack) -> None:
    """Run a worker until the gateway ends."""
    task = asyncio.get_running_loop().create_task(worker)

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


class App:
    """The ASGI application of one process: it builds its gateway when the server starts it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._front: Front | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._front is not None:
            await self._front(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            async with running(self._settings) as gateway:
                self._front = gateway.front
                gc.freeze()  # what lives as long as the process need not be looked at again
                gc.set_threshold(*GC_THRESHOLD)
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            log.exception("start_failed")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})


def create_app() -> App:
    """The application of a server process; its settings come from the environment."""
    settings = knobs.load()
    logs.configure_logging(settings.log_level, settings.log_json)
    return App(settings)
