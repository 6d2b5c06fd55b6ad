"""Static links and the pay button: orders by the shop's public token, from pages of payers."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from altyn.inbound.shop_links.address_limit import ORDERS_MAX, WITHIN
from tests.asgi_client import Answer, AsgiClient
from tests.integration.account.browser import BASE, OPERATOR, Browser
from tests.shop import Shop, open_shop

FOLDER = "/demopayment/docsite"
FORM = f"{FOLDER}/payform-1.html"
TOKEN = "test-token"
SITE = "https://shop.example"
HOSTILE = '"><script>alert(1)</script>'

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def new_period(shop: Shop) -> None:
    """Each test begins with no order of its address."""
    await shop.travel(WITHIN)


async def opened(shop: Shop, query: str) -> Answer:
    return await Browser(shop.gateway.router).get(f"{FORM}?{query}")


async def sent(shop: Shop, *, origin: str | None = None, **fields: str) -> Answer:
    browser = Browser(shop.gateway.router)
    browser.origin = origin or browser.origin
    return await browser.post(FORM, token=TOKEN, **fields)


async def called(shop: Shop, path: str, **fields: str) -> Answer:
    """A call of the button's script on a page of another site."""
    headers = {"origin": SITE, "sec-fetch-site": "cross-site"}
    client = AsgiClient(shop.gateway.router)
    return await client.post(f"{FOLDER}/ipay/{path}", fields, headers=headers)


async def orders(shop: Shop) -> int:
    count: int = await shop.pool.fetchval("SELECT count(*) FROM orders")
    return count


async def test_opening_a_link_registers_nothing(shop: Shop) -> None:
    before = await orders(shop)
    answer = await opened(shop, f"token={TOKEN}&ask=amount&ask=email&ask=description")
    assert answer.status == 200
    for name in ("amount", "email", "description"):
        assert f'name="typed_{name}"' in answer.text
    assert 'name="typed_phone"' not in answer.text
    assert await orders(shop) == before


async def test_sent_form_registers_an_order_and_goes_to_its_payment_page(shop: Shop) -> None:
    typed = {"typed_amount": "1 500,50", "typed_email": "anna@example.org"}
    answer = await sent(shop, ask="email", description="Чай", **typed)
    assert answer.status == 303, answer.text
    found = re.search("mdOrder=([0-9a-f-]{36})", answer.location)
    assert found is not None
    status = await shop.call("getOrderStatusExtended.do", orderId=found[1])
    assert (status["amount"], status["orderDescription"]) == (150_050, "Чай")
    order = await shop.gateway.world.orders.load(await shop.key(found[1]))
    assert order is not None
    assert order.request.email == "anna@example.org"


async def test_fixed_values_are_shown_and_not_asked(shop: Shop) -> None:
    query = urlencode({"token": TOKEN, "amount": "499.99", "description": "Абонемент"})
    page = (await opened(shop, query)).text
    assert "499.99 ₽" in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Абонемент" in page
    assert "typed_" not in page


async def test_link_with_an_order_number_works_once(shop: Shop) -> None:
    first = await sent(shop, amount="10", orderNumber="ONCE-1")
    second = await sent(shop, amount="10", orderNumber="ONCE-1")
    assert (first.status, second.status) == (303, 400)
    assert "already" in second.text


@pytest.mark.parametrize("token", ["", "x", "test-token2", "\u2603", "a" * 500])
async def test_wrong_token_shows_no_form(shop: Shop, token: str) -> None:
    answer = await opened(shop, urlencode({"token": token, "ask": "amount"}))
    assert (answer.status, "does not work" in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("amount", "", "above zero"),
        ("amount", "-1", "above zero"),
        ("amount", "1.001", "above zero"),
        ("amount", "NaN", "above zero"),
        ("email", "anna", "Check the address"),
        ("email", "", "Fill in"),
    ],
)
async def test_wrong_field_is_explained_at_its_place(
    shop: Shop, name: str, value: str, text: str
) -> None:
    fields = {"typed_amount": "10", "typed_email": "anna@example.org", f"typed_{name}": value}
    answer = await sent(shop, ask="email", **fields)
    assert answer.status == 400
    assert re.search(rf'id="{name}-error">[^<]*{text}', answer.text), answer.text


async def test_form_of_another_site_registers_nothing(shop: Shop) -> None:
    before = await orders(shop)
    answer = await sent(shop, amount="10", origin="https://evil.example")
    assert answer.status == 403
    assert await orders(shop) == before


async def test_address_may_register_so_many_orders_in_ten_minutes(shop: Shop) -> None:
    for _ in range(ORDERS_MAX):
        assert (await sent(shop, amount="1")).status == 303
    assert (await sent(shop, amount="1")).status == 429
    assert (await called(shop, "orders", token=TOKEN, amount="1")).status == 429
    await shop.travel(WITHIN + timedelta(seconds=1))
    assert (await sent(shop, amount="1")).status == 303


