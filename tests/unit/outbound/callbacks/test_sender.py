"""Every request has a result, also when the shop fails, and goes to checked addresses only.

The shops are real servers at loopback ports.
"""

import asyncio
import gzip
import socket
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from altyn import __version__
from altyn.domain.callback import CallbackRequest, CallbackResponse
from altyn.outbound.callbacks.guard import Rules
from altyn.outbound.callbacks.resolver import ForbiddenAddressError, GuardedResolver
from altyn.outbound.callbacks.sender import CallbackSender
from tests.unit.outbound.callbacks.certificates import authority, issued
from tests.unit.outbound.callbacks.shop import (
    Shop,
    answering,
    break_off,
    hang_up,
    http,
    in_turn,
    never_answer,
    shop,
)

SANDBOX = Rules.sandbox()
LONG = 60.0  # seconds; never waited for
SHORT = 0.2  # only where the time-out itself is the matter
METADATA, PUBLIC, LOOPBACK = "169.254.169.254", "93.184.216.34", "127.0.0.1"
OK = answering(http("200 OK", b"thanks"))
METHODS = pytest.mark.parametrize("method", ["GET", "POST"])


def opened(**options: Any) -> AbstractAsyncContextManager[CallbackSender]:
    return CallbackSender.opened(SANDBOX, **options)


def request(url: str, method: str = "GET", *headers: tuple[str, str]) -> CallbackRequest:
    body = b"mdOrder=1&status=1" if method == "POST" else None
    return CallbackRequest(method=method, url=url, body=body, headers=headers)


async def response_of(
    url: str, *headers: tuple[str, str], timeout_seconds: float = LONG
) -> CallbackResponse:
    async with opened() as sender:
        return await sender.send(request(url, "GET", *headers), timeout_seconds=timeout_seconds)


@dataclass
class Names(AbstractResolver):
    """Name servers that answer another thing each time; the last answer for ever."""

    answers: list[list[str]]
    asked: list[str] = field(default_factory=list)
    closed: bool = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in answer
        ]

    async def close(self) -> None:
        self.closed = True


# ── What is sent ──────────────────────────────────────────────────────────────────────────────────


async def test_a_get_is_sent_exactly_as_it_is_written() -> None:
    path = "/a/../cb?mdOrder=1&x=%D0%96%20+%2e~'&empty=&&"
    async with shop(OK) as receiver:
        response = await response_of(
            f"http://127.0.0.1:{receiver.port}{path}#part", ("X-Key", "a;b")
        )
    assert response.delivered
    [head, *lines] = receiver.requests[0].decode().rstrip().split("\r\n")
    assert head == f"GET {path} HTTP/1.1"
    assert sorted(lines) == [
        "Accept: */*",
        f"Host: 127.0.0.1:{receiver.port}",
        f"User-Agent: Altyn/{__version__}",
        "X-Key: a;b",
    ]


async def test_a_post_carries_its_body() -> None:
    form = ("Content-Type", "application/x-www-form-urlencoded")
    async with shop(OK) as receiver, opened() as sender:
        response = await sender.send(request(receiver.url, "POST", form), timeout_seconds=LONG)
    assert response.delivered
    assert receiver.requests[0].startswith(b"POST /cb HTTP/1.1\r\n")
    assert receiver.requests[0].endswith(b"\r\n\r\nmdOrder=1&status=1")
    assert receiver.requests[0].count(b"Content-Type: application/x-www-form-urlencoded") == 1


async def test_shop_may_set_the_user_agent_but_no_reserved_header() -> None:
    async with shop(OK) as receiver:
        own = await response_of(receiver.url, ("User-Agent", "Mine"), ("Authorization", "token"))
        assert own.delivered
        assert b"User-Agent: Mine\r\n" in receiver.requests[0]
        for name in ("Content-Length", "transfer-encoding", "HOST", "Connection", "Expect"):
            refused = await response_of(receiver.url, (name, "7"))
            assert refused.refused
            assert name in (refused.problem or "")
        broken = await response_of(receiver.url, ("X-Key", "a\r\nHost: elsewhere.example"))
    assert "extra headers" in (broken.problem or "")
    assert len(receiver.requests) == 1


