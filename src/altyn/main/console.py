"""Builds the developer's console of the sandbox: its pages, and what they read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.routing import BaseRoute

from altyn.inbound.console.callbacks import CallbackPages
from altyn.inbound.console.endpoint import console_routes
from altyn.inbound.console.facts import DemoShop
from altyn.inbound.console.orders import OrderPages
from altyn.inbound.console.start_page import MoveClock, ReturnPage, StartPage
from altyn.inbound.web.order_story.values import StoryReader
from altyn.operations.ports import World
from altyn.storage.callback_history import CallbackHistory
from altyn.storage.database import Pool
from altyn.storage.demo import (
    DEMO_API_LOGIN,
    DEMO_CALLBACK_KEY,
    DEMO_LOGIN,
    DEMO_OPERATOR_LOGIN,
    DEMO_PASSWORD,
    DEMO_TOKEN,
)
from altyn.storage.order_history import OrderHistory
from altyn.storage.receipts import ReceiptStore

DEMO_SHOP: Final = DemoShop(
    login=DEMO_LOGIN,
    api_login=DEMO_API_LOGIN,
    password=DEMO_PASSWORD,
    token=DEMO_TOKEN,
    callback_key=DEMO_CALLBACK_KEY,
    account_login=DEMO_OPERATOR_LOGIN,
)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """The sandbox's clock: its time (UTC), and how to move it."""

    now: Callable[[], datetime]
    move: MoveClock


def console_of(
    pool: Pool, world: World, public_url: str | None, clock: Clockwork
) -> list[BaseRoute]:
    """The console's routes."""
    history, callbacks = OrderHistory(pool), CallbackHistory(pool)
    stories = StoryReader(world, history, callbacks, ReceiptStore(pool))
    return console_routes(
        StartPage(shop=DEMO_SHOP, public_url=public_url, now=clock.now, move_clock=clock.move),
        ReturnPage(shop=DEMO_SHOP, public_url=public_url),
        OrderPages(history, history, stories),
        CallbackPages(callbacks, clock.now),
    )
