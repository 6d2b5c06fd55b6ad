"""Processes that are killed under load, fifty times: nothing that was answered is lost, nothing is
done twice, and in the end everybody's books agree.

Shops with a bad line buy, complete and give back without pause, and say again whatever was not
answered; what callbacks tell them arrives too, though their receiver fails now and then. Meanwhile
gateways, and now and then PostgreSQL itself, end by SIGKILL at moments drawn from a seed, which is
printed (`ALTYN_KILL_SEED` draws the same again).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
import pytest

from altyn import main
from altyn.embedded_postgres import EmbeddedPostgres
from altyn.storage.database import connect
from altyn.storage.demo import DEMO_CALLBACK_KEY
from tests.audit import audit, unsettled
from tests.processes import Crowd, Launcher, a_crowd, kill
from tests.receiver import Got, Receiver, a_receiver, set_callbacks
from tests.shop import card_fields, settings_of

ROUNDS: Final = 50
POSTGRES_EVERY: Final = 10  # rounds
CLOCK_EVERY: Final = 4  # rounds
SHOPS: Final = 12
GATEWAYS: Final = 2
SETTLED_WITHIN: Final = 60  # seconds; a lost answer is asked after for the first time after two
AGAIN_SECONDS: Final = 0.05
SYSTEM_ERROR: Final = "7"


@dataclass
class Memory:
    """What the shops were told, which must be so for ever."""

    registered: dict[str, str] = field(default_factory=dict)  # order id → number
    paid: set[str] = field(default_factory=set)
    deposited: set[str] = field(default_factory=set)
    refunded: dict[str, dict[str, int]] = field(default_factory=dict)  # order id → name → sum
    unanswered: int = 0

    def refunded_of(self, order_id: str) -> int:
        return sum(self.refunded.get(order_id, {}).values())


class BadLineShop:
    """A shop that says everything again until it is answered, as the protocol lets it."""

    def __init__(self, name: str, crowd: Crowd, memory: Memory, chance: random.Random) -> None:
        self._name = name
        self._crowd = crowd
        self._memory = memory
        self._chance = chance
        self._orders = 0
        self.closing = False

    async def trade(self) -> None:
        """Sell until closing time."""
        while not self.closing:
            await self._sell()

    async def _sell(self) -> None:
        two_phase = self._chance.random() < 0.5
        order_id = await self._register(two_phase=two_phase)
        await self._until_paid(order_id)
        if two_phase and not self.closing:
            await self._until_deposited(order_id)
        for part in range(self._chance.randrange(3)):
            if not self.closing:
                await self._refund(order_id, f"R-{part}", self._chance.randrange(1, 3000))

    async def _register(self, *, two_phase: bool) -> str:
        self._orders += 1
        number = f"{self._name}-{self._orders}"
        answer: dict[str, Any] = {"errorCode": SYSTEM_ERROR}
        while answer.get("errorCode") == SYSTEM_ERROR:
            answer = await self._say(
                "registerPreAuth.do" if two_phase else "register.do",
                orderNumber=number,
                amount=10_000,
                returnUrl="https://shop.example/",
                sessionTimeoutSecs=86_400,  # the clock is moved in the end
            )
        order_id: str = answer.get("orderId") or await self._taken(number, answer)
        self._memory.registered[order_id] = number
        return order_id

    async def _taken(self, number: str, answer: dict[str, Any]) -> str:
        """The number is taken: we were heard, and only the answer was lost."""
        assert answer["errorCode"] == "1", answer
        found = await self._status(orderNumber=number)
        order_id: str = found["attributes"][0]["value"]
        return order_id

    async def _until_paid(self, order_id: str) -> None:
        """Pay; where that was not answered, the order itself tells whether it is paid."""
        while True:
            answer = await self._say("paymentorder.do", **card_fields(order_id))
            if "redirect" in answer and "error" not in answer:
                break
            status = await self._status(orderId=order_id)
            if status["orderStatus"] in (1, 2):
                break
            assert status["orderStatus"] == 0, status
            await asyncio.sleep(AGAIN_SECONDS)
        self._memory.paid.add(order_id)

    async def _until_deposited(self, order_id: str) -> None:
        while True:
            answer = await self._say("deposit.do", orderId=order_id, amount=0)
            status = await self._status(orderId=order_id)
            if answer["errorCode"] == "0":
                assert status["orderStatus"] == 2, status
            if status["orderStatus"] == 2:
                break
            assert status["orderStatus"] == 1, status
            await asyncio.sleep(AGAIN_SECONDS)
        self._memory.deposited.add(order_id)

    async def _refund(self, order_id: str, name: str, amount: int) -> None:
        while True:
            answer = await self._say(
                "refund.do", orderId=order_id, amount=amount, externalRefundId=name
            )
            if answer["errorCode"] == "0":
                break
            assert answer["errorCode"] == SYSTEM_ERROR, answer
            await asyncio.sleep(AGAIN_SECONDS)
        self._memory.refunded.setdefault(order_id, {})[name] = amount

    async def _status(self, **order: str) -> dict[str, Any]:
        """What became of an order; while PostgreSQL is away the answer is a system error."""
        while True:
            answer = await self._say("getOrderStatusExtended.do", **order)
            if answer["errorCode"] == "0":
                return answer
            assert answer["errorCode"] == SYSTEM_ERROR, answer
            await asyncio.sleep(AGAIN_SECONDS)

    async def _say(self, path: str, **fields: object) -> dict[str, Any]:
        """Say it until there is an answer; half an answer is none."""
        while True:
            try:
                return await self._crowd.call(path, **fields)
            except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
                self._memory.unanswered += 1
                await asyncio.sleep(AGAIN_SECONDS)


@dataclass
class Site:
    """Two gateways on one socket and their PostgreSQL."""

    postgres: EmbeddedPostgres
    launcher: Launcher
    gateways: list[int]

    async def kill_some(self, chance: random.Random, *, postgres: bool) -> None:
        """End one process or more, and start them again."""
        victims = chance.sample(range(GATEWAYS), chance.randint(0 if postgres else 1, GATEWAYS))
        for victim in victims:
            kill(self.gateways[victim])
        if postgres:
            kill(self.postgres.pid)
            await asyncio.to_thread(self.postgres.start)
        for victim in victims:
            self.gateways[victim] = self.launcher.start(0)


@asynccontextmanager
async def a_site(folder: Path, receiver: Receiver) -> AsyncIterator[Site]:
    with EmbeddedPostgres(folder / "postgres") as postgres:
        await main.prepare(settings_of(postgres.url, folder))
        await set_callbacks(
            postgres.url,
            urls=receiver.url(),
            parameters="refundedAmount",
            attempts=20,
            interval_seconds=1,
            timeout_seconds=2,
        )
        launcher = Launcher(postgres.url, folder, sockets=1)
        try:
            yield Site(postgres, launcher, [launcher.start(0) for _ in range(GATEWAYS)])
        finally:
            launcher.stop()


async def must_remember(url: str, memory: Memory) -> None:
    """Hold everything that was answered against what is saved."""
    known = list(memory.registered)
    refunded = {order_id: memory.refunded_of(order_id) for order_id in memory.refunded}
    paid, deposited = set(memory.paid), set(memory.deposited)
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT * FROM orders WHERE order_id = ANY($1)", known)
        twice = await connection.fetch(
            "SELECT order_id, external_refund_id FROM payment_attempts WHERE kind = 'refund' "
            "AND state = 'approved' GROUP BY 1, 2 HAVING count(*) > 1"
        )
    finally:
        await connection.close()
    saved = {str(row["order_id"]): row for row in rows}
    assert saved.keys() == set(known), "an order that was answered is gone"
    for order_id, row in saved.items():
        assert order_id not in paid or row["approved_minor"] == 10_000, dict(row)
        assert order_id not in deposited or row["deposited_minor"] == 10_000, dict(row)
        assert row["refunded_minor"] >= refunded.get(order_id, 0), dict(row)
    assert not twice, f"refunds made twice: {twice}"


class BadReceiver:
    """A shop that takes most callbacks, refuses some, and hangs up on others after taking them."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    async def __call__(self, _: Got) -> int | None:
        return self._chance.choices((200, 500, None), (8, 1, 1))[0]


