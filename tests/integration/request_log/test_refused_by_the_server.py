"""Requests that the HTTP server refuses before an endpoint gets them are recorded, too.

They are sent as bytes to connections of the gateway's own server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from typing import Any, Final

import pytest
import pytest_asyncio

from altyn.domain.request_log import Endpoint, LoggedRequest, NewRequest, RequestFilter
from altyn.inbound.connections.bounds import Bounds
from altyn.inbound.connections.refused_requests import REPORT
from altyn.inbound.request_log.recording import Recording
from tests.integration.request_log.conftest import LogReader
from tests.raw_http import RawServer, raw_server
from tests.shop import GOOD

pytestmark = pytest.mark.asyncio(loop_scope="module")
REGISTER: Final = "/payment/rest/register.do"
CALLER: Final = "userName=test-api&password=testPwd1"
SECRETS: Final = ("test-api", "testPwd1", "s3cret")


@pytest_asyncio.fixture(loop_scope="module")
async def server(log: LogReader) -> AsyncIterator[RawServer]:
    router = log.gateway.router
    state = {REPORT: router.report_refused}
    async with raw_server(router, Bounds(head_seconds=0.2), lifespan_state=state) as opened:
        yield opened


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def sent(found: LoggedRequest) -> dict[str, tuple[str, bool]]:
    return {each.name: (each.value, each.cut) for each in found.content.parameters}


async def test_blank_in_an_address_is_recorded_with_the_advice(
    log: LogReader, server: RawServer
) -> None:
    address = f"{REGISTER}?{CALLER}&amount=1000&description=my order&token=s3cret"
    assert (await server.exchange(get(address))).startswith(b"HTTP/1.1 400 ")
    found = await log.last()
    facts = found.line.facts
    assert (facts.endpoint, facts.method, facts.http_method) == (Endpoint.REST, "register", "GET")
    assert (facts.path, facts.status, facts.refused) == (REGISTER, 400, True)
    assert (facts.refusal, facts.ip, facts.login) == ("not_read", "127.0.0.1", "")
    assert "write a blank as %20" in facts.rule
    assert facts.rule in found.content.answer
    assert sent(found) == {
        "userName": ("***", False),
        "password": ("***", False),
        "amount": ("1000", False),
        "description": ("my", True),
    }
    assert not [secret for secret in SECRETS if secret in repr(found)]


@pytest.mark.parametrize(
    ("target", "path", "names"),
    [
        (f"{REGISTER}?{CALLER}&a=\x01&b=2", REGISTER, ["userName", "password", "a"]),
        (f"{REGISTER}&{CALLER} x", REGISTER, ["userName", "password"]),
        (f"{REGISTER}?USERNAME=test-api:testPwd1 x", REGISTER, ["USERNAME"]),
        (f"{REGISTER}?$PAN={GOOD}&x= y", REGISTER, ["$PAN", "x"]),
        (f"/payment/{GOOD} x", "/payment/555555**5599", []),
        (f"/receipts/results/s3cret?{CALLER} x", "/receipts/results/***", ["userName", "password"]),
        (f"http://user:s3cret@[shop/?{CALLER}", "http://user:***@[shop/", ["userName", "password"]),
    ],
)
async def test_what_was_read_of_an_address_is_recorded_without_its_secrets(
    log: LogReader, server: RawServer, target: str, path: str, names: list[str]
) -> None:
    await server.exchange(get(target))
    found = await log.last()
    assert (found.line.facts.path, list(sent(found))) == (path, names)
    assert not [secret for secret in (*SECRETS, GOOD) if secret in repr(found)]


async def test_second_request_of_a_connection_is_recorded_with_its_own_address(
    log: LogReader, server: RawServer
) -> None:
    async with server.connect() as client:
        await client.send(get("/health"))
        await client.head()
        await client.send(get("/payment/rest/refund.do?a=b c"))
        await client.rest()
    facts = (await log.last()).line.facts
    assert (facts.method, facts.path) == ("refund", "/payment/rest/refund.do")


@pytest.mark.parametrize(
    ("pieces", "status", "method", "path"),
    [
        ([b"GET /x?a=1 HTTP/1.1\r\n", b"h: " + b"x" * 70_000], 431, "GET", "/x"),
        ([b"POST /slow?a=1 HTTP/1.1\r\nHost: a\r\n"], 408, "POST", "/slow"),
        (
            [b"CONNECT bank.example:443 HTTP/1.1\r\nHost: a\r\n\r\n"],
            405,
            "CONNECT",
            "bank.example:443",
        ),
        ([b"HELO shop\r\n"], 400, "HELO", "shop"),
    ],
)
async def test_each_refusal_of_the_server_is_recorded_with_its_status(
    log: LogReader, server: RawServer, pieces: list[bytes], status: int, method: str, path: str
) -> None:
    answer = await server.exchange(*pieces)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    found = await log.last()
    facts = found.line.facts
    assert (facts.status, facts.http_method, facts.path) == (status, method, path)
    assert sent(found) == ({"a": ("1", False)} if "?" in str(pieces[0]) else {})


async def test_unreadable_request_has_a_page_and_cannot_be_sent_again(
    log: LogReader, server: RawServer
) -> None:
    await server.exchange(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    number = (await log.last()).line.id
    members: dict[str, Any] = (await log.client.get(f"/sandbox/requests/{number}")).json()
    assert (members["method"], members["path"], members["status"]) == ("unreadable", "", 400)
    assert (members["curl"], members["repeatable"]) == ("", False)
    assert "the HTTP server has read only its beginning" in members["whyNotRepeatable"]
    listed = (await log.client.get("/console/requests?refused=on&lang=ru")).text
    line = listed.partition(f'href="/console/requests/{number}"')[2].partition("</tr>")[0]
    assert line.startswith(">unreadable</a>")
    assert "HTTP 400" in line
    page = unescape((await log.client.get(f"/console/requests/{number}?lang=ru")).text)
    assert "Запрос отклонён с кодом HTTP 400." in page
    assert "write a blank as %20" in page
    assert "HTTP-сервер прочитал только его начало" in page


async def test_pages_of_people_are_not_recorded(log: LogReader, server: RawServer) -> None:
    for path in ("/console/requests", "/mportal3/orders", "/health"):
        await server.exchange(get(f"{path}?q=a b"))
    await server.exchange(get("/payment/rest/registr.do?q=a b"))
    assert (await log.last()).line.facts.path == "/payment/rest/registr.do"
    assert len(await log.store.find(RequestFilter(after=log.begin), limit=10)) == 1


async def test_refused_request_that_finds_the_queue_full_is_left_out(log: LogReader) -> None:
    taken: list[NewRequest] = []

    class Recorder:
        room = True

        def has_room(self) -> bool:
            return self.room

        def add(self, request: NewRequest) -> None:
            taken.append(request)

    recorder = Recorder()
    recording = Recording(recorder, log.gateway.world.clock.now, None)
    state = {REPORT: lambda refused: recording.record_refused(refused, "")}
    async with raw_server(log.gateway.router, lifespan_state=state) as server:
        await server.exchange(get("/a b"))
        recorder.room = False
        await server.exchange(get("/c d"))
    assert [each.facts.path for each in taken] == ["/a"]
