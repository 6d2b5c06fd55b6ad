"""`make bench`: compares Altyn with PostgreSQL alone, in one run on one machine.

Compare the ratios and the medians of alternating rounds: absolute figures depend on the machine.
"""

import argparse
import asyncio
import os
import platform
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import asyncpg
import psutil
from rich.console import Console
from rich.table import Table

from altyn.embedded_postgres import EmbeddedPostgres
from benchmarks import account_report, callbacks, million, receipts, request_log
from benchmarks.load import BenchmarkError, Run, constant_rate, pgbench, store_card, wrk

CLIENTS = (16, 64)
LIVES = ("lifecycle", "sberpay")
"""The scripts that repeat the life of an order, by card and by SberPay."""
REQUESTS_OF_A_LIFE = 4
PARTS = ("account", "callbacks", "receipts", "request-log")
PROCESSES = 2
START_SECONDS = 180
console = Console()


@dataclass(frozen=True, slots=True)
class Plan:
    """The seconds and rounds of a benchmark, and the sizes of its data."""

    seconds: int
    rounds: int
    million: int
    backlog: int
    receipts: int
    account: int
    request_log: bool


@dataclass(slots=True)
class Figures:
    """The measured runs of each name, one per round."""

    runs: dict[str, list[Run]] = field(default_factory=dict)

    def add(self, name: str, run: Run) -> None:
        self.runs.setdefault(name, []).append(run)

    def per_second(self, name: str) -> float:
        """The median over the rounds."""
        return statistics.median(run.per_second for run in self.runs[name])

    def p99_ms(self, name: str) -> float:
        """The median over the rounds of the 99th percentile, in milliseconds."""
        return statistics.median(run.p99_ms for run in self.runs[name])


@dataclass(frozen=True, slots=True)
class Bench:
    """A gateway and its PostgreSQL, which are measured."""

    plan: Plan
    postgres: EmbeddedPostgres
    url: str
    base_url: str

    def measure(self) -> Figures:
        """Measure all kinds of load; they alternate in each round."""
        figures = Figures()
        ids = self._order_ids()
        for count in range(self.plan.rounds):
            console.print(f"  round {count + 1} of {self.plan.rounds}")
            for clients in CLIENTS:
                self._round(figures, clients, ids)
            figures.add("constant", self._after_a_pause(self._constant_rate))
        return figures

    def _round(self, figures: Figures, clients: int, ids: Path) -> None:
        seconds, run = self.plan.seconds, secrets.token_hex(4)
        bare = pgbench(self.postgres.bin_dir, self.url, clients=clients, seconds=seconds)
        figures.add(f"bare {clients}", Run(bare, clients / bare * 1000))
        for name, script, words in (
            ("register", "register.lua", [run]),
            ("cart", "cart.lua", [run]),
            ("soap", "soap_register.lua", [run]),
            ("status", "status.lua", [str(ids)]),
        ):
            done = wrk(
                self.base_url, script, connections=clients, seconds=seconds, threads=2, words=words
            )
            figures.add(f"{name} {clients}", done)
        for name in LIVES:
            requests = wrk(
                self.base_url,
                f"{name}.lua",
                connections=clients,
                seconds=seconds,
                threads=clients,
                words=[str(secrets.randbelow(10**9))],
            )
            lives = requests.per_second / REQUESTS_OF_A_LIFE
            figures.add(f"{name} {clients}", Run(lives, requests.p99_ms))
        payments = wrk(
            self.base_url,
            "stored_card.lua",
            connections=clients,
            seconds=seconds,
            threads=clients,
            words=store_card(self.base_url),
        )
        figures.add(f"stored card {clients}", Run(payments.per_second / 2, payments.p99_ms))

    def _constant_rate(self) -> Run:
        return asyncio.run(constant_rate(self.base_url, per_second=200, seconds=self.plan.seconds))

    def _after_a_pause(self, measure: Callable[[], Run]) -> Run:
        time.sleep(1)
        return measure()

    def _order_ids(self) -> Path:
        """Register orders, and write the ids of stored orders to a file for the load generator."""
        wrk(
            self.base_url,
            "register.lua",
            connections=64,
            seconds=2,
            threads=2,
            words=[secrets.token_hex(4)],
        )
        rows = asyncio.run(_fetch(self.url))
        path = Path(tempfile.gettempdir()) / f"altyn-bench-{os.getpid()}.txt"
        path.write_text("\n".join(rows))
        return path


