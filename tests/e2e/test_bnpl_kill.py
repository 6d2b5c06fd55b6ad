"""Gateways are killed while payments in parts are paid, refunded and charged by the clock: each
part is charged once, nothing is charged after a refund has ended it, and all books agree.

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
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from altyn import main
from altyn.embedded_postgres import EmbeddedPostgres
from altyn.storage.database import Pool, connect
from tests.audit import audit, unsettled
from tests.bnpl_audit import audit_parts
from tests.processes import Crowd, Launcher, a_crowd, kill
from tests.shop import GOOD, settings_of

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
async def a_site(folder: Path) -> AsyncIterator[tuple[str, Launcher, list[int]]]:
    """The database's address, two gateways on one socket, and their process ids."""
    with EmbeddedPostgres(folder / "postgres") as postgres:
        await main.prepare(settings_of(postgres.url, folder))
        launcher = Launcher(postgres.url, folder, sockets=1)
        try:
            yield postgres.url, launcher, [launcher.start(0) for _ in range(GATEWAYS)]
        finally:
            launcher.stop()


async def settle(pool: Pool, crowd: Crowd) -> None:
    """Move the clock until no request is open and every part was charged, or has ended."""
    async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
        while await unsettled(pool) or await pool.fetchval(WAITING):
            with suppress(*LOST):
                await crowd.move_clock(days=1)
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
        for _ in range(ROUNDS):
            async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
                await shops.until_paid(chance.randint(1, 3))
            with suppress(*LOST):
                await crowd.move_clock(days=chance.randrange(1, 9))
            await refund_some(crowd, shops, chance)
            for victim in chance.sample(range(GATEWAYS), chance.randint(1, GATEWAYS)):
                kill(gateways[victim])
                gateways[victim] = launcher.start(0)
        shops.closing = True
        await asyncio.gather(*trading)
        pool = await connect(url, pool_size=1)
        try:
            await settle(pool, crowd)
            assert await audit(pool) == []
            assert await audit_parts(pool) == []
            assert [dict(row) for row in await pool.fetch(UNCHARGED)] == []
            orders, charges = await pool.fetchval(ORDERS), await pool.fetchval(CHARGES)
        finally:
            await pool.close()
    print(f"{orders} orders, {charges} charges")  # noqa: T201 - as above
    assert charges > orders >= ROUNDS
