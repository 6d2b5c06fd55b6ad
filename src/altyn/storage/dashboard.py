"""The key figures of shops in PostgreSQL: two statements, each bounded by the period.

Only reads. Source: personal-account.md §8 (dashboard).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
from altyn.storage.statements import key_array, statement

Key = TypeVar("Key", int, str)


class DashboardStore:
    """Implements the port `DashboardReader`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self, merchant_ids: Sequence[int], period: Period) -> Dashboard:
        """The figures of the orders of some merchants that were registered in a period."""
        shops = key_array(merchant_ids)
        rows = await statement("shop_days").fetch(
            self._pool,
            merchant_ids=shops,
            starts=[*map(start_of_day, period.days), period.until],
            since=period.since,
            until=period.until,
        )
        days = sorted((_day(row, period) for row in rows), key=lambda each: each.day)
        attempts = await statement("shop_attempts").fetch(
            self._pool,
            merchant_ids=shops,
            first_id=first_order_id(period.since),
            end_id=first_order_id(period.until),
        )
        return Dashboard(period, days, _attempts(attempts))


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
