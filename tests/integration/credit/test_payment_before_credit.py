"""No way to begin a payment takes an order whose payer has no credit for it yet.

Each request is sent before and after the bank grants the credit. Source: bnpl.md §8.1.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from altyn.domain.refusals import Refusal
from tests.integration.credit.applicant import CONSIDERED, REFUSED_AT_ONCE, Applicant
from tests.integration.payment_page.page_client import card
from tests.integration.sberpay.spellings import Soap
from tests.shop import CREDENTIALS, GOOD, card_fields, refused

pytestmark = pytest.mark.slow
STATUS_INVALID: Final = (5, "Неверный статус заказа")
PHONE: Final = "79998887766"
Beginning = Callable[[Applicant, str], Awaitable[dict[str, Any]]]


async def payment_order(applicant: Applicant, order_id: str) -> dict[str, Any]:
    return await applicant.pay_by_server(order_id)


async def process_form(applicant: Applicant, order_id: str) -> dict[str, Any]:
    return await applicant.pay_on_page(order_id)


async def process_form_by_sberpay(applicant: Applicant, order_id: str) -> dict[str, Any]:
    fields = {"MDORDER": order_id, "paymentWay": "SBRF_SBOL", "payBy": "phone", "phone": PHONE}
    answer = await applicant.client.call("processform.do", fields)
    return dict(answer.json())


async def other_way(applicant: Applicant, order_id: str) -> dict[str, Any]:
    fields = {"mdOrder": order_id, "paymentWay": "SBRF_SBOL", "phone": PHONE}
    return await applicant.shop.call("paymentotherway.do", **fields)


async def soap(applicant: Applicant, order_id: str) -> dict[str, Any]:
    form = card_fields(order_id)
    values = {
        "orderId": order_id,
        "pan": form["$PAN"],
        "cvc": form["$CVC"],
        "year": "2099",
        "month": "12",
        "cardholderName": form["TEXT"],
        "language": "ru",
    }
    return dict(await Soap(applicant.shop.gateway)._ask("paymentOrder", values))


BEGINNINGS: Final = (payment_order, process_form, process_form_by_sberpay, other_way, soap)


@pytest.mark.parametrize("phone", [None, REFUSED_AT_ONCE, CONSIDERED])
@pytest.mark.parametrize("begin", BEGINNINGS, ids=lambda each: each.__name__)
async def test_payment_before_the_credit_is_refused(
    applicant: Applicant, begin: Beginning, phone: str | None
) -> None:
    order_id = await applicant.order()
    if phone is not None:
        await applicant.apply(order_id, phone)
    answer = await begin(applicant, order_id)
    words = answer.get("errorMessage") or answer.get("error")
    assert (int(answer["errorCode"]), words) == STATUS_INVALID
    assert await applicant.payments(order_id) == 0
    assert (await applicant.status(order_id))["orderStatus"] == 0


@pytest.mark.parametrize(
    "begin", [payment_order, process_form, soap], ids=lambda each: each.__name__
)
async def test_every_request_pays_after_the_credit_is_granted(
    applicant: Applicant, begin: Beginning
) -> None:
    order_id = await applicant.granted()
    await begin(applicant, order_id)
    assert (await applicant.status(order_id))["orderStatus"] == 2


async def test_rule_names_the_application(applicant: Applicant) -> None:
    order_id = await applicant.order()
    answer = await applicant.pay_by_server(order_id)
    assert refused("paymentOrder", answer, Refusal.CREDIT_REQUIRED)
    shown = await applicant.client.http.post(
        "/payment/rest/paymentOrder.do", {**CREDENTIALS, **card_fields(order_id)}
    )
    assert "send the payer to formUrl" in shown.headers["x-altyn-rule"]


async def test_form_of_an_open_page_leads_to_the_application(applicant: Applicant) -> None:
    answer = await applicant.register()
    order_id = answer["orderId"]
    assert (await applicant.pay_on_page(order_id))["redirect"] == answer["formUrl"]
    for form in (card(GOOD), {"paymentWay": "BNPL", "partsStep": "phone", "phone": PHONE}):
        posted = await applicant.client.fill(order_id, form)
        assert (posted.status, posted.location) == (303, answer["formUrl"])
    opened = await applicant.client.open(order_id)
    assert opened.location == answer["formUrl"]
    assert await applicant.payments(order_id) == 0


@pytest.mark.parametrize(
    "request_of_payer",
    [
        {"way": "CARD", "pan": GOOD},
        {"way": "SBERPAY", "phone": PHONE},
        {"way": "BNPL", "phone": PHONE, "pan": GOOD},
    ],
    ids=lambda each: each["way"],
)
async def test_simulated_payer_is_refused(
    applicant: Applicant, request_of_payer: dict[str, str]
) -> None:
    order_id = await applicant.order()
    answer = await applicant.shop.post_json(f"/sandbox/orders/{order_id}/pay", request_of_payer)
    members = answer.json()
    assert (members["result"], members["orderStatus"]) == ("REFUSED", 0)
    assert "/sbercredit/rbs-common.html" in members["redirect"]
    assert "no credit yet" in members["text"]
    assert await applicant.payments(order_id) == 0


async def simulated_card(applicant: Applicant, order_id: str) -> dict[str, Any]:
    members = {"way": "CARD", "pan": GOOD, "language": "en"}
    answer = await applicant.shop.post_json(f"/sandbox/orders/{order_id}/pay", members)
    return dict(answer.json())


async def test_simulated_payer_is_refused_with_what_the_bank_has_decided(
    applicant: Applicant,
) -> None:
    considered, refused_id = await applicant.order(), await applicant.order()
    await applicant.apply(considered, CONSIDERED)
    await applicant.apply(refused_id, REFUSED_AT_ONCE)

    waits = await simulated_card(applicant, considered)
    over = await simulated_card(applicant, refused_id)

    assert (waits["result"], over["result"]) == ("REFUSED", "REFUSED")
    assert "The bank still considers the application" in waits["text"]
    assert "altyn clock advance 10m" in waits["text"]
    assert "The bank has refused the credit, and its decision is final" in over["text"]
    assert "no credit yet" not in waits["text"] + over["text"]


async def test_simulated_payer_pays_after_the_bank_has_decided(applicant: Applicant) -> None:
    order_id = await applicant.order()
    await applicant.apply(order_id, CONSIDERED)
    await applicant.client.wait(minutes=10)

    paid = await simulated_card(applicant, order_id)

    assert (paid["result"], paid["orderStatus"]) == ("PAID", 2), paid


async def test_simulated_payer_of_a_refused_credit_pays_in_a_way_that_the_shop_allows(
    applicant: Applicant,
) -> None:
    order_id = await applicant.order(allowedPaymentWays="CARD,SBRF_SBOL")
    await applicant.apply(order_id, REFUSED_AT_ONCE)
    assert (await simulated_card(applicant, order_id))["result"] == "PAID"


async def test_simulated_payer_of_an_expired_application_is_answered_expired(
    applicant: Applicant,
) -> None:
    order_id = await applicant.order()
    await applicant.apply(order_id, CONSIDERED)
    await applicant.client.wait(minutes=21)
    assert (await simulated_card(applicant, order_id))["result"] == "EXPIRED"


@pytest.mark.parametrize("way", ["SBRF_SBOL", "BNPL"])
async def test_granted_credit_is_paid_by_no_other_way(applicant: Applicant, way: str) -> None:
    order_id = await applicant.granted()
    answer = await applicant.shop.call(
        "paymentotherway.do", mdOrder=order_id, paymentWay=way, phone=PHONE
    )
    assert int(answer["errorCode"]) == 5
    assert await applicant.payments(order_id) == 0
    parts = await applicant.shop.post_json(
        f"/sandbox/orders/{order_id}/pay",
        {"way": "BNPL", "phone": PHONE, "pan": GOOD, "language": "en"},
    )
    assert "BNPL cannot pay an order whose credit is granted" in parts.json()["text"]
    page = await applicant.client.open(order_id)
    assert 'name="$PAN"' in page.text
    assert "SBRF_SBOL" not in page.text
    assert 'value="BNPL"' not in page.text
