"""Purchases on credit from the registration to the refund: the wire is as for any order.

Source: bnpl.md §8, §9; rest-orders.md §1.5.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest

from tests.integration.credit.applicant import AMOUNT, TWO_STAGES, Applicant, bundle
from tests.integration.payment_page.page_client import DECLINED, RETURN_URL
from tests.receiver import a_receiver, set_callbacks
from tests.shop import CREDENTIALS, GOOD

pytestmark = pytest.mark.slow
HALF: Final = AMOUNT // 2
OFFERS: Final = {"CREDIT": bundle(), "INSTALLMENT": bundle(productType="INSTALLMENT")}
every_product = pytest.mark.parametrize("product", OFFERS)
every_folder = pytest.mark.parametrize("folder", ["/payment/rest/", "/sbercredit/"])


async def change(
    applicant: Applicant, folder: str, method: str, order_id: str, amount: int
) -> dict[str, Any]:
    """deposit.do, reverse.do or refund.do in one of their two folders."""
    fields = {**CREDENTIALS, "orderId": order_id, "amount": str(amount)}
    answer = await applicant.client.http.post(f"{folder}{method}", fields)
    members: dict[str, Any] = answer.json()
    return members


async def sums(applicant: Applicant, order_id: str) -> tuple[int, str, int, int]:
    """Status, paymentState, deposited and refunded sum."""
    state = await applicant.shop.see(order_id)
    return state.status, state.state, state.deposited, state.refunded


@every_product
async def test_one_stage_is_paid_by_card_and_named_so(applicant: Applicant, product: str) -> None:
    order_id = await applicant.granted(orderBundle=OFFERS[product])
    answer = await applicant.pay_on_page(order_id)
    assert answer["redirect"].startswith(RETURN_URL)
    found = await applicant.status(order_id)
    assert (found["orderStatus"], found["paymentWay"], found["amount"]) == (2, "CARD", AMOUNT)
    assert found["cardAuthInfo"]["maskedPan"] == "555555**5599"


@every_folder
@every_product
async def test_two_stages_are_held_and_completed(
    applicant: Applicant, product: str, folder: str
) -> None:
    order_id = await applicant.granted(TWO_STAGES, orderBundle=OFFERS[product])
    await applicant.pay_on_page(order_id)
    assert (await sums(applicant, order_id))[:2] == (1, "APPROVED")
    done = await change(applicant, folder, "deposit.do", order_id, 0)
    assert done["errorCode"] == "0"
    assert await sums(applicant, order_id) == (2, "DEPOSITED", AMOUNT, 0)


@every_folder
async def test_hold_is_reversed(applicant: Applicant, folder: str) -> None:
    order_id = await applicant.granted(TWO_STAGES)
    await applicant.pay_on_page(order_id)
    assert (await change(applicant, folder, "reverse.do", order_id, 0))["errorCode"] == "0"
    assert (await sums(applicant, order_id))[:2] == (3, "REVERSED")


@every_folder
async def test_purchase_is_refunded(applicant: Applicant, folder: str) -> None:
    order_id = await applicant.granted()
    await applicant.pay_on_page(order_id)
    await applicant.shop.travel(timedelta(days=1))
    assert (await change(applicant, folder, "refund.do", order_id, 0))["errorCode"] == "0"
    assert await sums(applicant, order_id) == (4, "REFUNDED", 0, AMOUNT)
    again = await change(applicant, folder, "refund.do", order_id, 1)
    assert again["errorCode"] == "7"


async def test_declined_card_leaves_the_credit_and_the_attempts(applicant: Applicant) -> None:
    order_id = await applicant.granted()
    await applicant.pay_on_page(order_id, DECLINED)
    found = await applicant.status(order_id)
    assert (found["orderStatus"], found["actionCode"]) == (0, 913)
    assert 'name="$PAN"' in (await applicant.client.open(order_id)).text
    await applicant.pay_on_page(order_id)
    assert (await applicant.status(order_id))["orderStatus"] == 2


async def test_payer_who_stops_after_the_credit_pays_later(applicant: Applicant) -> None:
    order_id = await applicant.granted(sessionTimeoutSecs="86400")
    await applicant.shop.travel(timedelta(hours=20))
    page = await applicant.application(order_id)
    assert "Перейти к оплате" in page.text
    await applicant.pay_on_page(order_id)
    assert (await applicant.status(order_id))["orderStatus"] == 2


async def test_granted_credit_that_is_not_paid_expires_with_the_order(applicant: Applicant) -> None:
    order_id = await applicant.granted()
    await applicant.shop.travel(timedelta(minutes=20))
    found = await applicant.status(order_id)
    assert (found["orderStatus"], found["actionCode"]) == (6, -2007)
    assert (await applicant.application(order_id)).status == 410
    assert int((await applicant.pay_by_server(order_id))["errorCode"]) == 5


async def test_callbacks_are_those_of_a_card(applicant: Applicant, database_url: str) -> None:
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url(), parameters="paymentWay")
        order_id = await applicant.granted(TWO_STAGES)
        await applicant.pay_on_page(order_id)
        await change(applicant, "/sbercredit/", "deposit.do", order_id, 0)
        await change(applicant, "/sbercredit/", "refund.do", order_id, AMOUNT)
        received = await receiver.until(lambda got: len(got) >= 3)
        await set_callbacks(database_url)
    assert receiver.of(order_id) == [("approved", "1"), ("deposited", "1"), ("refunded", "1")]
    assert {each.parameters["paymentWay"] for each in received} == {"CARD"}


async def test_cart_of_a_part_of_the_purchase_is_refunded(applicant: Applicant) -> None:
    """A part of an order with a cart names its positions, in this folder as in the usual one."""
    order_id = await applicant.granted()
    await applicant.pay_on_page(order_id, GOOD)
    refused = await change(applicant, "/sbercredit/", "refund.do", order_id, HALF)
    assert refused["errorCode"] == "8"
    assert await sums(applicant, order_id) == (2, "DEPOSITED", AMOUNT, 0)
