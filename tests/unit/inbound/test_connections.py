"""The bounds of HTTP connections: headers, time, number; and what is refused while it is parsed."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import unquote

import pytest

from altyn.inbound.connections.bounds import Bounds, Excess, OpenConnections
from altyn.inbound.connections.refused_requests import REPORT, RefusedRequest
from tests.raw_http import RawServer, raw_server

HELLO = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the address and the body; `/leave` answers without reading the body."""
    body = b""
    while scope["path"] != "/leave":
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        if not message["more_body"]:
            break
    received = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("ascii"),
        "headers": len(scope["headers"]),
        "body": len(body),
    }
    answer = json.dumps(received).encode()
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def members_of(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head, head
    members: dict[str, Any] = json.loads(body)
    return members


async def received_by(server: RawServer, request: bytes) -> dict[str, Any]:
    async with server.connect() as client:
        await client.send(request)
        await client.head()
        members: dict[str, Any] = json.loads(await client.reader.read(4096))
        return members


# Headers.


@pytest.mark.parametrize(
    "pieces",
    [
        [b"a:\r\n" * 201, b"\r\n"],
        [b"a:\r\n" * 20_000] * 10,
        [b"a: " + b"x" * 65_600, b"\r\n\r\n"],
        [b"a: ", *[b"x" * 10_000] * 200],
        [b"x" * 50_000] * 10,
        [b"a: " + b"x" * 1_000_000 + b"\r\n\r\n"],
    ],
    ids=["lines", "lines without end", "one header", "endless header", "endless name", "one piece"],
)
async def test_headers_above_the_limit_get_431_and_the_connection_is_closed(
    pieces: list[bytes],
) -> None:
    async with raw_server(echo) as server:
        answer = await server.exchange(b"GET / HTTP/1.1\r\n", *pieces)
        assert status_of(answer) == 431
        assert b"connection: close" in answer
        assert members_of(answer)["errorCode"] == "7"
        assert (await received_by(server, HELLO))["path"] == "/hello"


async def test_an_endless_address_gets_431() -> None:
    async with raw_server(echo) as server:
        assert status_of(await server.exchange(b"GET /", *[b"x" * 10_000] * 20)) == 431


async def test_headers_up_to_the_limit_are_read_however_they_arrive() -> None:
    lines = b"a: " + b"x" * 300 + b"\r\n"
    head = b"POST /here HTTP/1.1\r\nContent-Length: 100000\r\n" + lines * 198 + b"\r\n"
    async with raw_server(echo) as server:
        for size in (1_000, 64_000, 1_000_000):
            whole = head + b"b" * 100_000
            async with server.connect() as client:
                await client.send(*(whole[at : at + size] for at in range(0, len(whole), size)))
                assert status_of(await client.head()) == 200
                received = json.loads(await client.reader.read(4096))
                assert (received["headers"], received["body"]) == (199, 100_000)


@pytest.mark.parametrize("trailer", [b"t: x\r\n" * 20_000, b"t: " + b"x" * 500_000])
async def test_trailers_of_a_body_are_bounded(trailer: bytes) -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    pieces = [trailer[at : at + 10_000] for at in range(0, len(trailer), 10_000)]
    async with raw_server(echo) as server:
        assert status_of(await server.exchange(head, *pieces)) == 400


async def test_a_body_in_chunks_of_one_byte_is_read_and_its_trailers_are_ignored() -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with raw_server(echo) as server:
        received = await received_by(server, head + b"1\r\nx\r\n" * 50_000 + b"0\r\nt: 1\r\n\r\n")
    assert (received["body"], received["headers"]) == (50_000, 1)


# Time.

QUICK = Bounds(idle_seconds=0.05, head_seconds=0.05, write_seconds=0.2)


async def test_a_connection_that_sends_nothing_is_closed() -> None:
    async with raw_server(echo, QUICK) as server:
        assert await server.exchange() == b""
        assert not server.state.connections


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nHost: a\r\n", b"G", b"\r\n"])
async def test_headers_that_are_not_complete_in_time_get_408(start: bytes) -> None:
    async with raw_server(echo, QUICK) as server:
        answer = await server.exchange(start)
    assert status_of(answer) == 408
    assert "not complete in time" in members_of(answer)["errorMessage"]


async def test_an_unread_body_does_not_hold_its_connection() -> None:
    request = b"POST /leave HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nx"
    async with raw_server(echo, QUICK) as server:
        assert status_of(await server.exchange(request)) == 200
        async with server.connect() as client:
            await client.send(request)
            drip = asyncio.create_task(client.send(*[b"x"] * 100_000))
            assert status_of(await client.rest()) == 200, "small pieces keep no connection either"
            drip.cancel()


async def test_a_connection_stays_open_between_requests_until_it_is_idle_for_too_long() -> None:
    request = b"POST /leave HTTP/1.1\r\nContent-Length: 1\r\n\r\n"
    async with raw_server(echo, QUICK, timeout_keep_alive=1) as server, server.connect() as client:
        await client.send(HELLO)
        await client.head()
        await client.send(HELLO, request)
        await client.send(b"x", HELLO)
        assert (await client.rest()).count(b"200 OK") == 3


async def test_a_client_that_does_not_read_its_answer_is_cut() -> None:
    async def large(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})

    async with raw_server(large, QUICK) as server, server.connect() as client:
        await client.send(HELLO)
        for _ in range(1000):
            await asyncio.sleep(0.02)
            if not server.state.connections and not server.state.tasks:
                break
        assert not server.state.connections
        assert not server.state.tasks


