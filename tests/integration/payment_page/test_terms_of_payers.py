"""Payers of orders with terms of later charges: the page asks for consent, and only with it the
terms are kept.

Source: 004 (recurring payments); rest-orders.md §7; docs/decisions/0015-stored-cards.md.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

import pytest

from altyn.domain.request_log import RequestFilter, RequestLine
from altyn.storage.request_log import RequestLogStore
from tests.integration.payment_page.page_client import PageClient, typed
from tests.integration.rest.test_ignored import IGNORED, RULE, details
from tests.shop import CREDENTIALS, GOOD, card_fields, new_number

CONSENT: Final = {"bindingNotNeeded": "false"}
REFUSAL: Final = {"bindingNotNeeded": "true"}
RECURRING: Final = {"recurringFrequency": "7", "recurringExpiry": "20991231"}
PARTS: Final = {"installments": "3", "totalInstallmentAmount": "450000"}
NO_CONSENT: Final = (
    "without effect: this payment stores no card, because its payer has not agreed to it "
    "(bindingNotNeeded)"
)
FORCE: Final = "FORCE_CREATE_BINDING"
STORED: Final = "without effect: this payment stores no card"


@pytest.fixture
def payer() -> str:
    """The id of a client of whom the shop knows nothing."""
    return f"client {uuid4()}"


async def kept(client: PageClient, payer: str, kind: str) -> list[str]:
    """The stored cards of a kind: C common, R for recurring payments, I for instalments."""
    answer = await client.shop.call("getBindings.do", clientId=payer, bindingType=kind)
    return [each["bindingId"] for each in answer.get("bindings", [])]


async def notes_in_history(client: PageClient, order_id: str) -> list[str]:
    events = await details(client.shop.gateway, order_id)
    return [note for event in events for note in event.get(IGNORED, ())]


async def notes_in_request_log(client: PageClient, order_id: str, method: str) -> list[str]:
    """The notes of the order's only call of a method."""
    store = RequestLogStore(client.shop.gateway.pool)
    lines: list[RequestLine] = []
    while not lines:
        found = await store.find(RequestFilter(), limit=1_000)
        lines = [
            each
            for each in found
            if str(each.facts.order_id) == order_id and each.facts.method == method
        ]
        await client.shop.gateway.world.sleep(0.05)
    (line,) = lines
    request = await store.get(line.id)
    assert request is not None
    return list(map(str, request.content.notes))


async def pay_stored(client: PageClient, order_id: str, binding: str) -> dict[str, Any]:
    sent = {"orderId": order_id, "bindingId": binding, "cvc": "123"}
    return dict((await client.call("processBindingForm.do", sent)).json())


async def test_payer_who_agrees_lets_the_shop_charge_later(client: PageClient, payer: str) -> None:
    await client.set(status_version=37)
    order_id = await client.register(clientId=payer, **RECURRING)
    assert (await client.session(order_id))["bindingEnabled"] is True
    await client.pay(order_id, **CONSENT)
    status = await client.status(order_id)
    (binding,) = await kept(client, payer, "R")
    assert (status["orderStatus"], status["tii"]) == (2, "RI")
    assert status["bindingInfo"]["bindingId"] == binding
    assert await notes_in_history(client, order_id) == []
    assert await notes_in_request_log(client, order_id, "processform.do") == []
    await client.wait(days=7)
    sent = {"bindingId": binding, "amount": 2000, "orderNumber": new_number()}
    charged = await client.shop.post_json("/payment/recurrentPayment.do", {**CREDENTIALS, **sent})
    assert charged.json()["orderStatus"]["orderStatus"] == 2


