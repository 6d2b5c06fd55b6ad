"""Card testing: card, address, order and merchant have limits at every endpoint for cards.

The limits are those of the demo shop, set low for each test; the clock is moved past their windows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from prometheus_client import REGISTRY

from altyn.domain.card.attempt_limits import PRODUCTION_LIMITS, SANDBOX_LIMITS, Limit
from altyn.domain.lifecycle import OrderStatus
from tests.asgi_client import AsgiClient
from tests.card_marks import declined_card
from tests.integration.bnpl.payer import Payer
from tests.integration.payment_page.page_client import ACS_CODE, DECLINED, PAYER_IP, PageClient
from tests.integration.rest.logbook import Logbook, logbook_kept
from tests.integration.soap.soap_client import ask
from tests.merchant_changes import changed
from tests.shop import ENROLLED, GOOD, Shop, card_fields, new_number, open_shop

# not enrolled in 3-D Secure; the bank declines each with a code of its own
REFUSED_CARDS: Final = (DECLINED, "4444444444444455", "4444444444443333", "4444444444446666")
CODES: Final = (913, 902, 123, -20010)
SHOP_TEXT: Final = {
    "ru": "Операция отклонена. Обратитесь в магазин",
    "en": "Operation declined. Contact the merchant.",
}
OTHER_IP: Final = "198.51.100.7"
NO_ATTEMPT_LIMIT: Final = {"payment_attempts": 100}


@pytest.fixture
def logbook() -> Iterator[Logbook]:
    with logbook_kept() as kept:
        yield kept


@pytest.fixture
def shop(client: PageClient) -> Shop:
    return client.shop


async def code_of(shop: Shop, order_id: str) -> int:
    return (await shop.see(order_id)).action_code


async def paid_by_shop(shop: Shop, pan: str = DECLINED, **more: str) -> int:
    """Pay a new order by paymentOrder.do; its action code."""
    order_id = await shop.register(1000)
    await shop.call("paymentOrder.do", **card_fields(order_id, pan), **more)
    return await code_of(shop, order_id)


async def paid_on_page(client: PageClient, pan: str = DECLINED) -> int:
    """Pay a new order on the payment page; its action code."""
    order_id = await client.register()
    await client.pay(order_id, pan)
    return await code_of(client.shop, order_id)


async def paid_by_soap(shop: Shop, pan: str = DECLINED) -> int:
    """Pay a new order by paymentOrder over SOAP; its action code."""
    order_id = await shop.register(1000)
    card = f'year="2099" month="12" cvc="123" pan="{pan}" cardholderName="IVAN PETROV"'
    await ask(
        shop.gateway, f'<mer:paymentOrder><order orderId="{order_id}" {card}/></mer:paymentOrder>'
    )
    return await code_of(shop, order_id)


async def paid_out(shop: Shop, pan: str) -> int:
    """Pay a sum to a card by instantRefund.do; the action code of its order."""
    holder = {"cardholderName": "IVAN PETROV", "expiry": "209912"}
    answer = await shop.call(
        "instantRefund.do", orderNumber=new_number(), amount=1000, pan=pan, **holder
    )
    return await code_of(shop, answer["orderId"])


async def last_event(shop: Shop, order_id: str) -> tuple[str, dict[str, Any]]:
    """The name and the detail of the last event in an order's history."""
    row = await shop.pool.fetchrow(
        "SELECT event, detail FROM order_events WHERE order_id = $1 ORDER BY version DESC LIMIT 1",
        (await shop.key(order_id)).order_id,
    )
    assert row is not None
    return row["event"], json.loads(row["detail"] or "{}")


def limited(limit: Limit) -> float:
    """How many attempts the metric counts for a limit."""
    name = "altyn_card_attempts_limited_total"
    return REGISTRY.get_sample_value(name, {"limit": limit.value}) or 0


# ── One card ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_card_is_refused_by_every_endpoint_after_its_unpaid_attempts(
    client: PageClient,
) -> None:
    shop = client.shop
    async with changed(shop, {"limits.card_attempts_day": 3}):
        assert await paid_by_shop(shop) == 913
        assert await paid_on_page(client) == 913
        assert await paid_by_soap(shop) == 913
        assert await paid_by_shop(shop) == -2002
        assert await paid_on_page(client) == -2002
        assert await paid_by_soap(shop) == -2002
        assert await paid_by_shop(shop, REFUSED_CARDS[1]) == 902, "another card may still pay"


async def test_the_first_part_of_a_payment_in_parts_has_the_limit_too(client: PageClient) -> None:
    payer = Payer(client)
    async with changed(client.shop, {"limits.card_attempts_day": 1}):
        assert await paid_on_page(client) == 913
        order_id = await client.register()
        await payer.to_card(order_id)
        page = await payer.pay_first_part(order_id, DECLINED)
        assert "Превышен лимит" in page.text
        assert await code_of(client.shop, order_id) == -2002


