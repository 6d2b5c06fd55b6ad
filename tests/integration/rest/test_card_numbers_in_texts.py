"""A card number that is sent in any free text is refused or masked, and is stored nowhere in clear.

Source: decision 0012-card-numbers-in-free-texts.md.
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from altyn.inbound.http.fields import Fields
from altyn.main import Gateway
from altyn.protocol.dialects.classic.registration import REGISTRATION
from altyn.protocol.table import MASKED as MASKED_NOTE
from altyn.protocol.types import CALLBACK_URL, RETURN_URL, URL, Context, Type
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import Logbook
from tests.shop import card_fields, new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY: Final = "4444000000007316"  # a test card that no other test of this module pays with
MASKED: Final = "444400**7316"
GROUPED: Final = "4444 0000 0000 7316"
WHO: Final = {"userName": DEMO_API_LOGIN, "password": DEMO_PASSWORD}
# Addresses must stay as they are; a phone number has at most 15 digits and no groups.
NO_FREE_TEXT: Final = frozenset({"returnUrl", "failUrl", "dynamicCallbackUrl", "phone"})
REFUSED: Final = {"orderNumber": "1", "clientId": "5"}
JSON_TEXT: Final = json.dumps({"a": CANARY, CANARY: "b", "c": int(CANARY), "d": GROUPED})
BY_NAME: Final[dict[str, str]] = {
    "orderBundle": json.dumps({"cartItems": {"items": [{"name": CANARY, "code": int(CANARY)}]}}),
    **dict.fromkeys(("jsonParams", "billingPayerData", "shippingPayerData"), JSON_TEXT),
    **dict.fromkeys(("preOrderPayerData", "orderPayerData", "additionalOfdParams"), JSON_TEXT),
}


async def call(gateway: Gateway, method: str, **fields: str) -> dict[str, Any]:
    answer = await AsgiClient(gateway.router).post(f"/payment/rest/{method}", {**WHO, **fields})
    members: dict[str, Any] = answer.json()
    return members


async def register(gateway: Gateway, **fields: str) -> dict[str, Any]:
    order = {"orderNumber": new_number(), "amount": "1000", "returnUrl": "https://shop.example/"}
    return await call(gateway, "register.do", **{**order, **fields})


async def stored(gateway: Gateway) -> list[str]:
    """Every row of every table that holds the digits of the canary."""
    tables = """SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
                WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"""
    found = []
    async with gateway.pool.acquire() as connection:
        for (table,) in await connection.fetch(tables):
            query = (
                f"SELECT r::text FROM {table} r "  # noqa: S608 - a table of this test's database
                "WHERE replace(r::text, ' ', '') LIKE '%' || $1 || '%'"
            )
            found += [f"{table}: {row[0]}" for row in await connection.fetch(query, CANARY)]
    return found


@pytest.mark.parametrize("name", [row.name for row in REGISTRATION if row.name not in NO_FREE_TEXT])
async def test_registration_keeps_no_card_number(gateway: Gateway, name: str) -> None:
    for text in (BY_NAME.get(name, CANARY), BY_NAME.get(name, GROUPED)):
        answer = await register(gateway, **{name: text})
        if name in REFUSED:
            assert answer["errorCode"] == REFUSED[name], answer
        if "orderId" in answer:
            status = await call(gateway, "getOrderStatusExtended.do", orderId=answer["orderId"])
            assert CANARY not in json.dumps(status).replace(" ", "")
    assert await stored(gateway) == []


async def test_later_requests_keep_no_card_number(gateway: Gateway) -> None:
    order_id = (await register(gateway))["orderId"]
    await call(gateway, "addParams.do", orderId=order_id, params=JSON_TEXT)
    form = {**card_fields(order_id), "email": f"{CANARY}@shop.example", "jsonParams": JSON_TEXT}
    for holder in (CANARY, GROUPED, f"IVAN{CANARY}"):
        answer = await call(gateway, "paymentOrder.do", **{**form, "TEXT": holder})
        assert answer["errorMessage"] == "[TEXT] неверен"
    assert "redirect" in await call(gateway, "paymentOrder.do", **form)
    refund = {"orderId": order_id, "amount": "100"}
    refused = await call(gateway, "refund.do", **refund, externalRefundId=CANARY)
    assert refused["errorCode"] == "5", refused
    done = await call(gateway, "refund.do", **refund, jsonParams=JSON_TEXT)
    assert done["errorCode"] == "0", done
    params = await call(gateway, "getOrderStatusExtended.do", orderId=order_id)
    shown = {each["name"]: each["value"] for each in params["merchantOrderParams"]}
    assert shown == {"a": MASKED, MASKED: "b", "c": MASKED, "d": MASKED}
    assert await stored(gateway) == []


async def test_refusal_of_an_order_number_names_the_remedy(
    gateway: Gateway,
) -> None:
    form = {**WHO, "amount": "1000", "returnUrl": "https://shop.example/"}
    shop = AsgiClient(gateway.router)
    answer = await shop.post("/payment/rest/register.do", {**form, "orderNumber": CANARY})
    assert answer.json()["errorCode"] == "1"
    assert "put a letter before it" in answer.headers["x-altyn-rule"]
    number = f"A{card_of_the_shop()}"
    registered = await register(gateway, orderNumber=number)
    found = await call(gateway, "getOrderStatusExtended.do", orderNumber=number)
    assert (found["orderNumber"], "orderId" in registered) == (number, True)


def card_of_the_shop() -> str:
    """A number of the shop that has the form of a card number."""
    return "5555555555555599"


# ── What was masked is named ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("description", f"card {CANARY}"),
        ("email", f"{CANARY}@shop.example"),
        ("jsonParams", json.dumps({"a": GROUPED})),
        ("jsonParams", '{"a": "\\u00344440000000' + '07316"}'),
        ("jsonParams", json.dumps({CANARY: 1})),
        ("additionalOfdParams", json.dumps({"a": int(CANARY)})),
    ],
)
async def test_a_masked_card_number_is_named_in_header_and_log(
    gateway: Gateway, name: str, value: str, logbook: Logbook
) -> None:
    order = {"orderNumber": new_number(), "amount": "1000", "returnUrl": "https://shop.example/"}
    form = {**WHO, **order, name: value}
    answer = await AsgiClient(gateway.router).post("/payment/rest/register.do", form)
    assert answer.json().keys() == {"orderId", "formUrl"}
    note = f"{name}: {MASKED_NOTE}"
    assert note in answer.headers["x-altyn-rule"]
    (line,) = logbook.lines
    assert note in [str(each) for each in line["ignored"]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("description", "order 4444000000007317"),
        ("jsonParams", json.dumps({"a": "Ж\u001d", "b": "4444000000007317"})),
        ("orderNumber", f"A{CANARY}"),
        ("returnUrl", f"https://shop.example/?order={CANARY}"),
    ],
)
async def test_nothing_is_named_where_nothing_was_masked(
    gateway: Gateway, name: str, value: str
) -> None:
    order = {"orderNumber": new_number(), "amount": "1000", "returnUrl": "https://shop.example/"}
    form = {**WHO, **order, name: value}
    answer = await AsgiClient(gateway.router).post("/payment/rest/register.do", form)
    assert MASKED_NOTE not in answer.headers.get("x-altyn-rule", "")


@pytest.mark.parametrize("type_", [RETURN_URL, CALLBACK_URL, URL])
async def test_an_address_stays_as_it_is(type_: Type) -> None:
    address = f"https://shop.example/?order={CANARY}"
    assert type_.parse(address, Context(None, Fields({}))) == address
