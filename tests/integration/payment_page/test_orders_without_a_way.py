"""Orders that no way can pay are refused at registration, by REST, SOAP and for credits.

Source: payment-page.md §8; bnpl.md §10.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

import pytest

from altyn.domain.merchant import Permission
from tests.asgi_client import Answer
from tests.integration.payment_page.page_client import RETURN_URL, PageClient, typed
from tests.integration.payment_page.test_stored_cards import pay, remove, store
from tests.integration.soap.soap_client import envelope, send
from tests.merchant_changes import changed, permissions_off
from tests.shop import CREDENTIALS, card_fields

pytestmark = pytest.mark.slow

AMOUNT_WRONG: Final = "Неверная сумма"
LIST_WRONG: Final = "[allowedPaymentWays] неверен"
CURRENCY_WRONG: Final = "[currency] неверен"
HIDDEN: Final = '{"sberpayHide":"true"}'
ONLY: Final = {"bnpl.only": True}
NEW_CARD_FIELD: Final = "$PAN"


async def send_registration(
    client: PageClient, method: str = "register.do", **fields: str
) -> Answer:
    asked = {"amount": "150000", "returnUrl": RETURN_URL, **fields}
    return await client.http.post(f"/payment/rest/{method}", {**CREDENTIALS, **asked})


CASES: Final[list[tuple[dict[str, str], dict[str, Any], str, str, str]]] = [
    ({"features": "BNPL", "currency": "840"}, {}, "5", CURRENCY_WRONG, "not 840"),
    ({"features": "BNPL", "amount": "99999"}, {}, "5", AMOUNT_WRONG, "100000 to 15000000"),
    ({"features": "BNPL", "amount": "15000001"}, {}, "5", AMOUNT_WRONG, "not 15000001"),
    ({"features": "BNPL", "allowedPaymentWays": "CARD"}, {}, "5", LIST_WRONG, "features=BNPL"),
    ({"allowedPaymentWays": "BNPL", "amount": "100"}, {}, "5", AMOUNT_WRONG, "BNPL: takes"),
    ({"allowedPaymentWays": "SBRF_SBOL", "currency": "840"}, {}, "5", CURRENCY_WRONG, "643"),
    ({"allowedPaymentWays": "SBRF_SBOL", "amount": "99"}, {}, "5", AMOUNT_WRONG, "100 to"),
    (
        {"allowedPaymentWays": "SBRF_SBOL", "jsonParams": HIDDEN},
        {},
        "5",
        "[jsonParams] неверен",
        "sberpayHide",
    ),
    (
        {"allowedPaymentWays": "SBRF_SBOL,BNPL", "amount": "99", "jsonParams": HIDDEN},
        {},
        "5",
        AMOUNT_WRONG,
        "SBRF_SBOL: takes 100",
    ),
    ({"allowedPaymentWays": "MIR_PAY"}, {}, "5", LIST_WRONG, "does not serve MIR_PAY"),
    ({"allowedPaymentWays": "CARD_MOTO"}, {}, "5", LIST_WRONG, "motoPayment.do"),
    ({"allowedPaymentWays": "SBRF_SBOL", "features": "VERIFY"}, {}, "5", LIST_WRONG, "VERIFY"),
    ({"allowedPaymentWays": "CARD_BINDING"}, {}, "5", "[clientId] не задан", "send clientId"),
    (
        {"allowedPaymentWays": "CARD_BINDING", "clientId": "nobody"},
        {},
        "5",
        "[clientId] неверен",
        "no stored card",
    ),
    ({"amount": "99999"}, ONLY, "5", AMOUNT_WRONG, "100000 to 15000000"),
    ({"allowedPaymentWays": "CARD"}, ONLY, "5", LIST_WRONG, "setting bnpl.only"),
    ({"features": "VERIFY", "amount": "0"}, ONLY, "14", "Features", "setting bnpl.only"),
    (
        {"currency": "840"},
        {"allowed_payment_ways": ["SBRF_SBOL"]},
        "5",
        CURRENCY_WRONG,
        "takes roubles",
    ),
    (
        {"features": "BNPL"},
        {"allowed_payment_ways": ["CARD"]},
        "14",
        "Features",
        "setting allowed_payment_ways has CARD",
    ),
    ({}, {"allowed_payment_ways": ["MIR_PAY"]}, "5", "Доступ запрещён", "has MIR_PAY"),
]


@pytest.mark.parametrize("method", ["register.do", "registerPreAuth.do"])
@pytest.mark.parametrize(("fields", "settings", "code", "words", "rule"), CASES)
async def test_order_that_no_way_can_pay_is_refused(
    client: PageClient,
    fields: dict[str, str],
    settings: dict[str, Any],
    code: str,
    words: str,
    rule: str,
    method: str,
) -> None:
    async with changed(client.shop, settings):
        answer = await send_registration(client, method, **fields)
    refused = answer.json()
    assert refused["errorCode"] == code, refused
    assert words in refused["errorMessage"]
    assert rule in answer.headers["x-altyn-rule"]
    assert "allow another way to pay" in answer.headers["x-altyn-rule"]


@pytest.mark.parametrize("way", ["BNPL", "SBRF_SBOL"])
async def test_list_of_a_way_without_permission_is_refused(client: PageClient, way: str) -> None:
    async with permissions_off(client.shop, Permission.BNPL, Permission.SBERPAY):
        answer = await send_registration(client, allowedPaymentWays=way)
        mixed = await send_registration(client, allowedPaymentWays=f"{way},CARD")
    assert (answer.json()["errorCode"], answer.json()["errorMessage"]) == ("5", LIST_WRONG)
    assert f"{way}: permission" in answer.headers["x-altyn-rule"]
    assert "orderId" in mixed.json(), "a list with another way is only a wish"


async def test_soap_refuses_as_rest_does(client: PageClient) -> None:
    body = (
        '<mer:registerOrder><order amount="100"><returnUrl>https://test.ru</returnUrl>'
        "<features>BNPL</features></order></mer:registerOrder>"
    )
    answer = await send(client.shop.gateway, envelope(body))
    assert answer.returned.get("errorCode") == "5"
    assert answer.returned.get("errorMessage") == AMOUNT_WRONG


async def test_list_during_maintenance_is_accepted_with_a_note(client: PageClient) -> None:
    async with changed(client.shop, {"sberpay.inactive": True}):
        answer = await send_registration(client, allowedPaymentWays="SBRF_SBOL")
    assert "under maintenance" in answer.headers["x-altyn-rule"]
    assert "sberPayPhone" in (await client.open(answer.json()["orderId"])).text


async def test_push_pays_an_order_whose_page_hides_sberpay(client: PageClient) -> None:
    params = '{"back2app":"true","phone":"79998887766","sberpayHide":"true"}'
    answer = await send_registration(client, allowedPaymentWays="SBRF_SBOL", jsonParams=params)
    assert answer.json()["externalParams"]["sbolBankInvoiceId"]


# ── Stored cards only ─────────────────────────────────────────────────────────────────────────────


async def test_page_of_stored_cards_only_has_no_field_for_another(client: PageClient) -> None:
    payer = f"client {uuid4()}"
    first, second = await store(client, payer), await store(client, payer, "4111111111111111")
    answer = await send_registration(client, allowedPaymentWays="CARD_BINDING", clientId=payer)
    assert "not served" not in answer.headers.get("x-altyn-rule", "")
    order_id = answer.json()["orderId"]
    page = (await client.open(order_id)).text
    assert (first in page, second in page) == (True, True)
    assert (NEW_CARD_FIELD in page, "Другая карта" in page, "paymentWay=" in page) == (
        False,
        False,
        False,
    )
    typed_card = await client.pay(order_id)
    assert (typed_card["errorCode"], "paymentWay" in typed_card["errorMessage"]) == (5, True)
    without_scripts = (await client.fill(order_id, typed())).text
    assert (NEW_CARD_FIELD in without_scripts, first in without_scripts) == (False, True)
    of_shop = await client.shop.call("paymentorder.do", **card_fields(order_id))
    assert str(of_shop["errorCode"]) == "5"
    assert "redirect" in await pay(client, order_id, first)
    assert (await client.status(order_id))["paymentWay"] == "CARD_BINDING"


async def test_page_explains_that_no_stored_card_is_left(client: PageClient) -> None:
    payer = f"client {uuid4()}"
    binding = await store(client, payer)
    order_id = await client.register(allowedPaymentWays="CARD_BINDING", clientId=payer)
    await client.shop.call("unBindCard.do", bindingId=binding)
    page = (await client.open(order_id)).text
    assert "только сохранённой картой" in page
    assert NEW_CARD_FIELD not in page
    assert "errorCode" in await remove(client, order_id, binding)


async def test_stored_card_that_the_order_names_may_be_the_only_way(client: PageClient) -> None:
    payer = f"client {uuid4()}"
    binding = await store(client, payer)
    order_id = await client.register(
        allowedPaymentWays="CARD_BINDING", clientId=payer, bindingId=binding
    )
    page = (await client.open(order_id)).text
    assert (binding in page, NEW_CARD_FIELD in page) == (True, False)
    assert "redirect" in await pay(client, order_id, binding)


async def test_order_in_parts_shows_no_stored_card(client: PageClient) -> None:
    payer = f"client {uuid4()}"
    await store(client, payer)
    order_id = await client.register(features="BNPL", clientId=payer)
    assert (await client.session(order_id))["bindingItems"] == []