async def _fetch(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT order_id FROM orders LIMIT 20000")
        return [str(row["order_id"]) for row in rows]
    finally:
        await connection.close()


@contextmanager
def gateway(
    home: Path, url: str, *, processes: int = PROCESSES, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """Run a gateway; yield its address, its process, and the seconds until its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ALTYN_HOME": str(home),
        "ALTYN_DATABASE_URL": url,
        "ALTYN_PORT": str(port),
        "ALTYN_WORKERS": str(processes),
        "ALTYN_LOG_LEVEL": "warning",
        **settings,
    }
    base_url, started = f"http://127.0.0.1:{port}", time.perf_counter()
    with (home / "bench.log").open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 - our own command
            [str(Path(sys.executable).parent / "altyn"), "serve"],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(base_url, server, home / "bench.log")
        yield base_url, server, time.perf_counter() - started
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(base_url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline:
        if server.poll() is not None:
            raise BenchmarkError(f"the gateway ended:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{base_url}/ready", timeout=1):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise BenchmarkError(f"the gateway did not start within {START_SECONDS} s")


def memory_mb(server: subprocess.Popen[bytes]) -> float:
    """The memory that only the largest process uses (unique set size), in MiB."""
    serving = psutil.Process(server.pid).children(recursive=True)
    python = [process for process in serving if "python" in process.name()]
    return max(process.memory_full_info().uss for process in python) / 2**20


def report(title: str, figures: Figures) -> None:
    """Print the results as a table."""
    table = Table(title=title, title_justify="left")
    for name in ("what", "clients", "per second", "p99, ms", "of bare"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for name in ("bare", "register", "cart", "soap", "status", *LIVES, "stored card"):
        for clients in CLIENTS:
            key = f"{name} {clients}"
            rate = figures.per_second(key)
            ratio = rate / figures.per_second(f"bare {clients}")
            table.add_row(
                NAMES[name],
                str(clients),
                f"{rate:,.0f}",
                f"{figures.p99_ms(key):.1f}",
                f"{ratio:.2f}",
            )
    for clients in CLIENTS:
        ratio = figures.per_second(f"soap {clients}") / figures.per_second(f"register {clients}")
        cart = figures.per_second(f"register {clients}") / figures.per_second(f"cart {clients}")
        sberpay = figures.per_second(f"sberpay {clients}")
        card = figures.per_second(f"lifecycle {clients}")
        console.print(f"a cart of 100 positions costs {cart:.1f} times as much ({clients} clients)")
        console.print(f"SOAP's registerOrder is {ratio:.2f} of register.do ({clients} clients)")
        console.print(f"SberPay lives are {sberpay / card:.2f} of card lives ({clients} clients)")
    table.add_row(NAMES["constant"], "–", "200", f"{figures.p99_ms('constant'):.1f}", "–")
    console.print(table)


NAMES = {
    "bare": "(a) pgbench, bare register write",
    "register": "(b) register.do",
    "cart": "(b) register.do with a cart of 100 positions",
    "soap": "(c) registerOrder over SOAP",
    "status": "(d) getOrderStatusExtended.do",
    "lifecycle": "(e) register, pay, status, refund: whole lives",
    "sberpay": "(f) register, push, confirm, status: SberPay lives",
    "stored card": "(g) register and pay with a stored card: payments",
    "constant": "register.do at 200 a second",
}


def _arguments() -> Plan:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="seconds of each run")
    parser.add_argument("--rounds", type=int, default=3, help="how often all runs are repeated")
    parser.add_argument(
        "--million", type=int, default=1_000_000, help="stored orders; 0 skips this part"
    )
    parser.add_argument(
        "--backlog", type=int, default=50_000, help="queued callbacks; 0 skips this part"
    )
    parser.add_argument(
        "--receipts", type=int, default=10_000, help="queued receipts; 0 skips this part"
    )
    parser.add_argument("--only", choices=PARTS, help="run only this part")
    arguments = parser.parse_args()
    only = arguments.only
    return Plan(
        seconds=arguments.seconds,
        rounds=0 if only in {"account", "callbacks", "receipts"} else arguments.rounds,
        million=arguments.million,
        backlog=arguments.backlog if only in {None, "callbacks"} else 0,
        receipts=arguments.receipts if only in {None, "receipts"} else 0,
        account=arguments.million if only in {None, "account"} else 0,
        request_log=only == "request-log",
    )


def main() -> None:
    """Run the benchmarks and print the tables."""
    plan = _arguments()
    console.print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"{plan.rounds} rounds of {plan.seconds} s, {PROCESSES} gateway processes"
    )
    with tempfile.TemporaryDirectory(prefix="altyn-bench-") as folder:
        home = Path(folder)
        postgres = EmbeddedPostgres(home / "postgres")
        url = postgres.start()
        try:
            if plan.rounds and not plan.request_log:
                _requests(plan, postgres, home, url)
            if plan.rounds:
                _request_log(plan, home, url)
            if plan.backlog:
                _callbacks(plan, postgres, home, url)
            if plan.receipts:
                _receipts(plan, postgres, home, url)
            if plan.account:
                account_report.run(console, partial(gateway, home), url, plan.account)
        finally:
            postgres.stop()


def _requests(plan: Plan, postgres: EmbeddedPostgres, home: Path, url: str) -> None:
    with gateway(home, url) as (base_url, server, _):
        empty = Bench(plan, postgres, url, base_url).measure()
        report("An empty database", empty)
        console.print(f"memory of one process: {memory_mb(server):.0f} MiB")
    with gateway(home, url) as (base_url, _, seconds):
        console.print(f"start to first answer, with an existing database: {seconds:.1f} s")
        if plan.million:
            _with_a_million(Bench(plan, postgres, url, base_url), empty)


def _request_log(plan: Plan, home: Path, url: str) -> None:
    """Compare register.do with the request log and without it."""
    with (
        gateway(home, url) as (with_log, _, _),
        gateway(home, url, ALTYN_REQUEST_LOG="no") as (without_log, _, _),
    ):
        cost = request_log.compare(
            with_log, without_log, seconds=plan.seconds, rounds=max(plan.rounds, 3)
        )
    console.print(
        f"register.do with the request log {cost.with_log:,.0f} a second, without it "
        f"{cost.without_log:,.0f}; the median of the pairs is {cost.ratio:.2f} "
        f"({request_log.CLIENTS} clients)"
    )


def _callbacks(plan: Plan, postgres: EmbeddedPostgres, home: Path, url: str) -> None:
    """Measure callbacks: one gateway process sends, another process receives."""
    with callbacks.receiver() as shop, gateway(home, url, processes=1) as (base_url, server, _):
        asyncio.run(callbacks.configure(url, shop))
        bare = pgbench(postgres.bin_dir, url, clients=16, seconds=plan.seconds)
        drained = asyncio.run(callbacks.drain(url, shop, server.pid, plan.backlog))
        memory = " ".join(f"{each:.0f}" for each in drained.memory_mb)
        console.print(
            f"callbacks: {drained.per_second:,.0f} a second over a queue of {plan.backlog:,} "
            f"({drained.per_second / bare:.2f} of bare {bare:,.0f}), "
            f"{drained.duplicates} sent twice; memory over the queue {memory} MiB"
        )
        latency = asyncio.run(callbacks.measure_latency(url, base_url, shop, plan.seconds * 2))
        console.print(
            f"callbacks at {callbacks.PAYMENTS_PER_SECOND} payments a second: median "
            f"{latency.median_ms:.0f} ms, p99 {latency.p99_ms:.0f} ms from the decision to the "
            f"receiver ({latency.payments} payments)"
        )


def _receipts(plan: Plan, postgres: EmbeddedPostgres, home: Path, url: str) -> None:
    """Measure receipts: one gateway process with the simulated cash register."""
    with gateway(home, url, processes=1):
        bare = pgbench(postgres.bin_dir, url, clients=16, seconds=plan.seconds)
        per_second = asyncio.run(receipts.drain(url, plan.receipts))
        console.print(
            f"receipts: {per_second:,.0f} a second over a queue of {plan.receipts:,} "
            f"({per_second / bare:.2f} of bare {bare:,.0f})"
        )


def _with_a_million(bench: Bench, empty: Figures) -> None:
    started = time.perf_counter()
    asyncio.run(million.load(bench.url, bench.plan.million))
    console.print(f"{bench.plan.million:,} orders loaded in {time.perf_counter() - started:.0f} s")
    full = bench.measure()
    report(f"With {bench.plan.million:,} orders stored", full)
    for name in full.runs:
        change = full.per_second(name) / empty.per_second(name) - 1
        console.print(f"  {name}: {change:+.0%} against the empty database")


if __name__ == "__main__":
    try:
        main()
    except BenchmarkError as error:
        raise SystemExit(str(error)) from None
