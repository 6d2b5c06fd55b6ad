"""Builds the endpoints: REST, SOAP, payment page, personal account, health and sandbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from altyn.domain.account.audit import AUDIT_KEY_PURPOSE
from altyn.domain.merchant import MerchantSettings
from altyn.inbound.handlers import HANDLERS
from altyn.inbound.health import routes as health_routes
from altyn.inbound.http.request_reader import Limits
from altyn.inbound.page_guard import PageGuard
from altyn.inbound.payment_link.endpoint import qr_routes
from altyn.inbound.payment_page.endpoint import routes as payment_page_routes
from altyn.inbound.payment_page.no_scheme import no_scheme_page, not_found
from altyn.inbound.payment_page.tiles import WayTiles
from altyn.inbound.personal_account.plugin_settings import routes as plugin_routes
from altyn.inbound.receipt_page.endpoint import receipt_routes
from altyn.inbound.receipt_results import receipt_result_routes
from altyn.inbound.request_handler import Credentials, RequestHandler
from altyn.inbound.rest.endpoint import RestEndpoint
from altyn.inbound.router import Router
from altyn.inbound.sandbox.callbacks import callback_routes
from altyn.inbound.sandbox.clock_reset import clock_reset_routes
from altyn.inbound.sandbox.credit.endpoint import credit_routes
from altyn.inbound.sandbox.due.endpoint import due_routes
from altyn.inbound.sandbox.endpoint import routes as sandbox_routes
from altyn.inbound.sandbox.mail.endpoint import mail_routes
from altyn.inbound.sandbox.order_payment import order_payment_routes
from altyn.inbound.sandbox.payer.phone import PayerPhone
from altyn.inbound.sandbox.payment_link.endpoint import payment_link_routes
from altyn.inbound.sandbox.receiver import receiver_routes
from altyn.inbound.sandbox.requests.endpoint import request_log_routes
from altyn.inbound.soap.endpoint import SoapEndpoint
from altyn.inbound.web.routes import web_routes
from altyn.main.account import account_routes
from altyn.main.account_settings import settings_services
from altyn.main.atol import result_addresses
from altyn.main.callback_handler import callback_rules
from altyn.main.console import Clockwork, console_of
from altyn.main.demo_shop import DemoShopReader
from altyn.main.due_list import due_reader
from altyn.main.error_pages import ErrorPages
from altyn.main.request_log import recording_of
from altyn.operations.page_sets import ServedPages
from altyn.operations.ports import World
from altyn.operations.request_log import RequestRecorder
from altyn.operations.staff.actors import StaffActor
from altyn.operations.staff.settings import change_settings
from altyn.outbound.callbacks.guard import refusal_of_url
from altyn.protocol.dialect import Dialect
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.security.keys import KeyRing
from altyn.security.setting_secrets import SettingSecrets
from altyn.settings import Settings
from altyn.storage.bounded_pool import schema_problem
from altyn.storage.callback_history import CallbackHistory
from altyn.storage.clock import SandboxClock, SystemClock
from altyn.storage.credentials import TOKEN_KEY_PURPOSE
from altyn.storage.database import Pool
from altyn.storage.mailbox import Mailbox
from altyn.storage.outbox import OutboxStore
from altyn.storage.readiness import Readiness
from altyn.storage.request_log import RequestLogStore
from altyn.storage.signing_keys import SigningKeys
from altyn.storage.staff import staff_context
from altyn.workers.awaited_entries import AwaitedEntries
from altyn.workers.sandbox_clock import move_clock

DIALECTS: Final = (CLASSIC,)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointContext:
    """The settings and services that the endpoints of one process use."""

    settings: Settings
    pool: Pool
    world: World
    clock: SandboxClock | SystemClock
    credentials: Credentials
    signing_keys: SigningKeys
    workers_down: Callable[[], Sequence[str]]
    keys: KeyRing
    awaited: AwaitedEntries
    dialects: Sequence[Dialect] = DIALECTS
    tiles: WayTiles = field(default_factory=dict)
    payer_phone: PayerPhone | None = None
    recorder: RequestRecorder | None = None
    page_sets: ServedPages | None = None

    @property
    def limits(self) -> Limits:
        """The limits of a request."""
        return Limits(body_bytes=self.settings.body_max_bytes)

    async def change_settings(
        self,
        actor: StaffActor,
        merchant_id: int,
        changes: Mapping[str, object],
        *,
        version: int | None = None,
    ) -> MerchantSettings:
        """Change settings of a merchant, with a separate database connection."""
        async with self.pool.acquire() as connection:
            staff = staff_context(
                connection,
                actor=actor,
                clock=self.clock,
                token_key=self.keys.derive(TOKEN_KEY_PURPOSE),
                audit_key=self.keys.derive(AUDIT_KEY_PURPOSE),
                encrypt=SettingSecrets.of(self.keys).encrypt,
            )
            return await change_settings(merchant_id, changes, staff, version=version)

    def refusal_of_callback_url(self, url: str) -> str | None:
        """Why this gateway does not send callbacks to an address; None when it sends them."""
        return refusal_of_url(url, callback_rules(self.settings))


def open_router(context: EndpointContext, simulator_routes: Sequence[BaseRoute]) -> Router:
    """The router of a process.

    `simulator_routes` are the pages of the simulators, and the routes of added ways to pay.
    """
    settings = context.settings
    handler = RequestHandler(context.world, context.credentials, HANDLERS)
    rest = RestEndpoint(
        handler,
        context.dialects,
        limits=context.limits,
        public_url=settings.public_url,
        show_rules=settings.sandbox,
    )
    soap = SoapEndpoint(
        handler,
        limits=context.limits,
        public_url=settings.public_url,
        show_rules=settings.sandbox,
    )
    errors = ErrorPages(settings.sandbox)
    elsewhere = no_scheme_page(context.world) if settings.sandbox else not_found
    pages = Starlette(
        routes=[*simulator_routes, *_routes(context)],
        middleware=[Middleware(PageGuard, failed=errors.failed)],
        exception_handlers={404: errors.missing(elsewhere)},
    )
    pages.router.redirect_slashes = False  # it would redirect to the host that the request names
    pages.state.public_url = settings.public_url
    recording = recording_of(context.recorder, context.clock, settings.public_url)
    router = Router(
        rest,
        soap,
        pages,
        settings.concurrency_max,
        recording,
        outdated=lambda: schema_problem(context.pool) is not None,
    )
    pages.state.router = router  # the console calls the API as a shop does
    return router


def _routes(context: EndpointContext) -> list[BaseRoute]:
    settings, world = context.settings, context.world
    routes = [
        *health_routes(Readiness(context.pool).problem, context.workers_down),
        *payment_page_routes(
            world,
            sandbox=settings.sandbox,
            templates_folder=settings.home / "templates",
            public_url=settings.public_url,
            limits=context.limits,
            tiles=context.tiles,
            uploaded=context.page_sets,
        ),
        *qr_routes(world, settings.public_url),
        *receipt_routes(world, sandbox=settings.sandbox),
        *receipt_result_routes(
            result_addresses(settings, context.keys),
            OutboxStore(context.pool),
            context.clock,
        ),
        *plugin_routes(
            context.credentials,
            world.merchants,
            context.change_settings,
            context.refusal_of_callback_url,
        ),
        *_account_routes(context),
        *web_routes(),
    ]
    if isinstance(context.clock, SandboxClock):
        routes += _sandbox_routes(context, context.clock)
    return routes


def _sandbox_routes(context: EndpointContext, movable: SandboxClock) -> Sequence[BaseRoute]:
    """The addresses that only a sandbox has, with the clock that it can move."""
    world, settings = context.world, context.settings

    async def move(to: datetime) -> datetime:
        return await move_clock(world, movable, to, context.awaited)

    demo = DemoShopReader(context.pool, context.keys.derive(TOKEN_KEY_PURPOSE))
    clockwork = Clockwork(movable.now, move, due_reader(context.pool, world))
    return [
        *sandbox_routes(movable.now, move),
        *due_routes(movable.now, clockwork.read_due),
        *clock_reset_routes(movable),
        *callback_routes(
            CallbackHistory(context.pool),
            world.merchants,
            movable.now,
            context.signing_keys.certificates,
            context.refusal_of_callback_url,
        ),
        *order_payment_routes(world, settings.public_url, context.payer_phone),
        *payment_link_routes(world, settings.public_url),
        *credit_routes(world, settings.public_url),
        *receiver_routes(),
        *console_of(
            context.pool, world, settings, clockwork, context.signing_keys.certificates, demo
        ),
        *request_log_routes(
            RequestLogStore(context.pool),
            world.merchants,
            demo.secrets,
            is_on=settings.request_log,
        ),
        *mail_routes(Mailbox(context.pool, settings.mail_sender), settings.smtp_server),
    ]


def _account_routes(context: EndpointContext) -> Sequence[BaseRoute]:
    services = settings_services(context, context.change_settings, context.refusal_of_callback_url)
    return account_routes(
        context.settings,
        context.pool,
        context.keys,
        context.clock,
        context.world,
        services,
        context.credentials,
    )