async def test_connections_are_used_again() -> None:
    async with shop(OK) as receiver, opened() as sender:
        for method in ["GET", "POST"] * 5:
            assert (
                await sender.send(request(receiver.url, method), timeout_seconds=LONG)
            ).delivered
    assert (receiver.connections, len(receiver.requests)) == (1, 10)


async def test_no_cookies_between_deliveries() -> None:
    crumbs = answering(http("200 OK", b"", "Set-Cookie: session=1"))
    async with shop(crumbs) as receiver, opened() as sender:
        for _ in range(2):
            await sender.send(request(receiver.url), timeout_seconds=LONG)
    assert b"cookie" not in receiver.requests[1].lower()


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shop(OK) as proxy, shop(OK) as receiver:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        assert (await response_of(receiver.url)).delivered
    assert proxy.connections == 0


# ── What comes back ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "204 No Content", "500 Oh", "999 Hm"])
async def test_only_200_is_delivered(status: str) -> None:
    async with shop(answering(http(status))) as receiver:
        response = await response_of(receiver.url)
    assert (response.status, response.problem) == (int(status[:3]), None)
    assert response.delivered is (status == "200 OK")
    assert response.took_seconds > 0


async def test_redirect_is_a_failure_and_is_not_followed() -> None:
    async with shop(OK) as other:
        moved = answering(http("302 Found", b"", f"Location: {other.url}"))
        async with shop(moved) as receiver:
            response = await response_of(receiver.url)
    assert (response.status, response.delivered, other.connections) == (302, False, 0)
    assert ("Location", other.url) in response.headers


async def test_interim_response_is_not_the_response() -> None:
    async with shop(answering(b"HTTP/1.1 103 Early Hints\r\n\r\n" + http("200 OK"))) as receiver:
        assert (await response_of(receiver.url)).delivered


async def test_response_body_is_kept_as_text() -> None:
    cp1251 = http(
        "200 OK", "Спасибо\0".encode("cp1251"), "Content-Type: text/plain; charset=windows-1251"
    )
    async with shop(answering(cp1251)) as receiver:
        assert (await response_of(receiver.url)).body == "Спасибо\ufffd"


@pytest.mark.parametrize("charset", ["utf-8", "hex", "idna", "undefined", "utf-7", "no such", "é"])
async def test_any_bytes_of_a_response_can_be_stored(charset: str) -> None:
    raw = http("200 OK", b"+2AA-\xff\x00 ok", f"Content-Type: a/b; charset={charset}", "X: \xff")
    async with shop(answering(raw.replace(b"\xc3\xbf", b"\xff"))) as receiver:
        response = await response_of(receiver.url)
    assert response.delivered
    expected = response.body + "".join(name + value for name, value in response.headers)
    assert expected.encode().decode() == expected
    assert "\0" not in expected
    assert dict(response.headers)["X"] == "\ufffd"


async def test_response_body_is_not_decompressed() -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    async with shop(answering(http("200 OK", bomb, "Content-Encoding: gzip"))) as receiver:
        response = await response_of(receiver.url)
    assert response.delivered
    assert "000" not in response.body


async def test_only_so_many_headers_are_kept() -> None:
    many = [f"X-{number}: {'a' * 1500}" for number in range(60)]
    async with shop(answering(http("200 OK", b"", *many))) as receiver:
        response = await response_of(receiver.url)
    assert response.delivered
    assert len(response.headers) == 40
    assert {len(value) for _, value in response.headers[1:]} == {1000}


async def test_endless_body_is_not_read_to_its_end() -> None:
    async def endless(_: Shop, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"more " * 100)
            await writer.drain()

    async with shop(endless) as receiver, opened() as sender:
        response = await sender.send(request(receiver.url), timeout_seconds=LONG)
        await receiver.ended.wait()  # the sender does not read on, nor keep the connection
    assert response.delivered
    assert response.body == "more " * 200


@pytest.mark.parametrize("size", [0, 4096, 200_000])
async def test_a_body_is_read_to_its_end_or_the_connection_ends(size: int) -> None:
    async with shop(answering(http("200 OK", b"a" * size))) as receiver, opened() as sender:
        for _ in range(2):
            response = await sender.send(request(receiver.url), timeout_seconds=LONG)
            assert (response.delivered, len(response.body)) == (True, min(size, 1000))
    assert receiver.connections == (1 if size <= 4096 else 2)


