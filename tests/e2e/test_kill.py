"""Processes are killed under load fifty times: no answered request is lost, none is carried out
twice, and in the end the gateway's books, the bank's books, the callbacks and the receipts agree.

Shops with an unreliable connection pay, deposit and refund orders with a cart without pause, pay
out to cards, and repeat each request until it is answered. Their callback receiver fails sometimes.
Meanwhile gateways, and sometimes PostgreSQL, are killed by SIGKILL at random times. The seed is
printed; `ALTYN_KILL_SEED` repeats a run.
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
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
import pytest

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.storage.database import connect
from altyn.storage.demo import DEMO_CALLBACK_KEY
from tests.audit import audit, unsettled
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.processes import Crowd, Launcher, a_crowd, kill
from tests.receiver import ReceivedCallback, Receiver, a_receiver, set_callbacks
from tests.shop import GOOD, card_fields, kopeck_cart, kopeck_position

ROUNDS: Final = 50
POSTGRES_EVERY: Final = 10  # rounds
CLOCK_EVERY: Final = 4  # rounds
SHOPS: Final = 12
GATEWAYS: Final = 2
SETTLED_WITHIN_SECONDS: Final = 60  # the first inquiry after a lost answer comes after two
RETRY_SECONDS: Final = 0.05
MOVE_SECONDS_MAX: Final = 3
AMOUNT: Final = 10_000
PAYOUTS: Final = 0.25  # for each sale
SYSTEM_ERROR: Final = "7"


position: Final = partial(kopeck_position, measure="шт.")
CART: Final = kopeck_cart(position(AMOUNT))


@dataclass
class AnsweredRequests:
    """The results that the shops have been answered; they must hold for ever."""

    registered: dict[str, str] = field(default_factory=dict)  # order id → number
    paid: set[str] = field(default_factory=set)
    deposited: set[str] = field(default_factory=set)
    refunded: dict[str, dict[str, int]] = field(default_factory=dict)  # order id → name → sum
    paid_out: set[str] = field(default_factory=set)
    answers: int = 0
    unanswered: int = 0

    def refunded_of(self, order_id: str) -> int:
        return sum(self.refunded.get(order_id, {}).values())


class UnreliableShop:
    """A shop that repeats every request until it is answered, as the protocol allows."""

    def __init__(
        self, name: str, crowd: Crowd, answered: AnsweredRequests, chance: random.Random
    ) -> None:
        self._name = name
        self._crowd = crowd
        self._answered = answered
        self._chance = chance
        self._orders = 0
        self.closing = False

    async def trade(self) -> None:
        """Sell until `closing` is set."""
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
        if self._chance.random() < PAYOUTS and not self.closing:
            await self._pay_out()

    async def _register(self, *, two_phase: bool) -> str:
        self._orders += 1
        number = f"{self._name}-{self._orders}"
        answer: dict[str, Any] = {"errorCode": SYSTEM_ERROR}
        while answer.get("errorCode") == SYSTEM_ERROR:
            answer = await self._call(
                "registerPreAuth.do" if two_phase else "register.do",
                orderNumber=number,
                amount=AMOUNT,
                orderBundle=CART,
                returnUrl="https://shop.example/",
                sessionTimeoutSecs=86_400,  # the clock is moved in the end
            )
        order_id: str = answer.get("orderId") or await self._order_with_number(number, answer)
        self._answered.registered[order_id] = number
        return order_id

    async def _order_with_number(self, number: str, answer: dict[str, Any]) -> str:
        """The id of an order whose registration succeeded although its answer was lost."""
        assert answer["errorCode"] == "1", answer
        found = await self._status(orderNumber=number)
        order_id: str = found["attributes"][0]["value"]
        return order_id

    async def _until_paid(self, order_id: str) -> None:
        """Pay; when the answer was lost, the order's status shows whether it is paid."""
        while True:
            answer = await self._call("paymentorder.do", **card_fields(order_id))
            if "redirect" in answer and "error" not in answer:
                break
            status = await self._status(orderId=order_id)
            if status["orderStatus"] in (1, 2):
                break
            assert status["orderStatus"] == 0, status
            await asyncio.sleep(RETRY_SECONDS)
        self._answered.paid.add(order_id)

    async def _until_deposited(self, order_id: str) -> None:
        while True:
            answer = await self._call("deposit.do", orderId=order_id, amount=0)
            status = await self._status(orderId=order_id)
            if answer["errorCode"] == "0":
                assert status["orderStatus"] == 2, status
            if status["orderStatus"] == 2:
                break
            assert status["orderStatus"] == 1, status
            await asyncio.sleep(RETRY_SECONDS)
        self._answered.deposited.add(order_id)

    async def _refund(self, order_id: str, name: str, amount: int) -> None:
        while True:
            answer = await self._call(
                "refund.do",
                orderId=order_id,
                amount=amount,
                externalRefundId=name,
                refundItems=json.dumps([position(amount)]),
            )
            if answer["errorCode"] == "0":
                break
            assert answer["errorCode"] == SYSTEM_ERROR, answer
            await asyncio.sleep(RETRY_SECONDS)
        self._answered.refunded.setdefault(order_id, {})[name] = amount

    async def _pay_out(self) -> None:
        """Pay out once. When the answer was lost, the repeated call finds that its number is taken:
        the audit then compares the order with the bank."""
        self._orders += 1
        number = f"{self._name}-{self._orders}"
        answer = await self._call(
            "instantRefund.do",
            orderNumber=number,
            amount=AMOUNT,
            pan=GOOD,
            expiry="209912",
            cardholderName="IVAN PETROV",
        )
        assert answer["errorCode"] in {"0", "1", SYSTEM_ERROR}, answer
        if answer["errorCode"] == "0":
            self._answered.paid_out.add(answer["orderId"])

    async def _status(self, **order: str) -> dict[str, Any]:
        """The status of an order; while PostgreSQL is down the answer is a system error."""
        while True:
            answer = await self._call("getOrderStatusExtended.do", **order)
            if answer["errorCode"] == "0":
                return answer
            assert answer["errorCode"] == SYSTEM_ERROR, answer
            await asyncio.sleep(RETRY_SECONDS)

    async def _call(self, path: str, **fields: object) -> dict[str, Any]:
        """Repeat a request until it has a complete answer."""
        while True:
            try:
                answer = await self._crowd.call(path, **fields)
            except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
                self._answered.unanswered += 1
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._answered.answers += 1
                return answer


