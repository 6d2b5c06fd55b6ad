"""A text in which a card number was masked is named; an address stays as it is.

Source: decision 0012-card-numbers-in-free-texts.md.
"""

from __future__ import annotations

import json
from typing import Final

import pytest

from altyn.inbound.http.fields import Fields
from altyn.main import Gateway
from altyn.protocol.table import MASKED as MASKED_NOTE
from altyn.protocol.types import CALLBACK_URL, RETURN_URL, URL, Context, Type
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD
from tests.asgi_client import AsgiClient
from tests.integration.rest.logbook import Logbook
from tests.shop import new_number

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY: Final = "4444000000007316"
GROUPED: Final = "4444 0000 0000 7316"
WHO: Final = {"userName": DEMO_API_LOGIN, "password": DEMO_PASSWORD}


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
