"""The date of a payment that waited for its payer: that of the payer's answer.

Source: rest-orders.md §3.1; payment-page.md §4; sberpay.md §2.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from altyn.domain.refusals import Refusal
from tests.asgi_client import AsgiClient
from tests.integration.bnpl.payer import Payer
from tests.integration.payment_page.page_client import ACS_CODE, PAYER_IP, PageClient
from tests.integration.sberpay.test_life import until_known
from tests.shop import ENROLLED, Shop, refused
from tests.ways.sberpay import CONFIRM, LINK, PUSH, Payers

pytestmark = pytest.mark.slow

SHORT: Final = timedelta(minutes=2)
DAY: Final = timedelta(days=1)
TEN_DAYS: Final = 10 * 24 * 3600


async def before_midnight(shop: Shop) -> datetime:
    """Move the clock to 23:59 in Moscow; the time."""
    today = shop.clock.now().replace(hour=20, minute=59, second=0, microsecond=0)
    return await shop.travel_to(today + DAY)


def dates(status: dict[str, Any]) -> tuple[datetime, datetime]:
    """authDateTime and depositedDate."""
    named = status["authDateTime"], status["depositedDate"]
    first, second = (datetime.fromtimestamp(each / 1000).astimezone() for each in named)
    return first, second


@pytest.mark.parametrize("way", [PUSH, LINK], ids=["push", "link or QR code"])
async def test_payment_confirmed_after_midnight_is_reversed_on_the_new_day(
    shop: Shop, payers: Payers, way: dict[str, Any]
) -> None:
    await before_midnight(shop)
    order_id = await shop.register(5000_00, **way)
    confirmed = await shop.travel(SHORT)
    await payers.confirm(order_id)
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert min(dates(status)) >= confirmed - timedelta(milliseconds=1)
    answer = await shop.call("reverse.do", orderId=order_id)
    assert answer["errorCode"] == "0", answer


async def test_payment_at_the_acs_after_midnight_is_reversed_on_the_new_day(shop: Shop) -> None:
    await before_midnight(shop)
    order_id = await shop.register(5000_00)
    pa_res = await shop.at_acs(await shop.pay(order_id, ENROLLED))
    confirmed = await shop.travel(SHORT)
    assert "redirect" in await shop.back_from_acs(order_id, pa_res)
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert min(dates(status)) >= confirmed - timedelta(milliseconds=1)
    answer = await shop.call("reverse.do", orderId=order_id)
    assert answer["errorCode"] == "0", answer


async def test_first_part_confirmed_after_midnight_is_reversed_on_the_new_day(shop: Shop) -> None:
    await before_midnight(shop)
    payer = Payer(PageClient(shop, AsgiClient(shop.gateway.router, PAYER_IP)))
    order_id = await payer.client.register()
    await payer.to_card(order_id)
    step = await payer.pay_first_part(order_id, ENROLLED)
    page = await payer.client.http.post(step.form.action, step.form.fields)
    confirmed = await shop.travel(SHORT)
    typed = {**page.form.fields, "password": ACS_CODE, "decision": "confirm"}
    await payer.client.back(await payer.client.http.post(page.form.action, typed))
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert min(dates(status)) >= confirmed - timedelta(milliseconds=1)
    answer = await shop.call("reverse.do", orderId=order_id)
    assert answer["errorCode"] == "0", answer


async def test_payment_confirmed_before_midnight_keeps_its_day(shop: Shop, payers: Payers) -> None:
    """Also when the gateway learns of it after midnight, by an inquiry."""
    night = await before_midnight(shop)
    order_id = await shop.register(5000_00, **PUSH)
    assert await payers.answer(order_id, CONFIRM, notified=False) is not None
    await shop.travel(SHORT)
    await until_known(shop)
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert max(dates(status)) < night + timedelta(minutes=1)
    answer = await shop.call("reverse.do", orderId=order_id)
    assert refused("reverse", answer, Refusal.WRONG_STATUS), answer


async def test_hold_begins_when_the_payer_confirms(shop: Shop, payers: Payers) -> None:
    order_id = await shop.register(5000_00, two_phase=True, sessionTimeoutSecs=TEN_DAYS, **PUSH)
    await shop.travel(8 * DAY)
    await payers.confirm(order_id)
    await shop.travel(6 * DAY)
    assert (await shop.see(order_id)).status == 1
    await shop.travel(DAY + SHORT)
    assert (await shop.see(order_id)).status == 3