async def test_the_limit_of_a_card_opens_24_hours_after_its_attempts(shop: Shop) -> None:
    async with changed(shop, {"limits.card_attempts_day": 2}):
        assert await paid_by_shop(shop) == 913
        await shop.travel(timedelta(hours=12))
        assert await paid_by_shop(shop) == 913
        await shop.travel(timedelta(hours=11, minutes=59))
        assert await paid_by_shop(shop) == -2002, "both attempts are in the window"
        await shop.travel(timedelta(minutes=2))
        assert await paid_by_shop(shop) == 913, "the first one has left the window"
        assert await paid_by_shop(shop) == -2002
        await shop.travel(timedelta(hours=24, minutes=1))
        assert await paid_by_shop(shop) == 913, "refusals by the limit are not counted"


async def test_paid_attempts_do_not_count(client: PageClient) -> None:
    shop = client.shop
    async with changed(shop, {"limits.card_attempts_day": 1, "limits.address_attempts_hour": 1}):
        for _ in range(3):
            assert await paid_on_page(client, GOOD) == 0
            assert await paid_by_shop(shop, GOOD, ip=PAYER_IP) == 0
        order_id = await client.register()
        page = await client.at_bank(await client.pay(order_id, ENROLLED), order_id, ACS_CODE)
        await client.back(page)
        assert (await shop.see(order_id)).status == 2
        assert await paid_on_page(client, ENROLLED) == -100, "it goes to the bank again"


async def test_an_attempt_that_waits_at_the_bank_counts(client: PageClient) -> None:
    async with changed(client.shop, {"limits.card_attempts_day": 1}):
        order_id = await client.register()
        step = await client.pay(order_id, ENROLLED)
        assert await paid_on_page(client, ENROLLED) == -2002
        page = await client.at_bank(step, order_id, ACS_CODE)
        await client.back(page)
        assert (await client.shop.see(order_id)).status == 2, "the payment goes on"


async def test_nothing_is_asked_about_a_card_over_its_limit(client: PageClient) -> None:
    """The answer to a wrong CVC is that to the right one: the limit is checked before the card."""
    async with changed(client.shop, {"limits.card_attempts_day": 1}):
        order_id = await client.register()
        await client.pay(order_id, GOOD, **{"$CVC": "999"})
        assert await code_of(client.shop, order_id) == 71015
        assert await paid_on_page(client, GOOD) == -2002


# ── One address ───────────────────────────────────────────────────────────────────────────────────


async def test_an_address_is_refused_on_the_page_whatever_the_card(client: PageClient) -> None:
    before = limited(Limit.ADDRESS)
    async with changed(client.shop, {"limits.address_attempts_hour": 3}):
        for pan, code in zip(REFUSED_CARDS[:3], CODES, strict=False):
            assert await paid_on_page(client, pan) == code
        order_id = await client.register()
        await client.pay(order_id, REFUSED_CARDS[3])
        assert await code_of(client.shop, order_id) == -2001
        detail = {
            "limit": "address",
            "rule": "unpaid attempts from one address in an hour: at most 3",
        }
        assert await last_event(client.shop, order_id) == ("attempt_failed", detail)
        assert limited(Limit.ADDRESS) == before + 1
        assert await paid_on_page(client.from_address(OTHER_IP), REFUSED_CARDS[3]) == -20010
        await client.wait(minutes=59)
        assert await paid_on_page(client) == -2001
        await client.wait(minutes=2)
        assert await paid_on_page(client) == 913


async def test_paymentorder_counts_the_payers_address_and_not_that_of_the_shop(
    client: PageClient,
) -> None:
    shop = client.shop
    async with changed(shop, {"limits.address_attempts_hour": 1}):
        assert await paid_by_shop(shop, ip=OTHER_IP) == 913
        assert await paid_by_shop(shop, ip=OTHER_IP) == -2001
        for _ in range(2):
            assert await paid_by_shop(shop) == 913, "no payer's address is known"
        assert await paid_on_page(client.from_address(OTHER_IP)) == -2001, "it is counted together"


async def test_ipv6_addresses_of_one_subscriber_are_one_address(client: PageClient) -> None:
    async with changed(client.shop, {"limits.address_attempts_hour": 1}):
        assert await paid_on_page(client.from_address("2001:db8:1:2::1")) == 913
        assert await paid_on_page(client.from_address("2001:db8:1:2:ffff::9")) == -2001
        assert await paid_on_page(client.from_address("2001:db8:1:3::1")) == 913


