"""The key figures of a shop for the main page of its account: over time, by way to pay, refusals.

The figures are about the orders that were registered in the period. Days are Moscow days; amounts
are minor units. Source: personal-account.md §8 (dashboard).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from altyn.domain.moscow import start_of_day, to_moscow

PRESETS: Final = (1, 7, 30)
"""The periods that are offered: so many days, the last one is today."""


@dataclass(frozen=True, slots=True)
class Period:
    """Moscow days one after another, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Each day."""
        count = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=number) for number in range(count))

    @property
    def parts(self) -> tuple[datetime, ...]:
        """The beginnings (UTC) of its parts: the hours of a single day, else the days."""
        if self.is_one_day:
            return tuple(self.since + timedelta(hours=number) for number in range(24))
        return tuple(map(start_of_day, self.days))

    @property
    def is_one_day(self) -> bool:
        """Whether it is a single day, which is shown by hours."""
        return self.first == self.last

    @property
    def since(self) -> datetime:
        """The beginning (UTC), which is included."""
        return start_of_day(self.first)

    @property
    def until(self) -> datetime:
        """The end (UTC), which is not included."""
        return start_of_day(self.last + timedelta(days=1))


def last_days(count: int, now: datetime) -> Period:
    """The period of so many Moscow days that ends today."""
    today = to_moscow(now).date()
    return Period(today - timedelta(days=count - 1), today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The sums of some orders of one currency.

    `paid` counts the orders that the bank has approved, `deposited` those whose money the shop has
    or had. `turnover_minor` is what was deposited, before refunds.
    """

    orders: int = 0
    paid: int = 0
    deposited: int = 0
    turnover_minor: int = 0
    refunded_minor: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            orders=self.orders + other.orders,
            paid=self.paid + other.paid,
            deposited=self.deposited + other.deposited,
            turnover_minor=self.turnover_minor + other.turnover_minor,
            refunded_minor=self.refunded_minor + other.refunded_minor,
        )

    @property
    def conversion(self) -> float | None:
        """The share of orders that were paid, 0 to 1; None without orders."""
        return self.paid / self.orders if self.orders else None

    @property
    def average_minor(self) -> int | None:
        """The average of a deposited order, rounded half up; None without one."""
        if not self.deposited:
            return None
        return (2 * self.turnover_minor + self.deposited) // (2 * self.deposited)


@dataclass(frozen=True, slots=True)
class PartFigures:
    """The figures of the orders of one part of a period and one currency ("643")."""

    start: datetime
    currency: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class WayCount:
    """How many payments of a way to pay the bank has approved."""

    way: str
    payments: int


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """How many attempts to pay have ended with an action code."""

    action_code: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Attempts:
    """What became of the attempts to pay, the largest number first."""

    ways: Sequence[WayCount] = ()
    refusals: Sequence[RefusalCount] = ()


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures of a period. `parts` has only parts with orders."""

    period: Period
    parts: Sequence[PartFigures] = ()
    attempts: Attempts = field(default_factory=Attempts)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the orders, the one with most orders first."""
        orders: dict[str, int] = {}
        for each in self.parts:
            orders[each.currency] = orders.get(each.currency, 0) + each.figures.orders
        return tuple(sorted(orders, key=lambda code: (-orders[code], code)))

    def each_part(self, currency: str) -> Sequence[tuple[datetime, Figures]]:
        """Every part of the period with its figures in a currency; zeros for one without any."""
        known = {each.start: each.figures for each in self.parts if each.currency == currency}
        return [(start, known.get(start, Figures())) for start in self.period.parts]

    def total(self, currency: str) -> Figures:
        """The figures of the whole period in a currency."""
        return sum((figures for _, figures in self.each_part(currency)), Figures())


class DashboardReader(Protocol):
    """Reads the figures of merchants."""

    async def read(self, merchant_ids: Sequence[int], period: Period) -> Dashboard: ...
