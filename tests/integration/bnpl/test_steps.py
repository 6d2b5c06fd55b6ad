"""The steps before the card: phone, code, plan; who may pay in parts. Source: bnpl.md §3 to §5."""

from __future__ import annotations

from dataclasses import replace

import pytest

from altyn.domain.merchant import Permission
from altyn.domain.refusals import Refusal
from altyn.operations.decisions import Refused
from altyn.operations.paying.bnpl.application import find_application
from altyn.operations.paying.bnpl.instalments import (
    ChargeInstalment,
    ChargeResult,
    charge_instalment,
)
from altyn.operations.ports import PAYER, Actor
from tests.integration.bnpl.payer import Payer
from tests.integration.payment_page.page_client import FAIL_URL, typed
from tests.merchant_changes import changed, permissions_off
from tests.shop import card_fields
from tests.silent_service import SilentService

pytestmark = pytest.mark.slow

PHONE = "79998887766"
REFUSED_PHONE = "79990000000"
SCORING_REFUSED = 120
PHONE_STEP, CODE_STEP, PLAN_STEP = "Номер телефона", "Код из СМС", "График платежей"
CARD_STEP = "Первая часть из четырёх"


async def test_page_that_is_opened_again_shows_the_step_of_the_payer(payer: Payer) -> None:
    order_id = await payer.client.register()
    assert PHONE_STEP in (await payer.open(order_id)).text
    await payer.ask_code(order_id)
    assert CODE_STEP in (await payer.open(order_id)).text
    await payer.type_code(order_id)
    assert PLAN_STEP in (await payer.open(order_id)).text
    await payer.agree(order_id)
    assert CARD_STEP in (await payer.open(order_id)).text
    english = (await payer.open(order_id, "payment_en.html")).text
    assert "Choose another way to pay" in english
    assert f'payment_ru.html?mdOrder={order_id}&amp;paymentWay=BNPL"' in english
    assert CARD_STEP not in (await payer.client.open(order_id)).text, "another way: the full sum"


async def test_three_wrong_codes_need_a_new_one_after_a_minute(payer: Payer) -> None:
    order_id = await payer.client.register()
    await payer.ask_code(order_id)
    assert "Осталось 2 попытки" in (await payer.type_code(order_id, "1234")).text
    assert "Введите код из СМС" in (await payer.type_code(order_id, " ")).text
    assert "Осталась 1 попытка" in (await payer.type_code(order_id, "12")).text
    assert "Получите новый код" in (await payer.type_code(order_id, "1112")).text
    assert CODE_STEP in (await payer.type_code(order_id)).text, "the right code is too late"
    assert "Новый код можно получить через" in (await payer.post(order_id, "resend")).text
    sent = len(await payer.messages())
    await payer.client.wait(seconds=61)
    await payer.post(order_id, "resend")
    assert len(await payer.messages()) == sent + 1
    assert PLAN_STEP in (await payer.type_code(order_id)).text
    status = await payer.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (0, -100), "no attempt was used"


async def test_code_is_sent_once_when_the_button_is_pressed_twice(payer: Payer) -> None:
    order_id = await payer.client.register()
    before = len(await payer.messages())
    for _ in range(2):
        await payer.ask_code(order_id)
    assert len(await payer.messages()) == before + 1


async def test_payer_corrects_the_phone(payer: Payer) -> None:
    order_id = await payer.client.register()
    page = await payer.with_phone("12345").ask_code(order_id)
    assert "Введите российский номер" in page.text
    assert 'value="12345"' in page.text
    await payer.with_phone("8 (999) 000-11-22").ask_code(order_id)
    assert "+7\u00a0999\u00a0000-11-22" in (await payer.open(order_id)).text
    assert PHONE_STEP in (await payer.open(order_id, partsStep="phone")).text
    await payer.ask_code(order_id)
    assert "+7\u00a0999\u00a0888-77-66" in (await payer.open(order_id)).text


async def test_phone_of_the_registration_is_filled_in(payer: Payer) -> None:
    order_id = await payer.client.register(phone="89991112233")
    assert 'value="89991112233"' in (await payer.open(order_id)).text


async def test_consent_is_needed(payer: Payer) -> None:
    order_id = await payer.client.register()
    await payer.ask_code(order_id)
    await payer.type_code(order_id)
    assert "Отметьте согласие" in (await payer.post(order_id, "agree")).text
    assert CARD_STEP not in (await payer.open(order_id)).text
    page = await payer.pay_first_part(order_id)
    assert PLAN_STEP in page.text, "no card is charged without the consent"
    assert (await payer.status(order_id))["orderStatus"] == 0


async def test_consent_of_yesterday_is_asked_for_again(payer: Payer) -> None:
    order_id = await payer.client.register(sessionTimeoutSecs="172800")
    await payer.to_card(order_id)
    await payer.client.wait(days=1)
    assert PLAN_STEP in (await payer.open(order_id)).text
    assert CARD_STEP in (await payer.agree(order_id)).text
    await payer.pay_first_part(order_id)
    assert (await payer.sums(order_id))[0] == 2


