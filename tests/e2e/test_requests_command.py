"""`altyn requests` against a gateway of two processes: list, show, tail, repeat, after a kill."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.e2e.command import (
    COMMAND_SECONDS,
    CommandResult,
    Gateway,
    altyn,
    environment,
    eventually,
    serving,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("requests") / "home", ALTYN_WORKERS="2") as running:
        yield running


def requests(gateway: Gateway, *words: str) -> CommandResult:
    return gateway.run("requests", *words)


def listed(gateway: Gateway, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(requests(gateway, "list", "--json", *words).out)
    return found


def refused_request(gateway: Gateway, number: str) -> dict[str, Any]:
    """Send a request that is refused; its line of the log."""
    gateway.register(orderNumber=number, amount="ten")
    assert eventually(lambda: listed(gateway, "--order", number))
    return listed(gateway, "--order", number)[0]


def test_refused_request_is_listed_and_explained(gateway: Gateway) -> None:
    line = refused_request(gateway, "R-1")
    assert (line["errorCode"], line["parameter"], line["refused"]) == (5, "amount", True)
    text = requests(gateway, "list", "--refused", "--method", "register.do").out
    assert "error 5" in text
    assert "amount: not a whole number" in text
    shown = requests(gateway, "show", str(line["id"]))
    assert (shown.code, shown.err) == (0, "")
    for part in (
        "The rule: amount: not a whole number",
        "amount is N..12, mandatory",
        "docs/reference/register.md",
        "password = *** (masked)",
        "orderNumber = R-1",
        '"errorCode": "5"',
        '--data-urlencode password="${ALTYN_PASSWORD}"',
    ):
        assert part in shown.out
    assert "testPwd1" not in shown.out


def test_request_that_the_server_cannot_read_is_listed_with_the_advice(gateway: Gateway) -> None:
    where = urlsplit(gateway.address)
    address = "/payment/rest/refund.do?userName=test-api&password=testPwd1&orderId=a b"
    with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    assert eventually(lambda: listed(gateway, "--method", "refund"))
    text = requests(gateway, "list", "--refused", "--method", "refund").out
    assert "HTTP 400" in text
    assert "The request is not valid HTTP" in text
    shown = requests(gateway, "show", str(listed(gateway, "--method", "refund")[0]["id"])).out
    for part in ("GET /payment/rest/refund.do", "HTTP 400", "orderId = a (cut)", "%20"):
        assert part in shown
    assert "testPwd1" not in shown


def test_tail_prints_a_request_that_any_process_has_served(gateway: Gateway) -> None:
    begin = max([0, *(each["id"] for each in listed(gateway))])
    tail = subprocess.Popen(
        [sys.executable, "-m", "altyn", "requests", "tail", "--after", str(begin), "--limit", "6"],
        env=environment(gateway.home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for number in range(6):
            gateway.register(orderNumber=f"T-{number}")
        out, err = tail.communicate(timeout=COMMAND_SECONDS)
    finally:
        tail.kill()
    assert (tail.returncode, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == 6
    assert sorted(number for number in range(6) for line in lines if f"T-{number}" in line) == [
        *range(6)
    ]
    ids = [int(line.split()[0]) for line in lines]
    assert ids == sorted(ids)


def test_tail_prints_json(gateway: Gateway) -> None:
    refused_request(gateway, "J-1")
    done = requests(gateway, "tail", "--after", "0", "--limit", "1", "--json")
    assert json.loads(done.out)["id"] >= 1


def test_request_is_sent_again(gateway: Gateway) -> None:
    line = refused_request(gateway, "R-2")
    again = requests(gateway, "repeat", str(line["id"]))
    assert again.code == 0
    assert "HTTP 200" in again.out
    assert '"errorCode":"5"' in again.out
    gateway.call("register.do", password="guessed77", orderNumber="R-3")
    assert eventually(lambda: listed(gateway, "--order", "R-3"))
    refused = requests(gateway, "repeat", str(listed(gateway, "--order", "R-3")[0]["id"]))
    assert refused.code == 1
    assert "no clear value of password" in " ".join(refused.err.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("show", "999999"), "There is no request 999999"),
        (("list", "--merchant", "nowhere"), "no shop 'nowhere'"),
        (("list", "--url", "http://127.0.0.1:9"), "No gateway answers"),
    ],
)
def test_wrong_command_is_explained(
    gateway: Gateway, words: tuple[str, ...], expected: str
) -> None:
    done = requests(gateway, *words)
    assert (done.code, done.out) == (1, "")
    assert expected in " ".join(done.err.split())


def test_written_requests_survive_a_kill_and_payments_go_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home, log="first") as first:
        line = refused_request(first, "K-1")
        first.register(orderNumber="K-2")  # may still be in the queue
        first.stop(signal.SIGKILL)
    with serving(home, log="second") as second:
        found = listed(second)
        assert line["id"] in [each["id"] for each in found]
        refused_request(second, "K-3")
        assert second.register(orderNumber="K-4")["orderId"]
        assert second.stop() == 0
    with serving(home, log="third") as third:  # an orderly stop has written the queue
        assert eventually(lambda: listed(third, "--order", "K-4"))


def test_log_that_is_off_is_explained(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home, ALTYN_REQUEST_LOG="no") as running:
        running.register(orderNumber="O-1")
        done = altyn(home, "requests", "list")
        assert done.code == 1
        assert "ALTYN_REQUEST_LOG" in done.err
        with urlopen(f"{running.address}/metrics", timeout=30) as answer:  # noqa: S310
            assert b"altyn_request_log_written_total 0.0" in answer.read()
