"""The courier's justice: whoever can be told is told, however many others cannot.

The outbox and the network are small stand-ins here; what is tried is who gets a turn.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from altyn.domain.callback import (
    Callback,
    CallbackId,
    CallbackRequest,
    CallbackSettings,
    Claimed,
    Delivery,
    DeliveryQueue,
    Outcome,
    Reply,
    origin_of,
)
from altyn.workers.callbacks import CallbackWorker
from tests.builders import a_merchant
from tests.callbacks import MerchantsAlike, NoKeys

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEALTHY = "https://healthy.example/cb"
CMS = "https://cms.example/cb"


@dataclass
class Memory:
    """An outbox in memory; whoever waits stands in its lane."""

    waiting: dict[DeliveryQueue, list[Callback]] = field(default_factory=lambda: defaultdict(list))
    settled: list[Delivery] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def put(self, merchant_id: int, receiver: str, count: int = 1) -> None:
        for _ in range(count):
            self.waiting[DeliveryQueue(merchant_id, origin_of(receiver))].append(
                Callback(
                    id=CallbackId(merchant_id, uuid4(), 1, 1),
                    operation="deposited",
                    receiver=receiver,
                    parameters={"status": "1"},
                    created_at=NOW,
                )
            )

    async def lanes(self) -> Mapping[DeliveryQueue, datetime]:
        return {lane: NOW for lane, callbacks in self.waiting.items() if callbacks}

    async def claim(
        self,
        slots: Mapping[DeliveryQueue, int],
        leases: Mapping[DeliveryQueue, int],
        *,
        now: datetime,
    ) -> Claimed:
        assert slots.keys() == leases.keys()
        await asyncio.sleep(0)
        claimed = list[Callback]()
        for lane, count in slots.items():
            claimed += self.waiting[lane][:count]
            del self.waiting[lane][:count]
        return Claimed(tuple(claimed))

    async def settle(self, delivery: Delivery) -> bool:
        self.settled.append(delivery)
        async with self.changed:
            self.changed.notify_all()
        return False

    async def depths(self) -> Mapping[str, tuple[int, datetime]]:
        return {}

    def delivered_to(self, merchant_id: int) -> int:
        return sum(
            each.outcome is Outcome.DELIVERED and each.callback.id.merchant_id == merchant_id
            for each in self.settled
        )

    async def until(self, merchant_id: int, count: int) -> None:
        """Wait until a merchant has been told so often."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: self.delivered_to(merchant_id) >= count)


@dataclass
class Network:
    """Hosts whose name begins with `dead` say nothing for a while; the others answer at once."""

    gives_up: asyncio.Event = field(default_factory=asyncio.Event)
    sent: Counter[str] = field(default_factory=Counter)

    async def send(self, letter: CallbackRequest, *, timeout_seconds: float) -> Reply:
        assert timeout_seconds > 0
        self.sent[origin_of(letter.url)] += 1
        if "//dead" not in letter.url:
            await asyncio.sleep(0)
            return Reply(status=200, took_seconds=0.001)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.gives_up.wait(), 0.2)
        return Reply(problem="no answer")


class Clock:
    def now(self) -> datetime:
        return NOW


SHOP = a_merchant(callbacks=CallbackSettings(attempts=1))


@asynccontextmanager
async def working(outbox: Memory, *, unreadable: int | None = None) -> AsyncIterator[Network]:
    network = Network()
    courier = CallbackWorker(
        outbox,
        network,
        merchants=MerchantsAlike(SHOP, unreadable),
        signing_keys=NoKeys(),
        clock=Clock(),
    )
    running = asyncio.create_task(courier.run(pulse_seconds=0.02))
    try:
        yield network
    finally:
        network.gives_up.set()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_no_number_of_dead_hosts_keeps_a_new_shop_from_its_turn() -> None:
    outbox = Memory()
    for merchant in range(1, 301):
        outbox.put(merchant, f"https://dead-{merchant}.example/cb", 40)
    outbox.put(999, HEALTHY, 50)
    async with working(outbox):
        await outbox.until(999, 50)


async def test_one_merchants_many_dead_hosts_do_not_fill_the_places() -> None:
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


async def test_a_merchant_who_cannot_be_read_stops_no_other() -> None:
    outbox = Memory()
    outbox.put(1, "https://one.example/cb", 5)
    outbox.put(2, HEALTHY, 20)
    async with working(outbox, unreadable=1) as network:
        await outbox.until(2, 20)
        assert network.sent["https://one.example:443"] == 0
