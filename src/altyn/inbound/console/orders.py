"""The console's orders: those of all shops, a search by number or id, one order's story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from altyn.domain.lifecycle import OrderStatus
from altyn.domain.order_id import merchant_of, read_order_id
from altyn.inbound.console.pages import console_frame, render
from altyn.inbound.sandbox.answers import read_query
from altyn.inbound.web.order_story.values import StoryReader
from altyn.inbound.web.order_story.view import money_text, story_view, toned
from altyn.inbound.web.order_story.words import STATUS_WORDS, story_text
from altyn.inbound.web.paging import BEFORE, list_address, page_links, read_place
from altyn.inbound.web.responses import page, see_other
from altyn.operations.order_history import OrderLine
from altyn.operations.order_list import OrderFilter, OrderLists
from altyn.operations.ports import OrderKey

ORDERS: Final = "orders"
ORDERS_PATH: Final = "/console/orders"
CALLBACKS_PATH: Final = "/console/callbacks"
WANTED_LENGTH_MAX: Final = 64
"""More characters than an order number or an id has."""


class OrderNumbers(Protocol):
    """Finds the orders with a number, by the logins of their shops."""

    async def named(self, order_number: str) -> Mapping[str, OrderKey]: ...


class MerchantNumbers(Protocol):
    """The numbers of all shops."""

    async def merchant_ids(self) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True)
class OrderPages:
    """The list of orders and the page of one."""

    lists: OrderLists
    numbers: OrderNumbers
    shops: MerchantNumbers
    stories: StoryReader

    async def list(self, request: Request) -> Response:
        """A page of the orders; `q` is an order number or id, `status` a status by its name.

        An order that is the only one of its number is opened; a number may have `%`.
        """
        asked = read_query(request)
        wanted = asked.get("q", "").strip()[:WANTED_LENGTH_MAX]
        status = asked.get("status", "")
        if wanted and len(keys := await self._found(wanted)) == 1:
            return see_other(f"{ORDERS_PATH}/{keys[0].order_id}")
        before = read_place(asked.get(BEFORE, ""))
        found = await self.lists.page(await self._filter(wanted, status), before=before)
        frame = console_frame(request, ORDERS)
        kept = {name: text for name, text in (("q", wanted), ("status", status)) if text}
        query = urlencode(kept)
        return page(
            render(
                "orders.html",
                frame,
                orders=[_line(each, language=frame.language) for each in found.lines],
                wanted=wanted,
                status=status,
                statuses={
                    str(each): words.text(frame.language)
                    for each, (words, _) in STATUS_WORDS.items()
                },
                pages=page_links(ORDERS_PATH, query, found, before),
                live=list_address(ORDERS_PATH, query),
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
        return [key] if key else list((await self.numbers.named(wanted)).values())

    async def _filter(self, wanted: str, status: str) -> OrderFilter:
        known = {str(each): (each,) for each in OrderStatus}
        shops = tuple(await self.shops.merchant_ids())
        return OrderFilter(merchant_ids=shops, statuses=known.get(status, ()), order_number=wanted)


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