async def test_code_for_an_earlier_phone_is_not_called_wrong(payer: Payer) -> None:
    order_id = await payer.client.register()
    earlier = (await payer.ask_code(order_id)).form.fields["application"]
    await payer.with_phone("79998887755").ask_code(order_id)
    page = await payer.post(order_id, "code", application=earlier, code="1111")
    assert "888-77-55" in page.text
    assert "Код не подошёл" not in page.text
    await payer.type_code(order_id, "2222")
    page = await payer.post(order_id, "code", application=earlier, code="1111")
    assert "Код не подошёл" not in page.text
    assert PLAN_STEP in (await payer.type_code(order_id)).text


async def test_application_of_another_order_is_out_of_reach(payer: Payer) -> None:
    first, second = await payer.client.register(), await payer.client.register()
    await payer.ask_code(first)
    application = (await payer.open(first)).form.fields["application"]
    await payer.post(second, "code", application=application, code="1111")
    assert CODE_STEP in (await payer.open(first)).text
    for garbage in ("", "x", "\u0000", "9" * 60):
        page = await payer.post(second, "code", application=garbage, code="1111")
        assert PHONE_STEP in page.text


async def test_refusal_by_scoring_is_one_failed_attempt(payer: Payer) -> None:
    refused = payer.with_phone(REFUSED_PHONE)
    order_id = await payer.client.register()
    await refused.ask_code(order_id)
    page = await refused.type_code(order_id)
    assert "Сервис не одобрил оплату частями" in page.text
    for _ in range(2):
        await refused.open(order_id)
    status = await payer.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (0, SCORING_REFUSED)
    assert status["paymentWay"] == "BNPL"
    order = await payer.shop.gateway.world.orders.load(await payer.shop.key(order_id))
    assert order is not None
    assert len(order.payments) == 1
    await payer.client.pay(order_id)
    assert (await payer.sums(order_id))[0] == 2, "the other ways stay open"


async def test_refusal_by_scoring_of_the_last_attempt_declines_the_order(payer: Payer) -> None:
    refused = payer.with_phone(REFUSED_PHONE)
    async with changed(payer.shop, {"payment_attempts": 1}):
        order_id = await payer.client.register()
    await refused.ask_code(order_id)
    form = (await refused.open(order_id)).form.fields
    answer = await payer.client.fill(order_id, {**form, "partsStep": "code", "code": "1111"})
    page = await payer.open(order_id)
    assert answer.status == 303
    assert page.location.startswith(FAIL_URL)
    status = await payer.status(order_id)
    assert (status["orderStatus"], status["actionCode"]) == (6, SCORING_REFUSED)


@pytest.mark.parametrize("amount", ["99999", "15000001"])
async def test_sum_outside_the_limits_cannot_be_paid_in_parts(payer: Payer, amount: str) -> None:
    order_id = await payer.client.register(amount=amount)
    page = await payer.open(order_id)
    assert "нельзя оплатить частями" in page.text
    assert "Выбрать другой способ оплаты" in page.text
    assert (await payer.status(order_id))["orderStatus"] == 0


async def test_permission_is_needed(payer: Payer) -> None:
    async with permissions_off(payer.shop, Permission.BNPL):
        order_id = await payer.client.register()
        assert "нельзя оплатить частями" in (await payer.open(order_id)).text
        answer = await payer.shop.call(
            "register.do", amount=150000, returnUrl="https://shop.example/", features="BNPL"
        )
    assert answer["errorCode"] == "14"


async def test_other_currency_cannot_be_paid_in_parts(payer: Payer) -> None:
    order_id = await payer.client.register(currency="840")
    page = (await payer.open(order_id)).text
    assert "нельзя оплатить частями" in page
    limits = "рублёвый заказ на сумму от 1\u00a0000,00\u00a0₽ до 150\u00a0000,00\u00a0₽"
    assert limits in page.replace("\u202f", "\u00a0"), "the limits are in roubles"


async def test_address_does_not_open_a_way_that_the_order_leaves_out(payer: Payer) -> None:
    order_id = await payer.client.register(allowedPaymentWays="CARD")
    assert PHONE_STEP not in (await payer.open(order_id)).text
    await payer.client.fill(order_id, {"paymentWay": "BNPL", "partsStep": "phone", "phone": PHONE})
    assert CODE_STEP not in (await payer.open(order_id)).text


@pytest.mark.parametrize("feature", ["VERIFY", "AUTO_PAYMENT"])
async def test_feature_does_not_go_with_others(payer: Payer, feature: str) -> None:
    answer = await payer.shop.call(
        "register.do",
        amount=150000,
        returnUrl="https://shop.example/",
        features=["BNPL", feature],
    )
    assert answer["errorCode"] == "14"


async def test_order_with_the_feature_is_paid_in_parts_only(payer: Payer) -> None:
    order_id = await payer.client.register(features="BNPL")
    await must_be_for_parts_only(payer, order_id)


