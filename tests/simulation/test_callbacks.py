"""Callbacks on a failing network: every change is delivered at least once, and in order.

Orders change, shops answer well, badly, late or not at all, workers are killed at any moment, and
two of them work on one outbox. PostgreSQL is real; the network and the time are drawn at random.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from altyn.domain.callback import (
    CallbackRequest,
    CallbackResponse,
    CallbackSettings,
    callback_entry,
)
from altyn.domain.merchant import Merchant, MerchantSettings
from altyn.storage.database import Pool, connect
from altyn.storage.migrate import migrate
from altyn.storage.outbox import OutboxStore
from tests.callbacks import MerchantsAlike, a_callback_worker

EXAMPLES: Final = 40  # for each hundred of an everyday property test
EVERYDAY: Final = 100
START: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
ATTEMPTS: Final = 4
PAUSE: Final = timedelta(seconds=30)
RECEIVERS: Final = ("http://one.example/cb", "http://one.example/other", "http://two.example/")
ENOUGH: Final = 400  # pauses; more than any schedule of the test has

# What happens to a delivery: it is confirmed, its answer is lost, it is refused or never arrives.
TAKES, ANSWER_LOST, REFUSES, UNREACHED = "takes", "answer lost", "refuses", "unreached"
FATES: Final = (TAKES, TAKES, ANSWER_LOST, REFUSES, UNREACHED)

CHANGE, SEND, DIE, LATER = "change", "send", "die", "later"
STEPS: Final = st.one_of(
    st.tuples(st.just(CHANGE), st.integers(0, 2), st.integers(1, 3)),
    st.tuples(st.just(SEND), st.integers(0, 1), st.just(0)),
    st.tuples(st.just(DIE), st.integers(0, 1), st.integers(0, 6)),
    st.tuples(st.just(LATER), st.integers(1, 2), st.just(0)),
)


@dataclass
class Time:
    """The gateway's clock, moved by the test."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment


@dataclass
class Network:
    """Shops and the way to them; `fates` are used up in turn, and then everything goes well."""

    fates: list[str]
    got: list[tuple[str, str]] = field(default_factory=list)  # receiver, the text that was sent
    dies_after: int | None = None
    sent: int = 0

    async def send(self, request: CallbackRequest, *, timeout_seconds: float) -> CallbackResponse:
        assert timeout_seconds > 0
        await asyncio.sleep(0)
        fate = self.fates.pop() if self.fates else TAKES
        self.sent += 1
        if fate in (TAKES, ANSWER_LOST):
            receiver, _, query = request.url.partition("?")
            self.got.append((receiver, query))
        await asyncio.sleep(0)
        if fate == TAKES:
            return CallbackResponse(status=200)
        return (
            CallbackResponse(status=500)
            if fate == REFUSES
            else CallbackResponse(problem="no answer")
        )


SHOP: Final = Merchant(
    merchant_id=1,
    login="shop",
    name="Shop",
    settings=MerchantSettings(
        callbacks=CallbackSettings(attempts=ATTEMPTS, interval_seconds=PAUSE.seconds)
    ),
)


