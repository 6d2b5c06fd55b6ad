"""A gateway that runs as `altyn serve` in a process of its own, and commands run against it.

End-to-end tests so use exactly what is shipped. Every process ends with its test.
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
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import urlopen

import psutil  # type: ignore[import-untyped]

from altyn.cli import main
from tests.forked import ForkedProcess
from tests.prepared_folder import PreparedFolder

START_SECONDS: Final = 180
STOP_SECONDS: Final = 30
COMMAND_SECONDS: Final = 180
EVENTUALLY_SECONDS: Final = 180
DEMO: Final = {"userName": "test-api", "password": "testPwd1"}
SHOP: Final = "https://shop.example/thanks"
_READY: Final = re.compile(r"Gateway +(http://\S+?)/payment/rest/")


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a command: its own data folder, and no ALTYN_* variable from outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALTYN_")}
    return {**kept, "ALTYN_HOME": str(home), "NO_COLOR": "1", **more}


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


def altyn(home: Path, *words: str, **more: str) -> CommandResult:
    """Run a command in a process that has imported it already, and wait for its end.

    `serving` starts the gateway as a user does: its process imports everything itself.
    """
    with TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = ForkedProcess(_run, words, out, err, environment=environment(home, **more))
        code = process.wait(COMMAND_SECONDS)
        return CommandResult(code, out.read_text("utf-8"), err.read_text("utf-8"))


def _run(_pipe: Connection, words: tuple[str, ...], out: Path, err: Path) -> None:
    for stream, file in ((sys.stdout, out), (sys.stderr, err)):
        with file.open("wb") as opened:
            os.dup2(opened.fileno(), stream.fileno())
    sys.argv = ["altyn", *words]
    main()


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway; `log` is the file with its output."""

    process: subprocess.Popen[str]
    home: Path
    address: str
    log: Path

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a REST method as the demo shop, unless another user is named."""
        form = urlencode({**DEMO, **parameters}).encode()
        with urlopen(f"{self.address}/payment/rest/{method}", form, timeout=30) as answer:  # noqa: S310
            members: dict[str, Any] = json.load(answer)
        return members

    def register(self, **parameters: object) -> dict[str, Any]:
        """Register an order of 1 500.00 RUB."""
        return self.call("register.do", **{"amount": 150000, "returnUrl": SHOP, **parameters})

    def status(self, order_id: str) -> dict[str, Any]:
        """The extended status of an order."""
        return self.call("getOrderStatusExtended.do", orderId=order_id)

    def run(self, *words: str) -> CommandResult:
        """Run a command with the gateway's data folder."""
        return altyn(self.home, *words)

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Stop the gateway by a signal; its exit code."""
        self.process.send_signal(by)
        return self.process.wait(STOP_SECONDS)

    def postgresql(self) -> psutil.Process | None:
        """The first process of its PostgreSQL."""
        found = (each for each in self.processes() if "-D" in _command(each))
        return next(found, None)

    def workers(self) -> list[psutil.Process]:
        """The worker processes under its supervisor."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "spawn_main" in " ".join(_command(child))]

    def processes(self) -> list[psutil.Process]:
        """Every process that uses this data folder."""
        return processes_of(self.home)


def eventually(holds: Callable[[], object]) -> bool:
    """Whether a condition holds within a minute; OSError and KeyError count as not yet."""
    deadline = time.monotonic() + EVENTUALLY_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, KeyError):
            if holds():
                return True
        time.sleep(0.1)
    return False


def processes_of(home: Path) -> list[psutil.Process]:
    """Processes with the folder in their command line, such as the gateway's PostgreSQL."""
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
def serving(
    home: Path, *, log: str = "", first_start: bool = False, **more: str
) -> Iterator[Gateway]:
    """Start a gateway on a free port; it is killed at the end unless the test has stopped it.

    A new data folder is a copy of a prepared one, unless the test is about the `first_start`.
    `log` names the file of its output, if another gateway has the same data folder.
    """
    if not (first_start or home.exists() or "ALTYN_DATABASE_URL" in more):
        PreparedFolder.copy_to(home)
    home.mkdir(parents=True, exist_ok=True)
    log_file = home.parent / f"{log or home.name}.log"
    with log_file.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "altyn", "serve", "--port", "0"],
            env=environment(home, **more),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        yield Gateway(process, home, _wait_until_ready(process, log_file), log_file)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            finally:
                process.kill()


def _wait_until_ready(process: subprocess.Popen[str], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = _READY.search(log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"the gateway did not start:\n{log.read_text(encoding='utf-8')}")
