"""The commands of docs/how-to/run-in-production.md end in an approved payment and a refund.

They are run as they are printed, with paths and addresses of the test. The acquirer's connector is
a small server that gives the answer which the page prints.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from urllib.request import urlopen

import psutil  # type: ignore[import-untyped]
import pytest

from altyn.embedded_postgres import EmbeddedPostgres
from tests.e2e.command import COMMAND_SECONDS, START_SECONDS, STOP_SECONDS

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "run-in-production.md"
PUBLIC_URL: Final = "https://pay.example"
CARD: Final = {
    "$PAN": "5555555555555599",
    "$CVC": "123",
    "$EXPIRY": "203412",
    "YYYY": "2034",
    "MM": "12",
    "TEXT": "IVAN IVANOV",
}


@dataclass(frozen=True, slots=True)
class Commands:
    """The blocks of commands of the page, in their order."""

    keys: str
    settings: str
    shop: str
    register: str
    status: str
    refund: str

    @classmethod
    def of(cls, page: str) -> "Commands":
        """Read the page. Raises TypeError when it has more or fewer blocks."""
        return cls(*re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))


@dataclass
class Connector:
    """The acquirer's connector; `operations` are those that it was asked for."""

    url: str = ""
    keys: set[str] = field(default_factory=set)
    operations: list[str] = field(default_factory=list)


@contextmanager
def connector(answers: dict[str, str]) -> Iterator[Connector]:
    """Serve a connector on a free port; `answers` are the bodies by path."""
    connector = Connector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            connector.keys.add(self.headers["Authorization"])
            connector.operations.append(request.get("operation", self.path))
            body = answers[self.path].encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    connector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield connector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True, slots=True)
class Terminal:
    """Runs commands of the page with the folder, database and connector of the test."""

    folder: Path
    database_url: str
    connector_url: str

    def adapted(self, commands: str) -> str:
        """The commands with the values of the test."""
        text = commands.replace("/etc/altyn/", f"{self.folder}/")
        for name, value in (
            ("ALTYN_DATABASE_URL", self.database_url),
            ("ALTYN_ACQUIRER_URL", self.connector_url),
        ):
            line = f"export {name}={shlex.quote(value)}"
            text = re.sub(rf"(?m)^export {name}=.*$", line.replace("\\", r"\\"), text)
        return text

    def arguments(self, script: str) -> list[str]:
        return ["bash", "-euo", "pipefail", "-c", self.adapted(script)]

    def environment(self) -> dict[str, str]:
        """The command `altyn` on the path, and a data folder and a port of the test."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("ALTYN_")}
        path = f"{Path(sys.executable).parent}:{kept['PATH']}"
        own = {"ALTYN_HOME": str(self.folder / "home"), "ALTYN_PORT": "0", "NO_COLOR": "1"}
        return {**kept, **own, "ALTYN_WORKERS": "2", "PATH": path}

    def run(self, script: str) -> str:
        """Run commands and wait for their end; their output. Fails the test if one of them does."""
        done = subprocess.run(
            self.arguments(script),
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def serving(self, script: str) -> Iterator[str]:
        """Run commands that end in `altyn serve`; yields the address when it is ready."""
        log = self.folder / "gateway.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                self.arguments(script.replace("altyn serve", "exec altyn serve")),
                env=self.environment(),
                stdout=output,
                stderr=output,
            )
        try:
            yield self._wait_until_ready(server, log)
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)

    def _wait_until_ready(self, server: "subprocess.Popen[bytes]", log: Path) -> str:
        serving = self.folder / "home" / "serving"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            try:
                address = serving.read_text().splitlines()[0]
                with urlopen(f"{address}/ready", timeout=5):  # noqa: S310 - the test's gateway
                    return address
            except (OSError, IndexError):
                time.sleep(0.1)
        raise AssertionError(f"the gateway did not start:\n{log.read_text('utf-8')}")


@pytest.fixture
def bank() -> Iterator[Connector]:
    _, response, _ = documented_messages()
    with connector({"/acquiring": response, "/card-check": '{"action_code":null}'}) as running:
        yield running


@pytest.fixture
def terminal(tmp_path: Path, bank: Connector) -> Iterator[Terminal]:
    with EmbeddedPostgres(tmp_path / "postgres") as database:
        yield Terminal(tmp_path, database.url, bank.url)


def documented_messages() -> list[str]:
    """The examples of the connector's messages: a request, its answer, a card check."""
    return re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.slow
def test_documented_commands_end_in_an_approved_payment(
    terminal: Terminal, bank: Connector
) -> None:
    page = Commands.of(PAGE.read_text("utf-8"))
    settings = "".join(re.findall(r"(?m)^export .*\n", page.settings))
    checks, serve = page.settings.split("altyn serve")
    terminal.run(page.keys)
    assert "wrong" not in terminal.run(checks)
    with terminal.serving(f"{settings}altyn serve{serve}") as address:
        assert core_dumps_are_off(terminal.folder / "home" / "serving")
        added = terminal.run(settings + page.shop)
        register, status, refund = (
            with_password(each.replace(PUBLIC_URL, address), added.split()[-1])
            for each in (page.register, page.status, page.refund)
        )

        order_id = terminal.run(f"{register}echo $ORDER").strip()
        simulated = f"altyn pay {order_id} --card 5555555555555599 --url {address}"
        assert "it runs in production mode" in terminal.run(f"! {simulated} 2>&1 | tr '\\n' ' '")
        pay(address, order_id)
        found = json.loads(terminal.run(f"ORDER={order_id}\n{status}"))
        refunded = json.loads(terminal.run(f"ORDER={order_id}\n{refund}"))

    assert (found["orderStatus"], found["actionCode"], found["amount"]) == (2, 0, 100)
    assert refunded["errorCode"] == "0"
    assert bank.operations == ["/card-check", "AUTHORISE", "REFUND"]
    assert bank.keys == {f"Bearer {(terminal.folder / 'connector.key').read_text().strip()}"}


def core_dumps_are_off(serving: Path) -> bool:
    """Whether the server and its workers may write no core dump; only Linux shows it."""
    parent = psutil.Process(int(serving.read_text().splitlines()[1]))
    processes = [parent, *parent.children()]
    assert len(processes) > 2, "the workers are running"
    return sys.platform != "linux" or all(
        process.rlimit(psutil.RLIMIT_CORE) == (0, 0) for process in processes
    )


def with_password(commands: str, password: str) -> str:
    """The commands with the password that was shown, instead of the printed placeholder."""
    return f"PASSWORD={shlex.quote(password)}\n{re.sub(r'(?m)^PASSWORD=.*$', '', commands)}"


def pay(address: str, order_id: str) -> None:
    """Pay on the payment page with a card, as a browser does."""
    form = urlencode({"MDORDER": order_id, **CARD}).encode()
    with urlopen(f"{address}/payment/rest/processform.do", form, timeout=30) as answer:  # noqa: S310 - as above
        assert "redirect" in json.load(answer)
