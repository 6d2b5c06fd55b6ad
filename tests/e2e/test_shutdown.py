"""A stop signal cuts nothing: requests in progress are answered, while the port is free at once."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from altyn.main.http_server import shutdown_grace_seconds
from altyn.settings import Settings
from tests.e2e.command import DEMO, Gateway, eventually, serving
from tests.shop import card_fields


@pytest.mark.parametrize("timeout", [1, 15, 120])
def test_grace_follows_the_time_out_of_the_acquirer(timeout: int) -> None:
    grace = shutdown_grace_seconds(Settings(acquirer_timeout_seconds=timeout))
    assert grace >= 2 * timeout + 5, "a card check and a payment, and time to answer"


class SlowBank:
    """A bank that answers payments when it is allowed to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.url = ""

    def answer(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("card-check"):
            return {"action_code": None}
        if question["operation"] == "AUTHORISE":
            self.asked.set()
            self.may_answer.wait(60)
        approved = {"rrn": "123456789012", "approval_code": "123456"}
        return {"outcome": "APPROVED", "action_code": 0, **approved}


@contextmanager
def slow_bank() -> Iterator[SlowBank]:
    """Serve the bank on a free port, in threads."""
    bank = SlowBank()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(bank.answer(self.path, question)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bank.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bank
    finally:
        bank.may_answer.set()
        server.shutdown()
        server.server_close()
        thread.join()


def may_be_bound(port: int) -> bool:
    """Whether another server could listen on the port now."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        return True


def begin_payment(gateway: Gateway) -> http.client.HTTPConnection:
    """Send a payment; its answer is not read."""
    order_id = gateway.register()["orderId"]
    form = urlencode({**DEMO, **card_fields(order_id)})
    connection = http.client.HTTPConnection("127.0.0.1", port_of(gateway), timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/payment/rest/paymentorder.do", form, headers)
    return connection


def port_of(gateway: Gateway) -> int:
    port = urlsplit(gateway.address).port
    assert port is not None
    return port


@pytest.mark.parametrize("workers", ["1", "2"])
def test_payment_is_answered_after_the_stop_signal_and_the_port_is_free_at_once(
    tmp_path: Path, workers: str
) -> None:
    with (
        slow_bank() as bank,
        serving(tmp_path / "home", ALTYN_ACQUIRER_URL=bank.url, ALTYN_WORKERS=workers) as gateway,
    ):
        connection = begin_payment(gateway)
        assert bank.asked.wait(60)
        gateway.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: may_be_bound(port_of(gateway)))
        assert gateway.process.poll() is None, "the payment is still in progress"
        bank.may_answer.set()
        answer = connection.getresponse()
        assert answer.status == 200
        members = json.loads(answer.read())
        assert members["errorCode"] == 0, members
        assert gateway.process.wait(60) == 0
        assert "Traceback" not in gateway.log.read_text(encoding="utf-8")


def test_stopping_gateway_refuses_newcomers_and_answers_every_request(tmp_path: Path) -> None:
    """Shops that call without pause see answers until they cannot connect; nothing between."""
    with serving(tmp_path / "home", ALTYN_WORKERS="2") as gateway:
        outcomes: list[str] = []
        shops = [
            threading.Thread(target=call_until_refused, args=(gateway, outcomes)) for _ in range(8)
        ]
        for shop in shops:
            shop.start()
        assert eventually(lambda: len(outcomes) > 100)
        gateway.process.send_signal(signal.SIGTERM)
        for shop in shops:
            shop.join(60)
        assert gateway.process.wait(60) == 0
    ends = [outcome for outcome in outcomes if outcome != "answered"]
    assert set(ends) <= {"refused", "closed"}, set(ends)


def call_until_refused(gateway: Gateway, outcomes: list[str]) -> None:
    """Register orders on one connection, until the gateway no longer takes a connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(gateway), timeout=60)
    form = urlencode({**DEMO, "amount": "100", "returnUrl": "https://shop.example/"})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    while True:
        try:
            connection.request("POST", "/payment/rest/register.do", form, headers)
            answer = connection.getresponse()
            answer.read()
        except ConnectionRefusedError:
            outcomes.append("refused")
            return
        except (ConnectionResetError, BrokenPipeError):
            outcomes.append("closed")  # before the request was read, so that it may be repeated
            connection.close()
        except Exception as error:  # noqa: BLE001 - the test names it
            outcomes.append(repr(error))
            return
        else:
            outcomes.append("answered" if answer.status == 200 else str(answer.status))
