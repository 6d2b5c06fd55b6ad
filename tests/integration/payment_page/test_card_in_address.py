"""A card in the address of a POST: the page refuses it, the shop's methods accept and name it.

Source: payment-page.md §3; rest-orders.md §1.1.
"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.integration.payment_page.page_client import PageClient, card, typed
from tests.shop import CREDENTIALS, card_fields


@pytest.mark.parametrize("in_address", ["$PAN", "$CVC", "pan", "cvc"])
@pytest.mark.parametrize("method", ["processform.do", "processBindingForm.do", "isMaestroCard.do"])
async def test_page_method_takes_no_card_in_the_address(
    client: PageClient, method: str, in_address: str
) -> None:
    order_id = await client.register()
    form = {"MDORDER": order_id, **card()}
    query = urlencode({in_address: "5555555555555599"})
    answer = await client.http.post(f"/payment/rest/{method}?{query}", form)
    assert answer.status == 400
    assert "send $PAN, pan, $CVC and cvc in the body" in answer.json()["errorMessage"]
    assert (await client.status(order_id))["orderStatus"] == 0


async def test_whole_form_in_the_address_is_refused(client: PageClient) -> None:
    order_id = await client.register()
    query = urlencode({"MDORDER": order_id, **card()})
    assert (await client.http.post(f"/payment/rest/processform.do?{query}")).status == 400
    page = f"/payment/merchants/test/payment_ru.html?mdOrder={order_id}&{urlencode(typed())}"
    assert (await client.http.post(page, {"MDORDER": order_id})).status == 400
    assert (await client.status(order_id))["orderStatus"] == 0


async def test_order_in_the_address_and_card_in_the_body_pay(client: PageClient) -> None:
    order_id = await client.register()
    address = f"/payment/rest/processform.do?MDORDER={order_id}&$PAN="
    answer = await client.http.post(address, card())
    assert "redirect" in answer.json()


async def test_shops_method_takes_the_card_and_names_it(client: PageClient) -> None:
    """Client libraries send every parameter in the query string of a POST."""
    order_id = await client.register()
    query = urlencode({**CREDENTIALS, **card_fields(order_id)})
    answer = await client.http.post(f"/payment/rest/paymentorder.do?{query}")
    assert "redirect" in answer.json(), answer.text
    rule = answer.headers["x-altyn-rule"]
    assert "$PAN: in the address, which logs keep: send it in the body" in rule
    assert "$CVC: in the address" in rule
    assert "5555" not in rule
    in_body = await client.http.post(
        "/payment/rest/paymentorder.do",
        {**CREDENTIALS, **card_fields(await client.register())},
    )
    assert "in the address" not in in_body.headers.get("x-altyn-rule", "")
