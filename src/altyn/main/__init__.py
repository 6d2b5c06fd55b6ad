"""The composition root: builds a gateway from settings, with its workers.

The only package that imports all others: it connects ports to their adapters, and runs the workers
for as long as the server runs.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from starlette.routing import BaseRoute

from altyn import logs
from altyn import settings as settings_module
from altyn.inbound.connections.refused_requests import REPORT
from altyn.inbound.router import Router
from altyn.main.awaited_entries import awaited_entries
from altyn.main.callback_handler import HandlerServices
from altyn.main.connectors import Connectors, open_connectors
from altyn.main.effects import BUILT_IN, EffectKinds, mail_kind
from altyn.main.endpoints import DIALECTS, EndpointContext, open_router
from altyn.main.extensions import NO_EXTENSIONS, Extensions
from altyn.main.outbox_sending import OutboxSending
from altyn.main.payer_phone import payer_phone_of
from altyn.main.phones import routes_of_phones
from altyn.main.preparation import open_keys, prepare
from altyn.main.process import end_with_parent, forbid_core_dumps
from altyn.main.reports import start_reports
from altyn.main.request_log import purge_of, start_recorder
from altyn.main.sms import channels_of
from altyn.main.ways import RegisteredWay, routes_of, tiles_of
from altyn.operations.bindings.ports import BindingPorts
from altyn.operations.paying.card.limiter import AttemptLimiter
from altyn.operations.paying.card.ports import CardPorts
from altyn.operations.paying.ways import PaymentWays
from altyn.operations.ports import World
from altyn.protocol.dialects.classic.callbacks.parameters import binding_callbacks
from altyn.security.signing_keys import SIGNING_KEY_PURPOSE
from altyn.security.vault import Vault
from altyn.settings import Settings
from altyn.storage.attempt_counts import AttemptCountStore
from altyn.storage.bindings import BindingStore
from altyn.storage.bounded_pool import connect_bounded, watch_schema
from altyn.storage.card_store import CardStore
from altyn.storage.clock import SandboxClock, SystemClock
from altyn.storage.credentials import TOKEN_KEY_PURPOSE, CredentialStore
from altyn.storage.database import Listener, Pool
from altyn.storage.mailbox import Mailbox
from altyn.storage.merchants import MerchantDirectory
from altyn.storage.order_hours import OrderHours
from altyn.storage.orders import OrderStore
from altyn.storage.page_sets import ServedPageSets
from altyn.storage.receipts import ReceiptStore
from altyn.storage.shop_links import ShopLinkStore
from altyn.storage.signing_keys import SigningKeys
from altyn.workers.housekeeping import run_housekeeping
from altyn.workers.reconciliation import LaggedClock, run_reconciliation
from altyn.workers.supervision import Supervisor
from altyn.workers.timers import run_timers

__all__ = ["App", "Gateway", "create_app", "prepare", "running"]

GC_THRESHOLD: Final = (20_000, 20, 20)
"""Fewer collections than Python's default (every 700 objects): requests leave no cycles."""

