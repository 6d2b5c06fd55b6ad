"""Ladders of refusals: that the rung told first is the one the docstring promises first.

It exists because precedence is part of the wire: a request with three faults must be told of one,
always the same.
"""

import re
from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeVar

from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Busy, Decision, Refused

NAMES = {refusal.name for refusal in Refusal}
Case = TypeVar("Case")


def promised(decide: Callable[..., object]) -> list[Refusal]:
    """The refusals of a docstring, in its order: what stands after `Refuses:`."""
    text = (decide.__doc__ or "").partition("Refuses:")[2].partition("Source:")[0]
    return [Refusal[word] for word in re.findall(r"[A-Z_]{4,}", text) if word in NAMES]


def climb(
    fine: Case, rungs: Sequence[tuple[Refusal, Callable[[Case], Case]]]
) -> list[tuple[Case, Refusal]]:
    """From all faults at once down to the last alone: the case, and what it must be told."""
    return [
        (reduce(_break, reversed(rungs[bottom:]), fine), refusal)
        for bottom, (refusal, _) in enumerate(rungs)
    ]


def _break(case: Case, rung: tuple[Refusal, Callable[[Case], Case]]) -> Case:
    return rung[1](case)


def told(decision: Decision) -> Refusal | type[Busy] | None:
    """What a decision refuses: the refusal, Busy, or None where it refuses nothing."""
    match decision:
        case Refused(refusal):
            return refusal
        case Busy():
            return Busy
        case _:
            return None
