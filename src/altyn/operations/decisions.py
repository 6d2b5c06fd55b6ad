"""The values that an operation can decide.

A pure function makes a decision from an order as it was loaded. `perform.py` saves the decision if
the order is still the same version, and asks for a new decision if it is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypedDict, Unpack

from altyn.domain.card.binding import Binding
from altyn.domain.card.charge import ReleasedCharge
from altyn.domain.cart.faults import CartFault
from altyn.domain.effects import Effect, OutboxEntry
from altyn.domain.history import HistoryEvent
from altyn.domain.ledger import Posting
from altyn.domain.lifecycle import TRANSITIONS, Event
from altyn.domain.order import Attempt, Order, OrderRequest
from altyn.domain.receipt.values import Receipt
from altyn.domain.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The order becomes `order`; history, postings and effects are saved with it.

    `ask` names the attempt whose request must now go to the connector. `outbox`, `receipts` and
    `bindings` hold what the effects come to for this merchant; `perform` fills them in just before
    it saves. `released` are charges that the terms of a stored card count no more.
    """

    order: Order
    event: str
    at: datetime
    attempts: tuple[Attempt, ...] = ()
    postings: tuple[Posting, ...] = ()
    effects: tuple[Effect, ...] = ()
    outbox: tuple[OutboxEntry, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    bindings: tuple[Binding, ...] = ()
    released: tuple[ReleasedCharge, ...] = ()
    ask: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The operation is refused. `rule` names the broken rule, for logs and for developers.

    `faults` are all faults of a refused cart, the answered one first. `until` is when the same
    request is possible again (UTC), where waiting helps.
    """

    refusal: Refusal
    rule: str = ""
    order: Order | None = None
    parameter: str = ""
    until: datetime | None = None
    faults: tuple[CartFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing to save: a replay, or nothing to do. `attempt` is the one that a replay repeats."""

    order: Order
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """A connector is being asked about this order: decide again after its answer."""

    order: Order


Decision = Accepted | Refused | Unchanged | Busy


class OrderChanges(TypedDict, total=False):
    """The fields of `Order` that a decision may change, apart from status and attempts."""

    approved_minor: int
    deposited_minor: int
    refunded_minor: int
    paid_out_minor: int
    action_code: int
    approved_at: datetime | None
    deposited_at: datetime | None
    reversed_at: datetime | None
    refunded_at: datetime | None
    auto_completion_at: datetime | None
    auto_reverse_at: datetime | None
    postponed_until: datetime | None
    partly_reversed: bool
    payer_ip: str | None
    request: OrderRequest
    params: Mapping[str, str]


def accept(
    order: Order,
    event: Event | HistoryEvent,
    at: datetime,
    *,
    attempt: Attempt | None = None,
    other_attempts: tuple[Attempt, ...] = (),
    postings: tuple[Posting, ...] = (),
    effects: tuple[Effect, ...] = (),
    ask: bool = False,
    detail: Mapping[str, Any] | None = None,
    **changes: Unpack[OrderChanges],
) -> Accepted:
    """Build the next version of an order.

    An `Event` moves the status by the lifecycle table; a KeyError here is a broken invariant, as
    the caller asks `order.allows` first. A `HistoryEvent` keeps the status. `attempt` is the one
    that the decision is about, `other_attempts` change with it.
    """
    status = TRANSITIONS[order.status, event] if isinstance(event, Event) else order.status
    changed = (*other_attempts, attempt) if attempt else other_attempts
    after = replace(
        order,
        version=order.version + 1,
        changed_at=at,
        status=status,
        attempts=order.attempts_with(changed),
        **changes,
    )
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
