"""The sandbox's API of what is due next: `GET /sandbox/due`. Not in production.

Source: docs/how-to/test-time.md.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.inbound.sandbox.answers import RefusedError, explained, json_answer, read_query
from altyn.inbound.sandbox.due.words import due_text
from altyn.inbound.sandbox.endpoint import clock_members
from altyn.operations.due_list import DueItem

LIST_SIZE: Final = 20
LIST_SIZE_MAX: Final = 100
LIMIT: Final = re.compile("[1-9][0-9]?|100")

ReadDue = Callable[[int], Awaitable[Sequence[DueItem]]]
"""The first things that are due, at most so many."""


def due_routes(now: Callable[[], datetime], read_due: ReadDue) -> list[BaseRoute]:
    """`GET /sandbox/due`: the time of the clock, and what is due first."""

    async def show(request: Request) -> Response:
        limit = _limit(read_query(request))
        found = await read_due(limit)
        return json_answer(
            {"now": clock_members(now()), "due": [due_members(each) for each in found]}
        )

    return [Route("/sandbox/due", explained(show), methods=["GET"])]


def due_members(item: DueItem) -> dict[str, Any]:
    """One thing that is due, as an object of the answer."""
    return {
        **clock_members(item.at),
        "action": item.action,
        "text": due_text(item, "en"),
        "shop": item.shop,
        "orderId": str(item.order.order_id) if item.has_order else None,
        "orderNumber": item.order_number or None,
        "operation": item.operation or None,
        "attempt": item.attempt,
        "problem": item.problem,
    }


def _limit(query: dict[str, str]) -> int:
    """Refuses: a parameter with another name, a number that is none of 1 to LIST_SIZE_MAX."""
    unknown = next((name for name in query if name != "limit"), None)
    if unknown is not None:
        raise RefusedError(f"{unknown}: there is no such parameter; limit is the only one")
    text = query.get("limit") or str(LIST_SIZE)
    if not LIMIT.fullmatch(text):
        raise RefusedError(f"limit: a whole number from 1 to {LIST_SIZE_MAX}")
    return int(text)
