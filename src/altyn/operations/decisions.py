"""What an operation can decide, as values.

A decision is made by a pure function from an order as it was loaded; `perform.py` saves it if the
order is still what it was, and has it made anew if not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from altyn.domain.effects import Effect, OutboxEntry
from altyn.domain.ledger import Posting
from altyn.domain.lifecycle import TRANSITIONS, Event
from altyn.domain.order import Attempt, Order
from altyn.domain.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Yes: the order becomes `order`, and history, postings and effects are saved with it.

    `ask` names the attempt whose request must now go to the connector. `outbox` holds the rows that
    the effects come to for this merchant; `perform` fills it in just before it saves.
    """

    order: Order
    event: str
    at: datetime
    attempts: tuple[Attempt, ...] = ()
    postings: tuple[Posting, ...] = ()
    effects: tuple[Effect, ...] = ()
    outbox: tuple[OutboxEntry, ...] = ()
    ask: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and which rule was broken: `rule` is for logs and for the developer's eyes."""

    refusal: Refusal
    rule: str = ""
    order: Order | None = None
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The same request was carried out before: answer as then, change nothing."""

    order: Order
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """The bank is being asked about this order right now: decide again when it has answered."""

    order: Order


Decision = Accepted | Refused | Unchanged | Busy


def accept(
    order: Order,
    event: Event | str,
    at: datetime,
    *,
    attempt: Attempt | None = None,
    also: tuple[Attempt, ...] = (),
    postings: tuple[Posting, ...] = (),
    effects: tuple[Effect, ...] = (),
    ask: bool = False,
    detail: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Accepted:
    """Build the next version of an order.

    An `Event` moves the status by the lifecycle table (a KeyError here is a broken invariant: the
    caller has asked `order.allows` before); a plain name is history only. `attempt` is the one this
    is about, `also` are others that change with it, `changes` are fields of `Order`.
    """
    if isinstance(event, Event):
        changes["status"] = TRANSITIONS[order.status, event]
    after = replace(order, version=order.version + 1, changed_at=at, **changes)
    changed = (*also, attempt) if attempt else also
    for each in changed:
        after = after.with_attempt(each)
    return Accepted(
        order=after,
        event=str(event),
        at=at,
        attempts=changed,
        postings=postings,
        effects=effects,
        ask=attempt.number if ask and attempt else None,
        detail=detail or {},
    )
