"""A gateway on a port, and the return page of a shop, for tests that drive a browser."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import uvicorn

from altyn.main import App
from altyn.main.http_server import server_config
from altyn.settings import load
from tests.shop import CREDENTIALS

START_SECONDS_MAX: Final = 180


@dataclass(frozen=True, slots=True)
class Served:
    """A gateway on a port, and the address of its shop."""

    port: int
    home: Path
    shop_url: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, path: str, **fields: object) -> dict[str, Any]:
        """Call a REST method with the shop's credentials; the members of the answer."""
        body = urlencode({**CREDENTIALS, **fields})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._post(f"/payment/rest/{path}", body, headers)

    def register(self, **more: object) -> Registered:
        """Register an order of 1500.00 RUB; its payer returns to the shop's page."""
        fields = {
            "amount": 150000,
            "description": "Чай чёрный, 200 г",
            "returnUrl": f"{self.shop_url}/paid",
            "failUrl": f"{self.shop_url}/failed",
        }
        answer = self.call("register.do", **{**fields, **more})
        return Registered(answer["orderId"], answer["formUrl"])

    def status(self, order_id: str) -> int:
        """The order's status on the wire."""
        return int(self.call("getOrderStatusExtended.do", orderId=order_id)["orderStatus"])

    def wait(self, seconds: float) -> None:
        """Move the sandbox's clock forward."""
        self._post("/sandbox/clock", json.dumps({"seconds": seconds}), {})

    def _post(self, path: str, body: str, headers: dict[str, str]) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            assert answer.status == 200
            members: dict[str, Any] = json.loads(answer.read())
            return members
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Registered:
    """An order and the address of its payment page."""

    order_id: str
    form_url: str

    def in_language(self, language: str) -> str:
        """The payment page in another language."""
        return self.form_url.replace("_ru.html", f"_{language}.html")


@contextmanager
def serving(app: App) -> Iterator[int]:
    """Serve an application on a free port in a thread; yields the port."""
    config = server_config(app, load({}), host="127.0.0.1", port=0)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        for _ in range(START_SECONDS_MAX * 20):
            if server.started or not thread.is_alive():
                break
            thread.join(0.05)
        assert server.started, "the gateway did not start"
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(START_SECONDS_MAX)


@dataclass
class ShopSite:
    """A shop's return page; `visits` are the paths that were opened."""

    visits: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def shop_site() -> Iterator[ShopSite]:
    """Serve a shop's return page on a free port, in a thread."""
    site = ShopSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.visits.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>shop</title><h1>The shop</h1>")

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
