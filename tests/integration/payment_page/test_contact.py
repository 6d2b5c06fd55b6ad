"""The page asks where the receipt goes: when it asks, what it refuses, what the order keeps.

Source: payment-page.md §3.1, §3.2, §7; fiscal.md §7 row 9.
"""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from altyn.domain.order import Order
from altyn.domain.order_id import merchant_of
from altyn.operations.ports import OrderKey
from altyn.protocol.threeds_version2 import pack_session_data
from tests.integration.bindings.test_binding_methods import new_client
from tests.integration.bindings.test_binding_methods import stored as stored_card
from tests.integration.one_call.requests import a_call
from tests.integration.payment_page.page_client import (
    ACS_CODE,
    DECLINED,
    RETURN_URL,
    PageClient,
    card,
    typed,
)
from tests.integration.payment_page.test_other_ways import (
    WAY,
    CodeConnector,
    connector,
    offering,
)
from tests.integration.payment_page.test_params_of_payers import parameters_of_callback
from tests.merchant_changes import changed
from tests.shop import GOOD

__all__ = ["connector", "offering"]

ENROLLED = "4111111111111111"
CHALLENGED = "5000001111111115"
FIELD = 'id="contact"'
EMPTY = "Укажите почту или телефон: на них придёт чек"


def bundle(**customer: str) -> str:
    item = {
        "positionId": "1",
        "name": "Чай чёрный",
        "itemCode": "T-1",
        "quantity": {"value": 1, "measure": "шт."},
        "itemPrice": 150000,
    }
    details = {"customerDetails": customer} if customer else {}
    return json.dumps({**details, "cartItems": {"items": [item]}})


async def with_cart(client: PageClient, **more: str) -> str:
    return await client.register(orderBundle=bundle(), **more)


async def stored(client: PageClient, order_id: str) -> Order:
    key = OrderKey(merchant_of(UUID(order_id)) or 0, UUID(order_id))
    order = await client.shop.gateway.world.orders.load(key)
    assert order is not None
    return order


async def kept(client: PageClient, order_id: str) -> tuple[str | None, str | None]:
    """E-mail and phone as the order keeps them; both are marked as the payer's."""
    request = (await stored(client, order_id)).request
    names = tuple(name for name in ("email", "phone") if getattr(request, name))
    assert request.payer_contact == names
    return request.email, request.phone


# ── When the page asks ────────────────────────────────────────────────────────────────────────────


async def test_the_page_asks_for_an_order_with_a_cart_and_without_a_contact(
    client: PageClient,
) -> None:
    order_id = await with_cart(client)
    assert (await client.session(order_id))["contactRequired"] is True
    page = (await client.open(order_id)).text
    assert FIELD in page
    assert "Чай чёрный" in page
    assert "узнает магазин" in page


@pytest.mark.parametrize(
    "known",
    [
        {"orderBundle": bundle(email="a@x.ru")},
        {"orderBundle": bundle(phone="+79000000000")},
        {"orderBundle": bundle(), "email": "a@x.ru"},
        {"orderBundle": bundle(), "phone": "79000000000"},
        {"orderBundle": bundle(), "jsonParams": '{"email": "a@x.ru"}'},
        {"orderBundle": bundle(), "jsonParams": '{"phone": "79000000000"}'},
        {"orderBundle": bundle(), "features": "VERIFY"},
        {},
    ],
    ids=lambda known: ",".join(known) or "no cart",
)
async def test_the_page_does_not_ask_when_it_needs_no_answer(
    client: PageClient, known: dict[str, str]
) -> None:
    order_id = await client.register(**known)
    assert "contactRequired" not in await client.session(order_id)
    assert FIELD not in (await client.open(order_id)).text
    assert "redirect" in await client.pay(order_id)


async def test_without_a_provider_the_page_does_not_ask(client: PageClient) -> None:
    async with changed(client.shop, {"fiscal.provider": "none"}):
        assert FIELD not in (await client.open(await with_cart(client))).text


async def test_with_a_default_line_every_order_is_asked_about(client: PageClient) -> None:
    async with changed(client.shop, {"fiscal.default_line": True}):
        order_id = await client.register()
        assert FIELD in (await client.open(order_id)).text
        assert (await client.pay(order_id))["errorCode"] == 4


# ── What is refused ───────────────────────────────────────────────────────────────────────────────


