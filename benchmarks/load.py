"""Puts load on a running gateway or on PostgreSQL alone, and measures it."""

import asyncio
import json
import os
import re
import secrets
import statistics
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

HERE = Path(__file__).parent
CREDENTIALS = {"userName": "test-api", "password": "testPwd1"}


class BenchmarkError(Exception):
    """A tool is missing or a run failed; the text says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run: requests per second, and the 99th percentile in milliseconds."""

    per_second: float
    p99_ms: float


def pgbench(bin_dir: Path, url: str, *, clients: int, seconds: int) -> float:
    """Transactions per second of the bare register write in PostgreSQL."""
    command = [
        str(bin_dir / "pgbench"), "-M", "prepared", "-n", "-f", str(HERE / "bare_register.sql"),
        "-c", str(clients), "-j", "2", "-T", str(seconds), url,
    ]  # fmt: skip
    output = _run(command, {"LD_LIBRARY_PATH": str(bin_dir.parent / "lib")})
    found = re.search(r"tps = ([0-9.]+) \(without", output)
    if not found or re.search(r"number of failed transactions: [1-9]", output):
        raise BenchmarkError(f"pgbench failed:\n{output}")
    return float(found[1])


def wrk(
    base_url: str,
    script: str,
    *,
    connections: int,
    seconds: int,
    threads: int,
    words: Sequence[str],
) -> Run:
    """The requests per second and the 99th percentile of a wrk script."""
    command = [
        "wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--latency",
        "-s", str(HERE / script), base_url, "--", *words,
    ]  # fmt: skip
    output = _run(command, {})
    rate, p99 = re.search(r"Requests/sec:\s+([0-9.]+)", output), _percentile(output)
    bad = re.search(r"Non-2xx or 3xx responses: ([0-9]+)", output)
    errors = re.search(r"Socket errors: (.+)", output)
    if not rate or bad or errors or "step " in output:
        raise BenchmarkError(f"wrk got wrong answers:\n{output}")
    return Run(float(rate[1]), p99)


def store_card(base_url: str) -> tuple[str, str]:
    """Store a card of a new client; the client and the stored card."""
    client = f"client-{secrets.token_hex(4)}"
    card = {"clientId": client, "pan": "5555555555555599", "expiryDate": "203412"}
    form = urllib.parse.urlencode({**CREDENTIALS, **card}).encode()
    address = f"{base_url}/payment/rest/createBindingNoPayment.do"
    with urllib.request.urlopen(address, form, timeout=10) as answer:  # noqa: S310 - our own
        members = json.load(answer)
    if members.get("errorCode") != "0":
        raise BenchmarkError(f"the card was not stored: {members}")
    return client, members["bindingId"]


async def constant_rate(base_url: str, *, per_second: int, seconds: int) -> Run:
    """Send register.do at a constant rate, which does not depend on the answers."""
    waits: list[float] = []

    async def one(session: aiohttp.ClientSession) -> None:
        started = time.perf_counter()
        form = {**CREDENTIALS, "amount": "15000", "returnUrl": "https://shop.example/return"}
        async with session.post(f"{base_url}/payment/rest/register.do", data=form) as answer:
            if "formUrl" not in await answer.text():
                raise BenchmarkError("register.do was refused")
        waits.append((time.perf_counter() - started) * 1000)

    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector) as session:
        tasks, started_at = [], time.perf_counter()
        for count in range(per_second * seconds):
            await asyncio.sleep(max(0.0, started_at + count / per_second - time.perf_counter()))
            tasks.append(asyncio.create_task(one(session)))
        await asyncio.gather(*tasks)
    elapsed = time.perf_counter() - started_at
    return Run(len(waits) / elapsed, statistics.quantiles(waits, n=100)[98])


def _percentile(output: str) -> float:
    found = re.search(r"99%\s+([0-9.]+)(us|ms|s)", output)
    if not found:
        raise BenchmarkError(f"wrk printed no latency:\n{output}")
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


def _run(command: Sequence[str], environment: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - commands of this module
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **environment},
        )
    except FileNotFoundError:
        raise BenchmarkError(
            f"{command[0]} is missing: on Debian, `apt-get install wrk` (pgbench comes with "
            "the embedded PostgreSQL)"
        ) from None
    if done.returncode:
        raise BenchmarkError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr
