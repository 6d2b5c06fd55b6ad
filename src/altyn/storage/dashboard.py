"""The key figures of shops in PostgreSQL: sums of hours, and the orders of the last hours.

Only reads; `order_hours.py` makes the sums. Source: personal-account.md §8 (dashboard).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from altyn.domain.order_id import first_order_id
from altyn.operations.dashboard import (
    Attempts,
    Dashboard,
    Figures,
    PartFigures,
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
        sums: list[Any] = []
        attempts: list[Any] = []
        for shops, summarised_until in await self._groups(merchant_ids, period):
            sums += await self._sums(shops, summarised_until, period)
            attempts += await self._attempts(shops, summarised_until, period)
        figures = sorted(_by_part(sums, period), key=lambda each: each.start)
        return Dashboard(period, figures, _attempts(attempts))

    async def _sums(
        self, shops: Sequence[int], summarised_until: datetime, period: Period
    ) -> list[Any]:
        return await statement("shop_figures").fetch(
            self._pool,
            merchant_ids=shops,
            starts=[*period.parts, period.until],
            since=period.since,
            summarised_until=summarised_until,
            until=period.until,
        )

    async def _attempts(
        self, shops: Sequence[int], summarised_until: datetime, period: Period
    ) -> list[Any]:
        return await statement("shop_attempts").fetch(
            self._pool,
            merchant_ids=shops,
            since=period.since,
            summarised_until=summarised_until,
            first_id=first_order_id(summarised_until),
            end_id=first_order_id(period.until),
        )

    async def _groups(
        self, merchant_ids: Sequence[int], period: Period
    ) -> list[tuple[Sequence[int], datetime]]:
        """The merchants with sums of hours, and the others, each with the time in the period to
        which their orders are summarised. A parent's small children have no sums.

        The time may be an earlier one than that of the next statement's moment: sums stay right.
        """
        known = await summarised_hours(self._pool, merchant_ids)
        covered = {
            each.merchant_id: each.until
            for each in known
            if each.since <= period.since < each.until
        }
        not_covered = [each for each in merchant_ids if each not in covered]
        groups: list[tuple[Sequence[int], datetime]] = []
        if covered:
            until = min(period.until, *covered.values())
            groups.append((key_array([*covered]), until))
        if not_covered:
            groups.append((key_array(not_covered), period.since))
        return groups


def _by_part(rows: Sequence[Any], period: Period) -> Iterator[PartFigures]:
    """The figures of each part and currency; several groups of merchants may have rows of it."""
    by_part: dict[tuple[int, str], list[Any]] = {}
    for row in rows:
        by_part.setdefault((row["part"], row["currency"]), []).append(row)
    starts = period.parts
    return (_part(same, starts) for same in by_part.values())


def _part(rows: Sequence[Any], starts: Sequence[datetime]) -> PartFigures:
    figures = Figures(
        orders=sum(row["orders"] for row in rows),
        paid=sum(row["paid"] for row in rows),
        deposited=sum(row["deposited"] for row in rows),
        turnover_minor=sum(row["turnover_minor"] for row in rows),
        refunded_minor=sum(row["refunded_minor"] for row in rows),
    )
    return PartFigures(starts[rows[0]["part"] - 1], rows[0]["currency"], figures)


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