@pytest.mark.parametrize(
    "rest",
    [b"Content-Length: 100\r\n\r\nthanks", b"Transfer-Encoding: chunked\r\n\r\n6\r\nthanks\r\n"],
)
async def test_a_body_that_drips_changes_nothing_about_the_status(rest: bytes) -> None:
    async def dripping(opened: Shop, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n" + rest)
        await never_answer(opened, writer)

    async with shop(dripping) as receiver:
        response = await response_of(receiver.url, timeout_seconds=SHORT)
    assert (response.delivered, response.body) == (True, "thanks")


async def test_a_body_that_breaks_off_changes_nothing_about_the_status() -> None:
    async def breaking(opened: Shop, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthanks")
        await hang_up(opened, writer)

    async with shop(breaking) as receiver:
        response = await response_of(receiver.url)
    assert (response.delivered, response.body) == (True, "thanks")


# ── What goes wrong ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", [b"", b"HTTP/1.1 200 OK\r\nX-Slow", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
async def test_a_shop_that_never_answers(text: bytes) -> None:
    async def hesitating(opened: Shop, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await never_answer(opened, writer)

    async with shop(hesitating) as receiver:
        response = await response_of(receiver.url, timeout_seconds=SHORT)
    assert response.problem == (
        f"Time-out after 0.2 s: 127.0.0.1:{receiver.port} accepted the connection and did not "
        "answer; answer 200 first and do the work afterwards."
    )
    assert (response.status, response.refused) == (None, False)


async def test_a_shop_that_never_begins_tls() -> None:
    async with shop(never_answer) as receiver:
        url = receiver.url.replace("http:", "https:")
        response = await response_of(url, timeout_seconds=SHORT)
    assert "no connection" in (response.problem or "")


async def test_a_shop_whose_connections_are_all_busy() -> None:
    async with shop(never_answer) as receiver, opened(connections_per_host=1) as sender:
        first = asyncio.create_task(sender.send(request(receiver.url), timeout_seconds=LONG))
        await receiver.asked.wait()
        response = await sender.send(request(receiver.url), timeout_seconds=SHORT)
        assert "busy with earlier callbacks" in (response.problem or "")
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first


@METHODS
@pytest.mark.parametrize("drop", [hang_up, break_off])
async def test_dropped_request_is_a_failure_and_is_not_resent(method: str, drop: Any) -> None:
    async with shop(drop) as receiver, opened() as sender:
        response = await sender.send(request(receiver.url, method), timeout_seconds=LONG)
    assert "without an answer" in (response.problem or "")
    assert len(receiver.requests) == 1


@METHODS
@pytest.mark.parametrize("drop", [hang_up, break_off])
async def test_stale_connection_is_not_a_failure(method: str, drop: Any) -> None:
    async with shop(in_turn(OK, drop, OK)) as receiver, opened() as sender:
        for _ in range(2):
            response = await sender.send(request(receiver.url, method), timeout_seconds=LONG)
            assert response.delivered
    assert (receiver.connections, len(receiver.requests)) == (2, 3)
    assert receiver.requests[1] == receiver.requests[2]


@METHODS
async def test_request_over_a_stale_connection_is_resent_once(method: str) -> None:
    async with shop(in_turn(OK, hang_up)) as receiver, opened() as sender:
        await sender.send(request(receiver.url, method), timeout_seconds=LONG)
        response = await sender.send(request(receiver.url, method), timeout_seconds=LONG)
    assert "without an answer" in (response.problem or "")
    assert len(receiver.requests) == 3


async def test_connection_closed_between_deliveries_is_replaced() -> None:
    closing = answering(http("200 OK", b"", "Connection: close"))
    async with shop(closing) as receiver, opened() as sender:
        for _ in range(2):
            assert (await sender.send(request(receiver.url), timeout_seconds=LONG)).delivered
    assert receiver.connections == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46\r\n",
        b"<html>hello</html>\r\n\r\n",
        b"HTTP/1.1 twohundred OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nX-Huge: " + b"a" * 9000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n",
    ],
    ids=["ssh", "tls alert", "no status line", "no status", "two lengths", "huge", "many"],
)
async def test_an_answer_that_is_not_http(raw: bytes) -> None:
    async with shop(answering(raw)) as receiver:
        response = await response_of(receiver.url)
    assert "not HTTP" in (response.problem or "")
    assert "\n" not in (response.problem or "")


async def test_a_closed_shop_refuses_the_connection() -> None:
    async with shop(OK) as receiver:
        pass
    response = await response_of(receiver.url)
    assert response.problem == (
        f"127.0.0.1:{receiver.port} refused the connection; start the shop, or correct the port."
    )
    assert not response.refused


async def test_unexpected_error_is_a_failure_too() -> None:
    class Broken(Names):
        async def resolve(self, *_: Any) -> list[ResolveResult]:
            raise RuntimeError("out of luck")

    async with opened(resolver=Broken([[]])) as sender:
        response = await sender.send(request("http://shop.example/"), timeout_seconds=LONG)
    assert (
        response.problem == "The callback to shop.example failed (RuntimeError); it is tried again."
    )


# ── TLS ───────────────────────────────────────────────────────────────────────────────────────────

FAULTS = {
    "sound": ((LOOPBACK, "shop.example"), (-1, 1), LOOPBACK, None),
    "expired": ((LOOPBACK,), (-3, -1), LOOPBACK, "has expired; renew it."),
    "early": ((LOOPBACK,), (1, 3), LOOPBACK, "is not valid yet"),
    "name": (("other.example",), (-1, 1), "shop.example", "is for another name; have one"),
    "number": (("other.example",), (-1, 1), LOOPBACK, "than this IP address"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_invalid_certificates_are_refused(fault: str, tmp_path: Path) -> None:
    names, days, host, words = FAULTS[fault]
    root = authority()
    tls = issued(root, *names, days=days).served(tmp_path)
    async with (
        shop(OK, tls) as receiver,
        opened(ssl_context=root.trusted(), resolver=Names([[LOOPBACK]])) as sender,
    ):
        url = f"https://{host}:{receiver.port}/cb"
        response = await sender.send(request(url), timeout_seconds=LONG)
    assert response.delivered is (words is None)
    if words is not None:
        assert (response.problem or "").startswith(f"The certificate of {host}:{receiver.port} ")
        assert words in (response.problem or "")
        assert not receiver.requests


async def test_self_signed_certificate_is_refused(tmp_path: Path) -> None:
    async with shop(OK, issued(None, LOOPBACK).served(tmp_path)) as receiver:
        response = await response_of(receiver.url.replace("http:", "https:"))
    assert "is self-signed; have it issued" in (response.problem or "")
    assert not receiver.requests


async def test_an_unknown_authority_is_not_trusted(tmp_path: Path) -> None:
    async with shop(OK, issued(authority(), LOOPBACK).served(tmp_path)) as receiver:
        response = await response_of(receiver.url.replace("http:", "https:"))
    assert "not trusted here" in (response.problem or "")
    assert not receiver.requests


async def test_https_to_a_port_with_plain_http() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(http("400 Bad Request"))
        writer.close()

    server = await asyncio.start_server(plain, LOOPBACK, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        response = await response_of(f"https://127.0.0.1:{port}/")
    assert "check that this port serves https" in (response.problem or "")


async def test_https_to_a_port_that_closes_the_connection() -> None:
    async def closing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(closing, LOOPBACK, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        response = await response_of(f"https://127.0.0.1:{port}/")
    assert "closed the new connection at once" in (response.problem or "")


# ── Where letters go ──────────────────────────────────────────────────────────────────────────────


async def test_forbidden_address_is_refused_before_the_lookup() -> None:
    names = Names([[LOOPBACK]])
    async with (
        shop(OK) as receiver,
        CallbackSender.opened(Rules.production(), resolver=names) as sender,
    ):
        for url in (receiver.url, f"https://user:pw@shop.example:{receiver.port}/"):
            response = await sender.send(request(url), timeout_seconds=LONG)
            assert response.refused
            assert response.problem
            assert "pw" not in response.problem
    assert (receiver.connections, names.asked) == (0, [])


async def test_parameters_of_a_request_may_be_long() -> None:
    async with shop(OK) as receiver:
        assert (await response_of(f"{receiver.url}?{'a' * 7000}")).delivered
        assert (await response_of(f"{receiver.url}?{'a' * 8000}")).refused


async def test_the_systems_own_names_work_on_a_laptop() -> None:
    async with shop(OK) as receiver:
        assert (await response_of(f"http://localhost:{receiver.port}/")).delivered


async def test_name_is_resolved_once_and_the_checked_address_is_called() -> None:
    names = Names([[LOOPBACK], [METADATA]])
    async with shop(OK) as receiver, opened(resolver=names) as sender:
        for _ in range(2):
            url = f"http://shop.example:{receiver.port}/"
            assert (await sender.send(request(url), timeout_seconds=LONG)).delivered
    assert names.asked == ["shop.example"]
    assert names.closed


async def test_dns_rebinding_is_blocked() -> None:
    """Public when it is judged, loopback ever after: only what was judged is connected to."""
    names, called = Names([[PUBLIC], [LOOPBACK]]), []

    def dial(info: Any) -> socket.socket:
        called.append(info[4])
        raise ConnectionRefusedError

    rules = Rules.production()
    connector = aiohttp.TCPConnector(resolver=GuardedResolver(names, rules), socket_factory=dial)
    async with aiohttp.ClientSession(connector=connector) as session:
        sender = CallbackSender(session, rules)
        for _ in range(2):
            response = await sender.send(request("https://shop.example/"), timeout_seconds=LONG)
            assert not response.refused
        assert (names.asked, called) == (["shop.example"], [(PUBLIC, 443)] * 2)
        connector.clear_dns_cache()
        response = await sender.send(request("https://shop.example/"), timeout_seconds=LONG)
    assert not response.contacted
    assert response.problem == (
        "shop.example may not be called: 127.0.0.1 is the gateway's own machine (loopback); "
        "callbacks are sent to public addresses only."
    )
    assert called == [(PUBLIC, 443)] * 2


async def test_name_with_one_forbidden_address_is_refused_in_production() -> None:
    for answers in ([PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, "::ffff:10.0.0.1"]):
        names = Names([answers])
        async with CallbackSender.opened(Rules.production(), resolver=names) as sender:
            response = await sender.send(request("https://shop.example/"), timeout_seconds=LONG)
        assert not response.contacted
        assert "private network" in (response.problem or "")


async def test_in_the_sandbox_forbidden_addresses_are_left_out() -> None:
    resolver = GuardedResolver(Names([[METADATA, LOOPBACK], [METADATA]]), SANDBOX)
    assert [answer["host"] for answer in await resolver.resolve("shop")] == [LOOPBACK]
    with pytest.raises(ForbiddenAddressError, match="credentials"):
        await resolver.resolve("shop")


async def test_resolver_result_that_is_not_an_ip_address_is_refused() -> None:
    resolver = GuardedResolver(Names([["other.example"], ["fe80::1%eth0"]]), SANDBOX)
    with pytest.raises(ForbiddenAddressError, match="not an IP address"):
        await resolver.resolve("shop")
    with pytest.raises(ForbiddenAddressError, match="zone"):
        await resolver.resolve("shop")


async def test_names_without_an_address() -> None:
    class Failing(Names):
        async def resolve(self, *_: Any) -> list[ResolveResult]:
            raise socket.gaierror(socket.EAI_AGAIN, "later")

    class Silent(Names):
        async def resolve(self, *_: Any) -> list[ResolveResult]:
            await asyncio.Event().wait()
            return []

    for names, timeout_seconds, words in (
        (Names([[]]), LONG, "The name of shop.example does not exist"),
        (Failing([[]]), LONG, "could not be looked up now"),
        (Silent([[]]), SHORT, "the name servers of shop.example did not answer"),
    ):
        async with opened(resolver=names) as sender:
            url = "http://shop.example/"
            response = await sender.send(request(url), timeout_seconds=timeout_seconds)
        assert words in (response.problem or "")
        assert not response.refused