# ── One merchant ──────────────────────────────────────────────────────────────────────────────────

MERCHANT: Final = {"limits.refusals_count": 4, "limits.refusals_percent": 80}


async def test_a_merchant_with_almost_only_refusals_takes_no_cards_for_a_while(
    client: PageClient,
) -> None:
    shop, before = client.shop, limited(Limit.MERCHANT)
    async with changed(shop, MERCHANT):
        for pan, code in zip(REFUSED_CARDS, CODES, strict=True):
            assert await paid_by_shop(shop, pan) == code
        await shop.travel(timedelta(seconds=2))
        order_id = await shop.register(1000)
        await shop.pay(order_id, GOOD)
        assert await code_of(shop, order_id) == 999
        rule = (
            "refused attempts in 10 minutes: fewer than 4, or than 80 % of those refused and paid"
        )
        detail = {"limit": "merchant", "rule": rule}
        assert await last_event(shop, order_id) == ("attempt_failed", detail)
        assert limited(Limit.MERCHANT) == before + 1
        assert await paid_on_page(client, GOOD) == 999
        await shop.travel(timedelta(minutes=10))
        assert await paid_by_shop(shop, GOOD) == 0


async def test_a_merchant_whose_payers_pay_is_not_stopped(shop: Shop) -> None:
    async with changed(shop, MERCHANT):
        assert [await paid_by_shop(shop, GOOD) for _ in range(2)] == [0, 0]
        for pan, code in zip(REFUSED_CARDS, CODES, strict=True):
            assert await paid_by_shop(shop, pan) == code
        await shop.travel(timedelta(seconds=2))
        assert await paid_by_shop(shop, GOOD) == 0, "4 refusals of 6 attempts are below 80 %"


async def test_a_shop_whose_payouts_succeed_is_not_stopped(shop: Shop) -> None:
    """Payouts that succeed are paid, as those that are refused are refused."""
    async with changed(shop, MERCHANT):
        assert [await paid_out(shop, GOOD) for _ in range(2)] == [0, 0]
        for pan, code in zip(REFUSED_CARDS, CODES, strict=True):
            assert await paid_out(shop, pan) == code
        await shop.travel(timedelta(seconds=2))
        assert await paid_out(shop, GOOD) == 0, "4 refusals of 6 attempts are below 80 %"
        assert await paid_by_shop(shop, GOOD) == 0


async def test_payment_of_an_older_order_counts_as_paid(shop: Shop) -> None:
    """The shop sends links that are paid hours later: its share of refusals is not higher."""
    day = 24 * 3600
    older = [await shop.register(1000, sessionTimeoutSecs=day) for _ in range(2)]
    await shop.travel(timedelta(hours=3))
    async with changed(shop, MERCHANT):
        for order_id in older:
            await shop.pay(order_id, GOOD)
            assert await code_of(shop, order_id) == 0
        for pan, code in zip(REFUSED_CARDS, CODES, strict=True):
            assert await paid_by_shop(shop, pan) == code
        await shop.travel(timedelta(seconds=2))
        assert await paid_by_shop(shop, GOOD) == 0, "4 refusals of 6 attempts are below 80 %"


# ── One order ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("endpoint", ["paymentOrder", "page"])
async def test_a_card_for_an_order_without_attempts_left_is_recorded(
    client: PageClient, endpoint: str
) -> None:
    shop, before = client.shop, limited(Limit.ORDER)
    order_id = await shop.register(1000)
    for pan in REFUSED_CARDS[:3]:
        await shop.pay(order_id, pan)
    assert await code_of(shop, order_id) == CODES[2]
    for _ in range(2):
        answer = await (
            shop.pay(order_id) if endpoint == "paymentOrder" else client.pay(order_id, GOOD)
        )
        assert str(answer["errorCode"]) == "5"
    assert await code_of(shop, order_id) == CODES[2], "the code that the callback has reported"
    rule = "attempts to pay one order: at most 3"
    detail = {"limit": "order", "rule": rule, "action_code": -2013}
    assert await last_event(shop, order_id) == ("attempt_refused", detail)
    events = "SELECT count(*) FROM order_events WHERE event = 'attempt_refused'"
    assert await shop.pool.fetchval(events) == 1, "only the first one is kept"
    assert limited(Limit.ORDER) == before + 2


async def test_a_card_for_a_cancelled_order_is_not_kept_in_its_history(shop: Shop) -> None:
    async with changed(shop, {"payment_attempts": 1}):
        order_id = await shop.register(1000)
    await shop.pay(order_id, ENROLLED)
    await shop.call("decline.do", orderId=order_id, merchantLogin="test")
    assert await code_of(shop, order_id) == -102
    before = await last_event(shop, order_id)
    await shop.pay(order_id)
    assert await last_event(shop, order_id) == before


