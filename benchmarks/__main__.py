"""`make bench`: Altyn beside the bare database, in one run on this machine.

Single figures of a shared machine mean little; the ratios, and the medians of rounds taken in turn,
are what to quote.
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
from pathlib import Path

import asyncpg
import psutil
from rich.console import Console
from rich.table import Table

from altyn.embedded_postgres import EmbeddedPostgres
from benchmarks import callbacks, million
from benchmarks.load import BenchmarkError, Run, pgbench, steady, wrk

CLIENTS = (16, 64)
PROCESSES = 2
console = Console()


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often."""

    seconds: int
    rounds: int
    million: int
    backlog: int


@dataclass(slots=True)
class Figures:
    """What was measured, by name: one value per round."""

    runs: dict[str, list[Run]] = field(default_factory=dict)

    def add(self, name: str, run: Run) -> None:
        self.runs.setdefault(name, []).append(run)

    def per_second(self, name: str) -> float:
        """The median of the rounds."""
        return statistics.median(run.per_second for run in self.runs[name])

    def p99_ms(self, name: str) -> float:
        """The median of the rounds' 99th percentiles."""
        return statistics.median(run.p99_ms for run in self.runs[name])


@dataclass(frozen=True, slots=True)
class Bench:
    """One machine under test: PostgreSQL and a gateway beside it."""

    plan: Plan
    postgres: EmbeddedPostgres
    url: str
    base_url: str

    def measure(self) -> Figures:
        """All kinds of load in turn, round by round."""
        figures = Figures()
        ids = self._order_ids()
        for count in range(self.plan.rounds):
            console.print(f"  round {count + 1} of {self.plan.rounds}")
            for clients in CLIENTS:
                self._round(figures, clients, ids)
            figures.add("steady", self._quietly(self._steady))
        return figures

    def _round(self, figures: Figures, clients: int, ids: Path) -> None:
        seconds, run = self.plan.seconds, secrets.token_hex(4)
        bare = pgbench(self.postgres.bin_dir, self.url, clients=clients, seconds=seconds)
        figures.add(f"bare {clients}", Run(bare, clients / bare * 1000))
        for name, script, words in (
            ("register", "register.lua", [run]),
            ("soap", "soap_register.lua", [run]),
            ("status", "status.lua", [str(ids)]),
        ):
            done = wrk(
                self.base_url, script, connections=clients, seconds=seconds, threads=2, words=words
            )
            figures.add(f"{name} {clients}", done)
        lives = wrk(
            self.base_url,
            "lifecycle.lua",
            connections=clients,
            seconds=seconds,
            threads=clients,
            words=[],
        )
        figures.add(f"lifecycle {clients}", Run(lives.per_second / 4, lives.p99_ms))

    def _steady(self) -> Run:
        return asyncio.run(steady(self.base_url, per_second=200, seconds=self.plan.seconds))

    def _quietly(self, measure: Callable[[], Run]) -> Run:
        time.sleep(1)
        return measure()

    def _order_ids(self) -> Path:
        """Register some orders and write their ids where the load generator finds them."""
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
    home: Path, url: str, *, processes: int = PROCESSES
) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """A gateway of some processes; how long it took to its first answer, in seconds."""
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
    for _ in range(600):
        if server.poll() is not None:
            raise BenchmarkError(f"the gateway ended:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{base_url}/ready", timeout=1):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise BenchmarkError("the gateway did not start within a minute")


def memory_mb(server: subprocess.Popen[bytes]) -> float:
    """The largest process's own memory (unique set size), in MiB."""
    serving = psutil.Process(server.pid).children(recursive=True)
    python = [process for process in serving if "python" in process.name()]
    return max(process.memory_full_info().uss for process in python) / 2**20


def report(title: str, figures: Figures) -> None:
    """The table of one state of the database."""
    table = Table(title=title, title_justify="left")
    for name in ("what", "clients", "per second", "p99, ms", "of bare"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for name in ("bare", "register", "soap", "status", "lifecycle"):
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
        console.print(f"SOAP's registerOrder is {ratio:.2f} of register.do ({clients} clients)")
    table.add_row(NAMES["steady"], "–", "200", f"{figures.p99_ms('steady'):.1f}", "–")
    console.print(table)


NAMES = {
    "bare": "(a) pgbench, bare register write",
    "register": "(b) register.do",
    "soap": "(c) registerOrder over SOAP",
    "status": "(d) getOrderStatusExtended.do",
    "lifecycle": "(e) register, pay, status, refund: lives",
    "steady": "register.do at 200 a second",
}


def _arguments() -> Plan:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="of each run")
    parser.add_argument("--rounds", type=int, default=3, help="of all runs, in turn")
    parser.add_argument("--million", type=int, default=1_000_000, help="orders; 0 leaves it out")
    parser.add_argument("--backlog", type=int, default=50_000, help="callbacks; 0 leaves them out")
    parser.add_argument("--only", choices=("callbacks",), help="leave everything else out")
    given = parser.parse_args()
    rounds = 0 if given.only else given.rounds
    return Plan(given.seconds, rounds, given.million, given.backlog)


def main() -> None:
    """Measure, and print the tables."""
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
            if plan.rounds:
                _requests(plan, postgres, home, url)
            if plan.backlog:
                _callbacks(plan, postgres, home, url)
        finally:
            postgres.stop()


def _requests(plan: Plan, postgres: EmbeddedPostgres, home: Path, url: str) -> None:
    with gateway(home, url) as (base_url, server, _):
        empty = Bench(plan, postgres, url, base_url).measure()
        report("An empty database", empty)
        console.print(f"memory of one process: {memory_mb(server):.0f} MiB")
    with gateway(home, url) as (base_url, _, seconds):
        console.print(f"start to first answer, data in place: {seconds:.1f} s")
        if plan.million:
            _with_a_million(Bench(plan, postgres, url, base_url), empty)


def _callbacks(plan: Plan, postgres: EmbeddedPostgres, home: Path, url: str) -> None:
    """One process sends; the receiver is another one."""
    with callbacks.receiver() as shop, gateway(home, url, processes=1) as (base_url, server, _):
        asyncio.run(callbacks.set_address(url, shop))
        bare = pgbench(postgres.bin_dir, url, clients=16, seconds=plan.seconds)
        drained = asyncio.run(callbacks.drain(url, shop, server.pid, plan.backlog))
        memory = " ".join(f"{each:.0f}" for each in drained.memory_mb)
        console.print(
            f"callbacks: {drained.per_second:,.0f} a second over a queue of {plan.backlog:,} "
            f"({drained.per_second / bare:.2f} of bare {bare:,.0f}), {drained.duplicates} twice; "
            f"memory over the queue {memory} MiB"
        )
        followed = asyncio.run(callbacks.follow(url, base_url, shop, plan.seconds * 2))
        console.print(
            f"callbacks at {callbacks.PAYMENTS_PER_SECOND} payments a second: median "
            f"{followed.median_ms:.0f} ms, p99 {followed.p99_ms:.0f} ms from the decision to the "
            f"receiver ({followed.payments} payments)"
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
