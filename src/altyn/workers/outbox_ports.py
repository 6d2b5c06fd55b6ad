"""What the outbox worker needs from outside: the store of entries, and a handler for each kind."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from altyn.domain.merchant import Merchant
from altyn.domain.outbox import (
    AttemptResult,
    Claimed,
    ClaimedEntry,
    ClaimOrder,
    DeliveryQueue,
    QueueDepth,
    Settlement,
)


class OutboxHandler(Protocol):
    """Carries out the entries of one kind.

    Every attempt may be repeated: a worker may be killed after the other side has acted and before
    the result is saved. So what a handler does must be safe to repeat.
    """

    def attempt_seconds(self, merchant: Merchant) -> int:
        """The longest time that one attempt takes. The claim of an entry lasts a little longer."""
        ...

    async def deliver(self, entry: ClaimedEntry, merchant: Merchant) -> AttemptResult:
        """Carry out one attempt. Does not raise for anything that the other side does."""
        ...

    def retry_pause(self, merchant: Merchant, failures: int) -> timedelta | None:
        """The time until the next attempt after so many failures; None after the last one."""
        ...


class Outbox(Protocol):
    """The store of entries. Leases are real time, all other times are the gateway's clock (UTC)."""

    async def waiting_queues(self, kinds: Collection[str]) -> Mapping[DeliveryQueue, datetime]:
        """The queues in which entries of these kinds wait, and when the first entry is due."""
        ...

    async def claim(
        self, orders: Mapping[DeliveryQueue, ClaimOrder], *, now: datetime
    ) -> Claimed: ...

    async def settle(self, settlement: Settlement) -> bool:
        """Save the state after an attempt. True when another entry waits behind this one."""
        ...

    async def depths(self) -> Collection[QueueDepth]: ...
