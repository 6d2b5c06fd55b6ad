"""The outbox worker shares its slots fairly: dead hosts do not delay the others.

The outbox and the network are small stand-ins here.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from altyn.domain.callback import (
    CALLBACK,
    CallbackRequest,
    CallbackResponse,
    CallbackSettings,
    host_of,
)
from altyn.domain.merchant import Merchant
from altyn.domain.outbox import (
    AttemptResult,
    Claimed,
    ClaimedEntry,
    ClaimOrder,
    DeliveryQueue,
    EntryId,
    EntryState,
    QueueDepth,
    Settlement,
)
from altyn.workers import outbox as worker_module
from tests.builders import a_merchant
from tests.callbacks import MerchantsAlike, a_callback_worker, a_claimed_callback

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEALTHY = "https://healthy.example/cb"
CMS = "https://cms.example/cb"


@dataclass
class Memory:
    """An outbox in memory, with its delivery queues."""

    waiting: dict[DeliveryQueue, list[ClaimedEntry]] = field(
        default_factory=lambda: defaultdict(list)
    )
    settled: list[Settlement] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def put(self, merchant_id: int, receiver: str, count: int = 1) -> None:
        for _ in range(count):
            entry = a_claimed_callback(
                receiver, {"status": "1"}, entry_id=EntryId(merchant_id, uuid4(), 1, 1)
            )
            self.waiting[entry.queue].append(entry)

    async def waiting_queues(self, kinds: Collection[str]) -> Mapping[DeliveryQueue, datetime]:
        return {
            queue: NOW for queue, entries in self.waiting.items() if entries and queue.kind in kinds
        }

    async def claim(self, orders: Mapping[DeliveryQueue, ClaimOrder], *, now: datetime) -> Claimed:
        await asyncio.sleep(0)
        claimed = list[ClaimedEntry]()
        for queue, order in orders.items():
            claimed += self.waiting[queue][: order.slots]
            del self.waiting[queue][: order.slots]
        return Claimed(tuple(claimed))

    async def settle(self, settlement: Settlement) -> bool:
        self.settled.append(settlement)
        async with self.changed:
            self.changed.notify_all()
        return False

    async def depths(self) -> Collection[QueueDepth]:
        return ()

    def delivered_to(self, merchant_id: int) -> int:
        return sum(
            each.state is EntryState.DELIVERED and each.entry.id.merchant_id == merchant_id
            for each in self.settled
        )

    async def until(self, merchant_id: int, count: int) -> None:
        """Wait until a merchant has received so many callbacks."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: self.delivered_to(merchant_id) >= count)


@dataclass
class Network:
    """Hosts whose name begins with `dead` do not answer for a while; the others answer at once."""

    hang_up: asyncio.Event = field(default_factory=asyncio.Event)
    sent: Counter[str] = field(default_factory=Counter)

    async def send(self, request: CallbackRequest, *, timeout_seconds: float) -> CallbackResponse:
        assert timeout_seconds > 0
        self.sent[host_of(request.url)] += 1
        if "//dead" not in request.url:
            await asyncio.sleep(0)
            return CallbackResponse(status=200, took_seconds=0.001)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.hang_up.wait(), 0.2)
        return CallbackResponse(problem="no answer")


class Clock:
    def now(self) -> datetime:
        return NOW


SHOP = a_merchant(callbacks=CallbackSettings(attempts=1))


@asynccontextmanager
async def working(outbox: Memory, *, unreadable: int | None = None) -> AsyncIterator[Network]:
    network = Network()
    worker = a_callback_worker(
        outbox, network, merchants=MerchantsAlike(SHOP, unreadable), clock=Clock()
    )
    running = asyncio.create_task(worker.run(pulse_seconds=0.02))
    try:
        yield network
    finally:
        network.hang_up.set()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_dead_hosts_do_not_delay_a_new_host() -> None:
    outbox = Memory()
    for merchant in range(1, 301):
        outbox.put(merchant, f"https://dead-{merchant}.example/cb", 40)
    outbox.put(999, HEALTHY, 50)
    async with working(outbox):
        await outbox.until(999, 50)


async def test_dead_hosts_of_one_merchant_do_not_use_all_slots() -> None:
    outbox = Memory()
    for number in range(1000):
        outbox.put(1, f"https://dead-{number}.example/cb")
    outbox.put(2, HEALTHY, 50)
    async with working(outbox) as network:
        await outbox.until(2, 50)
        assert network.sent.total() - 50 <= 1000


async def test_two_merchants_on_one_host_are_served_in_turn() -> None:
    outbox = Memory()
    outbox.put(1, CMS, 20_000)
    outbox.put(2, CMS, 10)
    async with working(outbox):
        await outbox.until(2, 10)
        assert outbox.delivered_to(1) < 2_000


async def test_unreadable_merchant_does_not_stop_others() -> None:
    outbox = Memory()
    outbox.put(1, "https://one.example/cb", 5)
    outbox.put(2, HEALTHY, 20)
    async with working(outbox, unreadable=1) as network:
        await outbox.until(2, 20)
        assert network.sent["https://one.example:443"] == 0


class HangingHandler:
    """A handler that says one second, and never ends."""

    def attempt_seconds(self, _merchant: Merchant) -> int:
        return 1

    async def deliver(self, _entry: ClaimedEntry, _merchant: Merchant) -> AttemptResult:
        await asyncio.Event().wait()
        raise AssertionError("nothing sets the event")

    def retry_pause(self, _merchant: Merchant, _failures: int) -> timedelta | None:
        return None


async def test_hanging_handler_is_a_failed_attempt_within_its_lease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert worker_module.HANDLER_MARGIN_SECONDS + sum(worker_module.SETTLE_PAUSES_SECONDS) < (
        worker_module.LEASE_MARGIN_SECONDS
    )
    monkeypatch.setattr(worker_module, "HANDLER_MARGIN_SECONDS", -0.9)
    outbox = Memory()
    outbox.put(1, HEALTHY)
    worker = worker_module.OutboxWorker(
        outbox, {CALLBACK: HangingHandler()}, merchants=MerchantsAlike(SHOP), clock=Clock()
    )
    running = asyncio.create_task(worker.run(pulse_seconds=0.02))
    try:
        async with asyncio.timeout(3), outbox.changed:
            await outbox.changed.wait_for(lambda: outbox.settled)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    assert [each.state for each in outbox.settled] == [EntryState.DEAD]