async def test_a_missing_contact_is_refused_at_its_field(client: PageClient) -> None:
    order_id = await with_cart(client)
    by_page = await client.pay(order_id, contact="")
    by_own_page_set = await client.pay(order_id, language="en")
    assert (by_page["errorCode"], by_page["fieldErrors"]) == (4, {"contact": EMPTY})
    assert by_own_page_set["errorCode"] == 4
    assert list(by_own_page_set["fieldErrors"]) == ["email"]
    assert by_own_page_set["error"] == "Enter an email or a phone number for the receipt"
    assert (await client.session(order_id))["attemptsLeft"] == 3


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"contact": "ivan"}, "contact", "Введите адрес вида"),
        ({"contact": "ivan@mail"}, "contact", "Проверьте адрес"),
        ({"contact": "123"}, "contact", "Введите номер с кодом страны"),
        ({"contact": "a" * 60 + "@x.ru"}, "contact", "64"),
        ({"email": "ivan"}, "email", "Проверьте адрес"),
        ({"email": "+79001234567"}, "email", "Проверьте адрес"),
        ({"phone": "ivan@x.ru"}, "phone", "Введите номер с кодом страны"),
        ({"phone": "12"}, "phone", "Введите номер с кодом страны"),
    ],
)
async def test_a_wrong_contact_is_refused_at_its_field(
    client: PageClient, sent: dict[str, str], field: str, words: str
) -> None:
    order_id = await with_cart(client)
    refused = await client.pay(order_id, **sent)
    assert refused["errorCode"] == 5
    assert list(refused["fieldErrors"]) == [field]
    assert words in refused["fieldErrors"][field]
    assert not (await stored(client, order_id)).attempts


async def test_a_wrong_card_and_a_missing_contact_are_shown_together(client: PageClient) -> None:
    refused = await client.pay(await with_cart(client), "4111111111111112", contact="")
    assert list(refused["fieldErrors"]) == ["contact", "$PAN"]


# ── What is kept ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"contact": " me@x.ru "}, ("me@x.ru", None)),
        ({"contact": "8 (900) 123-45-67"}, (None, "+79001234567")),
        ({"email": "me@x.ru"}, ("me@x.ru", None)),
        ({"phone": "+7 900 123-45-67"}, (None, "+79001234567")),
        ({"email": "me@x.ru", "phone": "+79001234567"}, ("me@x.ru", "+79001234567")),
    ],
)
async def test_the_order_keeps_what_the_payer_has_typed(
    client: PageClient, sent: dict[str, str], expected: tuple[str | None, str | None]
) -> None:
    order_id = await with_cart(client)
    assert (await client.pay(order_id, **sent))["redirect"].startswith(RETURN_URL)
    assert await kept(client, order_id) == expected
    assert (await client.status(order_id))["orderStatus"] == 2


async def test_the_contact_is_remembered_over_a_decline_and_may_be_changed(
    client: PageClient,
) -> None:
    order_id = await with_cart(client)
    await client.pay(order_id, DECLINED, contact="first@x.ru")
    page = (await client.open(order_id)).text
    assert 'value="first@x.ru"' in page
    assert "contactRequired" not in await client.session(order_id)
    cleared = await client.pay(order_id, contact="")
    assert cleared["fieldErrors"] == {"contact": EMPTY}
    await client.pay(order_id, DECLINED, contact="+79001234567")
    assert await kept(client, order_id) == (None, "+79001234567")
    assert "redirect" in await client.pay(order_id)  # a page set that does not ask again
    assert await kept(client, order_id) == (None, "+79001234567")


@pytest.mark.parametrize("pan", [ENROLLED, CHALLENGED])
async def test_the_contact_is_remembered_over_3d_secure(client: PageClient, pan: str) -> None:
    order_id = await with_cart(client)
    step = await client.pay(order_id, pan, contact="me@x.ru")
    if "threeDSServerTransId" in step:
        form = {"threeDSServerTransId": step["threeDSServerTransId"], "threeDSCompInd": "Y"}
        step = await client.pay(order_id, pan, contact="me@x.ru", **form)
        step = {**step, "session": pack_session_data(order_id)}
    await client.back(await client.at_bank(step, order_id, ACS_CODE))
    assert (await client.status(order_id))["orderStatus"] == 2
    assert (await stored(client, order_id)).request.email == "me@x.ru"


async def test_the_receipt_goes_to_what_the_payer_has_typed(client: PageClient) -> None:
    order_id = await with_cart(client)
    await client.pay(order_id, contact="me@x.ru")
    sql = "SELECT content->>'email' FROM receipts WHERE order_id = $1"
    async with client.shop.pool.acquire() as connection:
        assert await connection.fetchval(sql, UUID(order_id)) == "me@x.ru"


