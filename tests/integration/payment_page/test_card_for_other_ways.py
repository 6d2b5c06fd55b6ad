"""A card for an order that takes none: every answer says so, and where the order can be paid.

Source: payment-page.md §3.2, §8; bnpl.md §10.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from tests.integration.payment_page.page_client import PageClient, path_of, typed
from tests.integration.payment_page.test_stored_cards import pay, store
from tests.integration.soap.soap_client import envelope, send
from tests.merchant_changes import changed
from tests.page_tree import parse, text_of
from tests.shop import CREDENTIALS, GOOD, card_fields

pytestmark = pytest.mark.slow

PARTS: Final = ("BNPL", "Этот заказ оплачивают частями.", "This order is paid in parts.")
PARTS_STEPS: Final = {
    "ru": "Пройдите шаги оплаты частями, карту введёте на последнем.",
    "en": "Go through the steps of payment in parts; the card is typed in the last one.",
}
OTHER: Final = (
    "Этот заказ таким способом не оплатить.",
    "This order cannot be paid in this way.",
)
CHOOSE: Final = {"ru": "Выберите другой способ оплаты.", "en": "Choose another way to pay."}
CASES: Final[dict[str, tuple[dict[str, str], dict[str, Any], str, str, str]]] = {
    "feature": ({"features": "BNPL"}, {}, *PARTS),
    "shop": ({}, {"bnpl.only": True}, *PARTS),
    "list": ({"allowedPaymentWays": "SBRF_BNPL"}, {}, *PARTS),
    "sberpay": ({"allowedPaymentWays": "SBRF_SBOL"}, {}, "SBRF_SBOL", *OTHER),
    "sberpay shop": ({}, {"allowed_payment_ways": ["SBRF_SBOL"]}, "SBRF_SBOL", *OTHER),
    "tiles": ({"allowedPaymentWays": "SBRF_SBOL,BNPL"}, {}, "", *OTHER),
}
Order = tuple[str, str, dict[str, str]]


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
async def order(request: pytest.FixtureRequest, client: PageClient) -> AsyncIterator[Order]:
    """An order that takes no card: its id, the only way that opens (empty: several), the words."""
    fields, settings, way, russian, english = request.param
    async with changed(client.shop, settings):
        yield await client.register(**fields), way, {"ru": russian, "en": english}


def advice(words: dict[str, str], language: str) -> str:
    return (PARTS_STEPS if words["ru"] == PARTS[1] else CHOOSE)[language]


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_page_explains_the_refusal_and_shows_the_ways(
    client: PageClient, order: Order, language: str
) -> None:
    order_id, way, words = order
    posted = await client.fill(order_id, typed(), f"payment_{language}.html")
    shown = text_of(parse(posted.text))
    assert posted.status == 200
    assert words[language] in shown
    assert advice(words, language) in shown
    assert "paymentWay]" not in shown
    field = {"BNPL": "partsStep", "SBRF_SBOL": "sberPayPhone"}.get(way)
    if field:
        assert f'name="{field}"' in posted.text, "the page opens at the only way"
    else:
        assert all(f"paymentWay={each}" in posted.text for each in ("BNPL", "SBRF_SBOL"))
    assert (await client.session(order_id))["attemptsLeft"] == 3


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_script_gets_the_words_and_the_address_of_the_ways(
    client: PageClient, order: Order, language: str
) -> None:
    order_id, _, words = order
    answer = await client.pay(order_id, language=language)
    assert (answer["errorCode"], answer["error"]) == (5, words[language])
    assert answer["displayErrorMessage"] == words[language]
    assert answer["advice"] == advice(words, language)
    wire = {"ru": "[paymentWay] неверен", "en": "[paymentWay] is invalid."}
    assert answer["errorMessage"] == wire[language]
    page = f"/payment/merchants/test/payment_{language}.html?mdOrder={order_id}"
    assert path_of(answer["redirect"]) == page
    assert (await client.open(order_id, f"payment_{language}.html")).status == 200


async def test_shop_gets_the_code_of_the_protocol_and_a_rule(
    client: PageClient, order: Order
) -> None:
    order_id, *_ = order
    by_rest = await client.http.post(
        "/payment/rest/paymentorder.do", {**CREDENTIALS, **card_fields(order_id)}
    )
    by_soap = await send(client.shop.gateway, envelope(soap_payment(order_id)))
    members: dict[str, Any] = by_rest.json()
    assert (members["errorCode"], members["errorMessage"]) == (5, "[paymentWay] неверен")
    assert by_soap.error_code == "5", by_soap.http.text
    for answer in (by_rest, by_soap.http):
        assert "CARD " in answer.headers["x-altyn-rule"]
        assert "send the payer to formUrl" in answer.headers["x-altyn-rule"]
    assert (await client.session(order_id))["attemptsLeft"] == 3


async def test_stored_card_is_refused_in_the_same_words(client: PageClient) -> None:
    binding = await store(client, "payer of parts")
    order_id = await client.register(features="BNPL", clientId="payer of parts")
    answer = await pay(client, order_id, binding, language="en")
    assert (answer["errorCode"], answer["error"]) == (5, PARTS[2])
    assert answer["advice"] == PARTS_STEPS["en"]
    assert f"mdOrder={order_id}" in answer["redirect"]


def soap_payment(order_id: str) -> str:
    """paymentOrder with a test card."""
    return (
        f'<mer:paymentOrder><order orderId="{order_id}" year="2030" month="12" cvc="123"'
        f' pan="{GOOD}" cardholderName="IVAN PETROV"/></mer:paymentOrder>'
    )
