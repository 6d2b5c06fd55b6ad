"""Compares orders with the ledger: sums by Moscow day and currency, and the orders that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from altyn.domain.ledger import Totals
from altyn.domain.money import Currency, Money
from altyn.operations.reports.rows import Row


class Agreement(StrEnum):
    """Whether orders and ledger agree."""

    AGREES = "agrees"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """An order's amounts, and what its postings add up to."""

    day: date
    currency: Currency
    order_number: str
    order_id: UUID
    order: Totals
    ledger: Totals


@dataclass(slots=True)
class _Day:
    orders: int = 0
    order: Totals = field(default_factory=lambda: Totals(0, 0, 0))
    ledger: Totals = field(default_factory=lambda: Totals(0, 0, 0))


@dataclass(slots=True)
class Reconciliation:
    """The sums of the orders that were added, and the orders that differ."""

    days: dict[tuple[date, str], tuple[Currency, _Day]] = field(default_factory=dict)
    differing: list[Reconciled] = field(default_factory=list)

    def add(self, found: Reconciled) -> None:
        """Add an order."""
        new = (found.currency, _Day())
        _, day = self.days.setdefault((found.day, found.currency.alpha), new)
        day.orders += 1
        day.order, day.ledger = _sum(day.order, found.order), _sum(day.ledger, found.ledger)
        if found.order != found.ledger:
            self.differing.append(found)

    def rows(self) -> Sequence[Row]:
        """A row for each day and currency, newest first, then one for each order that differs."""
        days = [
            (day, None, None, each.orders, alpha, *_compared(each.order, each.ledger, currency))
            for (day, alpha), (currency, each) in sorted(
                self.days.items(), key=lambda item: item[0], reverse=True
            )
        ]
        orders = [
            (
                *(each.day, each.order_number, str(each.order_id), 1, each.currency.alpha),
                *_compared(each.order, each.ledger, each.currency),
            )
            for each in self.differing
        ]
        return [*days, *orders]


def _compared(order: Totals, ledger: Totals, currency: Currency) -> Row:
    """Each amount of the order, of the ledger, and the difference; then whether they agree."""
    amounts: list[Money] = []
    for one, other in zip(_amounts(order), _amounts(ledger), strict=True):
        amounts += [Money(each, currency) for each in (one, other, one - other)]
    return (*amounts, Agreement.AGREES if order == ledger else Agreement.DIFFERS)


def _sum(one: Totals, other: Totals) -> Totals:
    return Totals(*(a + b for a, b in zip(_amounts(one), _amounts(other), strict=True)))


def _amounts(of: Totals) -> tuple[int, int, int, int]:
    return (of.approved_minor, of.deposited_minor, of.refunded_minor, of.paid_out_minor)