# Number.


async def test_connections_from_one_address_are_bounded() -> None:
    bounds = Bounds(per_address=2, trusted_proxies="127.0.0.2")
    async with raw_server(echo, bounds) as server:
        async with server.connect(), server.connect():
            answer = await server.exchange()
            assert status_of(answer) == 429
            assert "connections" in members_of(answer)["errorMessage"]
            async with server.connect("127.0.0.3") as other:
                await other.send(HELLO)
                assert status_of(await other.head()) == 200
        await asyncio.sleep(0.05)
        assert (await received_by(server, HELLO))["path"] == "/hello"


async def test_connections_in_all_are_bounded_and_proxies_keep_room() -> None:
    bounds = Bounds(connections=16, per_address=16, trusted_proxies="127.0.0.2")
    async with raw_server(echo, bounds) as server:
        opened = [server.connect() for _ in range(14)]
        for each in opened:
            await each.__aenter__()
        assert await server.exchange() == b"", "closed without an answer"
        async with server.connect("127.0.0.2") as proxy:
            await proxy.send(HELLO)
            assert status_of(await proxy.head()) == 200
        for each in opened:
            await each.__aexit__(None, None, None)


def test_closed_connections_are_forgotten() -> None:
    connections = OpenConnections(Bounds(per_address=1, trusted_proxies="10.0.0.0/8"))
    for _ in range(3):
        assert connections.admit("192.0.2.1") is None
        assert connections.admit("192.0.2.1") is Excess.PER_ADDRESS
        connections.release("192.0.2.1")
    assert [connections.admit("10.1.2.3") for _ in range(3)] == [None] * 3


def test_bounds_stay_within_the_limit_of_descriptors() -> None:
    bounds = Bounds(connections=4_000, per_address=500).within(100)
    assert (bounds.connections, bounds.per_address) == (100, 100)