WAITING: Final = "SELECT count(*) FROM outbox WHERE state = 'waiting'"
TOLD: Final = """
    SELECT subject_id::text AS order_id, operation, state, parameters::json ->> 'status' AS status,
           parameters::json ->> 'refundedAmount' AS refunded
    FROM outbox ORDER BY subject_id, version, line
"""
MOVED: Final = """
    SELECT order_id::text, CASE WHEN kind = 'refund' THEN 'refunded'
                                WHEN kind = 'pay' AND two_phase THEN 'approved'
                                ELSE 'deposited' END AS told
    FROM payment_attempts JOIN orders USING (merchant_id, order_id)
    WHERE state = 'approved' AND kind IN ('pay', 'deposit', 'refund')
"""
Changes = dict[tuple[str, str, str], None]  # operation, status, refunded by then; as first told


async def must_have_told(url: str, receiver: Receiver) -> int:
    """Hold what the shop got against the books: each change at least once, in order the first
    time, and nothing else; how many were told."""
    pool = await connect(url, pool_size=1)
    try:
        async with asyncio.timeout(SETTLED_WITHIN):
            while await pool.fetchval(WAITING):  # noqa: ASYNC110 - it happens in PostgreSQL
                await asyncio.sleep(0.2)
        told = await pool.fetch(TOLD)
        moved = await pool.fetch(MOVED)
    finally:
        await pool.close()
    assert all(row["state"] == "delivered" for row in told), [dict(row) for row in told][:5]
    wanted, first = defaultdict[str, Changes](dict), defaultdict[str, Changes](dict)
    for row in told:
        wanted[row["order_id"]][row["operation"], row["status"], row["refunded"]] = None
    for got in receiver.got:
        first[got.order_id][*got.change, got.parameters["refundedAmount"]] = None
    assert {each: list(changes) for each, changes in first.items()} == {
        each: list(changes) for each, changes in wanted.items()
    }
    in_the_outbox = Counter(
        (row["order_id"], row["operation"])
        for row in told
        if row["status"] == "1" and row["operation"] != "reversed"
    )
    assert in_the_outbox == Counter((row["order_id"], row["told"]) for row in moved)
    assert all(got.signed_with(DEMO_CALLBACK_KEY) for got in receiver.got)
    return len(told)


