"""The doors, put together: REST, SOAP, payment page, personal account, health and sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from altyn.domain.merchant import MerchantSettings
from altyn.inbound.handlers import HANDLERS
from altyn.inbound.health import routes as health_routes
from altyn.inbound.http.reading import Limits
from altyn.inbound.payment_page.endpoint import routes as payment_page_routes
from altyn.inbound.personal_account.plugin_settings import routes as plugin_routes
from altyn.inbound.request_handler import Credentials, RequestHandler
from altyn.inbound.rest.endpoint import RestEndpoint
from altyn.inbound.router import Router
from altyn.inbound.sandbox.callbacks import callback_routes
from altyn.inbound.sandbox.endpoint import routes as sandbox_routes
from altyn.inbound.sandbox.receiver import receiver_routes
from altyn.inbound.soap.endpoint import SoapEndpoint
from altyn.main.callback_sending import callback_rules
from altyn.main.ways import Titles
from altyn.operations.ports import World
from altyn.outbound.callbacks.guard import refusal_of_url
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.security.passwords import PasswordsBusyError
from altyn.settings import Settings
from altyn.storage.administration import Administration
from altyn.storage.callback_history import CallbackHistory
from altyn.storage.clock import ClockRefusedError, SandboxClock, SystemClock
from altyn.storage.coalescing import Overloaded
from altyn.storage.database import Pool
from altyn.storage.merchant_settings import SettingRefusedError
from altyn.storage.signing_keys import SigningKeys
from altyn.workers.time_travel import travel

OVERLOADED = (Overloaded, PasswordsBusyError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What stands behind the doors of one process."""

    settings: Settings
    pool: Pool
    world: World
    clock: SandboxClock | SystemClock
    credentials: Credentials
    signing_keys: SigningKeys
    token_key: bytes = field(repr=False)
    way_titles: Mapping[str, Titles] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        """How much a request may be."""
        return Limits(body_bytes=self.settings.body_max_bytes)

    async def change_settings(
        self, merchant_id: int, changes: Mapping[str, object], by: str
    ) -> MerchantSettings:
        """Change settings of a merchant, as staff would."""
        async with self.pool.acquire() as connection:
            staff = Administration(connection, clock=self.clock, token_key=self.token_key)
            return await staff.change_settings(merchant_id, changes, by=by)

    def refusal_of_callback_url(self, url: str) -> str | None:
        """Why callbacks of this gateway may not go there; None when they may."""
        return refusal_of_url(url, callback_rules(self.settings))


def open_router(back: Back, others: Sequence[BaseRoute]) -> Router:
    """The front door of a process; `others` are the pages of the world that we pretend."""
    settings, desk = back.settings, RequestHandler(back.world, back.credentials, HANDLERS)
    rest = RestEndpoint(
        desk,
        METHODS,
        limits=back.limits,
        public_url=settings.public_url,
        show_rules=settings.sandbox,
        overloaded=OVERLOADED,
    )
    soap = SoapEndpoint(
        desk,
        limits=back.limits,
        public_url=settings.public_url,
        show_rules=settings.sandbox,
        overloaded=OVERLOADED,
    )
    pages = Starlette(routes=[*others, *_routes(back)])
    return Router(rest, soap, pages, settings.concurrency_max)


def _routes(back: Back) -> list[BaseRoute]:
    settings, world = back.settings, back.world
    routes = [
        *health_routes(back.pool),
        *payment_page_routes(
            world,
            sandbox=settings.sandbox,
            templates_folder=settings.home / "templates",
            public_url=settings.public_url,
            limits=back.limits,
            way_titles=back.way_titles,
        ),
        *plugin_routes(
            back.credentials,
            world.merchants,
            back.change_settings,
            (SettingRefusedError,),
            back.refusal_of_callback_url,
            OVERLOADED,
        ),
    ]
    if isinstance(back.clock, SandboxClock):
        movable = back.clock

        async def go(to: datetime) -> datetime:
            return await travel(world, movable, to)

        routes += [
            *sandbox_routes(movable.now, go, (ClockRefusedError,)),
            *callback_routes(
                CallbackHistory(back.pool),
                world.merchants,
                movable.now,
                back.signing_keys.certificates,
                back.refusal_of_callback_url,
            ),
            *receiver_routes(),
        ]
    return routes