@dataclass
class Site:
    """Two gateways on one socket, and their PostgreSQL."""

    postgres: EmbeddedPostgres
    launcher: Launcher
    gateways: list[int]

    async def kill_some(self, chance: random.Random, *, postgres: bool) -> None:
        """Kill one process or more, and start them again."""
        victims = chance.sample(range(GATEWAYS), chance.randint(0 if postgres else 1, GATEWAYS))
        for victim in victims:
            kill(self.gateways[victim])
        if postgres:
            kill(self.postgres.pid)
            await asyncio.to_thread(self.postgres.start)
        for victim in victims:
            self.gateways[victim] = self.launcher.start(0)

    async def kill_all(self) -> None:
        """Kill the gateways once more; a lease of a killed one need not end in real time."""
        pool = await connect(self.postgres.url, pool_size=1)
        try:
            await self.launcher.restart(self.gateways, pool)
        finally:
            await pool.close()


@asynccontextmanager
async def a_site(folder: Path, receiver: Receiver) -> AsyncIterator[Site]:
    await asyncio.to_thread(PreparedFolder.copy_to, folder)
    with EmbeddedPostgres(folder / POSTGRES) as postgres:
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


async def check_answered(url: str, answered: AnsweredRequests) -> None:
    """Check that everything that was answered is saved."""
    known = [*answered.registered, *answered.paid_out]
    refunded = {order_id: answered.refunded_of(order_id) for order_id in answered.refunded}
    paid, deposited = set(answered.paid), set(answered.deposited)
    paid_out = set(answered.paid_out)
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
    assert saved.keys() == set(known), "an order that was answered is lost"
    for order_id, row in saved.items():
        assert order_id not in paid or row["approved_minor"] == AMOUNT, dict(row)
        assert order_id not in paid_out or row["paid_out_minor"] == AMOUNT, dict(row)
        assert order_id not in deposited or row["deposited_minor"] == AMOUNT, dict(row)
        assert row["refunded_minor"] >= refunded.get(order_id, 0), dict(row)
    assert not twice, f"refunds made twice: {twice}"


class UnreliableReceiver:
    """A receiver that accepts most callbacks, refuses some, and drops some connections."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    async def __call__(self, _: ReceivedCallback) -> int | None:
        return self._chance.choices((200, 500, None), (8, 1, 1))[0]


WAITING: Final = "SELECT count(*) FROM outbox WHERE state = 'waiting'"
NOTIFICATIONS: Final = """
    SELECT subject_id::text AS order_id, operation, state, parameters::json ->> 'status' AS status,
           parameters::json ->> 'refundedAmount' AS refunded
    FROM outbox WHERE kind = 'callback' ORDER BY subject_id, version, line
"""
RECEIPTS: Final = """
    SELECT count(*) FILTER (WHERE receipts.state = 'delivered') AS delivered,
           count(*) AS receipts, count(*) - count(DISTINCT receipt_id) AS repeated,
           (SELECT count(*) FROM simulators.register_receipts WHERE state = 'printed') AS printed,
           (SELECT count(*) FROM payment_attempts JOIN orders USING (merchant_id, order_id)
            WHERE state = 'approved' AND (kind IN ('deposit', 'refund')
                                          OR kind = 'pay' AND NOT two_phase)) AS movements
    FROM receipts
"""
APPROVED: Final = """
    SELECT order_id::text, CASE WHEN kind IN ('refund', 'payout') THEN 'refunded'
                                WHEN kind = 'pay' AND two_phase THEN 'approved'
                                ELSE 'deposited' END AS operation
    FROM payment_attempts JOIN orders USING (merchant_id, order_id)
    WHERE state = 'approved' AND kind IN ('pay', 'deposit', 'refund', 'payout')
