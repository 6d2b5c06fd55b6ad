"""What the card form shows of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from altyn.domain.money import Money


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One part of the plan: its day in words, and its sum."""

    day: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PartsSummary:
    """What the card form shows of the plan: the sum that is charged now, and the later parts."""

    first: Money
    later: Sequence[PlanRow]
    other_way_url: str | None
