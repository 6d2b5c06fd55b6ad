"""A gateway started as a person starts it: `altyn serve` in a process of its own.

It exists so that end-to-end tests talk to exactly what is shipped, and leave no process behind.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import urlopen

import psutil  # type: ignore[import-untyped]

START_SECONDS: Final = 60
STOP_SECONDS: Final = 30
COMMAND_SECONDS: Final = 60
EVENTUALLY_SECONDS: Final = 60
DEMO: Final = {"userName": "test-api", "password": "testPwd1"}
SHOP: Final = "https://shop.example/thanks"
_READY: Final = re.compile(r"Gateway +(http://\S+?)/payment/rest/")


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a command is run with: no setting of whoever runs the tests, and a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALTYN_")}
    return {**kept, "ALTYN_HOME": str(home), "NO_COLOR": "1", **more}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


def altyn(home: Path, *words: str, **more: str) -> Ran:
    """Run a command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "altyn", *words],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway."""

    process: subprocess.Popen[str]
    home: Path
    address: str
    said: Path

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a REST method as the demo shop, unless another user is named."""
        form = urlencode({**DEMO, **parameters}).encode()
        with urlopen(f"{self.address}/payment/rest/{method}", form, timeout=30) as answer:  # noqa: S310
            members: dict[str, Any] = json.load(answer)
        return members

    def register(self, **parameters: object) -> dict[str, Any]:
        """A new order of 1 500.00 RUB."""
        return self.call("register.do", **{"amount": 150000, "returnUrl": SHOP, **parameters})

    def status(self, order_id: str) -> dict[str, Any]:
        """What the shop is told about an order."""
        return self.call("getOrderStatusExtended.do", orderId=order_id)

    def run(self, *words: str) -> Ran:
        """Run a command beside the gateway, with the same data folder."""
        return altyn(self.home, *words)

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Stop it as a person would; its exit code."""
        self.process.send_signal(by)
        return self.process.wait(STOP_SECONDS)

    def postgresql(self) -> psutil.Process | None:
        """Its PostgreSQL's first process."""
        found = (each for each in self.processes() if "-D" in _command(each))
        return next(found, None)

    def workers(self) -> list[psutil.Process]:
        """The processes that serve under its supervisor."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "spawn_main" in " ".join(_command(child))]

    def processes(self) -> list[psutil.Process]:
        """Every process that works on this data folder."""
        return processes_of(self.home)


def eventually(holds: Callable[[], object]) -> bool:
    """Whether something comes to hold before long; until then errors are part of the way."""
    deadline = time.monotonic() + EVENTUALLY_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, KeyError):
            if holds():
                return True
        time.sleep(0.1)
    return False


def processes_of(home: Path) -> list[psutil.Process]:
    """Processes with the folder in their command line: the gateway's PostgreSQL among them."""
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and str(home) in " ".join(_command(process))
    ]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Gateway]:
    """Start a gateway on a free port; killed at the end if the test has not stopped it."""
    home.mkdir(parents=True, exist_ok=True)
    said = home.parent / f"{home.name}.said"
    with said.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "altyn", "serve", "--port", "0"],
            env=environment(home, **more),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield Gateway(process, home, _wait_until_ready(process, said), said)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            finally:
                process.kill()


def _wait_until_ready(process: subprocess.Popen[str], said: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = _READY.search(said.read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"the gateway did not start:\n{said.read_text(encoding='utf-8')}")