async def test_hostile_values_are_escaped(shop: Shop) -> None:
    for name in ("amount", "email", "phone", "description", "orderNumber", "ask", "token", "lang"):
        page = (await opened(shop, urlencode([("token", TOKEN), (name, HOSTILE)]))).text
        assert "<script>alert" not in page
        again = (
            await sent(
                shop, **{"typed_amount": HOSTILE, **({} if name == "token" else {name: HOSTILE})}
            )
        ).text
        assert "<script>alert" not in again


async def test_unknown_parameter_is_named_for_the_developer(shop: Shop) -> None:
    answer = await opened(shop, f"token={TOKEN}&summ=10&ask=name")
    assert answer.headers["x-altyn-rule"] == "without effect: summ, ask=name"


async def test_button_registers_and_returns_the_result(shop: Shop) -> None:
    made = await called(shop, "orders", token=TOKEN, amount="499.99", description="Tea")
    assert made.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in made.headers
    order = json.loads(made.body)
    order_id = order["orderId"]
    waiting = json.loads((await called(shop, "status", token=TOKEN, orderId=order_id)).body)
    assert (waiting["status"], waiting["amount"]) == ("waiting", "499.99")
    await shop.pay(order_id)
    paid = json.loads((await called(shop, "status", token=TOKEN, orderId=order_id)).body)
    assert (paid["status"], paid["orderNumber"]) == ("paid", order["orderNumber"])
    returned = await Browser(shop.gateway.router).get(
        f"{FOLDER}/ipay-return.html?origin=https%3A%2F%2Fshop.example&orderId={order_id}"
    )
    assert f'data-order="{order_id}" data-origin="https://shop.example"' in returned.text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"token": "x", "amount": "1"}, "Такого токена нет"),
        ({"token": TOKEN, "amount": "1", "currency": "USD"}, "только в рублях"),
        ({"token": TOKEN, "amount": "0"}, "больше нуля"),
        ({"token": TOKEN, "amount": "1", "order_number": "x" * 40}, "orderNumber"),
    ],
)
async def test_refused_button_explains_why(shop: Shop, fields: dict[str, str], text: str) -> None:
    answer = await called(shop, "orders", **fields)
    message = json.loads(answer.body)["errorMessage"]
    assert answer.status == 200
    assert text in message or "номер" in message.lower()


async def test_order_of_another_shop_has_no_status(shop: Shop) -> None:
    child = {"userName": "test-child-api", "orderNumber": "C-9", "returnUrl": "https://x.example/"}
    foreign = (await shop.call("register.do", amount=100, **child))["orderId"]
    for order_id in (foreign, "x", ""):
        answer = await called(shop, "status", token=TOKEN, orderId=order_id)
        assert (answer.status, "orderNumber" in answer.text) == (404, False)


async def test_return_page_reports_to_web_origins_only(shop: Shop) -> None:
    order_id = await shop.register(100)
    for origin in ("javascript:alert(1)", "null", "*", "data:text/html,x", HOSTILE, "https://a@b"):
        query = urlencode({"origin": origin, "orderId": order_id})
        page = (await Browser(shop.gateway.router).get(f"{FOLDER}/ipay-return.html?{query}")).text
        assert 'data-origin=""' in page


@pytest.mark.parametrize(
    "path", ["js/ipay.js", "js/ipay-modal.js", "js/ipay-return.js", "css/modal.css"]
)
async def test_files_are_served_to_pages_of_any_site(shop: Shop, path: str) -> None:
    client = AsgiClient(shop.gateway.router)
    answer = await client.get(f"{FOLDER}/assets/{path}")
    assert answer.status == 200
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    tag = {"if-none-match": answer.headers["etag"]}
    assert (await client.get(f"{FOLDER}/assets/{path}", headers=tag)).status == 304
    for other in ("js/modal.css", "js/x.js", "css/ipay.js", "x/ipay.js"):
        assert (await client.get(f"{FOLDER}/assets/{other}")).status == 404


async def test_account_makes_the_link(shop: Shop) -> None:
    operator = Browser(shop.gateway.router)
    await operator.log_in(OPERATOR)
    path = f"{BASE}/payment-links"
    assert 'value="test-token"' in (await operator.get(path)).text
    made = await operator.submit(path, path, token=TOKEN, amount="499,99", ask="email")
    link = re.search(r'data-copy="([^"]+payform-1[^"]+)"', made.text)
    assert link is not None
    address = unescape(link[1])
    assert address.endswith(f"{FORM}?token={TOKEN}&amount=499%2C99&ask=email")
    assert made.text.count("data:image/") == 3
    wrong = await operator.submit(path, path, token="other", amount="x", email="x")
    assert wrong.status == 400
    for text in ("no such token", "above zero", "Check the address"):
        assert text in wrong.text
