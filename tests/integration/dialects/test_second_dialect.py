"""A second dialect is served with the classic one: other paths, names and codes, JSON bodies only.

One gateway, one database: an order that is registered in one dialect is read in the other.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import pytest

from altyn.main import Gateway
from altyn.operations.staff.merchants import find_merchant
from altyn.operations.staff.settings import change_settings
from altyn.storage.demo import DEMO_PASSWORD
from tests.asgi_client import Answer, AsgiClient
from tests.integration.soap.soap_client import REGISTER, envelope, send, signed
from tests.staff import operator

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON: Final = ("content-type", "application/json")
FORM: Final = ("content-type", "application/x-www-form-urlencoded")
GOOD_CARD: Final = {
    "$PAN": "5555555555555599",
    "$CVC": "123",
    "$EXPIRY": "203012",
    "TEXT": "IVAN PETROV",
}


async def second(gateway: Gateway, path: str, login: str = "both", **members: object) -> Answer:
    """One request in the second dialect."""
    caller = {"user": f"{login}-api", "secret": DEMO_PASSWORD}
    body = json.dumps({**caller, **members}).encode()
    return await AsgiClient(gateway.router).post(f"/api/v2/{path}", body=body, headers=[JSON])


async def classic(gateway: Gateway, path: str, login: str = "both", **fields: str) -> Answer:
    """One request in the classic dialect."""
    caller = {"userName": f"{login}-api", "password": DEMO_PASSWORD}
    return await AsgiClient(gateway.router).post(f"/payment/rest/{path}", {**caller, **fields})


async def created(gateway: Gateway, reference: str, login: str = "both") -> str:
    order = {"reference": reference, "sum": 15000, "back": "https://shop.example/"}
    answer = await second(gateway, "orders/create", login, **order)
    assert answer.json().keys() == {"ok", "id", "gateway"}
    assert answer.json()["ok"] is True
    order_id: str = answer.json()["id"]
    return order_id


async def test_an_order_of_the_second_dialect_is_read_in_the_classic_one(gateway: Gateway) -> None:
    order_id = await created(gateway, "READ-1")
    status = (await classic(gateway, "getOrderStatusExtended.do", orderId=order_id)).json()
    assert (status["errorCode"], status["orderNumber"]) == ("0", "READ-1")
    assert (status["amount"], status["orderStatus"]) == (15000, 0)


async def test_an_order_of_the_classic_dialect_is_read_in_the_second_one(gateway: Gateway) -> None:
    order = {"orderNumber": "READ-2", "amount": "700", "returnUrl": "https://shop.example/"}
    order_id = (await classic(gateway, "register.do", **order)).json()["orderId"]
    assert (await second(gateway, "orders/status", id=order_id)).json() == {
        "ok": True,
        "id": order_id,
        "reference": "READ-2",
        "merchant": "both",
        "state": "waiting",
        "sum": 700,
        "refunded": 0,
    }


async def test_a_payment_of_the_classic_dialect_is_refunded_in_the_second_one(
    gateway: Gateway,
) -> None:
    order_id = await created(gateway, "REFUND-1")
    paid = await classic(gateway, "paymentorder.do", MDORDER=order_id, **GOOD_CARD)
    assert paid.json()["errorCode"] == 0
    assert await state_and_refunded(gateway, order_id) == ("paid", 0)
    assert (await second(gateway, "orders/refund", id=order_id, sum=4000)).json() == {"ok": True}
    assert await state_and_refunded(gateway, order_id) == ("refunded", 4000)
    status = (await classic(gateway, "getOrderStatusExtended.do", orderId=order_id)).json()
    assert status["paymentAmountInfo"]["refundedAmount"] == 4000


async def state_and_refunded(gateway: Gateway, order_id: str) -> tuple[str, int]:
    members = (await second(gateway, "orders/status", id=order_id)).json()
    return members["state"], members["refunded"]


# ── Its own names and codes ───────────────────────────────────────────────────────────────────────


async def test_errors_have_the_codes_and_the_parameter_names_of_the_dialect(
    gateway: Gateway,
) -> None:
    order: dict[str, Any] = {"reference": "CODES", "sum": 1, "back": "https://shop.example/"}
    missing = await second(gateway, "orders/create", **(order | {"sum": ""}), lang="en")
    assert missing.json() == {
        "ok": False,
        "code": 4220,
        "text": "Wrong value: sum",
        "parameter": "sum",
    }
    await created(gateway, "CODES")
    taken = await second(gateway, "orders/create", **order, lang="en")
    assert taken.json() == {
        "ok": False,
        "code": 4091,
        "text": "Already there: reference",
        "parameter": "reference",
    }
    unknown = await second(gateway, "orders/status", id="0b5f2a34-6c1d-7e90-8f11-00aa22bb33cc")
    assert unknown.json() == {"ok": False, "code": 4040, "text": "Нет такого заказа"}


async def test_an_order_that_is_not_paid_is_not_refunded(gateway: Gateway) -> None:
    order_id = await created(gateway, "STATE-1")
    refused = await second(gateway, "orders/refund", id=order_id, sum=100)
    assert refused.json() == {"ok": False, "code": 4090, "text": "Сейчас нельзя"}
    in_classic = await classic(gateway, "refund.do", orderId=order_id, amount="100")
    assert in_classic.json()["errorCode"] == "7"


async def test_the_methods_of_a_dialect_are_served_under_its_own_prefix_only(
    gateway: Gateway,
) -> None:
    client = AsgiClient(gateway.router)
    for path in ("/api/v2/register.do", "/payment/rest/orders/create", "/orders/create"):
        assert (await client.post(path, body=b"{}", headers=[JSON])).status == 404


# ── JSON only ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"user=both-api&secret=x&reference=F-1&sum=1", [FORM]),
        (b"user=both-api&secret=x&reference=F-1&sum=1", []),
        (b"--b--\r\n", [("content-type", "multipart/form-data;boundary=b")]),
    ],
)
async def test_a_body_that_is_not_json_is_refused(
    gateway: Gateway, body: bytes, headers: list[tuple[str, str]]
) -> None:
    client = AsgiClient(gateway.router)
    answer = await client.post("/api/v2/orders/create", body=body, headers=headers)
    assert (answer.status, answer.json()) == (415, {"ok": False, "code": 4150})


async def test_parameters_in_the_address_are_ignored(gateway: Gateway) -> None:
    caller = {"user": "both-api", "secret": DEMO_PASSWORD}
    answer = await AsgiClient(gateway.router).get("/api/v2/orders/create", caller)
    assert answer.json()["code"] == 4030


async def test_a_body_above_the_limit_is_refused_in_the_words_of_the_dialect(
    gateway: Gateway,
) -> None:
    body = b'{"user":"' + b"x" * gateway.settings.body_max_bytes + b'"}'
    client = AsgiClient(gateway.router)
    answer = await client.post("/api/v2/orders/create", body=body, headers=[JSON])
    assert (answer.status, answer.json()) == (413, {"ok": False, "code": 4130})


# ── Which merchants may use it ────────────────────────────────────────────────────────────────────


async def test_a_merchant_without_the_dialect_is_refused_and_the_rule_names_the_setting(
    gateway: Gateway,
) -> None:
    answer = await second(gateway, "orders/status", "classic-only", id="1")
    assert answer.json() == {"ok": False, "code": 4030, "text": "Нет доступа"}
    assert answer.headers["x-altyn-rule"] == "setting dialects does not list v2"


async def test_a_merchant_with_the_second_dialect_alone_is_refused_in_the_classic_one(
    gateway: Gateway,
) -> None:
    await created(gateway, "ONLY-1", "second-only")
    refused = await classic(gateway, "getOrderStatus.do", "second-only", orderId="1")
    assert refused.json() == {"ErrorCode": "5", "ErrorMessage": "Доступ запрещён"}
    assert refused.headers["x-altyn-rule"] == "setting dialects does not list classic"


async def test_soap_is_a_spelling_of_the_classic_dialect(gateway: Gateway) -> None:
    refused = await send(gateway, envelope(REGISTER, signed("second-only-api")))
    assert refused.error_code == "5"
    served = await send(gateway, envelope(REGISTER, signed("both-api")))
    assert served.error_code == "0"


async def test_the_setting_counts_as_soon_as_it_is_changed(gateway: Gateway) -> None:
    refused = await second(gateway, "orders/status", "changing", id="1")
    assert refused.json()["code"] == 4030
    await change(gateway, "changing", {"dialects": "classic, v2"})
    await created(gateway, "CHANGED-1", "changing")


async def change(gateway: Gateway, login: str, changes: dict[str, object]) -> None:
    """Change settings, and wait until the gateway has received them."""
    async with gateway.pool.acquire() as connection:
        staff = operator(connection, clock=gateway.world.clock)
        merchant = await find_merchant(login, staff)
        settings = await change_settings(merchant.merchant_id, changes, staff)
    # A NOTIFY in the gateway's own task ends the wait.
    while (await gateway.world.merchants.get(merchant.merchant_id)).settings != settings:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.005)
