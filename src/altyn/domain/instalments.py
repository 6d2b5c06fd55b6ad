"""Payment in parts: the plan of a payment, and what refunds and charges make of it. Pure values.

The shop gets the full sum at once; the payer pays it in four parts to the service that lends.
Amounts are minor units, dates are days in Moscow. Source: bnpl.md §4, §7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from altyn.domain.moscow import start_of_day, to_moscow

PARTS: Final = 4
DAYS_BETWEEN: Final = 14
HOLD_DAYS_MAX: Final = 7

INSTALMENT: Final = "instalment"
"""The kind of the effect, and of its rows in the outbox."""

WAY: Final = "BNPL"
APPLICATION: Final = "application"
"""In the details of a payment attempt: the application at the service that it pays for."""

CHARGED_NOW: Final = "charged_now_minor"
"""In the details of a payment attempt: the sum that the payer's card is charged at once."""

PLAN: Final = "plan"
"""In the details of an approved payment attempt: its plan, as `plan_text` writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One part: `number` counts from 1, `due_on` is the day on which it is charged.

    `unpaid_minor` is still to be paid, `charged_minor` was charged to the card, `returned_minor` of
    it went back to the card after refunds. A part is charged in one sum.
    """

    number: int
    due_on: date
    unpaid_minor: int
    charged_minor: int = 0
    returned_minor: int = 0

    @property
    def amount_minor(self) -> int:
        """The sum of the part, as refunds have left it."""
        return self.unpaid_minor + self.charged_minor - self.returned_minor


@dataclass(frozen=True, slots=True)
class CardReturn:
    """A sum of a charged part that goes back to the card."""

    number: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of one payment, the earliest first."""

    parts: tuple[Instalment, ...]

    @property
    def unpaid_minor(self) -> int:
        """What the payer still has to pay."""
        return sum(part.unpaid_minor for part in self.parts)

    @property
    def charged_minor(self) -> int:
        """What was charged to the card, also where it went back."""
        return sum(part.charged_minor for part in self.parts)

    @property
    def returned_minor(self) -> int:
        """What went back to the card."""
        return sum(part.returned_minor for part in self.parts)

    def part(self, number: int) -> Instalment | None:
        """One part by its number; None when the plan has no such part."""
        return next((part for part in self.parts if part.number == number), None)

    def charged(self, number: int) -> Plan:
        """The plan after the unpaid sum of a part was charged."""
        return Plan(tuple(_charged(each) if each.number == number else each for each in self.parts))

    def shortened(self, amount_minor: int) -> tuple[Plan, tuple[CardReturn, ...]]:
        """The plan after the shop gave this sum back, and what the card gets back.

        Unpaid parts become smaller, the last one first. What they do not cover goes back to the
        card, from the last charged part backwards. The sum is at most what was paid and is unpaid.
        """
        left, after, returns = amount_minor, list[Instalment](), list[CardReturn]()
        for part in reversed(self.parts):
            cut = min(left, part.unpaid_minor)
            left -= cut
            after.append(replace(part, unpaid_minor=part.unpaid_minor - cut))
        for at, part in enumerate(after):
            back = min(left, part.charged_minor - part.returned_minor)
            left -= back
            if back:
                after[at] = replace(part, returned_minor=part.returned_minor + back)
                returns.append(CardReturn(part.number, back))
        assert left == 0, "no more is given back than was paid and is unpaid"
        return Plan(tuple(reversed(after))), tuple(returns)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentDue:
    """The effect: the service charges a later part of a payment when its day begins."""

    number: int
    due_on: date

    @property
    def kind(self) -> str:
        """The handler that carries it out."""
        return INSTALMENT

    def due_after(self, at: datetime) -> timedelta:
        """How long after `at` (UTC) the day of the part begins in Moscow."""
        return max(start_of_day(self.due_on) - at, timedelta(0))


def plan_of(amount_minor: int, first_day: date) -> Plan:
    """Four parts of a sum, two weeks apart; kopecks that remain belong to the first part."""
    first, each = first_part_minor(amount_minor), amount_minor // PARTS
    return Plan(
        tuple(
            Instalment(
                number=number,
                due_on=first_day + timedelta(days=DAYS_BETWEEN * (number - 1)),
                unpaid_minor=first if number == 1 else each,
            )
            for number in range(1, PARTS + 1)
        )
    )


def first_part_minor(amount_minor: int) -> int:
    """The first part of a sum: a quarter, and the kopecks that cannot be divided."""
    each, rest = divmod(amount_minor, PARTS)
    return each + rest


def day_of(moment: datetime) -> date:
    """The day in Moscow."""
    return to_moscow(moment).date()


def plan_text(plan: Plan) -> str:
    """The plan as text, for the details of an attempt."""
    return msgspec.json.encode(plan.parts).decode()


def read_plan(text: str) -> Plan:
    """A plan that `plan_text` has written."""
    return Plan(msgspec.json.decode(text, type=tuple[Instalment, ...]))


def later_instalments(details: Mapping[str, str]) -> tuple[InstalmentDue, ...]:
    """The effects of an approved payment: one for each part that is charged later.

    `details` are those of the attempt; a payment in another way has no plan there.
    """
    if PLAN not in details:
        return ()
    return tuple(
        InstalmentDue(number=part.number, due_on=part.due_on)
        for part in read_plan(details[PLAN]).parts
        if part.unpaid_minor
    )


def _charged(part: Instalment) -> Instalment:
    return replace(part, unpaid_minor=0, charged_minor=part.charged_minor + part.unpaid_minor)
