"""Checks the precedence of refusals against the order in the docstring of a decision.

Precedence is part of the wire: a request with three faults gets one refusal, always the same.
"""

import re
from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeVar

from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Busy, Decision, Refused

NAMES = {refusal.name for refusal in Refusal}
Case = TypeVar("Case")


def documented_refusals(decide: Callable[..., object]) -> list[Refusal]:
    """The refusals of a docstring, in its order: what stands after `Refuses:`."""
    text = (decide.__doc__ or "").partition("Refuses:")[2].partition("Source:")[0]
    return [Refusal[word] for word in re.findall(r"[A-Z_]{4,}", text) if word in NAMES]


def ladder_cases(
    fine: Case, rungs: Sequence[tuple[Refusal, Callable[[Case], Case]]]
) -> list[tuple[Case, Refusal]]:
    """Cases from all faults at once down to the last fault alone, each with its refusal."""
    return [
        (reduce(_break, reversed(rungs[bottom:]), fine), refusal)
        for bottom, (refusal, _) in enumerate(rungs)
    ]


def _break(case: Case, rung: tuple[Refusal, Callable[[Case], Case]]) -> Case:
    return rung[1](case)


def refusal_of(decision: Decision) -> Refusal | type[Busy] | None:
    """What a decision refuses: the refusal, Busy, or None where it refuses nothing."""
    match decision:
        case Refused(refusal):
            return refusal
        case Busy():
            return Busy
        case _:
            return None
