"""Gateways as processes of the operating system, and concurrent clients that call them.

They are for tests that need several processes: two that race for one order, or one that is killed
in the middle of a payment.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from altyn.storage.database import Pool
from tests.asgi_client import Answer
from tests.forked import ForkedProcess
from tests.launcher import launch
from tests.shop import CREDENTIALS, card_fields, new_number

ROOT: Final = Path(__file__).resolve().parent.parent
START_SECONDS: Final = 30
_RUNNING: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
"""
CLIENT_TIMEOUT: Final = aiohttp.ClientTimeout(total=60)


class Launcher:
    """The process that forks gateways; see `tests/launcher.py`."""

    def __init__(self, database_url: str, home: Path, *, sockets: int) -> None:
        environment = gateway_environment(database_url, home)
        self._process = ForkedProcess(launch, sockets, environment=environment)
        self.ports: list[int] = self._process.answer("ports")

    def start(self, number: int) -> int:
        """Start a gateway on socket `number`; its process id."""
        self._process.pipe.send(number)
        pid: int = self._process.answer("started")
        return pid

    async def restart(self, gateways: list[int], pool: Pool) -> None:
        """Kill all gateways, end their leases and those of earlier ones, and start as many on
        socket 0; `gateways` are their process ids."""
        for pid in gateways:
            kill(pid)
        await end_leases(pool)
        gateways[:] = [self.start(0) for _ in gateways]

    def stop(self) -> None:
        """End the launcher and all processes that it has started."""
        self._process.pipe.close()
        self._process.wait()


def gateway_environment(database_url: str, home: Path) -> dict[str, str]:
    """The environment of a gateway whose bank is asked again soon after a lost answer."""
    return {
        **os.environ,
        "ALTYN_DATABASE_URL": database_url,
        "ALTYN_HOME": str(home),
        "ALTYN_ACQUIRER_TIMEOUT": "1",  # seconds: the first inquiry follows a lost answer soon
        "ALTYN_POOL_SIZE": "4",
        "ALTYN_LOG_LEVEL": "error",
    }


def kill(pid: int) -> None:
    """Send SIGKILL to a process that the tests started."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@dataclass
class Crowd:
    """Many clients; their requests go to the gateways in turn."""

    session: aiohttp.ClientSession
    ports: Sequence[int]
    sent: int = field(default=0)

    async def call(self, path: str, **fields: object) -> dict[str, Any]:
        """One request of the protocol; the members of its answer. Raises aiohttp.ClientError."""
        form = {name: str(value) for name, value in {**CREDENTIALS, **fields}.items()}
        return await self._post(f"/payment/rest/{path}", data=form)

    async def at_once(self, path: str, *forms: dict[str, object]) -> list[dict[str, Any]]:
        """Concurrent requests to one method; their answers in order."""
        return list(await asyncio.gather(*(self.call(path, **form) for form in forms)))

    async def must_be_ready(self) -> None:
        """Wait until every gateway is ready. Raises TimeoutError when one does not become ready."""
        for port in self.ports:
            async with asyncio.timeout(START_SECONDS):
                while not await self._serves(port):  # noqa: ASYNC110 - polls another process
                    await asyncio.sleep(0.02)

    async def _serves(self, port: int) -> bool:
        try:
            async with self.session.get(f"http://127.0.0.1:{port}/ready") as answer:
                return answer.status == HTTPStatus.OK
        except aiohttp.ClientError:
            return False

    async def register(self, amount_minor: int, *, two_phase: bool = False) -> str:
        path = "registerPreAuth.do" if two_phase else "register.do"
        answer = await self.call(
            path,
            amount=amount_minor,
            orderNumber=f"{os.getpid()}-{new_number()}",
            returnUrl="https://shop.example/",
        )
        order_id: str = answer["orderId"]
        return order_id

    async def paid(self, amount_minor: int, *, two_phase: bool = False) -> str:
        order_id = await self.register(amount_minor, two_phase=two_phase)
        answer = await self.call("paymentorder.do", **card_fields(order_id))
        assert "redirect" in answer, answer
        return order_id

    async def status(self, order_id: str) -> dict[str, Any]:
        return await self.call("getOrderStatusExtended.do", orderId=order_id)

    async def move_clock(self, **by: float | str) -> dict[str, Any]:
        """Move the sandbox's clock; the gateway runs what becomes due."""
        return await self._post("/sandbox/clock", json=by)

    async def pay(self, order_id: str, **members: object) -> dict[str, Any]:
        """The sandbox's payer pays an order; the members of the answer."""
        return await self._post(f"/sandbox/orders/{order_id}/pay", json=members)

    async def browse(self, address: str, fields: Mapping[str, Any]) -> Answer:
        """Post a browser's form to the path of an address; the page."""
        path = urlsplit(address).path
        url = f"http://127.0.0.1:{self.ports[0]}{path}"
        async with self.session.post(url, data=fields, allow_redirects=False) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, headers, await answer.read())

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        self.sent += 1
        port = self.ports[self.sent % len(self.ports)]
        async with self.session.post(f"http://127.0.0.1:{port}{path}", **body) as answer:
            members: dict[str, Any] = json.loads(await answer.read())
            return members


@asynccontextmanager
async def a_crowd(ports: Sequence[int]) -> AsyncIterator[Crowd]:
    """Clients without a limit of connections; each request opens its own."""
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, timeout=CLIENT_TIMEOUT) as session:
        yield Crowd(session, ports)


async def end_leases(pool: Pool) -> None:
    """End the leases of jobs and entries in the place of real time: their processes are killed.

    A statement that a killed process has begun is awaited: PostgreSQL carries it out.
    """
    async with asyncio.timeout(START_SECONDS):
        while await pool.fetchval(_RUNNING):  # noqa: ASYNC110 - polls PostgreSQL
            await asyncio.sleep(0.01)
    for table in ("outbox", "export_jobs"):
        await pool.execute(f"UPDATE {table} SET lease_until = '-infinity'")  # noqa: S608 - ours
