"""`POST /sandbox/callbacks/verify` computes for a bounded time, and only for a waiting client."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any, Final
from urllib.parse import quote

import pytest

from altyn.diagnostics import checksum_verdict
from altyn.diagnostics.checksum_mistakes import NOT_FOUND_IN_TIME
from tests.integration.rest.logbook import Logbook
from tests.raw_http import RawServer, raw_server
from tests.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHECKSUM: Final = "&checksum=" + "AB" * 32


def callback_of(parameters: int) -> str:
    """A callback whose checksum has no explanation, so that the search tries everything."""
    return "&".join(f"p{number}={quote('чай')}" for number in range(parameters - 1)) + CHECKSUM


def verification(callback: str) -> bytes:
    body = json.dumps({"received": callback, "key": "k", "computed": "CD" * 32}).encode()
    head = "POST /sandbox/callbacks/verify HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def verified(server: RawServer, callback: str) -> tuple[int, dict[str, Any]]:
    answer = await server.exchange(verification(callback))
    return int(answer.split(b" ", 2)[1]), json.loads(answer.partition(b"\r\n\r\n")[2])


async def test_more_parameters_than_a_callback_has_are_refused(shop: Shop) -> None:
    async with raw_server(shop.gateway.router) as server:
        status, members = await verified(server, callback_of(1_000))
    assert status == 400
    assert members == {"error": "received: It has 1000 parameters; a callback has at most 100."}


async def test_search_ends_at_its_deadline_with_the_signed_text(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1_000_000))
    monkeypatch.setattr(
        "altyn.inbound.sandbox.checksum_search.monotonic", lambda: float(next(clock))
    )
    async with raw_server(shop.gateway.router) as server:
        status, members = await verified(server, callback_of(100))
    assert status == 200
    assert members["right"] is False
    assert members["signed"].startswith("p0;чай;p1;чай;")
    assert [each["name"] for each in members["received"]["mistakes"]] == [NOT_FOUND_IN_TIME.name]
    assert [each["name"] for each in members["computed"]["mistakes"]] == [NOT_FOUND_IN_TIME.name]


async def test_search_ends_when_its_client_leaves(
    shop: Shop, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def search_until_stopped(_received: object, *, stop: checksum_verdict.Stop, **_: Any) -> None:
        begun.set()
        while not stop():
            pass
        stopped.set()

    monkeypatch.setattr(
        "altyn.inbound.sandbox.checksum_search.check_checksum", search_until_stopped
    )
    monkeypatch.setattr("altyn.inbound.sandbox.checksum_search.monotonic", lambda: 0.0)
    async with raw_server(shop.gateway.router) as server:
        async with server.connect() as client:
            await client.send(verification(callback_of(20)))
            assert await asyncio.to_thread(begun.wait, 30)
        assert await asyncio.to_thread(stopped.wait, 30)
        async with asyncio.timeout(30):
            while server.state.tasks:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
    assert [line["level"] for line in logbook.of("request_incomplete")] == ["info"]
    assert not logbook.errors()
