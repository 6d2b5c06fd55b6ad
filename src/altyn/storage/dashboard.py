"""The key figures of shops in PostgreSQL: sums of hours, and the orders of the last hours.

Only reads; `order_hours.py` makes the sums. Source: personal-account.md §8 (dashboard).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from altyn.domain.moscow import start_of_day
from altyn.domain.order_id import first_order_id
from altyn.operations.dashboard import (
    Attempts,
    Dashboard,
    DayFigures,
    Figures,
    Period,
    RefusalCount,
    WayCount,
)
from altyn.storage.database import Pool
from altyn.storage.order_hours import summarised_hours
from altyn.storage.statements import key_array, statement

Key = TypeVar("Key", int, str)


class DashboardStore:
    """Implements the port `DashboardReader`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self, merchant_ids: Sequence[int], period: Period) -> Dashboard:
        """The figures of the orders of some merchants that were registered in a period."""
        shops = key_array(merchant_ids)
        summarised_until = await self._summarised_until(merchant_ids, period)
        rows = await statement("shop_days").fetch(
            self._pool,
            merchant_ids=shops,
            starts=[*map(start_of_day, period.days), period.until],
            since=period.since,
            summarised_until=summarised_until,
            until=period.until,
        )
        days = sorted((_day(row, period) for row in rows), key=lambda each: each.day)
        attempts = await statement("shop_attempts").fetch(
            self._pool,
            merchant_ids=shops,
            since=period.since,
            summarised_until=summarised_until,
            first_id=first_order_id(summarised_until),
            end_id=first_order_id(period.until),
        )
        return Dashboard(period, days, _attempts(attempts))

    async def _summarised_until(self, merchant_ids: Sequence[int], period: Period) -> datetime:
        """The time in the period to which the orders of all the merchants are summarised.

        It may be an earlier one than that of the next statement's moment: sums stay right.
        """
        known = await summarised_hours(self._pool, merchant_ids)
        covered = [each.until for each in known if each.since <= period.since]
        if len(covered) < len(set(merchant_ids)):
            return period.since
        return max(period.since, min(period.until, *covered))


def _day(row: Any, period: Period) -> DayFigures:
    figures = Figures(
        orders=row["orders"],
        paid=row["paid"],
        deposited=row["deposited"],
        turnover_minor=row["turnover_minor"],
        refunded_minor=row["refunded_minor"],
    )
    return DayFigures(period.days[row["day"] - 1], row["currency"], figures)


def _attempts(rows: Sequence[Any]) -> Attempts:
    ways: Counter[str] = Counter()
    refusals: Counter[int] = Counter()
    for row in rows:
        if row["approved"]:
            ways[row["way"]] += row["attempts"]
        elif row["action_code"] is not None:
            refusals[row["action_code"]] += row["attempts"]
    return Attempts(
        [WayCount(*each) for each in _largest_first(ways)],
        [RefusalCount(*each) for each in _largest_first(refusals)],
    )


def _largest_first(counts: Counter[Key]) -> list[tuple[Key, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
