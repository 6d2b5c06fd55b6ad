"""Gateways are killed while their receipts are on the way to ATOL Online: every movement of money
has exactly one registered receipt at the provider, and none is lost.

The provider is the stand-in, in this process, over HTTP; it loses answers, ends tokens and answers
nonsense at random, and some documents fail at the cash register. The seed is printed;
`ALTYN_KILL_SEED` repeats a run.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import asyncpg
import pytest

from altyn.embedded_postgres import EmbeddedPostgres
from altyn.storage.database import connect
from tests.atol_server import AtolServer, Failure, atol_server
from tests.atol_shop import use_atol
from tests.audit import audit, unsettled
from tests.prepared_folder import POSTGRES, PreparedFolder
from tests.processes import Crowd, Launcher, a_crowd, kill
from tests.shop import card_fields, kopeck_cart, kopeck_position

ROUNDS: Final = 15
SHOPS: Final = 6
GATEWAYS: Final = 2
AMOUNT: Final = 10_000
SETTLED_WITHIN_SECONDS: Final = 180  # a killed worker's entries are leased for 25
LOST: Final = (aiohttp.ClientError, TimeoutError, json.JSONDecodeError, KeyError)

RECEIPTS: Final = """
    SELECT receipt_id::text, kind, state, problem,
           (SELECT sum((line ->> 'amount_minor')::bigint)
            FROM jsonb_array_elements(content -> 'lines') AS line)::bigint AS amount_minor
    FROM receipts
"""
MOVEMENTS: Final = """
    SELECT count(*) FROM payment_attempts JOIN orders USING (merchant_id, order_id)
    WHERE state = 'approved' AND (kind IN ('deposit', 'refund') OR kind = 'pay' AND NOT two_phase)
"""
WAITING: Final = "SELECT count(*) FROM outbox WHERE state = 'waiting' AND kind = 'receipt'"


position: Final = partial(kopeck_position, measure="0")
CART: Final = kopeck_cart(position(AMOUNT))


@dataclass
class Shops:
    """Shops that sell until `closing`; a request without an answer is left to the gateway."""

    crowd: Crowd
    closing: bool = False
    orders: int = 0

    async def trade(self, name: str) -> None:
        chance = random.Random(name)
        while not self.closing:
            self.orders += 1
            number = f"{name}-{self.orders}"
            try:
                await self._sell(number, chance, two_phase=chance.random() < 0.3)
            except LOST:
                await asyncio.sleep(0.05)

    async def _sell(self, number: str, chance: random.Random, *, two_phase: bool) -> None:
        call = self.crowd.call
        registered = await call(
            "registerPreAuth.do" if two_phase else "register.do",
            orderNumber=number,
            amount=AMOUNT,
            orderBundle=CART,
            returnUrl="https://shop.example/",
        )
        order_id = registered["orderId"]
        await call("paymentorder.do", **card_fields(order_id))
        if two_phase:
            await call("deposit.do", orderId=order_id, amount=0)
        for _ in range(chance.randrange(2)):
            amount = chance.randrange(1, 3000)
            items = json.dumps([position(amount)])
            await call("refund.do", orderId=order_id, amount=amount, refundItems=items)


@dataclass
class Site:
    """Two gateways on one socket, their PostgreSQL and the fiscal provider."""

    url: str
    launcher: Launcher
    gateways: list[int]
    server: AtolServer

    async def until_sent(self, count: int) -> None:
        """Wait until so many more documents are sent, so that receipts are on their way."""
        wanted = self.documents_sent + count
        while self.documents_sent < wanted:  # noqa: ASYNC110 - it happens in other processes
            await asyncio.sleep(0.01)

    @property
    def documents_sent(self) -> int:
        """How many documents have been sent, repeated ones too."""
        return self.server.calls["sell"] + self.server.calls["sell_refund"]

    def kill_some(self, chance: random.Random) -> None:
        """Kill one gateway or both, and start them again."""
        for victim in chance.sample(range(GATEWAYS), chance.randint(1, GATEWAYS)):
            kill(self.gateways[victim])
            self.gateways[victim] = self.launcher.start(0)


@asynccontextmanager
async def a_site(
    folder: Path, server: AtolServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    async with atol_server(server) as served:
        monkeypatch.setenv("ALTYN_ATOL_URL", served.url)
        await asyncio.to_thread(PreparedFolder.copy_to, folder)
        with EmbeddedPostgres(folder / POSTGRES) as postgres:
            await use_atol(postgres.url, folder / "keys.json")
            launcher = Launcher(postgres.url, folder, sockets=1)
            try:
                gateways = [launcher.start(0) for _ in range(GATEWAYS)]
                yield Site(postgres.url, launcher, gateways, served)
            finally:
                launcher.stop()


async def settle(site: Site, crowd: Crowd) -> list[str]:
    """Kill the gateways once more, and wait until no request to the bank is open and no receipt
    waits; what the audit finds."""
    pool = await connect(site.url, pool_size=1)
    try:
        await site.launcher.restart(site.gateways, pool)
        async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
            while await unsettled(pool) or await pool.fetchval(WAITING):
                with suppress(*LOST):
                    await crowd.move_clock(minutes=3)
                await asyncio.sleep(0.5)
        return await audit(pool)
    finally:
        await pool.close()


async def check_receipts(site: Site) -> int:
    """Check that every movement has one receipt, registered once. The number of receipts."""
    connection = await asyncpg.connect(site.url)
    try:
        receipts = await connection.fetch(RECEIPTS)
        movements = await connection.fetchval(MOVEMENTS)
    finally:
        await connection.close()
    assert [dict(row) for row in receipts if row["state"] != "delivered"] == []
    assert len(receipts) == movements
    own = {
        row["receipt_id"]: row["amount_minor"] * (-1 if row["kind"] == "refund" else 1)
        for row in receipts
    }
    registered = Counter(each.external_id[:36] for each in site.server.registered)
    assert registered == Counter(own.keys()), "each receipt is registered once, and nothing else is"
    assert {each.external_id[:36]: each.total_minor for each in site.server.registered} == own
    return len(receipts)


@pytest.mark.slow
async def test_killed_gateways_have_every_receipt_registered_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = int(os.environ.get("ALTYN_KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"ALTYN_KILL_SEED={seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    server = AtolServer(chance=random.Random(seed + 1), polls=2)
    server.failures.extend([Failure(1, kind="timeout"), Failure(120), Failure(115)] * 4)
    async with a_site(tmp_path, server, monkeypatch) as site, a_crowd(site.launcher.ports) as crowd:
        await crowd.must_be_ready()
        shops = Shops(crowd)
        trading = [asyncio.create_task(shops.trade(f"{seed}-{n}")) for n in range(SHOPS)]
        for _ in range(ROUNDS):
            async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
                await site.until_sent(chance.randint(1, 6))
            site.kill_some(chance)
        shops.closing = True
        await asyncio.gather(*trading)
        server.chance = None
        assert await settle(site, crowd) == []
        count = await check_receipts(site)
    print(f"{shops.orders} orders, {count} receipts, {server.calls}")  # noqa: T201 - as above
    assert server.refusals == []
    assert count > ROUNDS