# What is refused while it is parsed.


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/payment/Заказ?description=Заказ №1&x=%20", "/payment/Заказ", "description=Заказ №1&x= "),
        ("/a?b=чай&c=d|e", "/a", "b=чай&c=d|e"),
        ("/a?b=1#чай", "/a", "b=1"),
    ],
)
async def test_an_address_with_raw_utf_8_is_served(target: str, path: str, query: str) -> None:
    target = target.replace("Заказ №1", "Заказ+№1")
    async with raw_server(echo) as server:
        received = await received_by(server, f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert received["path"] == path
    assert received["query"].isascii()
    assert unquote(received["query"].replace("+", " ")) == query


async def test_an_address_with_raw_utf_8_is_served_however_it_arrives() -> None:
    request = "POST /чай?a=чай HTTP/1.1\r\nContent-Length: 6\r\n\r\nчай".encode()
    async with raw_server(echo) as server, server.connect() as client:
        for _ in range(2):  # the body, which is not ASCII either, stays as it is
            await client.send(*(request[at : at + 1] for at in range(len(request))))
            await client.head()
            received = json.loads(await client.reader.read(4096))
            assert (received["path"], unquote(received["query"]), received["body"]) == (
                "/чай",
                "a=чай",
                6,
            )


@pytest.mark.parametrize(
    "request_bytes",
    [
        "GET /a?description=Мой заказ HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        b"GET /a?description=my order HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /a\x01b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET http://[x/p HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"HELO shop\r\n",
    ],
)
async def test_unreadable_request_gets_json_with_advice_to_encode(
    request_bytes: bytes,
) -> None:
    async with raw_server(echo) as server:
        answer = await server.exchange(request_bytes)
    assert status_of(answer) == 400
    assert "%20" in members_of(answer)["errorMessage"]


async def test_refused_requests_are_reported_and_others_carry_nothing_of_it() -> None:
    reported: list[RefusedRequest] = []
    states: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        states.append(scope["state"])
        await echo(scope, receive, send)

    state = {REPORT: reported.append, "other": 1}
    async with raw_server(app, lifespan_state=state) as server:
        await received_by(server, HELLO)
        assert (states, reported) == ([{"other": 1}], [])
        await server.exchange(b"GET /x?a=b c HTTP/1.1\r\n\r\n")
        broken = b"POST /y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n"
        await server.exchange(broken)
    assert len(states) == 2, "the endpoint has got the request whose body is broken"
    assert [(each.method, each.path, each.query) for each in reported] == [(b"GET", "/x", b"a=b")]


async def test_websocket_upgrades_are_refused_with_400(caplog: pytest.LogCaptureFixture) -> None:
    upgrade = (
        b"GET /payment HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n"
    )
    async with raw_server(echo) as server:
        answer = await server.exchange(upgrade)
    assert status_of(answer) == 400
    assert "WebSocket" in members_of(answer)["errorMessage"]
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


async def test_offered_http_2_is_ignored_and_the_connection_serves_further_requests() -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    first = b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n" + offer + b"\r\nab"
    async with raw_server(echo) as server, server.connect() as client:
        await client.send(first)
        assert status_of(await client.head()) == 200
        assert json.loads(await client.reader.read(4096))["body"] == 2
        await client.send(HELLO)
        assert status_of(await client.head()) == 200
        assert json.loads(await client.reader.read(4096))["path"] == "/hello"


async def test_connect_is_refused_with_the_methods_that_are_served() -> None:
    async with raw_server(echo) as server:
        answer = await server.exchange(b"CONNECT bank.example:443 HTTP/1.1\r\nHost: a\r\n\r\n")
    assert status_of(answer) == 405
    assert b"allow: GET, POST" in answer


async def test_pipelined_requests_are_answered_in_order_and_bounded() -> None:
    async with raw_server(echo) as server:
        async with server.connect() as client:
            await client.send(HELLO * 20)
            answered = b""
            while answered.count(b"200 OK") < 20:
                answered += await client.reader.read(65_536)
        answers = await server.exchange(HELLO * 1_000)
    assert 20 < answers.count(b"200 OK") < 100


# Shutdown.


async def test_shutdown_finishes_requests_in_progress_and_on_their_way() -> None:
    answering = asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            await answering.wait()
        await echo(scope, receive, send)

    async with raw_server(slow) as server:
        async with server.connect() as busy, server.connect() as idle, server.connect() as new:
            await busy.send(HELLO.replace(b"/hello", b"/slow"))
            await idle.send(HELLO)
            await idle.head()
            await idle.reader.read(4096)
            await new.send()
            await asyncio.sleep(0.05)
            assert len(server.state.connections) == 3
            for connection in list(server.state.connections):
                connection.shutdown()
            await new.send(HELLO)
            await idle.send(HELLO)
            for client in (new, idle):
                answer = await client.rest()
                assert status_of(answer) == 200
                assert b"connection: close" in answer
            answering.set()
            assert status_of(await busy.rest()) == 200
        assert not server.state.connections