async def must_settle(url: str) -> list[str]:
    """Wait until the bank was asked about everything; the auditor's complaints."""
    pool = await connect(url, pool_size=1)
    try:
        async with asyncio.timeout(SETTLED_WITHIN):
            while await unsettled(pool):  # noqa: ASYNC110 - it happens in PostgreSQL
                await asyncio.sleep(0.2)
        return await audit(pool)
    finally:
        await pool.close()


async def move_on(crowd: Crowd) -> None:
    """Let minutes pass: what a killed worker was asking the bank about is its own for two."""
    with suppress(aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
        await crowd.move_clock(minutes=3)


@pytest.mark.slow
async def test_nothing_is_lost_and_nothing_done_twice(tmp_path: Path) -> None:
    seed = int(os.environ.get("ALTYN_KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"ALTYN_KILL_SEED={seed}")  # noqa: T201 - shown when the test fails
    chance, memory = random.Random(seed), Memory()
    async with (
        a_receiver(BadReceiver(seed)) as receiver,
        a_site(tmp_path, receiver) as site,
        a_crowd(site.launcher.ports) as crowd,
    ):
        await crowd.must_be_ready()
        shops = [BadLineShop(f"K{n}", crowd, memory, random.Random(seed + n)) for n in range(SHOPS)]
        trading = [asyncio.create_task(shop.trade()) for shop in shops]
        for number in range(1, ROUNDS + 1):
            await asyncio.wait(trading, timeout=chance.uniform(0.1, 0.6))
            await site.kill_some(chance, postgres=number % POSTGRES_EVERY == 0)
            if number % CLOCK_EVERY == 0:
                await move_on(crowd)
            await must_remember(site.postgres.url, memory)
            assert not any(task.done() for task in trading), [t for t in trading if t.done()]
        for shop in shops:
            shop.closing = True
        async with asyncio.timeout(SETTLED_WITHIN):
            while (await asyncio.wait(trading, timeout=1))[1]:
                await move_on(crowd)
        await asyncio.gather(*trading)
        await move_on(crowd)
        await must_remember(site.postgres.url, memory)
        assert await must_settle(site.postgres.url) == []
        told = await must_have_told(site.postgres.url, receiver)
    print(  # noqa: T201 - as above
        f"{len(memory.registered)} orders, {len(memory.paid)} paid, "
        f"{sum(map(len, memory.refunded.values()))} refunds, {memory.unanswered} unanswered, "
        f"{told} changes told by {len(receiver.got)} callbacks"
    )
    assert len(memory.paid) > ROUNDS
    assert memory.unanswered > 0
    assert len(receiver.got) > told > ROUNDS
