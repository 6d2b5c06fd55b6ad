"""The payment page with the test wallet: the button, the waiting page, and the way back.

The payer's browser runs no scripts here; `tests/e2e/test_payment_way_page.py` drives a real one.
"""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from altyn.inbound.payment_page.card_form import PageForm
from tests.asgi_client import AsgiClient
from tests.integration.payment_page.page_client import PAYER_IP, RETURN_URL, PageClient, typed
from tests.integration.ways.customers import Customers
from tests.page_tree import by_id, parse, text_of
from tests.ways.registration import TOO_EXPENSIVE_MINOR, WALLET
from tests.ways.wallet import CODE, Asks

pytestmark = pytest.mark.slow

BUTTON = f'name="paymentWay" value="{WALLET}"'
CONFIRM = "Подтвердите оплату на телефоне."
CODE_REFUSED = "Код не принят."
CHOICE = {"paymentWay": WALLET}


@pytest.fixture
def page(customers: Customers) -> PageClient:
    """A payer's browser in front of the gateway that has the wallet."""
    shop = customers.shop
    return PageClient(shop, AsgiClient(shop.gateway.router, PAYER_IP))


async def test_wallet_is_offered_in_the_language_of_the_page(page: PageClient) -> None:
    order_id = await page.register()
    for file, title in (
        ("payment_ru.html", "Тестовый кошелёк"),
        ("payment_en.html", "Test wallet"),
    ):
        html = (await page.open(order_id, file)).text
        assert BUTTON in html
        assert title in html
    assert (await page.session(order_id))["otherWayEnabled"] is True


@pytest.mark.parametrize(
    "registration", [{"amount": str(TOO_EXPENSIVE_MINOR)}, {"features": "VERIFY"}]
)
async def test_wallet_is_not_offered_for_an_order_that_it_cannot_pay(
    page: PageClient, registration: dict[str, str]
) -> None:
    order_id = await page.register(**registration)
    assert BUTTON not in (await page.open(order_id)).text
    assert (await page.session(order_id))["otherWayEnabled"] is False
    answer = await page.call("processform.do", {"MDORDER": order_id, **CHOICE})
    assert answer.json()["errorCode"] == 5


async def test_payer_confirms_and_goes_on_to_the_shop(
    page: PageClient, customers: Customers
) -> None:
    order_id = await page.register()
    answer = await page.call("processform.do", {"MDORDER": order_id, **CHOICE})
    assert (answer.json()["waiting"], answer.json()["errorCode"]) == (True, 0)
    assert CONFIRM in (await page.open(order_id)).text
    assert (await page.session(order_id))["waiting"] is True
    assert (await page.pay(order_id))["waiting"] is True, "a card cannot pay at the same time"
    await customers.confirm(order_id)
    back = f"{RETURN_URL}?orderId={order_id}&lang=ru"
    assert (await page.session(order_id))["redirect"] == back
    assert (await page.open(order_id)).location == back
    status = await page.status(order_id)
    assert (status["orderStatus"], status["paymentWay"], status["ip"]) == (2, WALLET, PAYER_IP)


async def test_card_that_was_typed_before_the_wallet_was_chosen_is_dropped(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str | None] = []
    drop_card = PageForm.drop_card

    def drop_and_record(form: PageForm) -> None:
        drop_card(form)
        left.extend((form.get("$PAN"), form.get("$CVC")))

    monkeypatch.setattr(PageForm, "drop_card", drop_and_record)
    card = {"$PAN": "4111111111111111", "$CVC": "123"}
    fields = {"MDORDER": await page.register(), **card, **CHOICE}
    answer = await page.call("processform.do", fields)
    assert answer.json()["waiting"] is True
    assert left == ["", ""]


async def test_refusal_leaves_the_card_form_and_the_other_ways(
    page: PageClient, customers: Customers
) -> None:
    order_id = await page.register()
    waiting = await page.fill(order_id, CHOICE)
    assert (waiting.status, waiting.location) == (303, f"payment_ru.html?mdOrder={order_id}")
    await customers.refuse(order_id)
    html = (await page.open(order_id)).text
    assert "$PAN" in html
    assert BUTTON in html
    assert "Осталось 2 попытки" in html
    assert "<p>Номер карты и CVC введите" not in html
    message = text_of(by_id(parse(html), "message"))
    assert "Попробуйте ещё раз или выберите другой способ оплаты." in message
    assert "карт" not in message
    errors = (await page.open(order_id, "errors_ru.html")).text
    assert "Попробуйте ещё раз или выберите другой способ оплаты." in errors
    assert "другой картой" not in errors
    session = await page.session(order_id)
    assert ("waiting" in session, session["attemptsLeft"]) == (False, 2)
    paid = await page.fill(order_id, typed())
    assert paid.location == f"{RETURN_URL}?orderId={order_id}&lang=ru"


async def test_payer_types_the_code_on_the_page(page: PageClient, customers: Customers) -> None:
    customers.wallet.asks = Asks.CODE
    order_id = await page.register()
    await page.fill(order_id, CHOICE)
    opened = await page.open(order_id)
    assert opened.form.fields == {
        "MDORDER": order_id,
        "language": "ru",
        "pageView": "DESKTOP",
        "paymentWay": WALLET,
    }
    for wrong in ("0000", "letters"):
        again = await page.fill(order_id, {**opened.form.fields, "code": wrong})
        assert (again.status, CODE_REFUSED in again.text) == (200, True)
        assert again.form.fields == opened.form.fields
    paid = await page.fill(order_id, {**opened.form.fields, "code": CODE})
    assert paid.location == f"{RETURN_URL}?orderId={order_id}&lang=ru"
    # The worker may have asked this wallet about an order of an earlier test.
    own = UUID(order_id).hex
    assert len([key for key in customers.wallet.entries if key.startswith(own)]) == 1


async def test_qr_code_is_opened_on_the_phone(page: PageClient, customers: Customers) -> None:
    customers.wallet.asks = Asks.QR
    order_id = await page.register()
    await page.fill(order_id, CHOICE)
    html = (await page.open(order_id, "payment_en.html")).text
    assert re.search('href="https://wallet.example/pay/W[0-9]{11}"', html)
    assert "Open the app" in html