"""
Changes = dict[
    tuple[str, str, str], None
]  # operation, status, refunded so far; in order of first arrival


async def check_callbacks(url: str, receiver: Receiver, crowd: Crowd) -> int:
    """Check the received callbacks: each notification arrived at least once, the first arrivals
    are in order, and there is no other one. The number of notifications."""
    pool = await connect(url, pool_size=1)
    try:
        async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
            while await pool.fetchval(WAITING):
                await advance_clock(crowd)  # the mail of a receipt may wait for an hour of it
                await asyncio.sleep(0.2)
        notifications = await pool.fetch(NOTIFICATIONS)
        approved = await pool.fetch(APPROVED)
    finally:
        await pool.close()
    assert all(row["state"] == "delivered" for row in notifications), [
        dict(row) for row in notifications
    ][:5]
    expected, first = defaultdict[str, Changes](dict), defaultdict[str, Changes](dict)
    for row in notifications:
        expected[row["order_id"]][row["operation"], row["status"], row["refunded"]] = None
    for got in receiver.got:
        first[got.order_id][*got.notification, got.parameters["refundedAmount"]] = None
    assert {each: list(changes) for each, changes in first.items()} == {
        each: list(changes) for each, changes in expected.items()
    }
    in_the_outbox = Counter(
        (row["order_id"], row["operation"])
        for row in notifications
        if row["status"] == "1" and row["operation"] != "reversed"
    )
    assert in_the_outbox == Counter((row["order_id"], row["operation"]) for row in approved)
    assert all(got.signed_with(DEMO_CALLBACK_KEY) for got in receiver.got)
    return len(notifications)


async def check_receipts(url: str) -> int:
    """Check that every movement of money has one receipt, printed once. The number of receipts."""
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetchrow(RECEIPTS)
    finally:
        await connection.close()
    assert found is not None
    count = found["movements"]
    assert dict(found) == {
        "delivered": count,
        "receipts": count,
        "repeated": 0,
        "printed": count,
        "movements": count,
    }
    return int(count)


async def wait_and_audit(url: str) -> list[str]:
    """Wait until every request to the bank is settled; the errors that the audit finds."""
    pool = await connect(url, pool_size=1)
    try:
        async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
            while await unsettled(pool):  # noqa: ASYNC110 - polls PostgreSQL
                await asyncio.sleep(0.2)
        return await audit(pool)
    finally:
        await pool.close()


async def advance_clock(crowd: Crowd) -> None:
    """Move the clock by three minutes: the lease of a killed worker ends after two."""
    with suppress(aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
        async with asyncio.timeout(MOVE_SECONDS_MAX):  # it goes on; receipts are made without pause
            await crowd.move_clock(minutes=3)


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_killed_processes_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("ALTYN_KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"ALTYN_KILL_SEED={seed}")  # noqa: T201 - shown when the test fails
    chance, answered = random.Random(seed), AnsweredRequests()
    async with (
        a_receiver(UnreliableReceiver(seed)) as receiver,
        a_site(tmp_path, receiver) as site,
        a_crowd(site.launcher.ports) as crowd,
    ):
        await crowd.must_be_ready()
        shops = [
            UnreliableShop(f"K{n}", crowd, answered, random.Random(seed + n)) for n in range(SHOPS)
        ]
        trading = [asyncio.create_task(shop.trade()) for shop in shops]
        number = 0
        while number < ROUNDS or len(answered.paid) <= ROUNDS:  # a slow machine needs more rounds
            number += 1
            answered_before = answered.answers
            await asyncio.wait(trading, timeout=chance.uniform(0.1, 0.6))
            while answered.answers == answered_before and not any(each.done() for each in trading):
                await asyncio.wait(trading, timeout=0.05)  # processes that start are not killed yet
            await site.kill_some(chance, postgres=number % POSTGRES_EVERY == 0)
            if number % CLOCK_EVERY == 0:
                await advance_clock(crowd)
            await check_answered(site.postgres.url, answered)
            assert not any(task.done() for task in trading), [t for t in trading if t.done()]
        for shop in shops:
            shop.closing = True
        async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
            while (await asyncio.wait(trading, timeout=1))[1]:
                await advance_clock(crowd)
        await asyncio.gather(*trading)
        await site.kill_all()
        await advance_clock(crowd)
        await check_answered(site.postgres.url, answered)
        assert await wait_and_audit(site.postgres.url) == []
        notified = await check_callbacks(site.postgres.url, receiver, crowd)
        receipts = await check_receipts(site.postgres.url)
    print(  # noqa: T201 - as above
        f"{len(answered.registered)} orders, {len(answered.paid)} paid, "
        f"{sum(map(len, answered.refunded.values()))} refunds, {answered.unanswered} unanswered, "
        f"{notified} notifications in {len(receiver.got)} callbacks, {receipts} receipts"
    )
    assert answered.unanswered > 0
    assert len(receiver.got) > notified > ROUNDS
    assert receipts > ROUNDS
