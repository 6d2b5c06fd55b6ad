"""The end of a call that pays, for every way."""

from dataclasses import dataclass

from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Accepted, Busy, Decision, Refused, Unchanged


@dataclass(frozen=True, slots=True)
class Ended:
    """The order as it is now: paid, failed, in flight, or waiting for its payer (`waiting`)."""

    order: Order


def ended(decision: Decision) -> Ended | Refused:
    """The step that a decision comes to."""
    match decision:
        case Accepted() | Unchanged():
            return Ended(decision.order)
        case Busy():
            return Refused(Refusal.BUSY, "the bank is being asked", decision.order)
        case _:
            return decision