log = structlog.get_logger("altyn")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway, with the parts that the command line and tests use."""

    settings: Settings
    pool: Pool
    world: World
    router: Router


@asynccontextmanager
async def running(
    settings: Settings,
    extensions: Extensions = NO_EXTENSIONS,
    *,
    supervisor: Supervisor | None = None,
) -> AsyncIterator[Gateway]:
    """A running gateway with its workers; at the end it stops them and closes its connections."""
    assert settings.database_url is not None
    supervisor = supervisor or Supervisor()
    async with AsyncExitStack() as stack:
        ring, key_file = await open_keys(settings)
        pool, listener = await _open_database(settings, stack)
        merchants = MerchantDirectory(pool, listener)
        credentials = CredentialStore(pool, listener, token_key=ring.derive(TOKEN_KEY_PURPOSE))
        clock = await _open_clock(settings, pool, listener)
        signing_keys = SigningKeys(pool, listener, ring.derive(SIGNING_KEY_PURPOSE))
        outbox, effect_kinds = OutboxSending(pool, listener), _effect_kinds(extensions)
        page_sets = ServedPageSets(pool, listener)
        await _start(listener, stack)
        connectors = await open_connectors(settings, pool, ring, clock, stack)
        ways = (*connectors.ways, *extensions.payment_ways)
        stack.push_async_callback(outbox.notifier.aclose)
        cards = _card_store(pool, Vault(ring, reread=key_file.load), settings)
        orders = OrderStore(pool, outbox.notifier.notify)
        world = World(
            orders=orders,
            merchants=merchants,
            ways=PaymentWays([each.way for each in ways]),
            card=_card_ports(connectors, cards, orders, _limiter(pool, settings)),
            bindings=_binding_ports(pool, outbox),
            effects=effect_kinds,
            receipts=ReceiptStore(pool),
            links=ShopLinkStore(pool),
            clock=clock,
            sleep=asyncio.sleep,
            parts=connectors.parts,
            channels=channels_of(settings),
            credit=connectors.credit,
        )
        stack.push_async_callback(supervisor.stop)
        services = HandlerServices(settings, pool, world, signing_keys, ring)
        _start_workers(supervisor, world, cards, outbox, effect_kinds, services)
        context = EndpointContext(
            settings=settings,
            pool=pool,
            world=world,
            clock=clock,
            credentials=credentials,
            signing_keys=signing_keys,
            workers_down=supervisor.down,
            keys=ring,
            awaited=awaited_entries(outbox, settings),
            dialects=(*DIALECTS, *extensions.dialects),
            tiles=tiles_of(ways),
            payer_phone=payer_phone_of(connectors, world, settings.public_url),
            recorder=start_recorder(supervisor, pool, settings),
            page_sets=page_sets,
        )
        routes = _added_routes(connectors, ways, world, settings)
        yield Gateway(settings, pool, world, open_router(context, routes))


def _limiter(pool: Pool, settings: Settings) -> AttemptLimiter:
    return AttemptLimiter(AttemptCountStore(pool), settings.limits)


def _card_store(pool: Pool, vault: Vault, settings: Settings) -> CardStore:
    return CardStore(pool, vault, keep_unused=timedelta(days=settings.unused_card_days))


async def _start(listener: Listener, stack: AsyncExitStack) -> None:
    await listener.start()
    stack.push_async_callback(listener.stop)


def _added_routes(
    connectors: Connectors, ways: Sequence[RegisteredWay], world: World, settings: Settings
) -> tuple[BaseRoute, ...]:
    """The routes of the simulators and the simulated phones, and those of added ways to pay."""
    return (
        *connectors.routes,
        *routes_of_phones(connectors, world, settings.public_url),
        *routes_of(ways, world),
    )


def _effect_kinds(extensions: Extensions) -> EffectKinds:
    mails = mail_kind(extensions.mails)
    return EffectKinds.of((*BUILT_IN, mails, *extensions.effect_kinds))


async def _open_database(settings: Settings, stack: AsyncExitStack) -> tuple[Pool, Listener]:
    assert settings.database_url is not None
    pool = await connect_bounded(
        settings.database_url,
        pool_size=settings.pool_size,
        timeout_seconds=settings.database_timeout_seconds,
    )
    stack.push_async_callback(pool.close)
    listener = Listener(settings.database_url)
    watch_schema(pool, listener)
    return pool, listener


async def _open_clock(
    settings: Settings, pool: Pool, listener: Listener
) -> SandboxClock | SystemClock:
    if not settings.sandbox:
        return SystemClock()
    clock = SandboxClock(pool, listener)
    await clock.load()
    return clock


def _card_ports(
    connectors: Connectors, cards: CardStore, orders: OrderStore, limiter: AttemptLimiter
) -> CardPorts:
    return CardPorts(
        checks=connectors.checks,
        threeds=connectors.threeds,
        vault=cards,
        transactions=orders,
        limiter=limiter,
    )


def _binding_ports(pool: Pool, outbox: OutboxSending) -> BindingPorts:
    store = BindingStore(pool, outbox.notifier.notify)
    return BindingPorts(store=store, entries=binding_callbacks)


def _start_workers(
    supervisor: Supervisor,
    world: World,
    cards: CardStore,
    outbox: OutboxSending,
    effect_kinds: EffectKinds,
    services: HandlerServices,
) -> None:
    settings, clock = services.settings, services.clock
    lagged = LaggedClock(clock, timedelta(seconds=settings.acquirer_timeout_seconds * 2))
    keep = timedelta(days=settings.callback_days)
    supervisor.start("timers", lambda: run_timers(world))
    supervisor.start("reconciliation", lambda: run_reconciliation(world, lagged))
    mailbox = Mailbox(services.pool, settings.mail_sender) if settings.sandbox else None
    supervisor.start(
        "housekeeping",
        lambda: run_housekeeping(
            cards,
            outbox.store,
            clock,
            keep_callbacks=keep,
            mailbox=mailbox,
            purge_requests=purge_of(services.pool, settings),
            update_sums=OrderHours(services.pool).update,
        ),
    )
    start_reports(supervisor, services.pool, clock)
    kinds = effect_kinds.by_name.values()
    supervisor.start("outbox", lambda: outbox.run(kinds, services))


class App:
    """The ASGI application of one process; it builds its gateway when the server starts."""

    def __init__(self, settings: Settings, extensions: Extensions = NO_EXTENSIONS) -> None:
        self._settings = settings
        self._extensions = extensions
        self._router: Router | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection, or the server's start and shutdown."""
        if scope["type"] == "lifespan":
            await self._run_lifespan(scope, receive, send)
        elif self._router is not None:
            await self._router(scope, receive, send)

    async def _run_lifespan(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        try:
            async with running(self._settings, self._extensions) as gateway:
                self._router = gateway.router
                if report := gateway.router.report_refused:
                    scope["state"][REPORT] = report
                gc.freeze()  # objects that live as long as the process are not scanned again
                gc.set_threshold(*GC_THRESHOLD)
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            log.exception("start_failed")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})


def create_app(extensions: Extensions = NO_EXTENSIONS) -> App:
    """The application of a server process, with settings from the environment."""
    settings = settings_module.load()
    logs.configure_logging(settings.log_level, settings.log_json)
    end_with_parent()
    if not settings.sandbox:
        forbid_core_dumps()
    return App(settings, extensions)
