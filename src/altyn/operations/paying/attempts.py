"""New attempts, and the look-ups of attempts that all ways share."""

from dataclasses import replace
from datetime import datetime

from altyn.domain.cart.parts import Part
from altyn.domain.cart.raw_line import RawLine
from altyn.domain.order import Attempt, AttemptState, Due, Kind, Order


def new_attempt(
    order: Order,
    kind: Kind,
    amount_minor: int,
    now: datetime,
    *,
    partial: bool = False,
    due: Due | None = None,
    external_refund_id: str | None = None,
    parts: tuple[Part, ...] = (),
    raw: RawLine | None = None,
) -> Attempt:
    """The order's next attempt, about to be asked. `amount_minor` in the order's minor units."""
    return Attempt(
        number=len(order.attempts) + 1,
        kind=kind,
        state=AttemptState.ASKED,
        amount_minor=amount_minor,
        started_at=now,
        inquire_at=now,
        partial=partial,
        due=due,
        external_refund_id=external_refund_id,
        parts=parts,
        raw=raw,
    )


def abandon_earlier(order: Order, now: datetime) -> tuple[Attempt, ...]:
    """The attempt whose payer has not come back yet, as abandoned; none where there is none.

    The connector was never asked for its money, so nothing has to be given back.
    """
    waiting = order.waiting_attempt
    if waiting is None:
        return ()
    return (replace(waiting, state=AttemptState.ABANDONED, answered_at=now, waiting=None),)
