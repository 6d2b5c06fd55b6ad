"""The composition root: the only part that imports every other part.

It builds a gateway from settings, connects ports to their adapters, and runs the workers for as
long as the server runs.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
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
from altyn.main.endpoints import EndpointContext, open_router
from altyn.main.preparation import prepare, production_keys
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
from altyn.workers.reconciliation import LaggedClock, run_reconciliation
from altyn.workers.supervision import Supervisor
from altyn.workers.timers import run_timers

__all__ = ["App", "Gateway", "create_app", "prepare", "running"]

GC_THRESHOLD: Final = (20_000, 20, 20)
"""A request leaves no reference cycles, so a collection after every 700 objects finds nothing."""

log = structlog.get_logger("altyn")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway: its world, its router, and what the command line and tests use."""

    settings: Settings
    pool: Pool
    world: World
    router: Router


@asynccontextmanager
async def running(
    settings: Settings, supervisor: Supervisor | None = None
) -> AsyncIterator[Gateway]:
    """A running gateway with its workers; at the end it stops them and closes its connections."""
    assert settings.database_url is not None
    supervisor = supervisor or Supervisor()
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
        callbacks = CallbackSending(pool, listener, ring)
        await listener.start()
        stack.push_async_callback(listener.stop)
        connectors = await open_connectors(settings, pool, ring, clock, stack)
        stack.push_async_callback(callbacks.waker.aclose)
        cards = CardStore(pool, Vault(ring, reread=lambda: KeyRing.load(settings.keys)))
        world = World(
            orders=OrderStore(pool, callbacks.waker.wake),
            merchants=merchants,
            ways=PaymentWays(connectors.ways),
            card=CardPorts(checks=connectors.checks, threeds=connectors.threeds, vault=cards),
            effects=EffectKinds(effect_kinds.BUILT_IN),
            clock=clock,
            sleep=asyncio.sleep,
        )
        stack.push_async_callback(supervisor.stop)
        lagged = LaggedClock(clock, timedelta(seconds=settings.acquirer_timeout_seconds * 2))
        keep = timedelta(days=settings.callback_days)
        supervisor.start("timers", lambda: run_timers(world))
        supervisor.start("reconciliation", lambda: run_reconciliation(world, lagged))
        supervisor.start(
            "housekeeping",
            lambda: run_housekeeping(cards, callbacks.outbox, clock, keep_callbacks=keep),
        )
        supervisor.start("callbacks", lambda: callbacks.run(settings, merchants, clock))
        context = EndpointContext(
            settings=settings,
            pool=pool,
            world=world,
            clock=clock,
            credentials=credentials,
            signing_keys=callbacks.signing_keys,
            workers_down=supervisor.down,
            token_key=ring.derive(TOKEN_KEY_PURPOSE),
        )
        yield Gateway(settings, pool, world, open_router(context, connectors.routes))


class App:
    """The ASGI application of one process; it builds its gateway when the server starts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._router: Router | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection, or the server's start and shutdown."""
        if scope["type"] == "lifespan":
            await self._run_lifespan(receive, send)
        elif self._router is not None:
            await self._router(scope, receive, send)

    async def _run_lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            async with running(self._settings) as gateway:
                self._router = gateway.router
                gc.freeze()  # objects that live as long as the process are not collected again
                gc.set_threshold(*GC_THRESHOLD)
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            log.exception("start_failed")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})


def create_app() -> App:
    """The application of a server process, with settings from the environment."""
    settings = settings_module.load()
    logs.configure_logging(settings.log_level, settings.log_json)
    return App(settings)
