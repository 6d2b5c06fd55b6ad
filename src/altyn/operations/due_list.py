"""What the gateway will do next by its clock: timers of orders, and entries of the outbox.

The sandbox shows the list, so that a developer can move the clock to the time of an entry.
Source: docs/how-to/test-time.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from altyn.domain.order import Due, Order
from altyn.domain.waiting import ConfirmOnPhone
from altyn.operations.ports import OrderKey, World

LAST: Final = datetime.max.replace(tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEntry:
    """An entry of the outbox that waits. `attempts` counts those that were begun, `problem` is what
    went wrong last. `due_at` is UTC."""

    kind: str
    merchant_id: int
    subject_id: UUID
    operation: str
    receiver: str
    host: str
    parameters: Mapping[str, str]
    due_at: datetime
    attempts: int
    problem: str | None


class WaitingEntries(Protocol):
    """Reads the entries of the outbox that wait."""

    async def first(self, limit: int) -> Sequence[WaitingEntry]:
        """Those of all kinds that are due first, the earliest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """One thing that the gateway will do.

    `at` (UTC) is the whole second by which it is due, so that a move of the clock to the time as it
    is shown carries it out. `action` is a value of `Due`, or the kind of an entry of the outbox.
    `on_phone`: a request in the bank's app ends with the order's session. `order_number` is empty
    where the entry is about a stored card. `attempt` is the number of the next attempt of an entry.
    """

    at: datetime
    action: str
    shop: str
    order: OrderKey
    order_number: str
    has_order: bool
    on_phone: bool = False
    operation: str = ""
    receiver: str = ""
    host: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    attempt: int | None = None
    problem: str | None = None


async def next_due_items(world: World, entries: WaitingEntries, *, limit: int) -> Sequence[DueItem]:
    """The first things that are due, the earliest first; also those that are due already."""
    timers, waiting = await world.orders.due(LAST, limit=limit), await entries.first(limit)
    items = await asyncio.gather(  # the orders are loaded by one statement
        *(_timer(each.key, world) for each in timers), *(_entry(each, world) for each in waiting)
    )
    found = [each for each in items if each is not None]
    return sorted(found, key=lambda each: (each.at, str(each.order.order_id)))[:limit]


async def _timer(key: OrderKey, world: World) -> DueItem | None:
    """The timer of an order; None when the order has changed meanwhile and has no timer left."""
    order = await world.orders.load(key)
    due = None if order is None else order.due()
    if order is None or due is None:
        return None
    return DueItem(
        at=_whole_second(due[0]),
        action=due[1],
        shop=await _login(key, world),
        order=key,
        order_number=order.order_number,
        has_order=True,
        on_phone=due[1] is Due.SESSION_EXPIRY and _waits_for_phone(order),
    )


async def _entry(entry: WaitingEntry, world: World) -> DueItem:
    key = OrderKey(entry.merchant_id, entry.subject_id)
    order = await world.orders.load(key)
    return DueItem(
        at=_whole_second(entry.due_at),
        action=entry.kind,
        shop=await _login(key, world),
        order=key,
        order_number=order.order_number if order else "",
        has_order=order is not None,
        operation=entry.operation,
        receiver=entry.receiver,
        host=entry.host,
        parameters=entry.parameters,
        attempt=entry.attempts + 1,
        problem=entry.problem,
    )


async def _login(key: OrderKey, world: World) -> str:
    return (await world.merchants.get(key.merchant_id)).login


def _waits_for_phone(order: Order) -> bool:
    return any(isinstance(each.waiting, ConfirmOnPhone) for each in order.attempts)


def _whole_second(moment: datetime) -> datetime:
    """The moment, or the first whole second after it."""
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + SECOND
