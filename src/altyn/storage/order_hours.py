"""Summarises the orders of busy merchants by the hour of their registration, for the key figures.

An hour is summarised once, when no transaction can change it without a row of its own: from an hour
after an order's registration on, triggers add a row for each change of its figures, and the sums of
an hour are those of all its rows. So no row is changed by payments, and figures with summaries are
those of the orders themselves. Source: docs/decisions/0030-sums-of-hours.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from altyn.domain.moscow import start_of_day, to_moscow
from altyn.domain.order_id import first_order_id
from altyn.storage.database import Pool
from altyn.storage.statements import key_array, statement

DAYS: Final = 31
"""The summary of a merchant begins so many days ago: a day more than the longest period shown."""

ORDERS_MIN: Final = 5_000
"""A merchant with fewer orders in these days is not summarised: reading them takes milliseconds."""

_STEP: Final = timedelta(hours=6)
"""So many hours are summarised by one statement."""

_MERCHANTS: Final = 500
"""So many merchants are looked at by one statement."""

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SummarisedHours:
    """The hours of a merchant that are summarised: from `since` on, before `until`."""

    merchant_id: int
    since: datetime
    until: datetime


class OrderHours:
    """Brings the sums of all merchants up to date, once for each hour that has ended."""

    def __init__(self, pool: Pool, *, orders_min: int = ORDERS_MIN, days: int = DAYS) -> None:
        self._pool = pool
        self._orders_min = orders_min
        self._days = days
        self._updated_until: datetime | None = None

    async def update(self) -> None:
        """Summarise the hours that may be, and add up the late changes of earlier ones."""
        end = await self.end()
        if end != self._updated_until:
            await self.update_until(end)
            self._updated_until = end

    async def update_until(self, end: datetime) -> None:
        """Summarise the hours before `end`, which is not after `end()`."""
        rows = await statement("merchant_ids").fetch(self._pool)
        for merchant_ids in _parts([row["merchant_id"] for row in rows]):
            await self._begin(merchant_ids, end)
            for hours in await summarised_hours(self._pool, merchant_ids):
                await self._go_on(hours, end)

    async def end(self) -> datetime:
        """The end of the hours that may be summarised now, by the database's clock."""
        rows = await statement("summaries_end").fetch(self._pool)
        at: datetime = rows[0]["at"]
        return at

    async def _begin(self, merchant_ids: Sequence[int], end: datetime) -> None:
        """Begin the summaries of busy merchants; remove the late changes of the rest."""
        known = {each.merchant_id for each in await summarised_hours(self._pool, merchant_ids)}
        not_summarised = [each for each in merchant_ids if each not in known]
        if not not_summarised:
            return
        since = start_of_day(to_moscow(end).date() - timedelta(days=self._days))
        rows = await statement("busy_merchants").fetch(
            self._pool,
            merchant_ids=key_array(not_summarised),
            since=since,
            until=end,
            orders_min=self._orders_min,
        )
        busy = [row["merchant_id"] for row in rows]
        await statement("add_summarised_hours").execute(self._pool, merchant_ids=busy, since=since)
        await statement("remove_late_changes").execute(self._pool, merchant_ids=not_summarised)

    async def _go_on(self, hours: SummarisedHours, end: datetime) -> None:
        until = hours.until
        while until < end:
            next_until = min(until + _STEP, end)
            if not await self._summarise(hours.merchant_id, until, next_until):
                return  # another process is at work
            until = next_until
        await statement("add_up_late_changes").execute(
            self._pool, merchant_id=hours.merchant_id, since=hours.since, until=until
        )

    async def _summarise(self, merchant_id: int, until: datetime, next_until: datetime) -> bool:
        hours = list(_hours_between(until, next_until))
        claimed = await statement("summarise_hours").fetch(
            self._pool,
            merchant_id=merchant_id,
            until=until,
            next_until=next_until,
            hours=hours,
            first_ids=list(map(first_order_id, hours)),
            first_id=first_order_id(until),
            end_id=first_order_id(next_until),
        )
        return bool(claimed)


async def summarised_hours(pool: Pool, merchant_ids: Sequence[int]) -> list[SummarisedHours]:
    """The summarised hours of those of the merchants that have any."""
    rows = await statement("load_summarised_hours").fetch(
        pool, merchant_ids=key_array(merchant_ids)
    )
    return [SummarisedHours(row["merchant_id"], row["since"], row["until"]) for row in rows]


def _hours_between(since: datetime, until: datetime) -> Iterator[datetime]:
    while since < until:
        yield since
        since += _HOUR


def _parts(merchant_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(merchant_ids), _MERCHANTS):
        yield merchant_ids[first : first + _MERCHANTS]
