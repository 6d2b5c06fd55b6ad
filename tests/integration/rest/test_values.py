"""Values as clients send them: JSON null, a phone number with a bare plus, an unknown feature.

Source: rest-orders.md §1.1, §2.1, §2.3; 004 (phone, features).
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from altyn.main import Gateway
from altyn.protocol.dialects.classic.features import DOCUMENTED
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.table import Method, Parameter
from altyn.protocol.types import JSON, JSON_PARAMS
from tests.asgi_client import Answer, AsgiClient
from tests.integration.rest.golden import credentials

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORDER: Final = {"amount": "15000", "returnUrl": "https://test.ru"}
PHONE: Final = "+79000000000"


async def post(gateway: Gateway, method: str, fields: dict[str, str]) -> Answer:
    form = {**credentials(""), **fields}
    return await AsgiClient(gateway.router).post(f"/payment/rest/{method}", form)


async def registered(gateway: Gateway, **more: str) -> str:
    answer = (await post(gateway, "register.do", {**ORDER, **more})).json()
    order_id: str = answer["orderId"]
    return order_id


async def status_of(gateway: Gateway, order_id: str) -> dict[str, Any]:
    answer = await post(gateway, "getOrderStatusExtended.do", {"orderId": order_id})
    status: dict[str, Any] = answer.json()
    return status


# ── JSON null ─────────────────────────────────────────────────────────────────────────────────────


def json_rows() -> list[tuple[Method, Parameter]]:
    return [
        (method, row) for method in METHODS.values() for row in method.parameters if row.type.json
    ]


async def test_every_parameter_with_json_is_marked_as_json() -> None:
    named = {row.name for _, row in json_rows()}
    assert {"jsonParams", "params", "orderBundle", "billingPayerData", "refundItems"} <= named
    assert JSON.json
    assert JSON_PARAMS.json


@pytest.mark.parametrize(
    ("method", "name"), [(method.name, row.name) for method, row in json_rows()]
)
@pytest.mark.parametrize("null", ["null", " null "])
async def test_json_null_is_as_if_nothing_was_sent(
    gateway: Gateway, method: str, name: str, null: str
) -> None:
    """The refusal is the same as without the parameter, and never that of a malformed value."""
    path = METHODS[method].rest[0]
    without = await post(gateway, path, ORDER)
    answer = await post(gateway, path, {**ORDER, name: null})
    if "orderId" in without.json():
        assert answer.json().keys() == {"orderId", "formUrl"}
    else:
        assert answer.json() == without.json()


async def test_json_params_of_null_leave_the_order_without_parameters(gateway: Gateway) -> None:
    order_id = await registered(gateway, jsonParams="null", orderBundle="null")
    status = await status_of(gateway, order_id)
    assert status["merchantOrderParams"] == []
    assert "orderBundle" not in status


# ── A phone number ────────────────────────────────────────────────────────────────────────────────


async def test_an_unescaped_plus_of_a_phone_number_is_read_as_a_plus(gateway: Gateway) -> None:
    query = f"phone={PHONE}"  # as `curl -d phone=+79000000000` sends it: the plus is a space
    client = AsgiClient(gateway.router)
    answer = await client.get(f"/payment/rest/register.do?{query}", {**credentials(""), **ORDER})
    status = await status_of(gateway, answer.json()["orderId"])
    assert status["payerData"]["phone"] == PHONE


@pytest.mark.parametrize("json_params", ['{"phone":" 79000000000"}', '{"phone":"+79000000000"}'])
async def test_the_phone_number_in_json_params_is_read_in_the_same_way(
    gateway: Gateway, json_params: str
) -> None:
    order_id = await registered(gateway, jsonParams=json_params)
    assert (await status_of(gateway, order_id))["payerData"]["phone"] == PHONE


# ── Features ──────────────────────────────────────────────────────────────────────────────────────


async def test_the_rule_of_an_unknown_feature_lists_the_allowed_ones(gateway: Gateway) -> None:
    answer = await post(gateway, "register.do", {**ORDER, "features": "FOO"})
    assert answer.json()["errorCode"] == "14"
    rule = answer.headers["x-altyn-rule"]
    assert rule.startswith("features: a value is not one of ")
    assert all(feature in rule for feature in (*DOCUMENTED, "FORCE_NO_CVC", "SBP_BINDING"))
    assert ".md" not in rule