# ── What a refused attempt leaves ─────────────────────────────────────────────────────────────────


async def test_a_refused_attempt_is_in_history_metrics_log_status_and_on_the_page(
    client: PageClient, logbook: Logbook
) -> None:
    shop, before = client.shop, limited(Limit.CARD)
    async with changed(shop, {"limits.card_attempts_day": 1}):
        await paid_on_page(client)
        order_id = await client.register()
        page = await client.pay(order_id, DECLINED)
    assert page["error"] == "Превышен лимит на оплату этой картой в магазине."
    assert page["advice"] == "Заплатите другой картой или попробуйте завтра."
    for language, text in SHOP_TEXT.items():
        status = await shop.call("getOrderStatusExtended.do", orderId=order_id, language=language)
        assert (status["actionCode"], status["actionCodeDescription"]) == (-2002, text)
    rule = "unpaid attempts with one card in 24 hours: at most 1"
    assert await last_event(shop, order_id) == ("attempt_failed", {"limit": "card", "rule": rule})
    assert limited(Limit.CARD) == before + 1
    (line,) = logbook.of("card_attempt_refused")
    assert (line["order_id"], line["limit"], line["rule"]) == (order_id, "card", rule)
    assert not [each for each in logbook.lines if DECLINED in str(each)]
    assert PAYER_IP not in str(line)


async def test_a_refused_attempt_uses_up_an_attempt_and_the_last_one_declines(shop: Shop) -> None:
    async with changed(shop, {"limits.card_attempts_day": 1}):
        order_id = await shop.register(1000)
        for _ in range(3):
            await shop.pay(order_id, DECLINED)
        assert await code_of(shop, order_id) == -2002
        order = await shop.gateway.world.orders.load(await shop.key(order_id))
        assert order is not None
        assert (order.status, order.attempts_left) == (OrderStatus.DECLINED, 0)


async def test_sandbox_limits_are_far_from_a_shops_own_tests(shop: Shop) -> None:
    async with changed(shop, NO_ATTEMPT_LIMIT):
        order_id = await shop.register(1000)
        for _ in range(30):
            await shop.pay(order_id, DECLINED)
        assert await code_of(shop, order_id) == 913


async def test_attempts_at_one_merchant_do_not_count_at_another(
    own_database_url: str, tmp_path: Path
) -> None:
    """An attack on one shop closes no other shop; each has the gateway's limits."""
    limits = replace(SANDBOX_LIMITS, card_attempts_day=1, address_attempts_hour=1)
    async with open_shop(own_database_url, tmp_path, limits=limits) as shop:
        client = PageClient(shop, AsgiClient(shop.gateway.router, PAYER_IP))
        assert await paid_on_page(client) == 913
        assert await paid_on_page(client) == -2002
        child = await client.register(merchantLogin="test-child")
        await client.pay(child, DECLINED)
        fields = {"orderId": child, "merchantLogin": "test-child"}
        status = await shop.call("getOrderStatusExtended.do", **fields)
        assert status["actionCode"] == 913


async def test_limits_of_production_close_and_open_by_the_clock(
    own_database_url: str, tmp_path: Path
) -> None:
    """10 attempts with a card in a day, 20 from an address in an hour, 50 refusals in 10 minutes
    where fewer than 13 attempts are paid."""
    cards = [declined_card(777_001 + number) for number in range(50)]

    async def refuse_all(shop: Shop) -> None:
        found = await asyncio.gather(*(paid_by_shop(shop, card.pan) for card in cards))
        assert found == [777_001 + number for number in range(len(cards))]
        await shop.travel(timedelta(seconds=2))

    async with open_shop(own_database_url, tmp_path, limits=PRODUCTION_LIMITS) as shop:
        assert [await paid_by_shop(shop) for _ in range(11)] == [*[913] * 10, -2002]
        await shop.travel(timedelta(hours=24, minutes=1))
        assert await paid_by_shop(shop) == 913
        for card in cards[:20]:
            assert await paid_by_shop(shop, card.pan, ip=OTHER_IP) != -2001
        assert await paid_by_shop(shop, GOOD, ip=OTHER_IP) == -2001
        await shop.travel(timedelta(hours=1, minutes=1))
        assert await paid_by_shop(shop, GOOD, ip=OTHER_IP) == 0
        await shop.travel(timedelta(minutes=11))
        await refuse_all(shop)
        assert await paid_by_shop(shop, GOOD) == 999
        await shop.travel(timedelta(minutes=10))
        assert [await paid_by_shop(shop, GOOD) for _ in range(13)] == [0] * 13
        await refuse_all(shop)
        assert await paid_by_shop(shop, GOOD) == 0
