"""Charges of stored cards that are refused or not made: no order, no charge in the terms.

Source: rest-orders.md §7.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from altyn.operations.connector import ConnectorResponse, Outcome
from altyn.workers.reconciliation import settle_unknown
from tests.integration.bindings.test_binding_methods import new_client
from tests.integration.bindings.test_recurring import PAID, TOO_EARLY, agreed, charge, result_of
from tests.merchant_changes import changed
from tests.shop import Shop, new_number

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

UNKNOWN_RESULT: Final = ConnectorResponse(outcome=Outcome.UNKNOWN)


async def charged_at(shop: Shop, binding: str) -> Any:
    sql = "SELECT charged_at FROM bindings WHERE binding_id = $1"
    return await shop.pool.fetchval(sql, UUID(binding))


async def ready(shop: Shop) -> str:
    """A stored card that may be charged today."""
    binding = await agreed(shop, new_client(), days=1)
    await shop.travel(timedelta(days=1))
    return binding


async def test_way_that_the_shop_does_not_allow_leaves_no_order(shop: Shop) -> None:
    binding, number = await ready(shop), new_number()
    async with changed(shop, {"allowed_payment_ways": ["SBRF_SBOL"]}):
        refused = await charge(shop, binding, orderNumber=number)
    assert (refused["success"], refused["error"]["code"]) == (False, "5")
    status = await shop.call("getOrderStatusExtended.do", orderNumber=number)
    assert status["errorCode"] == "6"
    assert result_of(await charge(shop, binding, orderNumber=number)) == PAID


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.NOT_SENT])
async def test_late_end_without_a_payment_releases_the_charge(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    binding = await ready(shop)
    before = await charged_at(shop, binding)
    connector = type(shop.gateway.world.ways.connector("CARD_BINDING"))
    answers = iter([UNKNOWN_RESULT])

    async def lost(*_: object) -> ConnectorResponse:
        return next(answers)

    async def late(*_: object) -> ConnectorResponse:
        return ConnectorResponse(outcome=outcome, action_code=116)

    monkeypatch.setattr(connector, "begin", lost)
    unknown = await charge(shop, binding)
    assert unknown["orderStatus"]["orderStatus"] == 0
    assert await charged_at(shop, binding) > before
    assert result_of(await charge(shop, binding)) == TOO_EARLY
    monkeypatch.setattr(connector, "inquire", late)
    now = await shop.travel(timedelta(seconds=5))
    await settle_unknown(shop.gateway.world, asked_before=now)
    monkeypatch.undo()
    assert (await shop.see(unknown["data"]["orderId"])).status == 6
    assert await charged_at(shop, binding) == before
    assert result_of(await charge(shop, binding)) == PAID
