"""The ports of the outbox worker: the store of entries, and the handler of a kind."""

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

    An attempt may be repeated: a worker may be killed after the receiver has acted and before the
    result is saved. So an attempt must be safe to repeat.
    """

    def attempt_seconds(self, merchant: Merchant) -> int:
        """The time limit of one attempt. The claim of an entry lasts a few seconds longer."""
        ...

    async def deliver(self, entry: ClaimedEntry, merchant: Merchant) -> AttemptResult:
        """Carry out one attempt. Errors of the receiver are results, not exceptions."""
        ...

    def retry_pause(self, merchant: Merchant, failures: int) -> timedelta | None:
        """The time until the next attempt after so many failures; None after the last one."""
        ...


class Outbox(Protocol):
    """The store of entries. Leases use real time, all other times the gateway's clock (UTC)."""

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
