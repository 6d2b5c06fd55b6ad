"""Builds the developer's console of the sandbox: its pages, and what they read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.routing import BaseRoute

from altyn.inbound.console.callbacks import CallbackPages
from altyn.inbound.console.clock_panel import ClockPanel, MoveClock
from altyn.inbound.console.endpoint import Console, console_routes
from altyn.inbound.console.orders import OrderPages
from altyn.inbound.console.requests import RequestPages
from altyn.inbound.console.start_page import ReturnPage, StartPage
from altyn.inbound.sandbox.due.endpoint import ReadDue
from altyn.inbound.sandbox.shop_check import Certificates, ShopCheck
from altyn.inbound.web.order_story.values import StoryReader
from altyn.main.demo_shop import DemoShopReader
from altyn.operations.ports import World
from altyn.settings import Settings
from altyn.storage.callback_history import CallbackHistory
from altyn.storage.database import Pool
from altyn.storage.demo import DEMO_LOGIN
from altyn.storage.order_history import OrderHistory
from altyn.storage.order_list import OrderListStore
from altyn.storage.receipts import ReceiptStore
from altyn.storage.request_log import RequestLogStore


@dataclass(frozen=True, slots=True)
class Clockwork:
    """The sandbox's clock: its time (UTC), how to move it, and what it carries out next."""

    now: Callable[[], datetime]
    move: MoveClock
    read_due: ReadDue


def console_of(
    pool: Pool,
    world: World,
    settings: Settings,
    clock: Clockwork,
    certificates: Certificates,
    demo: DemoShopReader,
) -> list[BaseRoute]:
    """The console's routes."""
    history, callbacks = OrderHistory(pool), CallbackHistory(pool)
    public_url = settings.public_url
    return console_routes(
        Console(
            start=StartPage(
                read_shop=demo.shop,
                public_url=public_url,
                clock=ClockPanel(clock.now, clock.read_due),
                move_clock=clock.move,
            ),
            returned=ReturnPage(read_shop=demo.shop, public_url=public_url),
            requests=RequestPages(
                log=RequestLogStore(pool),
                merchants=world.merchants,
                read_known=demo.secrets,
                is_on=settings.request_log,
            ),
            orders=OrderPages(
                OrderListStore(pool),
                history,
                history,
                StoryReader(world, history, callbacks, ReceiptStore(pool)),
            ),
            callbacks=CallbackPages(
                callbacks, world.merchants, ShopCheck(certificates), clock.now, DEMO_LOGIN
            ),
        )
    )