@dataclass
class Site:
    """One outbox, two senders, and the shops they send to."""

    outbox: OutboxStore
    pool: Pool
    network: Network
    time: Time = field(default_factory=Time)
    orders: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(3)])
    versions: Counter[UUID] = field(default_factory=Counter)

    async def change(self, number: int, receivers: int) -> None:
        """Change an order, with callbacks to so many addresses."""
        order = self.orders[number]
        self.versions[order] += 1
        version = self.versions[order]
        entries = [
            callback_entry(
                operation="refunded",
                receiver=receiver,
                parameters={"mdOrder": str(order), "refundedAmount": str(version)},
            )
            for receiver in RECEIVERS[:receivers]
        ]
        await self.outbox.add(1, order, version, entries, self.time.now())

    async def send(self, *, dies_after: int | None = None) -> None:
        """One sender works until nothing is due, or dies after so many turns of its loop."""
        worker = a_callback_worker(
            self.outbox, self.network, merchants=MerchantsAlike(SHOP), clock=self.time
        )
        # A claim that a dying sender had sent may have been saved after its leases were ended.
        await self.pool.execute("UPDATE outbox SET lease_until = '-infinity'")
        running = asyncio.create_task(worker.run(pulse_seconds=0.001))
        try:
            if dies_after is None:
                await self.quiet()
            else:
                for _ in range(dies_after):
                    await asyncio.sleep(0.001)
        finally:
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                if task.get_coro().__qualname__.startswith("OutboxWorker."):  # type: ignore[union-attr]
                    task.cancel()
            with suppress(asyncio.CancelledError):
                await running
        # what it had claimed is free again once its lease has ended
        await self.pool.execute("UPDATE outbox SET lease_until = '-infinity'")

    async def quiet(self) -> None:
        """Wait until nothing is due now."""
        async with asyncio.timeout(30):
            while await self.pool.fetchval(  # noqa: ASYNC110 - it happens in PostgreSQL
                "SELECT count(*) FROM outbox WHERE state = 'waiting' AND due_at <= $1"
                " AND NOT EXISTS (SELECT FROM outbox AS e WHERE e.subject_id = outbox.subject_id"
                "  AND e.receiver = outbox.receiver AND e.state = 'waiting' AND e.due_at > $1"
                "  AND (e.version, e.line) < (outbox.version, outbox.line))",
                self.time.now(),
            ):
                await asyncio.sleep(0.002)

    async def to_the_end(self) -> None:
        """Let time pass until everything is settled."""
        for _ in range(ENOUGH):
            await self.send()
            if not await self.pool.fetchval("SELECT count(*) FROM outbox WHERE state = 'waiting'"):
                return
            self.time.moment += PAUSE
        raise AssertionError("it never ends")

    async def check_deliveries(self) -> None:
        """Compare what shops got with the callbacks that were due."""
        rows = await self.pool.fetch(
            "SELECT subject_id, version, receiver, state, failures, attempts FROM outbox"
            " ORDER BY version"
        )
        wanted = defaultdict[tuple[str, str], list[int]](list)
        for row in rows:
            assert row["state"] == "delivered" or row["failures"] == ATTEMPTS, dict(row)
            if row["state"] == "delivered":
                wanted[row["receiver"], str(row["subject_id"])].append(row["version"])
        firsts = defaultdict[tuple[str, str], list[int]](list)
        for receiver, query in self.network.got:
            parameters = dict(pair.split("=") for pair in query.split("&"))
            versions_received = firsts[receiver, parameters["mdOrder"]]
            if int(parameters["refundedAmount"]) not in versions_received:
                versions_received.append(int(parameters["refundedAmount"]))
        for key, versions in wanted.items():
            assert set(versions) <= set(firsts[key]), "a change that counts as told was not"
        for key, versions in firsts.items():
            assert versions == sorted(versions), f"told in another order: {key}, {versions}"


@pytest.fixture(scope="module")
def migrated_url(database_url: str) -> str:
    async def bring() -> None:
        connection = await asyncpg.connect(database_url)
        await migrate(connection)
        await connection.close()

    asyncio.run(bring())
    return database_url


@asynccontextmanager
async def a_site(url: str, fates: list[str]) -> AsyncIterator[Site]:
    pool = await connect(url, pool_size=4)
    try:
        await pool.execute("TRUNCATE outbox, deliveries")
        yield Site(OutboxStore(pool), pool, Network(list(fates)))
    finally:
        await pool.close()


async def live(url: str, steps: list[tuple[str, int, int]], fates: list[str]) -> None:
    async with a_site(url, fates) as site:
        for step, number, count in steps:
            if step == CHANGE:
                await site.change(number, count)
            elif step == SEND:
                await site.send()
            elif step == DIE:
                await site.send(dies_after=count)
            else:
                site.time.moment += PAUSE * number
        await site.to_the_end()
        await site.check_deliveries()


@settings(
    max_examples=settings().max_examples * EXAMPLES // EVERYDAY,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=14),
    fates=st.lists(st.sampled_from(FATES), max_size=40),
)
def test_every_change_is_delivered_at_least_once_and_in_order(
    migrated_url: str, steps: list[tuple[str, int, int]], fates: list[str]
) -> None:
    asyncio.run(live(migrated_url, steps, fates))


async def test_two_workers_send_nothing_twice(migrated_url: str) -> None:
    async with a_site(migrated_url, []) as site:
        for _ in range(12):
            for number in range(3):
                await site.change(number, 3)

        workers = [
            a_callback_worker(
                site.outbox, site.network, merchants=MerchantsAlike(SHOP), clock=site.time
            )
            for _ in range(2)
        ]
        running = [asyncio.create_task(each.run(pulse_seconds=0.001)) for each in workers]
        await site.quiet()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

        assert Counter(site.network.got).most_common(1)[0][1] == 1
        assert len(site.network.got) == 12 * 3 * 3
        await site.check_deliveries()
