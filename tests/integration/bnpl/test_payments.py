"""Payment in parts from the phone step to the last part. Source: bnpl.md §5, §7."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.bnpl.payer import TWO_WEEKS, Payer
from tests.integration.payment_page.page_client import DECLINED, RETURN_URL
from tests.receiver import a_receiver, set_callbacks

pytestmark = pytest.mark.slow


async def test_order_is_paid_in_full_and_names_the_way(payer: Payer) -> None:
    order_id = await payer.client.register()
    page = await payer.ask_code(order_id)
    assert "Код из СМС" in page.text
    assert "1111" in (await payer.messages())[-1]
    plan = await payer.type_code(order_id)
    assert plan.text.count("375,00") == 4
    card = await payer.agree(order_id)
    assert "Первая часть из четырёх" in card.text
    answer = await payer.pay_first_part(order_id)
    assert answer.location.startswith(RETURN_URL)
    assert await payer.sums(order_id) == (2, 150000, 150000, 0)
    status = await payer.status(order_id)
    assert status["paymentWay"] == "BNPL"
    assert status["cardAuthInfo"]["maskedPan"] == "555555**5599"
    assert [state for _, state in await payer.states(order_id)] == [
        "charged",
        *["planned"] * 3,
    ]
    assert "первая часть" in (await payer.messages())[-1]
    await payer.must_be_consistent()


async def test_bank_asks_to_confirm_the_first_part_only(payer: Payer) -> None:
    order_id = await payer.client.register()
    await payer.to_card(order_id)
    step = await payer.pay_first_part(order_id, "4111111111111111")
    bank = await payer.client.http.post(step.form.action, step.form.fields)
    assert "375,00" in bank.text
    assert "1 500" not in bank.text.replace("\u202f", " ").replace("\u00a0", " ")
    await payer.at_bank(order_id)
    assert await payer.sums(order_id) == (2, 150000, 150000, 0)


async def test_failed_first_part_uses_an_attempt_and_the_payer_stays_at_the_card(
    payer: Payer,
) -> None:
    order_id = await payer.client.register()
    await payer.to_card(order_id)
    page = await payer.pay_first_part(order_id, DECLINED)
    assert "Оплата не прошла" in page.text
    assert "Первая часть из четырёх" in page.text
    status = await payer.status(order_id)
    assert (status["orderStatus"], status["actionCode"], status["paymentWay"]) == (0, 913, "BNPL")
    await payer.pay_first_part(order_id)
    assert await payer.sums(order_id) == (2, 150000, 150000, 0)
    await payer.must_be_consistent()


async def test_failed_3ds_leads_back_to_the_card_of_the_first_part(payer: Payer) -> None:
    order_id = await payer.client.register()
    await payer.to_card(order_id)
    back = await payer.at_bank(order_id, code=None)
    assert "paymentWay=BNPL" in back.location


async def test_hold_is_deposited_in_part_and_the_rest_shortens_the_plan(payer: Payer) -> None:
    order_id = await payer.paid("registerPreAuth.do")
    assert await payer.sums(order_id) == (1, 150000, 0, 0)
    done = await payer.shop.call("deposit.do", orderId=order_id, amount=100000)
    assert done["errorCode"] == "0"
    assert await payer.sums(order_id) == (2, 150000, 100000, 0)
    assert await payer.states(order_id) == [
        (37500, "charged"),
        (37500, "planned"),
        (25000, "planned"),
        (0, "ended"),
    ]
    await payer.must_be_consistent()


async def test_hold_is_reversed_on_any_day_and_the_first_part_returns(payer: Payer) -> None:
    order_id = await payer.paid("registerPreAuth.do")
    await payer.client.wait(days=3)
    assert (await payer.shop.call("reverse.do", orderId=order_id))["errorCode"] == "0"
    assert await payer.states(order_id) == [(0, "ended")] * 4
    assert (await payer.plan(order_id))[0][3] == 37500
    await payer.after(timedelta(days=60))
    assert await payer.events(order_id) == []
    await payer.must_be_consistent()


async def test_hold_ends_after_seven_days_whatever_the_shop_allows(payer: Payer) -> None:
    await payer.client.set(hold_days=20)
    order_id = await payer.paid("registerPreAuth.do")
    await payer.client.wait(days=6, hours=23)
    assert (await payer.sums(order_id))[0] == 1
    await payer.client.wait(hours=2)
    assert (await payer.sums(order_id))[0] == 3
    await payer.must_be_consistent()
    await payer.client.set(hold_days=7)


async def test_paid_order_is_reversed_until_midnight_in_moscow(payer: Payer) -> None:
    first, second = await payer.paid(), await payer.paid()
    assert (await payer.shop.call("reverse.do", orderId=first))["errorCode"] == "0"
    assert await payer.states(first) == [(0, "ended")] * 4
    await payer.client.wait(days=1)
    refused = await payer.shop.call("reverse.do", orderId=second)
    assert refused["errorCode"] == "7"
    assert (await payer.shop.call("refund.do", orderId=second, amount=0))["errorCode"] == "0"
    await payer.must_be_consistent()


async def test_callbacks_have_full_sums_and_name_the_way(payer: Payer, database_url: str) -> None:
    async with a_receiver() as receiver:
        await set_callbacks(database_url, urls=receiver.url(), parameters="paymentWay,amount")
        order_id = await payer.paid("registerPreAuth.do")
        await payer.shop.call("deposit.do", orderId=order_id, amount=0)
        await payer.after(TWO_WEEKS)
        await payer.shop.call("refund.do", orderId=order_id, amount=50000)
        await receiver.until(lambda got: len(got) == 3)
        await set_callbacks(database_url)
    assert receiver.of(order_id) == [("approved", "1"), ("deposited", "1"), ("refunded", "1")]
    assert {got.parameters["paymentWay"] for got in receiver.got} == {"BNPL"}


async def test_order_expires_while_the_payer_is_at_the_code(payer: Payer) -> None:
    order_id = await payer.client.register()
    await payer.ask_code(order_id)
    await payer.client.wait(minutes=20)
    status = await payer.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (6, -2007)
    assert (await payer.open(order_id)).status == 302
