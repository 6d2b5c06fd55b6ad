"""Gateways are killed while payments in parts are paid, refunded, and charged by a jump of the
clock: each part is charged once, nothing is charged after a refund has ended it, and all books
agree.

The payers pay through the sandbox's payer; a request without an answer is left to the gateway. The
seed is printed; `ALTYN_KILL_SEED` repeats a run.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.storage.database import Pool, connect
from tests.audit import audit, unsettled
from tests.bnpl_audit import audit_parts
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.processes import Crowd, Launcher, a_crowd, end_leases, kill
from tests.shop import GOOD

ROUNDS: Final = 20
SHOPS: Final = 4
GATEWAYS: Final = 2
SETTLED_WITHIN_SECONDS: Final = 180
LOST: Final = (aiohttp.ClientError, TimeoutError, json.JSONDecodeError, KeyError)
PHONES: Final = ("79998887766", "79991230004")  # the second one's later parts fail twice

WAITING: Final = "SELECT count(*) FROM outbox WHERE kind = 'instalment' AND state = 'waiting'"
UNCHARGED: Final = """
    SELECT key, parts FROM simulators.bnpl_contracts
    WHERE state = 'active' AND unpaid_minor > 0
"""
ORDERS: Final = "SELECT count(*) FROM simulators.bnpl_contracts WHERE state = 'active'"
CHARGES: Final = """
    SELECT count(*) FROM simulators.bank_requests
    WHERE key LIKE 'bnpl:%' AND operation = 'AUTHORISE' AND outcome = 'APPROVED'
"""

ATTEMPTS: Final = """
    SELECT (detail ->> 'part')::integer, (at AT TIME ZONE 'Europe/Moscow')::date
        - (SELECT min((at AT TIME ZONE 'Europe/Moscow')::date) FROM order_events), event
    FROM order_events WHERE event LIKE 'instalment%' ORDER BY version
"""
BLOCKED: Final = """
    SELECT count(*) > 0 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
STAGES: Final = {  # the table to which a charge writes when the gateway is killed
    "claimed": "outbox",
    "stored by the service": "simulators.bnpl_requests",
    "at the card's bank": "simulators.bank_requests",
    "in the order's history": "order_events",
}


@dataclass
class Shops:
    """Shops whose payers pay in parts, until `closing`."""

    crowd: Crowd
    closing: bool = False
    orders: list[str] = field(default_factory=list)

    async def trade(self, name: str) -> None:
        chance, number = random.Random(name), 0
        while not self.closing:
            number += 1
            try:
                await self._sell(f"{name}-{number}", chance)
            except LOST:
                await asyncio.sleep(0.05)

    async def until_paid(self, count: int) -> None:
        """Wait until so many more orders are paid, so that others are being paid."""
        wanted = len(self.orders) + count
        while len(self.orders) < wanted:  # noqa: ASYNC110 - it happens in other processes
            await asyncio.sleep(0.01)

    async def _sell(self, number: str, chance: random.Random) -> None:
        two_phase, call = chance.random() < 0.3, self.crowd.call
        registered = await call(
            "registerPreAuth.do" if two_phase else "register.do",
            orderNumber=number,
            amount=chance.randrange(100_000, 300_000),
            returnUrl="https://shop.example/",
            sessionTimeoutSecs=86_400 * 100,  # the clock is moved
        )
        order_id = registered["orderId"]
        await self.crowd.pay(order_id, way="BNPL", phone=chance.choice(PHONES), pan=GOOD)
        self.orders.append(order_id)
        if two_phase:
            amount = 0 if chance.random() < 0.5 else 90_000
            await call("deposit.do", orderId=order_id, amount=amount)
        for _ in range(chance.randrange(3)):
            amount = chance.randrange(1, 60_000)
            await call("refund.do", orderId=order_id, amount=amount)


async def refund_some(crowd: Crowd, shops: Shops, chance: random.Random) -> None:
    """Refund a part of an older order, whose later parts may just be charged."""
    if shops.orders:
        with suppress(*LOST):
            order_id = chance.choice(shops.orders)
            await crowd.call("refund.do", orderId=order_id, amount=chance.randrange(1, 90_000))


@asynccontextmanager
async def a_site(
    folder: Path, gateways: int = GATEWAYS
) -> AsyncIterator[tuple[str, Launcher, list[int]]]:
    """The database's address, gateways on one socket, and their process ids."""
    await asyncio.to_thread(PreparedFolder.copy_to, folder)
    with EmbeddedPostgres(folder / POSTGRES) as postgres:
        launcher = Launcher(postgres.url, folder, sockets=1)
        try:
            yield postgres.url, launcher, [launcher.start(0) for _ in range(gateways)]
        finally:
            launcher.stop()


