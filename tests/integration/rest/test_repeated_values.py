"""A parameter that is sent with several values: a list takes all, of others the first is used.

What is not used is named, in the header, the log and the history.

Source: rest-orders.md §1.1, §4.2.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import pytest

from altyn.main import Gateway
from altyn.operations.ports import OrderKey
from altyn.storage.order_history import OrderHistory
from tests.asgi_client import Answer, AsgiClient
from tests.integration.rest.golden import credentials
from tests.integration.rest.logbook import Logbook
from tests.integration.soap.soap_client import ask

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULE: Final = "x-altyn-rule"
FIRST: Final = "sent with several values: only the first is used"
ORDER: Final = (("amount", "15000"), ("returnUrl", "https://test.ru"))
CARD: Final = (
    ("$PAN", "5555555555555599"),
    ("$CVC", "123"),
    ("$EXPIRY", "203012"),
    ("TEXT", "IVAN PETROV"),
)
Pairs = tuple[tuple[str, str], ...]


async def post(gateway: Gateway, path: str, sent: Pairs, who: Pairs | None = None) -> Answer:
    pairs = (*(credentials("").items() if who is None else who), *sent)
    return await AsgiClient(gateway.router).post(
        f"/payment/rest/{path}",
        body=urlencode(pairs).encode(),
        headers=(("content-type", "application/x-www-form-urlencoded"),),
    )


async def registered(gateway: Gateway) -> str:
    order_id: str = (await post(gateway, "register.do", ORDER)).json()["orderId"]
    return order_id


async def details(gateway: Gateway, order_id: str) -> list[dict[str, Any]]:
    merchant = await gateway.world.merchants.by_login("test")
    assert merchant is not None
    key = OrderKey(merchant.merchant_id, UUID(order_id))
    return [dict(each.detail) for each in await OrderHistory(gateway.pool).events(key)]


@pytest.mark.parametrize(
    ("sent", "notes"),
    [
        ((("amount", "20000"),), [f"amount: {FIRST}"]),
        ((("amount", "20000"), ("amount", "30000")), [f"amount: {FIRST}"]),
        ((("amount", "15000"), ("amount", "")), []),
        ((("language", "en"), ("language", "ru")), [f"language: {FIRST}"]),
        ((("userName", "someone-api"),), [f"userName: {FIRST}"]),
        ((("password", "another"),), [f"password: {FIRST}"]),
        ((("features", "FORCE_TDS"), ("features", "FORCE_FULL_TDS")), []),
    ],
)
async def test_further_values_of_a_parameter_are_named_in_header_log_and_history(
    gateway: Gateway, sent: Pairs, notes: list[str], logbook: Logbook
) -> None:
    answer = await post(gateway, "register.do", (*ORDER, *sent))
    assert answer.headers.get(RULE, "") == "; ".join(notes)
    (line,) = logbook.lines
    assert [str(each) for each in line.get("ignored", ())] == notes
    expected = [{"ignored": notes}] if notes else [{}]
    assert await details(gateway, answer.json()["orderId"]) == expected


async def test_the_value_in_the_query_is_used_and_that_in_the_body_is_named(
    gateway: Gateway,
) -> None:
    answer = await post(gateway, "register.do?amount=500", ORDER)
    assert answer.headers[RULE] == f"amount: {FIRST}"
    status = await post(
        gateway, "getOrderStatusExtended.do", (("orderId", answer.json()["orderId"]),)
    )
    assert status.json()["amount"] == 500


async def test_an_array_in_json_is_a_repeated_parameter(gateway: Gateway) -> None:
    body = {**credentials(""), "amount": [100, 200], "returnUrl": "https://test.ru"}
    answer = await AsgiClient(gateway.router).post(
        "/payment/rest/register.do",
        body=json.dumps(body).encode(),
        headers=(("content-type", "application/json"),),
    )
    assert answer.headers[RULE] == f"amount: {FIRST}"


async def test_an_empty_login_before_the_login_counts_as_absent(gateway: Gateway) -> None:
    login = credentials("")
    who = (("userName", ""), ("password", ""), *login.items())
    answer = await post(gateway, "register.do", ORDER, who)
    assert answer.json().keys() == {"orderId", "formUrl"}
    assert RULE not in answer.headers


async def test_the_log_names_the_order_behind_an_empty_value(
    gateway: Gateway, logbook: Logbook
) -> None:
    order_id = await registered(gateway)
    sent = (("orderId", ""), ("orderId", order_id))
    await post(gateway, "getOrderStatusExtended.do", sent)
    assert logbook.lines[-1]["order"] == order_id


async def test_the_number_of_an_order_that_its_id_names_is_a_note(gateway: Gateway) -> None:
    sent = (("orderId", await registered(gateway)), ("orderNumber", "another"))
    answer = await post(gateway, "getOrderStatusExtended.do", sent)
    assert answer.json()["errorCode"] == "0"
    assert answer.headers[RULE] == "orderNumber: ignored beside orderId"


@pytest.mark.parametrize(
    ("sent", "note"),
    [
        ((("pan", "4111111111111111"),), "pan: ignored beside $PAN"),
        ((("cvc", "999"),), "cvc: ignored beside $CVC"),
        ((("YYYY", "2035"), ("MM", "01")), "YYYY and MM: ignored beside $EXPIRY"),
        ((("mdOrder", "another"),), "mdOrder: ignored beside MDORDER"),
        ((("pan", "5555555555555599"), ("YYYY", "2030"), ("MM", "12")), ""),
    ],
)
async def test_another_spelling_with_another_value_is_named(
    gateway: Gateway, sent: Pairs, note: str, logbook: Logbook
) -> None:
    order_id = await registered(gateway)
    answer = await post(gateway, "paymentOrder.do", (("MDORDER", order_id), *CARD, *sent))
    assert "redirect" in answer.json()
    assert answer.headers.get(RULE, "") == note
    assert "4111111111111111" not in str(logbook.lines)


async def test_a_repeated_list_of_states_is_one_list(gateway: Gateway) -> None:
    await registered(gateway)
    sent = (
        ("size", "200"),
        ("from", "20200101000000"),
        ("to", "20981231000000"),
        ("searchByCreatedDate", "true"),
        ("transactionStates", "DEPOSITED"),
        ("transactionStates", "CREATED"),
        ("merchants", "test"),
        ("merchants", "nobody"),
    )
    refused = await post(gateway, "getLastOrdersForMerchants.do", sent)
    assert refused.json()["errorCode"] == "10"
    found = await post(gateway, "getLastOrdersForMerchants.do", sent[:-1])
    assert 0 in {each["orderStatus"] for each in found.json()["orderStatuses"]}
    assert RULE not in found.headers


# ── SOAP ──────────────────────────────────────────────────────────────────────────────────────────


async def test_soap_names_a_value_that_is_both_attribute_and_element(gateway: Gateway) -> None:
    message = (
        '<mer:registerOrder><order amount="15000" returnUrl="https://a.ru">'
        "<returnUrl>https://test.ru</returnUrl></order></mer:registerOrder>"
    )
    response = await ask(gateway, message)
    assert response.error_code == "0"
    assert response.http.headers[RULE] == f"returnUrl: {FIRST}"


@pytest.mark.parametrize(
    ("features", "note"),
    [
        ("<features><feature>VERIFY</feature></features>", ""),
        ("<features>VERIFY</features>", ""),
        ("<features>\n VERIFY;FORCE_TDS \n</features>", ""),
        (
            "<features><feature>VERIFY</feature><Feature>FORCE_TDS</Feature></features>",
            "Feature: unknown, ignored; did you mean features?",
        ),
    ],
)
async def test_a_list_in_soap_is_read_or_named(gateway: Gateway, features: str, note: str) -> None:
    """A card check whose feature is not read would take the money."""
    message = (
        '<mer:registerOrder><order amount="0"><returnUrl>https://test.ru</returnUrl>'
        f"{features}</order></mer:registerOrder>"
    )
    response = await ask(gateway, message)
    assert response.error_code == "0"
    assert response.http.headers.get(RULE, "") == note
