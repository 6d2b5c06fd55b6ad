"""How an attempt comes into being: numbered within its order, and stored as asked."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from altyn.domain.order import Attempt, AttemptState, Kind, Order


def new_attempt(
    order: Order, kind: Kind, amount_minor: int, now: datetime, **details: Any
) -> Attempt:
    """The order's next attempt, about to be asked. `amount_minor` in the order's minor units."""
    return Attempt(
        number=len(order.attempts) + 1,
        kind=kind,
        state=AttemptState.ASKED,
        amount_minor=amount_minor,
        started_at=now,
        inquire_at=now,
        **details,
    )


def abandoned(attempt: Attempt, now: datetime) -> Attempt:
    """An attempt that another one replaced, or whose order ended, before the bank was asked."""
    return replace(attempt, state=AttemptState.ABANDONED, answered_at=now)
