"""How SOAP messages are sent, what they contain, and the fault of one that cannot be served.

Source: soap.md §1 (content type, faults); SOAP 1.1 §3, §4.4.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import pytest

from altyn.inbound.http.request_reader import Limits
from altyn.inbound.request_handler import Request, RequestHandler
from altyn.inbound.rest.endpoint import RestEndpoint
from altyn.inbound.router import Router
from altyn.inbound.soap.endpoint import SoapEndpoint
from altyn.inbound.soap.security import NOT_PROCESSED
from altyn.main import Gateway
from altyn.operations.ports import Overloaded
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.dialects.classic.soap.names import SOAP_ENVELOPE
from altyn.storage.demo import DEMO_PASSWORD
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import Logbook
from tests.integration.soap.soap_client import (
    FAULT,
    MER,
    PATH,
    REGISTER,
    TEXT_XML,
    SoapResponse,
    ask,
    envelope,
    read,
    registered,
    send,
    signed,
    status_of,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

# ── Transport ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content_type",
    [
        "text/xml",
        "text/xml;charset=utf-8",
        'TEXT/XML; charset="UTF-8"',
        "application/soap+xml; charset=utf-8; action=x",
        "application/xml",
        "application/x-www-form-urlencoded",
        "",
    ],
)
async def test_any_content_type_is_read(gateway: Gateway, content_type: str) -> None:
    response = await send(gateway, envelope(REGISTER), (("content-type", content_type),))
    assert response.error_code == "0"


async def test_the_content_type_may_be_missing(gateway: Gateway) -> None:
    assert (await send(gateway, envelope(REGISTER), ())).error_code == "0"


@pytest.mark.parametrize("path", [PATH.upper(), f"{PATH}/", PATH.replace("merchant", "Merchant")])
async def test_the_case_of_the_address_does_not_matter(gateway: Gateway, path: str) -> None:
    assert (await send(gateway, envelope(REGISTER), path=path)).error_code == "0"


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("cp1251", "text/xml; charset=windows-1251"),
        ("utf-16", "text/xml; charset=utf-16"),
        ("utf-8-sig", "text/xml; charset=utf-8"),
    ],
)
async def test_texts_arrive_whatever_their_encoding(
    gateway: Gateway, encoding: str, content_type: str
) -> None:
    body = (
        '<mer:registerOrder><order amount="1500" description="Заказ № 7">'
        "<returnUrl>https://test.ru</returnUrl></order></mer:registerOrder>"
    )
    message = envelope(body).encode(encoding)
    response = await send(gateway, message, (("content-type", content_type),))
    status = await ask(gateway, status_of(response.returned.get("orderId") or ""))
    assert status.returned.get("orderDescription") == "Заказ № 7"


@pytest.mark.parametrize(
    ("headers", "part_of_text"),
    [
        ((("content-type", 'multipart/related; type="application/xop+xml"'),), "Attachments"),
        ((("content-type", "multipart/form-data; boundary=b"),), "Attachments"),
        ((TEXT_XML, ("content-encoding", "gzip")), "Compressed"),
        ((TEXT_XML, ("content-encoding", "deflate")), "Compressed"),
    ],
)
async def test_compressed_messages_are_refused_with_a_text(
    gateway: Gateway, headers: tuple[tuple[str, str], ...], part_of_text: str
) -> None:
    response = await send(gateway, gzip.compress(envelope(REGISTER).encode()), headers)
    assert response.http.status == 500
    assert response.fault_code == "soap:Client"
    assert response.fault_text.startswith(part_of_text)


# name → a body that is not a message, and a part of its fault
HOSTILE: Final[dict[str, tuple[str | bytes, str]]] = {
    "empty": (b"", "is empty"),
    "json": (b'{"amount":15000}', "is not XML"),
    "a form": (b"userName=a&password=b", "is not XML"),
    "gzip without a word": (gzip.compress(b"<a/>"), "zero bytes"),
    "truncated": (envelope(REGISTER)[:-30], "not well-formed"),
    "two envelopes": (envelope(REGISTER) * 2, "not well-formed"),
    "invalid bytes": (envelope(REGISTER).replace("test", "\xff").encode("latin-1"), "not text"),
    "zero bytes": (envelope(REGISTER).replace("test", "\0"), "zero bytes"),
    "document type": (f"<!DOCTYPE a>{envelope(REGISTER)}", "document type"),
    "billion laughs": (
        '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>' + envelope(REGISTER),
        "document type",
    ),
    "an entity": (envelope(REGISTER.replace("15000", "&sum;")), "not well-formed"),
    "an instruction": (envelope(REGISTER.replace("test", "<?x?>")), "processing instructions"),
    "depth": (envelope("<a>" * 40 + "</a>" * 40), "nested deeper"),
    "a million attributes": (
        envelope(f"<a {' '.join(f'b{n}=``' for n in range(100_000))}/>".replace("`", '"')),
        "more than 50000 attributes",
    ),
    "an attribute": (envelope(f'<mer:registerOrder b="{"x" * 70_000}"/>'), "an attribute of more"),
    "a text": (envelope(f"<mer:registerOrder>{'x' * 300_000}</mer:registerOrder>"), "a text of"),
    "elements": (envelope("<a/>" * 30_000), "more than 20000 tags"),
    "an attribute twice": (envelope('<mer:registerOrder a="1" a="2"/>'), "duplicate attribute"),
    "no envelope": ("<html/>", "is not a SOAP envelope"),
    "no operation": (envelope(""), "holds one element"),
    "no namespace": (envelope("<registerOrder/>"), MER),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_body_without_a_message_is_a_fault(
    gateway: Gateway, kind: str, logbook: Logbook
) -> None:
    body, part_of_text = HOSTILE[kind]
    response = await send(gateway, body)
    assert response.http.status == 500
    assert response.fault_code == "soap:Client"
    assert part_of_text in response.fault_text
    assert not logbook.errors()


async def test_another_version_of_soap_is_refused_with_the_right_one(gateway: Gateway) -> None:
    message = envelope(REGISTER).replace(SOAP_ENVELOPE, "http://www.w3.org/2003/05/soap-envelope")
    response = await send(gateway, message, (("content-type", "application/soap+xml"),))
    assert response.http.status == 500
    assert response.fault_code == "soap:VersionMismatch"


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[int, list[int]]]:
    """A server that counts its connections: its port, and the list of them."""
    asked: list[int] = []

    def count(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(1)
        writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("prolog", "inside"),
    [
        ('<!DOCTYPE a SYSTEM "{url}">', "x"),
        ('<!DOCTYPE a PUBLIC "-//A//B" "{url}">', "x"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "{url}">]>', "&b;"),
        ('<!DOCTYPE a [<!ENTITY % b SYSTEM "{url}">%b;]>', "x"),
        ('<?xml-stylesheet href="{url}"?>', "x"),
        ("", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}"/>'),
        ("", '<a xml:base="{url}" href="{url}"/>'),
        (
            "",
            '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="{url}"/>',
        ),
    ],
)
async def test_no_server_is_asked_for_parts_of_a_document(
    gateway: Gateway, prolog: str, inside: str
) -> None:
    async with listening() as (port, asked):
        url = f"http://127.0.0.1:{port}/x"
        body = REGISTER.replace("https://test.ru", inside.replace("{url}", url))
        response = await send(gateway, prolog.replace("{url}", url) + envelope(body))
        assert response.tag == FAULT or response.error_code != "0"
        await asyncio.sleep(0)
        assert not asked


@pytest.mark.parametrize("sent", ["file:///etc/hostname", "/etc/hostname", "C:\\Windows\\win.ini"])
async def test_no_file_is_included(gateway: Gateway, sent: str) -> None:
    inside = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{sent}" parse="text"/>'
    response = await ask(gateway, REGISTER.replace("https://test.ru", inside))
    assert response.error_code == "4"  # the return URL is empty


def chunks(*bodies: bytes) -> Any:
    """The ASGI messages of a body that arrives in pieces."""
    waiting = [
        {"type": "http.request", "body": body, "more_body": place < len(bodies) - 1}
        for place, body in enumerate(bodies)
    ]

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    return receive


async def serve(app: Any, receive: Any, headers: list[tuple[bytes, bytes]]) -> list[Any]:
    """Everything an application answers to a POST at the service's address."""
    sent = list[Any]()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "query_string": b"",
        "headers": headers,
        "client": ("203.0.113.9", 1),
        "server": ("127.0.0.1", 8080),
    }
    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize("length", [b"2000000", b"9" * 40])
