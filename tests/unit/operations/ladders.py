"""Ladders of refusals: that the rung told first is the one the docstring promises first.

It exists because precedence is part of the wire: a request with three faults must be told of one,
always the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
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
) -> Iterator[tuple[Case, Refusal]]:
    """From all faults at once down to the last alone: the case, and what it must be told."""
    for bottom, (refusal, _) in enumerate(rungs):
        case = fine
        for _, break_it in reversed(rungs[bottom:]):
            case = break_it(case)
        yield case, refusal


def told(decision: Decision) -> Refusal | type[Busy] | None:
    """What a decision refuses: the refusal, Busy, or None where it refuses nothing."""
    match decision:
        case Refused(refusal):
            return refusal
        case Busy():
            return Busy
        case _:
            return None
