"""Measures callbacks: throughput of one process, delay after a payment, memory with a queue."""

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import asyncpg
import psutil

from benchmarks.load import CREDENTIALS, BenchmarkError

PAYMENTS_PER_SECOND = 50
CARD = {
    "$PAN": "5555555555555599",
    "$CVC": "123",
    "$EXPIRY": "209912",
    "TEXT": "IVAN PETROV",
    "language": "ru",
}
BACKLOG = """
    INSERT INTO outbox (merchant_id, subject_id, version, line, operation, receiver, origin,
                        parameters, created_at, due_at)
    SELECT merchant_id, id, 3, 1, 'deposited', $1, $2,
           json_build_object('mdOrder', id::text, 'orderNumber', 'B-' || number,
                              'operation', 'deposited', 'status', '1'), now(), now()
    FROM merchants, LATERAL (SELECT gen_random_uuid() AS id, number
                             FROM generate_series(1, $3::integer) AS number) AS made
    WHERE login = 'test'
"""


@dataclass(frozen=True, slots=True)
class Drained:
    """The result of sending a queue.

    `memory_mb`: MiB at the start, after each quarter, and at the end. `duplicates`: how many
    callbacks were sent again.
    """

    per_second: float
    memory_mb: tuple[float, ...]
    duplicates: int


@dataclass(frozen=True, slots=True)
class Latency:
    """The time of callbacks from the decision to the receiver, in milliseconds."""

    median_ms: float
    p99_ms: float
    payments: int


@contextmanager
def receiver() -> Iterator[str]:
    """Run a receiver in its own process; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.receiver", str(port)]
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                report(url)
                break
            except OSError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def report(url: str) -> dict[str, Any]:
    """The report of the receiver: requests, and the time of the first request per order."""
    with urllib.request.urlopen(f"{url}/report", timeout=30) as answer:  # noqa: S310 - our own
        members: dict[str, Any] = json.load(answer)
    return members


async def configure(database: str, url: str) -> None:
    """Set the demo shop's callback URL to the receiver, and notify the gateway."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(
            "INSERT INTO merchant_settings (merchant_id, version, settings, changed_at, changed_by)"
            " SELECT merchant_id, version + 1, jsonb_set(settings, '{callbacks,urls}', $1::jsonb),"
            " now(), 'bench' FROM merchants JOIN merchant_settings USING (merchant_id)"
            " WHERE login = 'test' ORDER BY version DESC LIMIT 1",
            json.dumps([f"{url}/cb"]),
        )
        await connection.execute(
            "SELECT pg_notify('altyn_merchants', merchant_id::text) FROM merchants"
        )
    finally:
        await connection.close()


async def drain(database: str, url: str, server: int, count: int) -> Drained:
    """Insert a queue of callbacks, and measure until the gateway has sent all of them."""
    connection = await asyncpg.connect(database)
    python = _python(server)
    try:
        await connection.execute("DELETE FROM outbox")
        before = report(url)["requests"]
        origin = f"http://127.0.0.1:{url.rpartition(':')[2]}"
        await connection.execute(BACKLOG, f"{url}/cb", origin, count)
        await connection.execute("ANALYZE outbox")
        started, memory = time.perf_counter(), []
        while await connection.fetchval(
            "SELECT EXISTS (SELECT FROM outbox WHERE state = 'waiting')"
        ):
            memory.append(python.memory_full_info().uss / 2**20)
            if time.perf_counter() - started > 600:  # noqa: PLR2004 - seconds
                raise BenchmarkError("the queue of callbacks was not sent in ten minutes")
            await asyncio.sleep(0.5)
        seconds = time.perf_counter() - started
    finally:
        await connection.close()
    sent = report(url)["requests"] - before
    quarters = [memory[len(memory) * part // 4] for part in range(4)] + memory[-1:]
    return Drained(count / seconds, tuple(quarters), sent - count)


async def measure_latency(database: str, base_url: str, url: str, seconds: int) -> Latency:
    """Pay fifty orders per second, and measure when the receiver gets the callback of each."""
    paid: list[str] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        tasks, started_at = [], time.perf_counter()
        for count in range(PAYMENTS_PER_SECOND * seconds):
            due = started_at + count / PAYMENTS_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(_pay(session, base_url, paid)))
        await asyncio.gather(*tasks)
    await asyncio.sleep(2)
    received_at = report(url)["received_at"]
    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch(
            "SELECT subject_id::text AS order_id, extract(epoch FROM created_at)::float8 AS at"
            " FROM outbox WHERE subject_id = ANY ($1::uuid[])",
            paid,
        )
    finally:
        await connection.close()
    if len(rows) != len(paid) or any(row["order_id"] not in received_at for row in rows):
        raise BenchmarkError("a payment had no callback")
    waits = [(received_at[row["order_id"]] - row["at"]) * 1000 for row in rows]
    return Latency(statistics.median(waits), statistics.quantiles(waits, n=100)[98], len(paid))


async def _pay(session: aiohttp.ClientSession, base_url: str, paid: list[str]) -> None:
    form = {**CREDENTIALS, "amount": "15000", "returnUrl": "https://shop.example/return"}
    async with session.post(f"{base_url}/payment/rest/register.do", data=form) as answer:
        order_id = (await answer.json(content_type=None))["orderId"]
    card = {**CREDENTIALS, **CARD, "MDORDER": order_id}
    async with session.post(f"{base_url}/payment/rest/paymentorder.do", data=card) as answer:
        if "redirect" not in await answer.text():
            raise BenchmarkError("a payment was refused")
    paid.append(order_id)


def _python(server: int) -> psutil.Process:
    """The gateway's process that sends callbacks: its largest process."""
    family = [psutil.Process(server), *psutil.Process(server).children(recursive=True)]
    python = [each for each in family if "python" in each.name() or "altyn" in each.name()]
    return max(python, key=lambda each: each.memory_full_info().uss)
