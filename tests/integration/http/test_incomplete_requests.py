"""Requests whose body does not arrive: 408 or no answer, and one quiet line in the log.

Every endpoint that reads a body is asked.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import pytest

from altyn import request_body
from altyn.inbound.soap.endpoint import PATH as SOAP_PATH
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import Logbook
from tests.raw_http import ACQUIRER_KEY, RawServer, raw_server
from tests.shop import CREDENTIALS, Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASIC: Final = "Authorization: Basic dGVzdC1hcGk6dGVzdFB3ZDE=\r\n"  # test-api:testPwd1
ENDPOINTS: Final = (
    "/payment/rest/register.do",
    "/payment/rest/processform.do",
    "/payment/merchants/test/payment_ru.html",
    "/mportal/mvc/public/merchant/update/test",
    "/mportal3/login",
    "/issuer/acquiring",
    "/issuer/card-check",
    "/acs/pareq",
    "/acs/pareq/answer",
    "/acs/method",
    "/acs/challenge",
    "/sandbox/clock",
    "/sandbox/callbacks/verify",
    "/sandbox/receiver/500?times=1",
    SOAP_PATH,
)


def client_of(shop: Shop) -> AsgiClient:
    return AsgiClient(shop.gateway.router)


def begun(path: str) -> bytes:
    """A request whose body is announced and does not arrive."""
    credentials = f"Authorization: Bearer {ACQUIRER_KEY}\r\n" if "/issuer/" in path else BASIC
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n{credentials}\r\n"
    return head.encode() + b"a=1&"


async def no_request_left(server: RawServer) -> None:
    async with asyncio.timeout(30):
        while server.state.tasks:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_slow_body_gets_408_and_its_connection_is_closed(
    shop: Shop, logbook: Logbook, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("altyn.request_body.BODY_SECONDS_MAX", 0.05)
    async with raw_server(shop.gateway.router) as server:
        answer = await server.exchange(begun(path))
        await no_request_left(server)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 "), answer
    assert b"connection: close" in head
    if path == SOAP_PATH:
        assert b"<faultcode>soap:Server</faultcode>" in body
    else:
        assert json.loads(body)["errorCode"] == "7"
        assert "not complete in time" in json.loads(body)["errorMessage"]
    assert not logbook.errors()
    assert [line["path"] for line in logbook.of("request_incomplete")] == [path.partition("?")[0]]


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_client_that_hangs_up_leaves_one_line_in_the_log(
    shop: Shop, logbook: Logbook, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    async with raw_server(shop.gateway.router) as server:
        async with server.connect() as client:
            await client.send(begun(path))
            await asyncio.sleep(0.02)
        await no_request_left(server)
    (line,) = logbook.of("request_incomplete")
    assert (line["level"], line["reason"]) == ("info", "the client closed the connection")
    assert not logbook.errors()
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_bodies_that_hold_too_much_memory_together_are_refused_as_busy(
    shop: Shop, logbook: Logbook, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    held = request_body.UNFINISHED_BYTES_MAX
    monkeypatch.setattr(request_body.UNFINISHED, "bytes", held)
    async with raw_server(shop.gateway.router) as server, server.connect() as client:
        await client.send(begun(path))
        head = await client.head()
    status = b"503" if path == SOAP_PATH else b"429"
    assert head.startswith(b"HTTP/1.1 " + status), head
    assert b"retry-after: 1" in head
    assert held == request_body.UNFINISHED.bytes
    assert not logbook.errors()


async def test_finished_and_broken_bodies_hold_nothing(shop: Shop) -> None:
    async with raw_server(shop.gateway.router) as server:
        async with server.connect() as client:
            await client.send(begun("/payment/rest/register.do"))
            while not request_body.UNFINISHED.bytes:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.01)
            await client.send(b"b=2&" * 24)
            assert (await client.head()).startswith(b"HTTP/1.1 200")
        assert not request_body.UNFINISHED.bytes
        async with server.connect() as client:
            await client.send(begun("/payment/rest/register.do"))
            await asyncio.sleep(0.02)
        await no_request_left(server)
    assert not request_body.UNFINISHED.bytes


async def test_health_is_answered_above_the_capacity(shop: Shop) -> None:
    router = shop.gateway.router
    async with raw_server(router) as server:
        router._concurrency_max, before = 1, router._concurrency_max  # a small capacity
        try:
            async with server.connect() as busy:
                await busy.send(begun("/payment/rest/register.do"))
                while not router._open:  # noqa: ASYNC110 - the router has no event for it
                    await asyncio.sleep(0.01)
                statuses = {path: await status_of(server, path) for path in PATHS_AT_CAPACITY}
        finally:
            router._concurrency_max = before
    assert statuses == PATHS_AT_CAPACITY


PATHS_AT_CAPACITY: Final = {"/health": 200, "/ready": 200, "/sandbox/cards": 429}


async def status_of(server: RawServer, path: str) -> int:
    request = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    return int((await server.exchange(request.encode())).split(b" ", 2)[1])


async def test_raw_utf_8_in_an_address_registers_an_order(shop: Shop) -> None:
    query = "&".join(f"{name}={value}" for name, value in CREDENTIALS.items())
    target = f"/payment/rest/register.do?{query}&orderNumber=utf-1&amount=100&returnUrl=https://shop.example/&description=Заказ"
    request = f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
    async with raw_server(shop.gateway.router) as server:
        answer = await server.exchange(request)
    members: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    status = await shop.call("getOrderStatusExtended.do", orderId=members["orderId"])
    assert status["orderDescription"] == "Заказ"


# HTTP methods.


@pytest.mark.parametrize("http_method", ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("method", ["refund.do", "getOrderStatusExtended.do", "processform.do"])
async def test_other_http_methods_than_get_and_post_get_405_and_do_nothing(
    shop: Shop, http_method: str, method: str
) -> None:
    order_id = await shop.paid(1000)
    fields = {**CREDENTIALS, "orderId": order_id, "amount": "1000"}
    answer = await client_of(shop).send(http_method, f"/payment/rest/{method}", fields, b"", ())
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")
    assert (await shop.see(order_id)).refunded == 0


@pytest.mark.parametrize(
    ("http_method", "path"),
    [
        ("PUT", "/sandbox/clock"),
        ("GET", "/sandbox/clock/reset"),
        ("DELETE", "/payment/merchants/test/payment_ru.html"),
        ("POST", "/ready"),
    ],
)
async def test_page_that_does_not_take_a_method_names_those_that_it_takes(
    shop: Shop, http_method: str, path: str
) -> None:
    answer = await client_of(shop).send(http_method, path, (), b"", ())
    assert answer.status == 405, answer.text
    assert http_method not in answer.headers["allow"].split(", ")


@pytest.mark.parametrize("path", ["/health/", "/ready/", "/metrics/", "/sandbox/clock/"])
async def test_address_with_one_slash_more_leads_to_no_host_that_the_request_names(
    shop: Shop, path: str
) -> None:
    answer = await client_of(shop).get(path, headers={"host": "another.example"})
    assert (answer.status, answer.text) == (404, "Not Found")


@pytest.mark.parametrize("http_method", ["GET", "POST", "PUT", "OPTIONS"])
async def test_address_of_nothing_is_not_found_by_any_method(shop: Shop, http_method: str) -> None:
    answer = await client_of(shop).send(http_method, "/thanks", (), b"", ())
    assert (answer.status, answer.text) == (404, "Not Found")


CARD: Final = {
    "paymentOrder.do": {"$PAN": "5555555555555599", "$CVC": "123", "YYYY": "2034", "MM": "12"},
    "verifyEnrollment.do": {"pan": "5555555555555599"},
    "processform.do": {"$PAN": "5555555555555599", "$CVC": "123"},
    "isMaestroCard.do": {"pan": "5555555555555599"},
    "getFee.do": {"pan": "5555555555555599"},
}


@pytest.mark.parametrize("method", CARD)
async def test_card_in_an_address_is_refused_with_the_reason(shop: Shop, method: str) -> None:
    order_id = await shop.register(1000)
    fields = {**CREDENTIALS, "MDORDER": order_id, "TEXT": "A B", "language": "en", **CARD[method]}
    answer = await client_of(shop).get(f"/payment/rest/{method}", fields)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert "by POST only" in answer.json()["errorMessage"]
    assert (await shop.see(order_id)).status == 0
    assert (await client_of(shop).post(f"/payment/rest/{method}", fields)).status == 200