async def move(crowd: Crowd, **to: float | str) -> None:
    """Move the clock; the process that moves it may be killed on the way."""
    with suppress(*LOST):
        await crowd.move_clock(**to)


async def settle(pool: Pool, crowd: Crowd) -> None:
    """Move the clock until no request is open and every part was charged, or has ended."""
    async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
        while await unsettled(pool) or await pool.fetchval(WAITING):
            await move(crowd, days=1)
            await asyncio.sleep(0.3)


@pytest.mark.slow
async def test_killed_gateways_charge_every_part_once(tmp_path: Path) -> None:
    seed = int(os.environ.get("ALTYN_KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"ALTYN_KILL_SEED={seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    async with a_site(tmp_path) as site, a_crowd(site[1].ports) as crowd:
        url, launcher, gateways = site
        await crowd.must_be_ready()
        shops = Shops(crowd)
        trading = [asyncio.create_task(shops.trade(f"{seed}-{n}")) for n in range(SHOPS)]
        jumps = list[asyncio.Task[None]]()  # a killed gateway's lease ends in seconds
        for _ in range(ROUNDS):
            async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
                await shops.until_paid(chance.randint(1, 3))
            jumps.append(asyncio.create_task(move(crowd, days=chance.choice((1, 5, 20, 60)))))
            await refund_some(crowd, shops, chance)
            await asyncio.sleep(chance.random() / 4)
            for victim in chance.sample(range(GATEWAYS), chance.randint(1, GATEWAYS)):
                kill(gateways[victim])
                gateways[victim] = launcher.start(0)
        shops.closing = True
        pool = await connect(url, pool_size=1)
        try:
            await launcher.restart(gateways, pool)
            await asyncio.gather(*trading, *jumps)
            await settle(pool, crowd)
            assert await audit(pool) == []
            assert await audit_parts(pool) == []
            assert [dict(row) for row in await pool.fetch(UNCHARGED)] == []
            orders, charges = await pool.fetchval(ORDERS), await pool.fetchval(CHARGES)
        finally:
            await pool.close()
    print(f"{orders} orders, {charges} charges")  # noqa: T201 - as above
    assert charges > orders >= ROUNDS


async def until_blocked(pool: Pool) -> None:
    """Wait until a statement of a gateway waits for a lock of the test."""
    async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
        while not await pool.fetchval(BLOCKED):  # noqa: ASYNC110 - polls PostgreSQL
            await asyncio.sleep(0.02)


async def noon_of_a_day(crowd: Crowd) -> datetime:
    """Move the clock to noon in Moscow, so that no test passes midnight; the time."""
    now = datetime.fromisoformat((await crowd.move_clock(days=1))["moscow"])
    noon = now.replace(hour=12, minute=0) + timedelta(days=1)
    await crowd.move_clock(to=noon.isoformat())
    return noon


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
async def test_jump_of_a_killed_gateway_is_ended_by_another_one(tmp_path: Path, stage: str) -> None:
    """The only gateway is killed in the middle of a charge, while its clock moves over months."""
    async with a_site(tmp_path, gateways=1) as site, a_crowd(site[1].ports) as crowd:
        url, launcher, (gateway,) = site
        await crowd.must_be_ready()
        later = (await noon_of_a_day(crowd) + timedelta(days=90)).isoformat()
        order_id = await crowd.register(150_000)
        await crowd.pay(order_id, way="BNPL", phone=PHONES[1], pan=GOOD)
        pool = await connect(url, pool_size=2)
        try:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(f"LOCK TABLE {STAGES[stage]} IN SHARE MODE")
                jump = asyncio.create_task(move(crowd, to=later))
                await until_blocked(pool)
                kill(gateway)
                await jump
            await end_leases(pool)
            launcher.start(0)
            await crowd.must_be_ready()
            assert "utc" in await crowd.move_clock(to=later)
            assert await pool.fetchval(WAITING) == 0, "the answer comes after the last part"
            assert await unsettled(pool) == 0
            assert [dict(row) for row in await pool.fetch(UNCHARGED)] == []
            assert await pool.fetchval(CHARGES) == 4
            assert await audit(pool) == []
            assert await audit_parts(pool) == []
            attempts = [tuple(row) for row in await pool.fetch(ATTEMPTS)]
        finally:
            await pool.close()
    assert attempts == [
        (part, day, event)
        for part, first_day in ((2, 14), (3, 28), (4, 42))
        for day, event in (
            (first_day, "instalment_declined"),
            (first_day + 1, "instalment_declined"),
            (first_day + 2, "instalment_charged"),
        )
    ]
