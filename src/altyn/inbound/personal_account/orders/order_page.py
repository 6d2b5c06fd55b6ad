"""The page of one order: its story, and what can be done with it.

Source: personal-account.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.roles import Action
from altyn.inbound.personal_account.access import AccountRequest
from altyn.inbound.personal_account.orders.actions import ORDER_ACTIONS
from altyn.inbound.personal_account.orders.pages import VisibleOrders, orders_frame, render
from altyn.inbound.personal_account.pages import INVOICES_PATH, ORDERS_PATH
from altyn.inbound.web.order_story.values import StoryReader
from altyn.inbound.web.order_story.view import story_view
from altyn.inbound.web.order_story.words import story_text
from altyn.inbound.web.responses import page
from altyn.operations.invoices import Invoices

DONE: Final = frozenset(
    {*(f"done_{each.name}" for each in ORDER_ACTIONS), "done_resent", "done_repeated"}
)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order."""

    visible: VisibleOrders
    stories: StoryReader
    invoices: Invoices

    def routes(self) -> list[BaseRoute]:
        """The address of the page."""
        path = f"{ORDERS_PATH}/{{order}}"
        return [self.visible.access.page("GET", path, self.show, needs=Action.ORDERS)]

    async def show(self, asked: AccountRequest) -> Response:
        """The story, with the actions that the user may do and the order allows."""
        key = await self.visible.key(asked)
        story = None if key is None else await self.stories.read(key)
        if key is None or story is None:
            return self.visible.not_found(asked)
        frame = orders_frame(asked, self.visible.access)
        now, order = self.visible.access.context.clock.now(), story.order
        may_invoices = asked.current.user.may(Action.INVOICES)
        done = f"done_{asked.request.query_params.get('done', '')}"
        path = f"{ORDERS_PATH}/{order.order_id}"
        html = render(
            "order.html",
            frame,
            view=story_view(story, frame.language),
            s=partial(story_text, language=frame.language),
            actions=[
                each
                for each in ORDER_ACTIONS
                if asked.current.user.may(each.right) and each.possible(order, story.merchant, now)
            ],
            path=path,
            callback_page=f"{path}/callbacks",
            receipt_page=f"{path}/receipts" if asked.current.user.may(Action.RECEIPTS) else "",
            invoice_page=f"{INVOICES_PATH}/{order.order_id}"
            if may_invoices and await self.invoices.has(key)
            else "",
            orders_path=ORDERS_PATH,
            done=done if done in DONE else "",
        )
        return page(html)
