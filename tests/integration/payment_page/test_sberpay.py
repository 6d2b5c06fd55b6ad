"""SberPay on the payment page: its tile, its step, the wait, and the change to another way.

The payer's browser runs no scripts here; `tests/e2e/test_sberpay_page.py` drives a real one.
Source: sberpay.md §1, §3, §5; payment-page.md §8.
"""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import pytest

from altyn.domain.merchant import Permission
from altyn.protocol.phone_messages import MessageAction
from tests.asgi_client import Answer
from tests.bank_phone import answer_push, confirm_scanned, confirm_unnoticed
from tests.integration.payment_page.page_client import RETURN_URL, PageClient, typed
from tests.integration.payment_page.test_contact import with_cart
from tests.merchant_changes import changed, permissions_off
from tests.page_tree import by_id, find_all, parse, text_of

WAY = "SBRF_SBOL"
PHONE = "79998887766"
TOO_SMALL_FOR_PARTS = "50000"
STEP = f"&amp;paymentWay={WAY}"
BY_PHONE = {"paymentWay": WAY, "sberPayBy": "phone", "sberPayPhone": "+7 999 888-77-66"}
BY_LINK = {"paymentWay": WAY, "sberPayBy": "link"}


async def open_step(client: PageClient, order_id: str, language: str = "ru", **more: str) -> str:
    """The page of the step."""
    query = {"mdOrder": order_id, "paymentWay": WAY, **more}
    page = await client.http.get(f"/payment/merchants/test/payment_{language}.html", query)
    assert page.status == 200
    return page.text


async def cancel(client: PageClient, order_id: str) -> Answer:
    """Choose another way, as the form of the waiting page does."""
    return await client.call("cancelPayment.do", {"MDORDER": order_id, "language": "ru"})


def message_of(page: str) -> str:
    return " ".join(" ".join(by_id(parse(page), "message").itertext()).split())


async def test_tile_opens_the_step_and_starts_nothing(client: PageClient) -> None:
    order_id = await client.register(phone="89998887766")
    for language, line in (("ru", "В приложении банка"), ("en", "In your bank's app")):
        page = html.unescape((await client.open(order_id, f"payment_{language}.html")).text)
        assert f'href="payment_{language}.html?mdOrder={order_id}&paymentWay={WAY}"' in page
        assert line in page
    step = await open_step(client, order_id)
    assert 'value="89998887766"' in step, "the shop's phone is filled in"
    assert "$PAN" not in step
    session = await client.session(order_id)
    assert (session["attemptsLeft"], "waiting" in session) == (3, False)


async def test_payer_pays_by_push(client: PageClient) -> None:
    order_id = await client.register()
    sent = await client.fill(order_id, BY_PHONE)
    assert (sent.status, sent.location) == (303, f"payment_ru.html?mdOrder={order_id}")
    waiting = (await client.open(order_id)).text
    assert "Подтвердите оплату на телефоне." in waiting
    assert "+7\u00a0999\u00a0888-77-66" in waiting
    assert f'href="/sandbox/phone/{PHONE}"' in waiting
    assert "cancelPayment.do" in waiting
    assert (await client.status(order_id))["orderStatus"] == 0
    assert await answer_push(client.shop.gateway, PHONE, order_id)
    back = f"{RETURN_URL}?orderId={order_id}&lang=ru"
    assert (await client.open(order_id)).location == back
    status = await client.status(order_id)
    assert (status["orderStatus"], status["paymentWay"]) == (2, WAY)


async def test_qr_code_and_link_have_the_same_invoice(client: PageClient) -> None:
    order_id = await client.register()
    await client.fill(order_id, {**BY_LINK, "sberPayPhone": "79998887766"})
    page = (await client.open(order_id, "payment_en.html")).text
    found = re.search('href="(sberpay:[^"]+)"', page)
    assert found, "the app opens by a link"
    assert "<svg viewBox" in page.replace('<svg version="1.1" ', "<svg ") or 'class="qr"' in page
    link = html.unescape(found[1])
    assert f"bankInvoiceId={order_id.replace('-', '')}" in link
    assert "/sandbox/phone?scan=sberpay" in page
    await confirm_scanned(client.shop.gateway, link, PHONE)
    assert (await client.status(order_id))["orderStatus"] == 2


async def test_refusal_in_the_app_leaves_the_card(client: PageClient) -> None:
    order_id = await client.register()
    await client.fill(order_id, BY_PHONE)
    assert await answer_push(client.shop.gateway, PHONE, order_id, MessageAction.REFUSE)
    page = (await client.open(order_id)).text
    assert message_of(page) == (
        "Оплата не прошла В приложении банка нажали «Отказаться». Осталось 2 попытки. Попробуйте "
        "ещё раз или выберите другой способ оплаты."
    )
    assert f"{STEP}" in page, "SberPay is still offered"
    session = await client.session(order_id)
    assert session["attemptsLeft"] == 2
    paid = await client.fill(order_id, typed())
    assert paid.location == f"{RETURN_URL}?orderId={order_id}&lang=ru"
    status = await client.status(order_id)
    assert (status["orderStatus"], status["paymentWay"]) == (2, "CARD")