async def test_a_length_above_the_limit_is_refused_unread(gateway: Gateway, length: bytes) -> None:
    async def receive() -> Any:
        raise AssertionError("unknown reads it")

    sent = await serve(gateway.router, receive, [(b"content-length", length)])
    assert sent[0]["status"] == 500
    assert b"soap:Client" in sent[1]["body"]


async def test_a_wrong_content_length_does_not_lift_the_limit(gateway: Gateway) -> None:
    pieces = chunks(*[b" " * 500_000] * 3)
    sent = await serve(gateway.router, pieces, [(b"content-length", b"10")])
    assert sent[0]["status"] == 500


async def test_a_message_may_come_byte_by_byte(gateway: Gateway) -> None:
    message = envelope(REGISTER).encode()
    pieces = chunks(*(message[place : place + 1] for place in range(len(message))))
    sent = await serve(gateway.router, pieces, [(b"content-length", b"not a number")])
    assert sent[0]["status"] == 200


async def test_a_closed_connection_gets_no_answer(gateway: Gateway) -> None:
    assert await serve(gateway.router, chunks(), []) == []


# ── What goes wrong on our side ───────────────────────────────────────────────────────────────────


class BrokenHandler:
    """A request handler that ends every request with the same error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def serve(self, _: Request) -> Any:
        raise self.error


def broken(error: Exception, *, concurrency_max: int = 10) -> Router:
    handler = cast("RequestHandler", BrokenHandler(error))
    limits = Limits()
    soap = SoapEndpoint(handler, limits=limits, public_url=None, show_rules=False)
    rest = RestEndpoint(handler, (CLASSIC,), limits=limits, public_url=None, show_rules=False)
    return Router(rest, soap, None, concurrency_max)


async def response_of(router: Router) -> SoapResponse:
    http = await AsgiClient(router).post(PATH, body=envelope(REGISTER).encode(), headers=[TEXT_XML])
    return read(http)


@pytest.mark.parametrize("router", [broken(Overloaded()), broken(Overloaded(), concurrency_max=0)])
async def test_overload_is_a_fault_of_the_server(router: Router) -> None:
    response = await response_of(router)
    assert response.http.status == 503
    assert response.http.headers["retry-after"] == "1"
    assert response.fault_code == "soap:Server"


async def test_a_failure_is_the_protocols_system_error(gateway: Gateway, logbook: Logbook) -> None:
    response = await response_of(broken(RuntimeError("a secret of ours")))
    assert response.http.status == 200
    assert response.error_code == "7"
    assert response.returned.get("errorMessage") == "Системная ошибка"
    assert "secret" not in response.http.text
    assert [line["method"] for line in logbook.errors()] == ["register"]


async def test_a_failure_before_the_operation_is_a_fault(
    gateway: Gateway, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("altyn.inbound.soap.endpoint.read_request", fail)
    response = await ask(gateway, REGISTER)
    assert response.http.status == 500
    assert (response.fault_code, response.fault_text) == ("soap:Server", "System error.")
    assert len(logbook.errors()) == 1


async def test_no_rule_is_shown_outside_the_sandbox(gateway: Gateway) -> None:
    endpoint = gateway.router._soap
    before = endpoint._show_rules
    endpoint._show_rules = False
    try:
        refused = await ask(gateway, REGISTER.replace("15000", "x"))
        fault = await send(gateway, envelope(REGISTER, ""))
    finally:
        endpoint._show_rules = before
    assert "x-altyn-rule" not in refused.http.headers | fault.http.headers
    assert fault.fault_text == NOT_PROCESSED


# ── What is written down ──────────────────────────────────────────────────────────────────────────


async def test_no_log_holds_a_password_or_a_card(gateway: Gateway, logbook: Logbook) -> None:
    order_id = await registered(gateway)
    pay = (
        f'<mer:paymentOrder><order orderId="{order_id}" year="2030" month="12" cvc="987"'
        ' pan="5555555555555599" cardholderName="IVAN PETROV"/></mer:paymentOrder>'
    )
    await ask(gateway, pay)
    await send(gateway, envelope(pay, signed("unknown", "pass-9-word")))
    await send(gateway, envelope(pay, signed())[:-9])
    await send(gateway, envelope(f"<mer:x{5555555555555599}/>", signed()))
    written = str(logbook.lines)
    assert "soap_fault" in written
    for secret in (DEMO_PASSWORD, "pass-9-word", "987"):
        assert secret not in written


async def test_answers_and_faults_are_counted(gateway: Gateway) -> None:
    await ask(gateway, REGISTER)
    await ask(gateway, "<mer:none/>")
    response = (await AsgiClient(gateway.router).get("/metrics")).text
    assert 'altyn_requests_total{code="0",method="register"}' in response
    assert 'altyn_soap_faults_total{code="soap:Client"}' in response
