"""Payments with a card that the shop sends itself: what differs from the payment page.

Source: rest-orders.md §5.1, §5.2; payment-page.md §4.
"""

from __future__ import annotations

from tests.integration.payment_page.page_client import (
    DECLINED,
    FAIL_URL,
    PageClient,

)
from tests.integration.payment_page.test_page_methods import back_at_shop


async def test_only_the_last_decline_sends_the_payer_away(client: PageClient) -> None:
    order_id = await client.register()
    for left in (2, 1):
        answer = await client.shop.pay(order_id, DECLINED)
        assert (answer["attemptsLeft"], answer["is3DSVer2"]) == (left, False)
        assert "redirect" not in answer
    last = await client.shop.pay(order_id, DECLINED)
    assert (last["attemptsLeft"], last["is3DSVer2"]) == (0, False)
    assert last["redirect"] == back_at_shop(order_id, FAIL_URL)
