"""A parameter of register.do that is only stored and echoed is one row of the table.

The row is added by these tests alone: reading, checking, storage and the status answer follow.
"""

from __future__ import annotations

from typing import Any

import pytest

from altyn.main import Gateway
from altyn.storage.demo import DEMO_PASSWORD
from tests.asgi_client import AsgiClient

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def asked(gateway: Gateway, login: str, path: str, **fields: str) -> dict[str, Any]:
    form = {"userName": f"{login}-api", "password": DEMO_PASSWORD, **fields}
    answer = await AsgiClient(gateway.router).post(f"/payment/echoing/{path}", form)
    members: dict[str, Any] = answer.json()
    return members


async def status_after(gateway: Gateway, login: str, **fields: str) -> dict[str, Any]:
    order = {"amount": "100", "returnUrl": "https://shop.example/", **fields}
    registered = await asked(gateway, login, "register.do", **order)
    return await asked(gateway, login, "getOrderStatusExtended.do", orderId=registered["orderId"])


async def test_an_echoed_parameter_is_in_the_status_under_its_name(gateway: Gateway) -> None:
    status = await status_after(gateway, "echo-new", tableNumber="12")
    assert status["servedTable"] == "12"
    assert list(status)[-1] == "servedTable"


async def test_an_echoed_parameter_that_was_not_sent_is_left_out(gateway: Gateway) -> None:
    assert "servedTable" not in await status_after(gateway, "echo-new")


async def test_an_older_response_version_does_not_have_it(gateway: Gateway) -> None:
    assert "servedTable" not in await status_after(gateway, "echo-old", tableNumber="12")


async def test_the_rule_of_the_row_is_checked(gateway: Gateway) -> None:
    order = {"amount": "100", "returnUrl": "https://shop.example/", "tableNumber": "x" * 11}
    refused = await asked(gateway, "echo-new", "register.do", **order)
    assert refused == {"errorCode": "5", "errorMessage": "[tableNumber] неверен"}
