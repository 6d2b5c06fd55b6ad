"""The outbox: entries that a worker carries out, each by the handler of its kind.

The kinds share the delivery queues, the order of entries, the retries and the states that are
described here; what an entry does is up to its handler. Pure values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class EntryState(StrEnum):
    """The state of an entry of the outbox. A dead entry is not tried again unless it is resent."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class EntryId:
    """The full key of an entry. The subject is an order or a stored card, `version` is the version
    of the subject that the entry belongs to, `line` counts the entries of that version from 1."""

    merchant_id: int
    subject_id: UUID
    version: int
    line: int

    def __str__(self) -> str:
        return f"{self.subject_id}.{self.version}.{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class DeliveryQueue:
    """The entries of one kind and one merchant for one host or provider.

    A queue that is slow does not delay the others.
    """

    kind: str
    merchant_id: int
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEntry:
    """An entry that one worker carries out now. `created_at`: when its subject changed (UTC, the
    gateway's clock).

    `attempt` counts the attempts from 1, this one included. `failures` counts the failed attempts
    since the entry was saved or resent.
    """

    id: EntryId
    kind: str
    operation: str
    receiver: str
    host: str
    parameters: Mapping[str, str]
    created_at: datetime
    attempt: int = 1
    failures: int = 0

    @property
    def queue(self) -> DeliveryQueue:
        """The delivery queue in which the entry waited."""
        return DeliveryQueue(self.kind, self.id.merchant_id, self.host)


@dataclass(frozen=True, slots=True)
class ClaimOrder:
    """What to claim from one delivery queue: at most so many entries, for so many real seconds."""

    slots: int
    lease_seconds: int


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many entries of one kind and merchant wait, and when the oldest was created (UTC)."""

    kind: str
    merchant: str
    waiting: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """The entries that a worker has claimed.

    `contended`: queues of which another worker claimed entries at the same moment, so that more may
    be waiting there.
    """

    entries: tuple[ClaimedEntry, ...]
    contended: frozenset[DeliveryQueue] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An entry that is due and not carried out. `problem`: what went wrong last, if anything did.

    `due_at` is UTC.
    """

    kind: str
    subject_id: UUID
    due_at: datetime
    problem: str | None


class Verdict(StrEnum):
    """The result that a handler reports for an attempt.

    After `FAILED` the next attempt follows by the schedule of the kind; after `REJECTED` there is
    no further attempt. After `ACCEPTED` the receiver works on it, and the next attempt, which asks
    for the result, follows when the result says so; that is no failure.
    """

    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    FAILED = "failed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """The result of one attempt to carry out an entry.

    `problem` says why it failed, for people; None after a success. `again_after` is the time until
    the next attempt after ACCEPTED. `contacted`: the host was
    called, so that a missing response counts against it. `response_seconds`: how long the response
    took, None without one. `record`: what the handler keeps of the attempt; the store saves it in
    the statement that saves the new state, if it has a table for records of that type.
    """

    verdict: Verdict
    problem: str | None = None
    again_after: timedelta | None = None
    contacted: bool = True
    response_seconds: float | None = None
    record: object | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """An entry's new state after an attempt. Times: UTC by the gateway's clock.

    `due_at` is the time of the next attempt, for an entry that still waits.
    """

    entry: ClaimedEntry
    result: AttemptResult
    state: EntryState
    settled_at: datetime
    due_at: datetime | None = None


def settlement_of(
    entry: ClaimedEntry, result: AttemptResult, *, pause: timedelta | None, at: datetime
) -> Settlement:
    """Decide the state after an attempt that ended at `at`.

    `pause` is the time until the next attempt after this failure, None when this attempt was the
    last one of the schedule.
    """
    state = EntryState.WAITING
    if result.verdict is Verdict.ACCEPTED:
        pause = result.again_after
        assert pause is not None, "the result says when to ask again"
    if result.verdict is Verdict.DELIVERED:
        state = EntryState.DELIVERED
    elif result.verdict is Verdict.REJECTED or pause is None:
        state = EntryState.DEAD
    due_at = at + pause if state is EntryState.WAITING and pause is not None else None
    return Settlement(entry=entry, result=result, state=state, settled_at=at, due_at=due_at)