@pytest.mark.parametrize("names", ["BNPL", "SBRF_BNPL", "sbrf_bnpl;BNPL"])
async def test_order_that_allows_parts_alone_opens_at_the_phone_step(
    payer: Payer, names: str
) -> None:
    order_id = await payer.client.register(allowedPaymentWays=names)
    await must_open_at_the_phone_step(payer, order_id)
    await must_be_paid_in_parts(payer, order_id)


async def test_shop_for_payments_in_parts_takes_nothing_else(payer: Payer) -> None:
    async with changed(payer.shop, {"bnpl.only": True}):
        order_id = await payer.client.register()
        await must_be_for_parts_only(payer, order_id)
        second = await payer.client.register()
        async with changed(payer.shop, {"bnpl.amount_min_minor": 150_001}):
            page = await payer.client.open(second)
        assert "нельзя оплатить частями" in page.text
        assert "Вернитесь в магазин" in page.text


async def must_be_for_parts_only(payer: Payer, order_id: str) -> None:
    await must_open_at_the_phone_step(payer, order_id)
    without_scripts = await payer.client.fill(order_id, typed())
    assert PHONE_STEP in without_scripts.text
    of_shop = await payer.shop.call("paymentorder.do", **card_fields(order_id))
    assert str(of_shop["errorCode"]) == "5"
    assert (await payer.status(order_id))["orderStatus"] == 0
    await must_be_paid_in_parts(payer, order_id)


async def must_open_at_the_phone_step(payer: Payer, order_id: str) -> None:
    """The page opens there, offers no other way, and the order takes no card."""
    page = await payer.client.open(order_id)
    assert PHONE_STEP in page.text
    assert "Выбрать другой способ" not in page.text
    by_card = await payer.client.pay(order_id)
    assert (by_card["errorCode"], by_card["error"]) == (5, "Этот заказ оплачивают частями.")


async def must_be_paid_in_parts(payer: Payer, order_id: str) -> None:
    card_form = await payer.to_card(order_id)
    assert CARD_STEP in card_form.text
    assert "Выбрать другой способ" not in card_form.text
    await payer.pay_first_part(order_id)
    assert (await payer.sums(order_id))[0] == 2


async def test_choice_of_parts_in_the_card_form_leads_to_the_steps(payer: Payer) -> None:
    order_id = await payer.client.register()
    answer = await payer.client.call("processform.do", {"MDORDER": order_id, "paymentWay": "BNPL"})
    assert "paymentWay=BNPL" in answer.json()["redirect"]
    posted = await payer.client.fill(order_id, {"paymentWay": "BNPL"})
    assert posted.status == 303
    assert "paymentWay=BNPL" in posted.location


async def test_card_of_the_first_part_is_posted_by_scripts(payer: Payer) -> None:
    order_id = await payer.client.register()
    await payer.to_card(order_id)
    assert 'data-way="BNPL"' in (await payer.open(order_id)).text
    answer = await payer.client.pay(order_id, paymentWay="BNPL")
    assert "redirect" in answer
    assert (await payer.status(order_id))["paymentWay"] == "BNPL"


async def test_service_that_does_not_answer_changes_nothing(
    payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = await payer.client.register()
    await payer.to_card(order_id)
    monkeypatch.setattr(payer.shop.gateway.world.parts, "_service", SilentService())
    for page in (await payer.open(order_id), await payer.pay_first_part(order_id)):
        assert "Сервис оплаты частями не отвечает" in page.text
    monkeypatch.undo()
    assert (await payer.status(order_id))["orderStatus"] == 0
    await payer.pay_first_part(order_id)
    assert (await payer.sums(order_id))[0] == 2


async def test_gateway_without_a_service_does_not_offer_the_way(payer: Payer) -> None:
    order_id = await payer.paid()
    key = await payer.shop.key(order_id)
    world = replace(payer.shop.gateway.world, parts=None)
    order = await world.orders.load(key)
    assert order is not None
    refused = await find_application(order, Actor(name=PAYER), world)
    assert isinstance(refused, Refused)
    assert refused.refusal is Refusal.PARAMETER_INVALID
    charge = ChargeInstalment(key=key, number=2, attempt=1)
    assert await charge_instalment(charge, world) is ChargeResult.UNKNOWN


async def test_plans_are_shown_for_every_spelling_of_the_phone(payer: Payer) -> None:
    await payer.paid()
    http = payer.client.http
    answers = [
        (await http.get(f"/sandbox/phones/{phone}/plans")).json()
        for phone in ("79998887766", "+79998887766", "8 999 888 77 66")
    ]
    assert answers[0]["plans"][-1]["card"] == "555555**5599"
    assert answers == [answers[0]] * 3
    wrong = await http.get("/sandbox/phones/123/plans")
    assert (wrong.status, "ten digits" in wrong.json()["error"]) == (400, True)
    other = await http.get(
        "/sandbox/phones/79998887766/plans", headers={"origin": "https://evil.example"}
    )
    assert other.status == 403
