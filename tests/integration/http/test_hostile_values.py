"""Values that break text, JSON or storage, sent to every endpoint: none of them makes it fail.

Each route of the pages, each REST method and SOAP is asked with each value: in the path, the
query, a form and JSON; and by name in the bodies that the endpoints read. What can be stored is
read again wherever it is shown.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from altyn.domain.card.values import Pan
from altyn.inbound.soap.endpoint import PATH as SOAP_PATH
from altyn.protocol.acquiring import AcquirerOperation, AcquirerRequest, encode_request
from altyn.protocol.dialects.classic.registry import METHODS
from tests.asgi_client import Answer, AsgiClient
from tests.integration.rest.logbook import Logbook
from tests.raw_http import ACQUIRER_KEY
from tests.shop import CREDENTIALS, GOOD, Shop, card_fields, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARK: Final = "<script>alert(7)</script>"
TEXTS: Final = {
    "NUL": "a\0b",
    "markup": MARK + "'\"><img src=x onerror=alert(7)>",
    "controls": "a\x01\x1b[2J\x7f\x85\r\nSet-Cookie: a=b",
    "bidi": "a\u202eb\u2066",
    "not a character": "\uffff\U0010ffff",
    "long": "x" * 70_000,
    "format": "%s%n{0}${jndi:ldap://x}",
    "path": "../../../etc/passwd\\..\\",
    "number": "9" * 400,
    "not a number": "NaN",
    # Deeper than Python recurses; each of about fifty names has it, in escapes of three bytes.
    "deep": "[" * 1_500,
    "deep objects": '{"a":' * 1_500,
}
# What JSON can hold besides texts.
LITERALS: Final = {
    "lone surrogate": b'"\\ud800"',
    "NUL": b'"a\\u0000b"',
    "deep": b"[" * 5_000 + b"]" * 5_000,
    "large": b"9" * 400,
    "beyond 64 bits": b"9223372036854775808",
    "infinite": b"1e999",
    "fraction": b"0.5",
    "negative": b"-1",
    "object": b'{"a": [null, {"\\u0000": true}]}',
    "null": b"null",
    "boolean": b"true",
    "empty": b'""',
}
NAMES: Final = (
    *("mdOrder", "MDORDER", "orderId", "orderNumber", "order", "shop", "state", "limit", "id"),
    *("to", "days", "hours", "times", "seconds", "lang", "language", "pageView", "paramNames"),
    *("PaReq", "MD", "TermUrl", "PaRes", "creq", "cres", "threeDSSessionData", "password"),
    *("threeDSMethodData", "decision", "received", "key", "computed", "userName", "amount"),
    *("returnUrl", "jsonParams", "TEXT", "email", "ip", "clientId", "bindingId", "description"),
    *("callbacks_enabled", "callback_addresses", "callback_operations", "callback_type"),
)
ORIGIN_FREE: Final = {"authorization": "Basic dGVzdC1hcGk6dGVzdFB3ZDE="}  # test-api:testPwd1
FAILS_ON_REQUEST: Final = "/sandbox/receiver/"


def client_of(shop: Shop) -> AsgiClient:
    return AsgiClient(shop.gateway.router)


def page_routes(shop: Shop) -> list[Route]:
    """Every route of pages, simulators and sandbox, as it is served."""
    pages = shop.gateway.router._pages  # the only list of all routes
    assert isinstance(pages, Starlette)
    routes = [route for route in pages.routes if isinstance(route, Route)]
    assert len(routes) == len(pages.routes) > 20
    return routes


def addresses(shop: Shop) -> Iterator[tuple[str, str]]:
    """Every method and address, with `{}` where a part is free."""
    for route in page_routes(shop):
        path = route.path.replace(":path}", "}")
        free = "{" + "}{".join(route.param_convertors) + "}"
        for name in route.param_convertors:
            path = path.replace("{" + name + "}", "{}", 1)
        assert "{}" in path or free == "{}", path
        for method in sorted((route.methods or set()) & {"GET", "POST"}):
            yield method, path
    for rest in METHODS.values():
        for path in rest.rest:
            yield from ((method, f"/payment/rest/{path}") for method in ("GET", "POST"))
    yield from (("GET", SOAP_PATH), ("POST", SOAP_PATH))


def assert_answered(answer: Answer, logbook: Logbook, what: str) -> None:
    """Neither a failure nor a busy answer; a shown value is no markup."""
    assert not logbook.errors(), f"{what}: {logbook.errors()[0]}"
    is_soap_fault = b"<soap:Fault>" in answer.body
    assert answer.status < 500 or is_soap_fault, f"{what}: {answer}"
    assert (
        answer.headers.get("content-type", "").startswith(("application/json", "text/", "image/"))
        or not answer.body
    ), f"{what}: {answer.headers}"
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert MARK not in answer.text, what


@pytest.mark.parametrize("kind", TEXTS)
async def test_hostile_texts_are_answered_by_every_endpoint(
    shop: Shop, logbook: Logbook, kind: str
) -> None:
    text = TEXTS[kind]
    escaped = quote_plus(text)
    form = "&".join(f"{name}={escaped}" for name in NAMES)
    members = json.dumps(dict.fromkeys(NAMES, text)).encode()
    types = {"form": "application/x-www-form-urlencoded", "JSON": "application/json"}
    for method, template in addresses(shop):
        own = template.replace("{}", "test").replace("receiver/test", "receiver/ok")
        paths = {own, template.replace("{}", quote(text[:200], safe=""))}
        for path in sorted(paths):
            requests: dict[str, tuple[str, bytes]] = {"query": (f"{path}?{form}", b"")}
            if method == "POST":
                requests["form"] = (path, form.encode())
                requests["JSON"] = (path, members)
            for spelling, (address, body) in requests.items():
                headers = {**ORIGIN_FREE, "content-type": types.get(spelling, "text/plain")}
                answer = await client_of(shop).send(method, address, (), body, headers)
                assert_answered(answer, logbook, f"{method} {path}, {kind}, {spelling}")


BODIES: Final[dict[str, Mapping[str, Any]]] = {
    "/sandbox/clock": {"to": None, "days": 0, "hours": 0, "minutes": 0, "seconds": 0},
    "/sandbox/callbacks/verify": {
        "received": "mdOrder=1&checksum=AB",
        "key": "k",
        "computed": "AB",
    },
    "/sandbox/receiver/ok?times=1": {"mdOrder": "1", "bindingId": "1"},
    "/mportal/mvc/public/merchant/update/test": {
        "callbacks_enabled": False,
        "callback_type": "STATIC",
        "callback_addresses": "https://shop.example/",
        "callback_http_method": "GET",
        "callback_operations": "deposited",
    },
    "/issuer/card-check": {"pan": GOOD, "expiry": "203412", "cvc": "123"},
    "/issuer/acquiring": json.loads(
        encode_request(
            AcquirerRequest(
                key="k1",
                operation=AcquirerOperation.AUTHORISE,
                merchant="m",
                terminal="t",
                amount_minor=100,
                currency="643",
                pan=Pan(GOOD),
                expiry="203412",
                eci=7,
                cavv="c",
                xid="x",
                order_number="n",
                description="d",
                address="a",
                postal_code="1",
                original_key="k0",
            )
        )
    ),
}


@pytest.mark.parametrize("path", BODIES)
async def test_hostile_members_of_json_bodies_are_answered(
    shop: Shop, logbook: Logbook, path: str
) -> None:
    for name in (*BODIES[path], "unknown"):
        for kind, literal in LITERALS.items():
            members = {**BODIES[path], name: msgspec.Raw(literal)}
            body = msgspec.json.encode(members)
            headers = {**ORIGIN_FREE, "content-type": "application/json"}
            if path.startswith("/issuer/"):
                headers["authorization"] = f"Bearer {ACQUIRER_KEY}"
            answer = await client_of(shop).send("POST", path, (), body, headers)
            assert_answered(answer, logbook, f"{path}, {name}, {kind}")


async def test_hostile_3_d_secure_messages_are_answered(shop: Shop, logbook: Logbook) -> None:
    packed = [urlsafe_b64encode(literal).decode() for literal in LITERALS.values()]
    packed += [
        urlsafe_b64encode(b'{"%s": %s}' % (name, literal)).decode()
        for literal in LITERALS.values()
        for name in (b"threeDSServerTransID", b"acsTransID", b"threeDSMethodNotificationURL")
    ]
    for message in packed:
        for path in ("/acs/pareq", "/acs/method", "/acs/challenge", "/acs/challenge/answer"):
            form = dict.fromkeys(("PaReq", "threeDSMethodData", "creq", "state"), message)
            assert_answered(await client_of(shop).post(path, form), logbook, f"{path} {message}")
        for path in ("finish3ds.do", "finish3dsVer2.do"):
            form = dict.fromkeys(("MD", "PaRes", "cres", "threeDSSessionData"), message)
            answer = await client_of(shop).post(f"/payment/rest/{path}", form)
            assert_answered(answer, logbook, f"{path} {message}")


@pytest.mark.parametrize("kind", TEXTS)
async def test_stored_values_are_shown_by_every_endpoint_without_failing(
    shop: Shop, logbook: Logbook, kind: str
) -> None:
    text = TEXTS[kind]
    fields = {"amount": "100", "returnUrl": "https://shop.example/", "orderNumber": new_number()}
    client = client_of(shop)
    stored = 0
    for name, value in (
        ("orderNumber", text[:30]),
        ("description", text[:500]),
        ("jsonParams", json.dumps({"a": text[:500], text[:20]: "b"})),
        ("email", text[:100]),
        ("clientId", text[:200]),
        ("returnUrl", f"https://shop.example/?{text[:200]}"),
        ("pageView", text[:20]),
        ("postAddress", text[:200]),
        ("merchantLogin", text[:200]),
    ):
        form = {**CREDENTIALS, **fields, "orderNumber": new_number(), name: value}
        answer = await client.post("/payment/rest/register.do", form)
        assert_answered(answer, logbook, f"register.do, {name}, {kind}")
        order_id = answer.json().get("orderId")
        if order_id is None:
            continue
        stored += 1
        card = {**CREDENTIALS, **card_fields(order_id), "TEXT": text[:60]}
        shown = [
            await client.get(answer.json()["formUrl"]),
            await client.post("/payment/rest/paymentorder.do", card),
            await client.post("/payment/rest/paymentorder.do", {**card, "TEXT": "A B"}),
            await client.post(
                "/payment/rest/getOrderStatusExtended.do", {**CREDENTIALS, "orderId": order_id}
            ),
            await client.get("/payment/rest/getSessionStatus.do", {"MDORDER": order_id}),
            await client.get("/payment/merchants/test/finish.html", {"orderId": order_id}),
            await client.get("/payment/merchants/test/errors_ru.html", {"mdOrder": order_id}),
            await client.get("/sandbox/callbacks", {"order": order_id}),
            await client.get("/sandbox/callbacks", {"order": value}),
        ]
        for page in shown:
            assert_answered(page, logbook, f"{name}, {kind}, shown again")
    assert stored or kind == "NUL"


@pytest.mark.parametrize("kind", TEXTS)
async def test_hostile_soap_messages_are_answered(shop: Shop, logbook: Logbook, kind: str) -> None:
    text = TEXTS[kind]
    for value in (escape(text), text):
        body = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            f'<m:registerOrder xmlns:m="{text[:50] if value == text else "urn:x"}">'
            f'<order merchantOrderNumber="{value}" amount="{value}">{value}</order>'
            "</m:registerOrder></s:Body></s:Envelope>"
        )
        answer = await client_of(shop).send("POST", SOAP_PATH, (), body.encode(), ())
        assert_answered(answer, logbook, f"SOAP, {kind}")
