"""A gateway is killed after the wallet has a request and before its answer is saved.

The gateway is a process of its own, the wallet is in this process and is reached over HTTP. A fresh
process inquires, and the books of both sides agree; nothing is done twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import aiohttp
import msgspec
import pytest
from aiohttp import web

from altyn import main
from altyn.operations.connector import payment_key
from altyn.storage.database import connect
from tests.audit import audit, unsettled
from tests.processes import Crowd, a_crowd
from tests.shop import settings_of
from tests.ways.gateway_process import GatewayProcess
from tests.ways.registration import NOTIFICATION_PATH, WALLET, WALLET_KEY
from tests.ways.wallet import Operation, Wallet, WalletRequest

pytestmark = pytest.mark.slow

WITHIN_SECONDS: Final = 30
DONE: Final = {
    Operation.DEPOSIT: ("deposit.do", (2, 1000_00, 1000_00, 0)),
    Operation.REVERSE: ("reverse.do", (3, 0, 0, 0)),
    Operation.REFUND: ("refund.do", (4, 1000_00, 0, 1000_00)),
}


@dataclass
class WalletServer:
    """The wallet over HTTP. `kill_on` ends the gateway when such a request has been carried out."""

    wallet: Wallet = field(default_factory=Wallet)
    kill_on: tuple[Operation, Callable[[], None]] | None = None
    url: str = ""

    async def serve(self, request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read(), type=WalletRequest)
        response = self.wallet.respond(asked)
        if self.kill_on is not None and asked.operation is self.kill_on[0]:
            kill, self.kill_on = self.kill_on[1], None
            kill()
        return web.Response(body=msgspec.json.encode(response))


@asynccontextmanager
async def wallet_server() -> AsyncIterator[WalletServer]:
    """Serve a wallet on a free port."""
    server, app = WalletServer(), web.Application()
    app.router.add_post("/", server.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield server
    finally:
        await runner.cleanup()


@contextmanager
def gateway(database_url: str, home: Path, server: WalletServer) -> Iterator[GatewayProcess]:
    """A gateway process, which is killed at the end if it still serves."""
    process = GatewayProcess(database_url, home, server.url)
    try:
        yield process
    finally:
        process.kill()


@dataclass(frozen=True, slots=True)
class Site:
    """The shop's side of one gateway process, and the wallet's."""

    crowd: Crowd
    server: WalletServer

    async def begin(self, *, two_phase: bool) -> str:
        """Register an order and choose the wallet on its payment page; the order's id."""
        order_id = await self.crowd.register(1000_00, two_phase=two_phase)
        await self.crowd.browse(
            "/payment/rest/processform.do", {"MDORDER": order_id, "paymentWay": WALLET}
        )
        return order_id

    async def confirm(self, order_id: str) -> None:
        """The payer confirms, and the wallet notifies the gateway."""
        key = payment_key(UUID(order_id), 1)
        assert self.server.wallet.confirm(key)
        address = f"http://127.0.0.1:{self.crowd.ports[0]}{NOTIFICATION_PATH}"
        async with self.crowd.session.post(
            address,
            data=msgspec.json.encode(self.server.wallet.response_of(key)),
            headers={"x-wallet-key": WALLET_KEY},
        ) as answer:
            answer.raise_for_status()

    async def until(self, order_id: str, status: int, *sums: int) -> None:
        """Wait until the order has this status, approved, deposited and refunded sums."""
        shown: tuple[int, ...] = ()
        async with asyncio.timeout(WITHIN_SECONDS):
            while shown != (status, *sums):
                answer = await self.crowd.status(order_id)
                amounts = answer["paymentAmountInfo"]
                names = ("approvedAmount", "depositedAmount", "refundedAmount")
                shown = (answer["orderStatus"], *(amounts[name] for name in names))
                await asyncio.sleep(0.1)


@asynccontextmanager
async def site(process: GatewayProcess, server: WalletServer) -> AsyncIterator[Site]:
    """The clients of a gateway process that is ready."""
    async with a_crowd([process.port]) as crowd:
        await crowd.must_be_ready()
        yield Site(crowd, server)


async def until_settled(database_url: str) -> None:
    """Wait until every outcome is known."""
    pool = await connect(database_url, pool_size=1)
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            while await unsettled(pool):  # noqa: ASYNC110 - it happens in PostgreSQL
                await asyncio.sleep(0.1)
    finally:
        await pool.close()


async def complaints(database_url: str, wallet: Wallet) -> list[str]:
    """What the auditor finds in the books of the gateway and of the wallet."""
    pool = await connect(database_url, pool_size=1)
    try:
        return await audit(pool, other_books=wallet)
    finally:
        await pool.close()


@pytest.mark.parametrize("confirmed", ["before the restart", "after the restart"])
async def test_payment_is_found_after_a_kill(
    own_database_url: str, tmp_path: Path, confirmed: str
) -> None:
    await main.prepare(settings_of(own_database_url, tmp_path))
    async with wallet_server() as server:
        with gateway(own_database_url, tmp_path, server) as killed:
            async with site(killed, server) as before:
                server.kill_on = (Operation.PAY, killed.kill)
                with pytest.raises(aiohttp.ClientError):
                    await before.begin(two_phase=True)
        (key,) = server.wallet.waiting_keys
        order_id = str(UUID(key.partition("-")[0]))
        if confirmed == "before the restart":
            assert server.wallet.confirm(key)
        with gateway(own_database_url, tmp_path, server) as fresh:
            async with site(fresh, server) as after:
                if confirmed == "after the restart":
                    await after.confirm(order_id)
                await after.until(order_id, 1, 1000_00, 0, 0)
                await after.crowd.call("deposit.do", orderId=order_id, amount=600_00)
                await after.until(order_id, 2, 1000_00, 600_00, 0)
    assert await complaints(own_database_url, server.wallet) == []


@pytest.mark.parametrize("operation", DONE)
async def test_later_request_is_found_after_a_kill(
    own_database_url: str, tmp_path: Path, operation: Operation
) -> None:
    await main.prepare(settings_of(own_database_url, tmp_path))
    path, done = DONE[operation]
    async with wallet_server() as server:
        with gateway(own_database_url, tmp_path, server) as killed:
            async with site(killed, server) as before:
                order_id = await before.begin(two_phase=operation is not Operation.REFUND)
                await before.confirm(order_id)
                server.kill_on = (operation, killed.kill)
                with pytest.raises(aiohttp.ClientError):
                    await before.crowd.call(path, orderId=order_id, amount=0)
        with gateway(own_database_url, tmp_path, server) as fresh:
            async with site(fresh, server) as after:
                await after.until(order_id, *done)
                await until_settled(own_database_url)
    assert await complaints(own_database_url, server.wallet) == []