async def test_order_is_paid_without_its_terms_where_the_payer_does_not_agree(
    client: PageClient, payer: str
) -> None:
    notes = [f"recurringFrequency: {NO_CONSENT}", f"installments: {NO_CONSENT}"]
    for form in (REFUSAL, {}):
        order_id = await client.register(clientId=payer, **RECURRING, **PARTS)
        await client.pay(order_id, **form)
        assert (await client.status(order_id))["orderStatus"] == 2
        assert await notes_in_history(client, order_id) == notes
        assert await notes_in_request_log(client, order_id, "processform.do") == notes
    plain = await client.register(clientId=payer, **RECURRING)
    await client.fill(plain, typed(GOOD))
    assert await notes_in_history(client, plain) == notes[:1]
    assert await kept(client, payer, "CRI") == []


async def test_stored_card_and_other_ways_keep_no_terms(client: PageClient, payer: str) -> None:
    answer = await client.shop.call(
        "createBindingNoPayment.do", clientId=payer, pan=GOOD, expiryDate="203512"
    )
    order_id = await client.register(clientId=payer, **RECURRING)
    await pay_stored(client, order_id, answer["bindingId"])
    by_app = await client.register(clientId=payer, **RECURRING)
    app = {"MDORDER": by_app, "paymentWay": "SBRF_SBOL", "phone": "+79001234567"}
    await client.call("processform.do", app)
    assert await kept(client, payer, "R") == []
    for each, method in ((order_id, "processbindingform.do"), (by_app, "processform.do")):
        notes = [f"recurringFrequency: {STORED}"]
        assert await notes_in_history(client, each) == notes
        assert await notes_in_request_log(client, each, method) == notes


async def test_shop_that_sends_the_card_reads_the_note_in_the_answer(
    client: PageClient, payer: str
) -> None:
    order_id = await client.register(clientId=payer, **RECURRING)
    sent = {**CREDENTIALS, **card_fields(order_id, GOOD), **REFUSAL}
    answer = await client.call("paymentorder.do", {name: str(each) for name, each in sent.items()})
    notes = [f"recurringFrequency: {NO_CONSENT}"]
    assert answer.headers[RULE] == "; ".join(notes)
    assert await notes_in_history(client, order_id) == notes


async def test_only_a_registration_that_may_store_a_card_is_noted_at_its_payment(
    client: PageClient, payer: str
) -> None:
    order_id = await client.register(clientId=payer, **RECURRING, **REFUSAL)
    await client.pay(order_id, **CONSENT)
    (note,) = await notes_in_history(client, order_id)
    assert note.startswith("recurringFrequency: without effect: bindingNotNeeded says")


async def test_feature_of_the_shop_keeps_the_terms_without_a_box(
    client: PageClient, payer: str
) -> None:
    order_id = await client.register(clientId=payer, features=FORCE, **RECURRING)
    await client.pay(order_id, **REFUSAL)
    assert len(await kept(client, payer, "R")) == 1


async def test_page_describes_in_words_what_the_payer_agrees_to(
    client: PageClient, payer: str
) -> None:
    """Frequency and last day of recurring payments; number and sum of instalments."""
    last_day = "по 31 декабря 2099 года включительно"
    parts = "не больше 3 платежей, всего не больше 4 500,00 ₽."
    for more, words in (
        ({**RECURRING, "recurringFrequency": "1"}, f"не чаще одного раза в день, {last_day}"),
        ({**RECURRING, "recurringFrequency": "2"}, f"не чаще одного раза в 2 дня, {last_day}"),
        ({**RECURRING, "recurringFrequency": "21"}, f"не чаще одного раза в 21 день, {last_day}"),
        (PARTS, f"{parts} Этот платёж — первый из них. Без вашего согласия"),
        ({**PARTS, **RECURRING}, f"Списания — не чаще одного раза в 7 дней, {last_day}"),
        ({**PARTS, "features": "VERIFY"}, f"{parts} Без вашего согласия"),
        ({**RECURRING, "features": FORCE}, "Оплачивая, вы соглашаетесь с этим"),
    ):
        page = await client.open(await client.register(clientId=payer, **more))
        assert words in " ".join(page.text.split())
        asks = "Сохранить карту и разрешить магазину списывать с неё деньги" in page.text
        assert asks is (more.get("features") != FORCE)