async def test_payer_who_chooses_another_way_pays_by_card(client: PageClient) -> None:
    order_id = await client.register()
    await client.fill(order_id, BY_PHONE)
    page = (await client.open(order_id)).text
    (form,) = [each for each in find_all(parse(page), "form") if each.get("method") == "post"]
    assert form.get("action") == "../../rest/cancelPayment.do"
    answer = await cancel(client, order_id)
    assert answer.status == 303
    assert (answer.location or "").endswith(f"/payment_ru.html?mdOrder={order_id}")
    page = (await client.open(order_id)).text
    assert message_of(page) == "Вы отменили оплату Осталось 2 попытки. Выберите, как заплатить."
    assert "<p>Номер карты и CVC введите" not in page
    assert not await answer_push(client.shop.gateway, PHONE, order_id), "the invoice is withdrawn"
    paid = await client.fill(order_id, typed())
    assert paid.location == f"{RETURN_URL}?orderId={order_id}&lang=ru"


async def test_cancel_is_served_by_post_only_and_may_be_repeated(client: PageClient) -> None:
    order_id = await client.register()
    await client.fill(order_id, BY_PHONE)
    got = await client.http.get("/payment/rest/cancelPayment.do", {"MDORDER": order_id})
    assert (got.status, got.headers["allow"]) == (405, "POST")
    assert (await client.session(order_id))["waiting"] is True
    for _ in range(2):
        assert (await cancel(client, order_id)).status == 303
    assert (await client.session(order_id))["attemptsLeft"] == 2
    unknown = await client.call("cancelPayment.do", {"MDORDER": "unknown"})
    assert unknown.status == 404


async def test_cancel_that_comes_after_the_confirmation_finds_the_order_paid(
    client: PageClient,
) -> None:
    order_id = await client.register()
    await client.fill(order_id, BY_LINK)
    page = html.unescape((await client.open(order_id)).text)
    found = re.search('href="(sberpay:[^"]+)"', page)
    assert found
    await confirm_unnoticed(client.shop.gateway, found[1], PHONE)
    answer = await cancel(client, order_id)
    assert answer.location == f"{RETURN_URL}?orderId={order_id}&lang=ru"
    assert (await client.status(order_id))["orderStatus"] == 2


async def test_cancel_of_the_last_attempt_ends_the_order(client: PageClient) -> None:
    async with changed(client.shop, {"payment_attempts": 1}):
        order_id = await client.register()
        await client.fill(order_id, BY_PHONE)
        page = (await client.open(order_id)).text
        assert "Это была последняя попытка" in page
        answer = await cancel(client, order_id)
        assert (answer.location or "").startswith("https://shop.example/sorry")
    assert (await client.status(order_id))["orderStatus"] == 6


@pytest.mark.parametrize(
    ("typed_phone", "text"),
    [("", "Введите номер телефона"), ("+44 20 0000 0000", "Введите российский номер")],
)
async def test_wrong_phone_is_explained_at_its_field(
    client: PageClient, typed_phone: str, text: str
) -> None:
    order_id = await client.register()
    page = (await client.fill(order_id, {**BY_PHONE, "sberPayPhone": typed_phone})).text
    assert text_of(by_id(parse(page), "phone-error")).startswith(text)
    assert by_id(parse(page), "phone").get("value") == typed_phone
    assert (await client.session(order_id))["attemptsLeft"] == 3
    answer = await client.call(
        "processform.do", {"MDORDER": order_id, **BY_PHONE, "sberPayPhone": typed_phone}
    )
    assert list(answer.json()["fieldErrors"]) == ["sberPayPhone"]


async def test_card_number_in_the_phone_field_is_not_shown_again(client: PageClient) -> None:
    order_id = await client.register()
    page = (await client.fill(order_id, {**BY_PHONE, "sberPayPhone": "4111 1111 1111 1111"})).text
    assert "4111" not in page


async def test_unknown_client_is_declined_on_the_step(client: PageClient) -> None:
    """Test numbers that end with 0003: the bank does not know the payer."""
    order_id = await client.register()
    page = (await client.fill(order_id, {**BY_PHONE, "sberPayPhone": "79990000003"})).text
    assert "Банк не знает клиента с таким номером телефона." in message_of(page)
    assert "sberPayPhone" in page, "the payer is still at SberPay"
    assert (await client.session(order_id))["attemptsLeft"] == 2


@pytest.mark.parametrize(
    "hidden",
    [
        '{"sberpayHide":"true"}',
        '{"sberpayHide":true}',
        '{"sberpayHide":"TRUE"}',
        '{"showSbol":false}',
        '{"showSbol":"False"}',
    ],
)
async def test_order_hides_sberpay(client: PageClient, hidden: str) -> None:
    order_id = await client.register(amount=TOO_SMALL_FOR_PARTS, jsonParams=hidden)
    assert STEP not in (await client.open(order_id)).text
    assert "$PAN" in await open_step(client, order_id), "the step is not there either"
    assert (await client.session(order_id))["otherWayEnabled"] is False


