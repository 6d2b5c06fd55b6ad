"""How requests are sent and answered: every way to send the same parameters, and the envelope.

Source: rest-orders.md §1.1, §1.4; merchant-settings.md §2.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from altyn.domain.merchant import OPENING, Permission
from altyn.main import Gateway
from altyn.operations.staff.merchants import find_merchant
from altyn.operations.staff.settings import change_settings
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.dialects.classic.envelopes import CAPITALS, INSTALMENT, PAYMENT
from altyn.protocol.dialects.classic.registry import METHODS
from tests.asgi_client import Answer, AsgiClient
from tests.integration.rest.golden import credentials
from tests.integration.rest.logbook import Logbook
from tests.staff import operator

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHO: Final = credentials("")
ORDER: Final = {"amount": "15000", "returnUrl": "https://test.ru"}
ASKED: Final = {**WHO, **ORDER, "jsonParams": '{"a":"1","b":2}', "description": "Заказ № 7 + 1"}
REGISTER: Final = "/payment/rest/register.do"
FORM: Final = ("content-type", "application/x-www-form-urlencoded")


def shop(gateway: Gateway, ip: str = "203.0.113.9") -> AsgiClient:
    return AsgiClient(gateway.router, ip)


def multipart(fields: dict[str, str]) -> bytes:
    parts = (
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return ("".join(parts) + "--b--\r\n").encode()


def nested(fields: dict[str, str]) -> bytes:
    """JSON as clients send it: a number for the sum, an object for jsonParams."""
    members: dict[str, Any] = dict(fields)
    members |= {"amount": int(fields["amount"]), "jsonParams": json.loads(fields["jsonParams"])}
    return json.dumps(members).encode()


JSON_UTF8: Final = ("content-type", "application/json; charset=UTF-8")
ENCODED: Final = urlencode(ASKED).encode()
# name → HTTP method, query, body, headers
WAYS: Final[dict[str, tuple[str, dict[str, str], bytes, list[tuple[str, str]]]]] = {
    "get": ("GET", ASKED, b"", []),
    "form": ("POST", {}, ENCODED, [FORM]),
    "form with a charset": ("POST", {}, ENCODED, [(FORM[0], f"{FORM[1]}; charset=UTF-8")]),
    "all in the query": ("POST", ASKED, b"", [FORM]),
    "query and body": ("POST", WHO, urlencode({**ASKED, **WHO}).encode(), [FORM]),
    "json": ("POST", {}, nested(ASKED), [JSON_UTF8]),
    "json, who in the query": ("POST", WHO, nested(ASKED), [JSON_UTF8]),
    "json said to be a form": ("POST", {}, nested(ASKED), [FORM]),
    "form said to be text": ("POST", {}, ENCODED, [("content-type", "text/plain")]),
    "form of no type": ("POST", {}, ENCODED, []),
    "multipart": (
        "POST",
        {},
        multipart(ASKED),
        [("content-type", "multipart/form-data;boundary=b")],
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_every_way_to_send_parameters_is_read(gateway: Gateway, way: str) -> None:
    method, query, body, headers = WAYS[way]
    answer = await shop(gateway).send(method, REGISTER, query, body, headers)
    assert answer.json().keys() == {"orderId", "formUrl"}
    status = await status_of(gateway, answer.json()["orderId"])
    assert status["amount"] == 15000
    assert status["orderDescription"] == "Заказ № 7 + 1"
    assert status["merchantOrderParams"] == [
        {"name": "a", "value": "1"},
        {"name": "b", "value": "2"},
    ]


async def status_of(gateway: Gateway, order_id: str) -> dict[str, Any]:
    form = {**WHO, "orderId": order_id}
    answer = await shop(gateway).post("/payment/rest/getOrderStatusExtended.do", form)
    status: dict[str, Any] = answer.json()
    return status


async def test_the_query_wins_over_the_body(gateway: Gateway) -> None:
    body = urlencode({**WHO, **ORDER, "amount": "777"}).encode()
    answer = await shop(gateway).send("POST", REGISTER, {"amount": "100"}, body, [FORM])
    status = await status_of(gateway, answer.json()["orderId"])
    assert status["amount"] == 100


async def test_a_description_may_have_several_lines(gateway: Gateway) -> None:
    form = {**WHO, **ORDER, "description": "one\r\ntwo"}
    answer = await shop(gateway).post(REGISTER, form)
    status = await status_of(gateway, answer.json()["orderId"])
    assert status["orderDescription"] == "one\r\ntwo"


# ── The envelope ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", METHODS)
async def test_every_refusal_is_http_200_and_json_that_is_not_cached(
    gateway: Gateway, name: str
) -> None:
    method = METHODS[name]
    for path in method.rest:
        answer = await shop(gateway).post(CLASSIC.address(path), {"amount": "1"})
        assert_envelope(answer)
        capitals = method.envelope is CAPITALS
        code = answer.json()["ErrorCode" if capitals else "errorCode"]
        text = answer.json()["ErrorMessage" if capitals else "errorMessage"]
        assert code == (5 if method.envelope in {PAYMENT, INSTALMENT} else "5")
        assert type(code) is (int if method.envelope in {PAYMENT, INSTALMENT} else str)
        assert text == "[userName] or [password] or [token] is empty"
        assert not answer.json().keys() & {"orderId", "formUrl", "orderStatus", "OrderStatus"}


def assert_envelope(answer: Answer) -> None:
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.headers["cache-control"] == "no-cache, no-store"
    assert int(answer.headers["content-length"]) == len(answer.body)


@pytest.mark.parametrize("path", ["REGISTER.DO", "Register.do", "registerpreauth.do"])
async def test_capitals_of_a_path_do_not_matter(gateway: Gateway, path: str) -> None:
    answer = await shop(gateway).post(f"/payment/rest/{path}", {**WHO, **ORDER})
    assert_envelope(answer)
    assert "orderId" in answer.json()


@pytest.mark.parametrize(
    "path",
    ["nothing.do", "register.do/x", "register", "", "../rest/register.do", "processform.dox"],
)
async def test_an_unknown_path_is_not_found(gateway: Gateway, path: str) -> None:
    answer = await shop(gateway).post(f"/payment/rest/{path}", {**WHO, **ORDER})
    assert answer.status == 404


async def test_a_body_above_the_limit_is_not_read(gateway: Gateway) -> None:
    limit = gateway.settings.body_max_bytes
    answer = await shop(gateway).post(REGISTER, body=b"a=" + b"x" * (limit - 1), headers=[FORM])
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    fits = await shop(gateway).post(REGISTER, body=b"a=" + b"x" * (limit - 2), headers=[FORM])
    assert fits.status == 200


async def test_a_malformed_host_is_not_used_in_links(gateway: Gateway) -> None:
    """A header `Host: evil"/>` must not get into a payer's link."""
    scope_host = [("host", "evil.example/?<script>")]
    query = {**WHO, **ORDER}
    answer = await shop(gateway).send("GET", REGISTER, query, b"", scope_host)
    assert "script" not in answer.json()["formUrl"]


