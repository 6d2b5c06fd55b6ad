"""Payments with a card that the shop sends itself: what differs from the payment page.

Source: rest-orders.md §5.1, §5.2; payment-page.md §4.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from altyn.domain.merchant import Permission
from altyn.protocol.threeds_version2 import pack_session_data
from tests.asgi_client import Answer
from tests.integration.payment_page.page_client import (
    ACS_CODE,
    DECLINED,
    FAIL_URL,
    PageClient,
    card,
    path_of,
)
from tests.integration.payment_page.test_page_methods import CHALLENGED, ENROLLED, back_at_shop
from tests.merchant_changes import changed, permissions_off


async def test_only_the_last_decline_sends_the_payer_away(client: PageClient) -> None:
    order_id = await client.register()
    for left in (2, 1):
        answer = await client.shop.pay(order_id, DECLINED)
        assert (answer["attemptsLeft"], answer["is3DSVer2"]) == (left, False)
        assert "redirect" not in answer
    last = await client.shop.pay(order_id, DECLINED)
    assert (last["attemptsLeft"], last["is3DSVer2"]) == (0, False)
    assert last["redirect"] == back_at_shop(order_id, FAIL_URL)


# ── AUTO_PAYMENT ──────────────────────────────────────────────────────────────────────────────────

WITHOUT_CVC = {"$CVC": ""}
AUTHENTICATION_PERMISSIONS = (
    Permission.SSL_ALLOWED,
    Permission.SSL_WITHOUT_CVC,
    Permission.THREE_DS,
)


async def test_an_automatic_payment_needs_no_cvc_and_no_3d_secure(client: PageClient) -> None:
    by_page = await client.register(features="AUTO_PAYMENT")
    assert (await client.session(by_page))["cvcNotRequired"] is True
    assert 'name="$CVC"' not in (await client.open(by_page)).text
    assert (await client.pay(by_page, ENROLLED, **WITHOUT_CVC))["redirect"] == back_at_shop(by_page)
    by_shop = await client.register(features="AUTO_PAYMENT")
    form = {"MDORDER": by_shop, **card(ENROLLED, cvc="")}
    answer = await client.shop.call("paymentOrder.do", **form)
    assert answer["redirect"] == back_at_shop(by_shop)


async def test_an_automatic_payment_needs_only_its_own_permission(client: PageClient) -> None:
    order_id = await client.register(features="AUTO_PAYMENT")
    async with permissions_off(client.shop, *AUTHENTICATION_PERMISSIONS):
        form = {"MDORDER": order_id, **card(ENROLLED, cvc="")}
        answer = await client.shop.call("paymentOrder.do", **form)
        assert answer["redirect"] == back_at_shop(order_id)


async def test_without_the_permission_an_order_is_paid_with_cvc_and_3d_secure(
    client: PageClient,
) -> None:
    order_id = await client.register(features="AUTO_PAYMENT")
    async with permissions_off(client.shop, Permission.AUTO_PAYMENT, Permission.SSL_WITHOUT_CVC):
        form = {"MDORDER": order_id, **card(ENROLLED)}
        refused = await client.shop.call("paymentOrder.do", **{**form, **WITHOUT_CVC})
        assert refused["error"] == "[$CVC] неверен"
        assert "paReq" in await client.shop.call("paymentOrder.do", **form)


# ── VERIFY ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["register.do", "registerPreAuth.do"])
async def test_a_card_check_shows_nothing_taken(client: PageClient, method: str) -> None:
    order_id = await client.register(method, features="VERIFY")
    assert (await client.session(order_id))["amount"] == "0.00 RUB"
    await client.shop.pay(order_id)
    with_operations = {"status_version": 22}
    async with changed(client.shop, with_operations):
        status = await client.status(order_id)
    sums = status["paymentAmountInfo"]
    assert (status["orderStatus"], sums["paymentState"]) == (3, "REVERSED")
    assert [(each["type"], each["amount"]) for each in status["operations"]] == [
        ("PREAUTHORIZATION", 0)
    ]
    assert {sums[name] for name in ("approvedAmount", "depositedAmount", "refundedAmount")} == {0}
    async with client.shop.pool.acquire() as connection:
        query = "SELECT count(*) FROM postings WHERE order_id = $1"
        assert await connection.fetchval(query, UUID(order_id)) == 0


# ── The repeated request of 3-D Secure 2 ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("spelled", ["threeDSServerTransId", "threeDSServerTransID"])
async def test_the_repeated_request_names_its_transaction_in_either_spelling(
    client: PageClient, spelled: str
) -> None:
    shop, order_id = client.shop, await client.register()
    form = {"MDORDER": order_id, **card(CHALLENGED)}
    first = await shop.call("paymentOrder.do", **form)
    named = {spelled: first["threeDSServerTransId"]}
    step = await shop.call("paymentOrder.do", **form, **named)
    assert {"acsUrl", "packedCReq"} <= step.keys()
    at_acs = {**step, "session": pack_session_data(order_id)}
    await client.back(await client.at_bank(at_acs, order_id, ACS_CODE))
    assert "errorMessage" in await shop.call("finish3dsVer2Payment.do", **named)
    by_page = await client.register()
    first = await client.pay(by_page, CHALLENGED)
    step = await client.pay(by_page, CHALLENGED, **{spelled: first["threeDSServerTransId"]})
    assert {"acsUrl", "packedCReq"} <= step.keys()


# ── An expired card ───────────────────────────────────────────────────────────────────────────────


async def test_an_expired_card_is_refused_and_uses_no_attempt(client: PageClient) -> None:
    order_id = await client.register()
    form = {"MDORDER": order_id, **card(year="2020")}
    answer = await client.shop.call("paymentOrder.do", **form, language="en")
    assert (answer["errorCode"], answer["errorMessage"]) == (1, "Card expired")
    assert (await client.session(order_id))["attemptsLeft"] == 3
    documented = {"MDORDER": order_id, **card(year="2024", month="12")}
    assert "redirect" in await client.shop.call("paymentOrder.do", **documented)


# ── The payer of a shop that sends cards comes back from the ACS ──────────────────────────────────


async def test_a_payer_who_fails_at_the_acs_may_pay_again_or_go_back_to_the_shop(
    client: PageClient,
) -> None:
    order_id = await client.register()
    back = await failed_at_acs(client, order_id)
    assert path_of(back.location) == f"/payment/merchants/test/payment_ru.html?mdOrder={order_id}"
    page = await client.http.get(path_of(back.location))
    assert 'name="$PAN"' in page.text
    assert f'href="{FAIL_URL}?orderId={order_id}&amp;lang=ru"' in page.text
    assert "redirect" in await client.pay(order_id)


async def test_a_payer_who_fails_at_the_acs_for_the_last_time_goes_to_the_fail_address(
    client: PageClient,
) -> None:
    order_id = await client.register()
    for _ in range(2):
        await client.shop.pay(order_id, DECLINED)
    back = await failed_at_acs(client, order_id)
    assert back.location == back_at_shop(order_id, FAIL_URL)


async def failed_at_acs(client: PageClient, order_id: str) -> Answer:
    """The shop sends a card that is enrolled, and its payer cancels at the ACS."""
    step = await client.shop.call("paymentOrder.do", MDORDER=order_id, **card(ENROLLED))
    return await client.back(await client.at_bank(step, order_id, None))
