"""The console's orders: the newest of all shops, a search by number or id, one order's story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order_id import merchant_of, read_order_id
from altyn.inbound.console.pages import console_frame, render
from altyn.inbound.sandbox.answers import read_query
from altyn.inbound.web.order_story.values import StoryReader
from altyn.inbound.web.order_story.view import money_text, story_view, toned
from altyn.inbound.web.order_story.words import STATUS_WORDS, story_text
from altyn.inbound.web.responses import page, see_other
from altyn.operations.order_history import OrderLine
from altyn.operations.ports import OrderKey

ORDERS: Final = "orders"
ORDERS_PATH: Final = "/console/orders"
CALLBACKS_PATH: Final = "/console/callbacks"
LIST_SIZE: Final = 100
WANTED_LENGTH_MAX: Final = 64
"""More characters than an order number or an id has."""
EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


class OrderLists(Protocol):
    """Lists orders, and finds those with a number."""

    async def newest(
        self,
        merchant_ids: Sequence[int],
        *,
        statuses: Sequence[OrderStatus],
        since: datetime,
        size: int,
    ) -> Sequence[OrderLine]: ...

    async def named(self, order_number: str) -> Mapping[str, OrderKey]: ...


class MerchantNumbers(Protocol):
    """The numbers of all shops."""

    async def merchant_ids(self) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True)
class OrderPages:
    """The list of orders and the page of one."""

    lists: OrderLists
    shops: MerchantNumbers
    stories: StoryReader

    async def list(self, request: Request) -> Response:
        """The newest orders; `q` is an order number or id, `status` a status by its name."""
        asked = read_query(request)
        wanted = asked.get("q", "").strip()[:WANTED_LENGTH_MAX]
        if wanted and (keys := await self._found(wanted)) and len(keys) == 1:
            return see_other(f"{ORDERS_PATH}/{keys[0].order_id}")
        status = asked.get("status", "")
        lines = () if wanted else await self._newest(status)
        frame = console_frame(request, ORDERS)
        view = partial(_line, language=frame.language)
        return page(
            render(
                "orders.html",
                frame,
                orders=[view(each) for each in lines],
                wanted=wanted,
                status=status,
                statuses={
                    str(each): words.text(frame.language)
                    for each, (words, _) in STATUS_WORDS.items()
                },
                size=LIST_SIZE,
            )
        )

    async def story(self, request: Request) -> Response:
        """One order."""
        frame = console_frame(request, ORDERS)
        key = _key(request.path_params["order"])
        story = None if key is None else await self.stories.read(key)
        if story is None:
            return page(render("no_order.html", frame), 404)
        view = story_view(story, frame.language)
        find = partial(story_text, language=frame.language)
        return page(
            render("order.html", frame, view=view, s=find, callback_page=CALLBACKS_PATH),
        )

    async def _found(self, wanted: str) -> Sequence[OrderKey]:
        key = _key(wanted)
        return [key] if key else list((await self.lists.named(wanted)).values())

    async def _newest(self, status: str) -> Sequence[OrderLine]:
        known = {str(each): each for each in OrderStatus}
        chosen = (known[status],) if status in known else tuple(OrderStatus)
        shops = await self.shops.merchant_ids()
        return await self.lists.newest(shops, statuses=chosen, since=EVER, size=LIST_SIZE)


def _key(text: str) -> OrderKey | None:
    """The key of the order whose id this is; None for a text that is no id of this gateway."""
    order_id = read_order_id(text)
    merchant_id = None if order_id is None else merchant_of(order_id)
    if order_id is None or merchant_id is None:
        return None
    return OrderKey(merchant_id, order_id)


def _line(line: OrderLine, *, language: str) -> dict[str, Any]:
    return {
        "id": line.key.order_id,
        "number": line.order_number,
        "shop": line.merchant,
        "at": line.created_at,
        "state": toned(STATUS_WORDS[line.status], language),
        "amount": money_text(line.amount_minor, line.currency, language),
        "description": line.description or "",
    }
