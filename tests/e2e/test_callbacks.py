"""Callbacks as a shop's developer tries them: a listener, a setting, an order, and failures.

Every step is a command of the documentation, run with a gateway that `altyn serve` has started.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.command import Gateway, environment, eventually, serving

pytestmark = pytest.mark.slow

CARD = "5555555555555599"
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/cb")


@dataclass(frozen=True, slots=True)
class Listener:
    """A running `altyn callbacks listen`."""

    log: Path

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        found = ADDRESS.search(self.text)
        assert found, self.text
        return found[0]


@contextmanager
def listening(gateway: Gateway, folder: Path, *words: str) -> Iterator[Listener]:
    """Start a listener on a free port; it is stopped by SIGINT at the end."""
    log = folder / "listener.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "altyn", "callbacks", "listen", "--port", "0", *words],
            env={**environment(gateway.home), "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        listener = Listener(log)
        assert eventually(lambda: ADDRESS.search(listener.text)), listener.text
        yield listener
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(30)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("altyn") / "home") as running:
        yield running


def pay_an_order(gateway: Gateway) -> str:
    order_id = str(gateway.register()["orderId"])
    assert gateway.run("pay", order_id, "--card", CARD).code == 0
    return order_id


def test_listener_prints_the_callback(gateway: Gateway, tmp_path: Path) -> None:
    with listening(gateway, tmp_path) as listener:
        changed = gateway.run("merchant", "set", "test", f"callbacks.urls={listener.address}")
        assert changed.code == 0, changed.err
        order_id = pay_an_order(gateway)
        assert eventually(lambda: order_id in listener.text), listener.text
        received = listener.text
    assert "deposited" in received
    assert f"mdOrder;{order_id};operation;deposited;orderNumber;" in received

    shown = gateway.run("callbacks", "show", order_id)
    assert shown.code == 0, shown.err
    assert f"mdOrder;{order_id};operation;deposited;orderNumber;" in shown.out
    (checksum,) = set(re.findall(r"\b[0-9A-F]{64}\b", shown.out))
    (sent,) = set(re.findall(r"http://127\S+checksum=[0-9A-F]{64}", shown.out.replace("\n", "")))
    assert gateway.run("callbacks", "verify", sent).code == 0
    altered = gateway.run("callbacks", "verify", sent.replace("status=1", "status=0"))
    assert altered.code == 1
    assert checksum in altered.out
    listed = gateway.run("callbacks", "list", "--order", order_id)
    assert "delivered" in listed.out


def test_failed_callback_is_retried_and_can_be_resent(gateway: Gateway, tmp_path: Path) -> None:
    with listening(gateway, tmp_path, "--fail", "500") as listener:
        gateway.run("merchant", "set", "test", f"callbacks.urls={listener.address}")
        order_id = pay_an_order(gateway)
        for deliveries in (1, 2, 3):
            assert eventually(lambda: listener.text.count(order_id) >= deliveries)  # noqa: B023
            assert eventually(
                lambda: gateway.run("callbacks", "show", order_id).out.count("500") >= deliveries  # noqa: B023
            )
            gateway.run("clock", "advance", "1m")
    assert "dead" in gateway.run("callbacks", "list", "--order", order_id).out

    (tmp_path / "again").mkdir()
    with listening(gateway, tmp_path / "again") as listener:
        dead = gateway.run("callbacks", "list", "--order", order_id)
        (callback,) = set(re.findall(rf"{order_id}\.\d+\.\d+", dead.out)) or {order_id}
        resent = gateway.run("callbacks", "resend", callback, "--to", listener.address)
        assert resent.code == 0, resent.err
        assert eventually(lambda: order_id in listener.text), listener.text
    assert eventually(
        lambda: "delivered" in gateway.run("callbacks", "list", "--order", order_id).out
    )