@pytest.mark.parametrize("params", ['{"sberpayHide":"false"}', '{"showSbol":true}', "{}"])
async def test_order_shows_sberpay(client: PageClient, params: str) -> None:
    order_id = await client.register(jsonParams=params)
    assert STEP in (await client.open(order_id)).text


@pytest.mark.parametrize("hidden", ["sberpayHide=true", "showSbol=false"])
async def test_address_hides_sberpay_in_each_language(client: PageClient, hidden: str) -> None:
    order_id = await client.register()
    name, value = hidden.split("=")
    page = await open_step(client, order_id, **{name: value})
    assert STEP not in page
    assert f"payment_en.html?mdOrder={order_id}&amp;{hidden}" in page


async def test_maintenance_takes_the_tile_away(client: PageClient) -> None:
    async with changed(client.shop, {"sberpay.inactive": True}):
        order_id = await client.register()
        page = (await client.open(order_id)).text
        assert (STEP in page, "$PAN" in page) == (False, True)
        answer = await client.pay(order_id, paymentWay=WAY)
        assert answer["errorCode"] == 5


@pytest.fixture
async def sberpay_only(client: PageClient) -> AsyncIterator[PageClient]:
    """A shop that takes SberPay and nothing else."""
    async with changed(client.shop, {"allowed_payment_ways": ["SBRF_SBOL"]}):
        yield client


async def test_page_opens_at_the_only_way(sberpay_only: PageClient) -> None:
    order_id = await sberpay_only.register()
    page = (await sberpay_only.open(order_id)).text
    assert ("sberPayPhone" in page, "$PAN" in page) == (True, False)
    assert "Выбрать другой способ" not in page
    answer = await sberpay_only.pay(order_id)
    assert (answer["errorCode"], "paymentWay" in answer["errorMessage"]) == (5, True)
    refused = await sberpay_only.shop.pay(order_id)
    assert int(refused["errorCode"]) == 5


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"sberpay.inactive": True}, "технические работы"),
        ({"sberpay.amount_max_minor": 149_999}, "от 1,00\u00a0₽ до 1\u00a0499,99\u00a0₽"),
    ],
)
async def test_page_explains_why_the_only_way_is_not_possible_any_more(
    sberpay_only: PageClient, settings: dict[str, object], text: str
) -> None:
    order_id = await sberpay_only.register()
    async with changed(sberpay_only.shop, settings):
        page = (await sberpay_only.open(order_id)).text
        assert "Этот заказ сейчас не оплатить" in page
        assert text in page.replace("\u202f", "\u00a0")
    assert (await sberpay_only.status(order_id))["orderStatus"] == 0


async def test_shop_without_the_permission_has_only_the_card(client: PageClient) -> None:
    async with permissions_off(client.shop, Permission.SBERPAY):
        order_id = await client.register(amount=TOO_SMALL_FOR_PARTS)
        assert STEP not in (await client.open(order_id)).text
        assert (await client.session(order_id))["otherWayEnabled"] is False


@pytest.mark.parametrize("names", ["SBRF_SBOL", "sberpay;SBRF_SBOL", "SBERPAY,SBP_C2B"])
async def test_order_allows_no_card(client: PageClient, names: str) -> None:
    order_id = await client.register(allowedPaymentWays=names)
    page = (await client.open(order_id)).text
    assert ("sberPayPhone" in page, "$PAN" in page) == (True, False)


async def test_order_allows_the_card_only(client: PageClient) -> None:
    order_id = await client.register(jsonParams='{"allowedPaymentWays":"CARD"}')
    page = (await client.open(order_id)).text
    assert (STEP in page, "$PAN" in page) == (False, True)
    answer = await client.pay(order_id, paymentWay=WAY)
    assert answer["errorCode"] == 5


async def test_unknown_way_in_the_list_is_refused(client: PageClient) -> None:
    answer = await client.shop.call(
        "register.do", amount=1000, returnUrl=RETURN_URL, allowedPaymentWays="CARD,CASH"
    )
    assert (answer["errorCode"], "allowedPaymentWays" in answer["errorMessage"]) == ("5", True)


async def test_shop_and_order_allow_nothing_in_common_any_more(client: PageClient) -> None:
    order_id = await client.register(allowedPaymentWays="SBRF_SBOL")
    async with changed(client.shop, {"allowed_payment_ways": ["CARD"]}):
        page = (await client.open(order_id)).text
        assert "Ни один способ оплаты этого магазина не подходит" in page


async def test_contact_for_the_receipt_is_asked_on_the_step(client: PageClient) -> None:
    order_id = await with_cart(client)
    page = (await client.fill(order_id, {**BY_PHONE, "contact": ""})).text
    assert text_of(by_id(parse(page), "contact-error")).startswith("Укажите почту или телефон")
    sent = await client.fill(order_id, {**BY_PHONE, "contact": "payer@example.com"})
    assert sent.status == 303