# ── What the developer sees ──────────────────────────────────────────────────────────────────────


async def test_a_refusal_shows_its_rule_in_a_header(gateway: Gateway, logbook: Logbook) -> None:
    answer = await shop(gateway).post(REGISTER, {**WHO, **ORDER, "email": "x" * 129})
    assert answer.json() == {"errorCode": "5", "errorMessage": "[email] неверен"}
    assert answer.headers["x-altyn-rule"] == "email: longer than 128 characters"
    (line,) = logbook.of("refused")
    assert (line["method"], line["parameter"]) == ("register", "email")
    assert line["rule"] == "longer than 128 characters"
    assert line["refusal"] == "parameter_invalid"
    assert line["source"] == "rest-orders.md §2"


async def test_a_rule_cannot_break_out_of_its_header(gateway: Gateway) -> None:
    form = {**WHO, **ORDER, "merchantLogin": "x\r\nSet-Cookie: a=b\x00Ж"}
    answer = await shop(gateway).post(REGISTER, form)
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-altyn-rule"].isascii()
    assert answer.headers["x-altyn-rule"].isprintable()


async def test_the_rule_mentions_an_unreadable_body(gateway: Gateway, logbook: Logbook) -> None:
    answer = await shop(gateway).post(REGISTER, body=b'{"amount":', headers=[JSON_UTF8])
    assert answer.json()["errorCode"] == "5"
    assert "the body could not be read" in logbook.of("refused")[0]["rule"]


# ── Where a call comes from, and settings that change ─────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ip", "allowed"),
    [
        ("10.1.2.3", True),
        ("2001:db8::7", True),
        ("11.0.0.1", False),
        ("::1", False),
        ("", False),
        ("unix:", False),
    ],
)
async def test_a_merchant_may_be_called_from_its_addresses_only(
    gateway: Gateway, ip: str, *, allowed: bool
) -> None:
    form = {**credentials("local-api"), **ORDER}
    answer = await shop(gateway, ip).post(REGISTER, form)
    assert ("orderId" in answer.json()) is allowed


async def test_a_revoked_permission_takes_effect_at_once(gateway: Gateway) -> None:
    form = {**credentials("changing-api"), **ORDER}
    path = "/payment/rest/registerPreAuth.do"
    assert "orderId" in (await shop(gateway).post(path, form)).json()
    left = sorted(OPENING - {Permission.TWO_PHASE})
    await change(gateway, "changing", {"permissions": left})
    answer = await shop(gateway).post(path, form)
    assert answer.json() == {"errorCode": "5", "errorMessage": "Доступ запрещён"}
    assert answer.headers["x-altyn-rule"] == "permission two_phase is off"


async def change(gateway: Gateway, login: str, changes: dict[str, object]) -> None:
    """Change settings, and wait until the gateway has received them."""
    async with gateway.pool.acquire() as connection:
        staff = operator(connection, clock=gateway.world.clock)
        merchant = await find_merchant(login, staff)
        settings = await change_settings(merchant.merchant_id, changes, staff)
    # What ends the wait is a NOTIFY in the gateway's own task.
    while (await gateway.world.merchants.get(merchant.merchant_id)).settings != settings:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("path", "status"), [("/payment/rest/REGISTER.do", 200), ("/PAYMENT/rest/register.do", 404)]
)
async def test_letters_of_a_method_may_differ_in_case_and_those_of_the_prefix_may_not(
    gateway: Gateway, path: str, status: int
) -> None:
    assert (await shop(gateway).post(path, {**WHO, **ORDER})).status == status
