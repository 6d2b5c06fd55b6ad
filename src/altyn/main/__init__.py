"""The composition root: the one part that knows everybody.

It builds a gateway from settings, wires ports to what stands behind them, and keeps its workers
alive for as long as the server runs.
"""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog

from altyn import logs
from altyn import settings as settings_module
from altyn.inbound.router import Router
from altyn.main import effects as effect_kinds
from altyn.main.callback_sending import CallbackSending
from altyn.main.connectors import open_connectors
from altyn.main.effects import EffectKinds
from altyn.main.endpoints import Back, open_router
from altyn.main.extensions import NO_EXTENSIONS, Extensions
from altyn.main.preparation import prepare, production_keys
from altyn.main.ways import routes_of, titles_of
from altyn.operations.paying.card.ports import CardPorts
from altyn.operations.paying.ways import PaymentWays
from altyn.operations.ports import World
from altyn.security.keys import KeyRing
from altyn.security.vault import Vault
from altyn.settings import Settings
from altyn.storage.card_store import CardStore
from altyn.storage.clock import SandboxClock, SystemClock
from altyn.storage.credentials import TOKEN_KEY_PURPOSE, CredentialStore
from altyn.storage.database import Listener, Pool, connect
from altyn.storage.merchants import MerchantDirectory
from altyn.storage.orders import OrderStore
from altyn.workers.housekeeping import run_housekeeping
from altyn.workers.reconciliation import run_reconciliation
from altyn.workers.timers import run_timers

__all__ = ["App", "Gateway", "create_app", "prepare", "running"]

GC_THRESHOLD: Final = (20_000, 20, 20)
"""A request leaves no cycles behind, so looking for them after every 700 objects finds nothing."""

log = structlog.get_logger("altyn")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway: its world, its front door, and what the command line may reach."""

    settings: Settings
    pool: Pool
    world: World
    front: Router


@asynccontextmanager
async def running(
    settings: Settings, extensions: Extensions = NO_EXTENSIONS
) -> AsyncIterator[Gateway]:
    """A gateway with its workers at work; everything is let go at the end."""
    assert settings.database_url is not None
    async with AsyncExitStack() as stack:
        ring = KeyRing.load(settings.keys) if settings.sandbox else production_keys(settings)
        pool = await connect(settings.database_url, pool_size=settings.pool_size)
        stack.push_async_callback(pool.close)
        listener = Listener(settings.database_url)
        merchants = MerchantDirectory(pool, listener)
        credentials = CredentialStore(pool, listener, token_key=ring.derive(TOKEN_KEY_PURPOSE))
        clock: SandboxClock | SystemClock
        clock = SandboxClock(pool, listener) if settings.sandbox else SystemClock()
        if isinstance(clock, SandboxClock):
            await clock.load()
        couriers = CallbackSending(pool, listener, ring)
        await listener.start()
        stack.push_async_callback(listener.stop)
        connectors = await open_connectors(settings, pool, ring, clock, stack)
        stack.push_async_callback(couriers.waker.aclose)
        cards = CardStore(pool, Vault(ring, reread=lambda: KeyRing.load(settings.keys)))
        world = World(
            orders=OrderStore(pool, couriers.waker.wake),
            merchants=merchants,
            ways=PaymentWays((*connectors.ways, *(each.way for each in extensions.payment_ways))),
            card=CardPorts(checks=connectors.checks, threeds=connectors.threeds, vault=cards),
            effects=EffectKinds(effect_kinds.BUILT_IN),
            clock=clock,
            sleep=asyncio.sleep,
        )
        answer_within = timedelta(seconds=settings.acquirer_timeout_seconds * 2)
        _keep_alive(run_timers(world), stack)
        _keep_alive(run_reconciliation(world, answer_within=answer_within), stack)
        keep = timedelta(days=settings.callback_days)
        _keep_alive(run_housekeeping(cards, couriers.outbox, clock, keep_callbacks=keep), stack)
        _keep_alive(couriers.run(settings, merchants, clock), stack)
        back = Back(
            settings=settings,
            pool=pool,
            world=world,
            clock=clock,
            credentials=credentials,
            signing_keys=couriers.signing_keys,
            token_key=ring.derive(TOKEN_KEY_PURPOSE),
            way_titles=titles_of(extensions.payment_ways),
        )
        routes = (*connectors.routes, *routes_of(extensions.payment_ways, world))
        yield Gateway(settings, pool, world, open_router(back, routes))


def _keep_alive(worker: Coroutine[Any, Any, None], stack: AsyncExitStack) -> None:
    """Run a worker until the gateway ends."""
    task = asyncio.get_running_loop().create_task(worker)
    task.add_done_callback(_tell_of_end)

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


def _tell_of_end(task: asyncio.Task[None]) -> None:
    """A worker ends with the gateway; one that ends before is missed by nobody but the log."""
    if not task.cancelled() and task.exception() is not None:
        log.error("worker_ended", worker=task.get_name(), exc_info=task.exception())


class App:
    """The ASGI application of one process: it builds its gateway when the server starts it."""

    def __init__(self, settings: Settings, extensions: Extensions = NO_EXTENSIONS) -> None:
        self._settings = settings
        self._extensions = extensions
        self._front: Router | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._front is not None:
            await self._front(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            async with running(self._settings, self._extensions) as gateway:
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


def create_app(extensions: Extensions = NO_EXTENSIONS) -> App:
    """The application of a server process; its settings come from the environment."""
    settings = settings_module.load()
    logs.configure_logging(settings.log_level, settings.log_json)
    return App(settings, extensions)