async def test_a_callback_does_not_sign_the_payers_contact(client: PageClient) -> None:
    settings = {"callbacks.urls": "http://127.0.0.1:9/", "callbacks.parameters": ["email", "phone"]}
    async with changed(client.shop, settings):
        order_id = await with_cart(client)
        await client.pay(order_id, contact="me@x.ru", jsonParams='{"email": "other@x.ru"}')
        signed = await parameters_of_callback(client, order_id)
    assert signed["operation"] == "deposited"
    assert not {"email", "phone"} & signed.keys()


async def test_the_contact_of_a_shops_server_counts_and_is_not_demanded(
    client: PageClient,
) -> None:
    with_email, without = await with_cart(client), await with_cart(client)
    form = {**card(), "email": "payer@x.ru"}
    await client.shop.call("paymentOrder.do", MDORDER=with_email, **form)
    await client.shop.call("paymentOrder.do", MDORDER=without, **card())
    request = (await stored(client, with_email)).request
    assert (request.email, request.payer_contact) == ("payer@x.ru", ())
    assert (await client.status(without))["orderStatus"] == 2


async def test_the_contact_of_a_shops_server_counts_with_a_stored_card_too(
    client: PageClient,
) -> None:
    shop, payer = client.shop, new_client()
    binding = await stored_card(shop, payer, GOOD)
    with_email, without = [await with_cart(client, clientId=payer) for _ in range(2)]
    form = {"bindingId": binding, "cvc": "123"}
    for order_id, more in ((with_email, {"email": "payer@x.ru"}), (without, {})):
        await shop.call("paymentOrderBinding.do", mdOrder=order_id, **form, **more)
    request = (await stored(client, with_email)).request
    assert (request.email, request.payer_contact) == ("payer@x.ru", ())
    assert (await client.status(without))["orderStatus"] == 2
    by_form = await with_cart(client, clientId=payer)
    refused = await shop.call("processBindingForm.do", mdOrder=by_form, **form)
    assert (refused["errorCode"], refused["error"]) == (4, refused["errorMessage"])
    assert (await client.status(by_form))["orderStatus"] == 0


async def test_the_contact_of_a_shops_server_counts_in_one_call_too(
    client: PageClient,
) -> None:
    shop = client.shop
    bundle_of_shop = {"orderBundle": bundle(), "email": "payer@x.ru"}
    answer = await shop.call("instantPayment.do", **a_call(**bundle_of_shop))
    request = (await stored(client, answer["orderId"])).request
    assert (request.email, request.payer_contact) == ("payer@x.ru", ())
    answer = await shop.call("instantPayment.do", **a_call(orderBundle=bundle()))
    assert (await client.status(answer["orderId"]))["orderStatus"] == 2


# ── Other ways, and browsers without scripts ──────────────────────────────────────────────────────


async def test_another_way_to_pay_asks_too(
    client: PageClient, offering: PageClient, connector: CodeConnector
) -> None:
    order_id = await with_cart(client)
    form = {"MDORDER": order_id, "paymentWay": WAY}
    refused = (await offering.call("processform.do", {**form, "contact": ""})).json()
    assert (refused["errorCode"], refused["fieldErrors"]) == (4, {"contact": EMPTY})
    begun = (await offering.call("processform.do", {**form, "contact": "me@x.ru"})).json()
    assert begun["waiting"] is True
    paid = (await offering.call("processform.do", {**form, "code": "1234"})).json()
    assert paid["redirect"].startswith(RETURN_URL)
    assert await kept(client, order_id) == ("me@x.ru", None)
    assert connector.codes == ["1234"]


async def test_a_browser_without_scripts_is_asked_at_the_field(client: PageClient) -> None:
    order_id = await with_cart(client)
    for wrong, words in (("", EMPTY), ("ivan@mail", "Проверьте адрес")):
        page = (await client.fill(order_id, {**typed(), "contact": wrong})).text
        assert words in page
        assert f'value="{wrong}" aria-describedby="contact-error" required aria-invalid' in page
    paid = await client.fill(order_id, {**typed(), "contact": "me@x.ru"})
    assert paid.location == f"{RETURN_URL}?orderId={order_id}&lang=ru"
    assert await kept(client, order_id) == ("me@x.ru", None)


async def test_a_card_number_in_the_field_is_refused_and_not_shown_again(
    client: PageClient,
) -> None:
    order_id = await with_cart(client)
    page = (await client.fill(order_id, {**typed(), "contact": GOOD})).text
    assert "Введите адрес вида" in page
    assert GOOD not in page.split('id="test-cards"', maxsplit=1)[0].replace(" ", "")
