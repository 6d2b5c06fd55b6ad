"""Invoices in the personal account: the order they register, the messages, the rights."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import pytest
import pytest_asyncio

from altyn.domain.moscow import to_moscow
from altyn.domain.order_id import new_order_id
from altyn.operations.invoices import InvoiceFilter
from altyn.storage.invoices import InvoiceStore
from tests.asgi_client import Answer
from tests.integration.account.browser import BASE, OPERATOR, Browser
from tests.integration.account.family import set_permission
from tests.integration.storage.processes import eventually
from tests.merchant_changes import changed
from tests.shop import ENROLLED, Shop, open_shop

INVOICES = f"{BASE}/invoices"
HOSTILE = '"><script>alert(1)</script>'

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def operator(shop: Shop) -> Browser:
    """A browser in which an operator has logged in."""
    browser = Browser(shop.gateway.router)
    await browser.log_in(OPERATOR)
    return browser


async def make(browser: Browser, shop: Shop, **fields: str) -> Answer:
    """Send the form of an invoice; `fields` replace those of the form."""
    until = to_moscow(shop.clock.now() + timedelta(days=2))
    form = {"amount": "1 500,50", "pay_until": f"{until:%Y-%m-%dT%H:%M}", **fields}
    return await browser.submit(INVOICES, INVOICES, **form)


def id_of(answer: Answer) -> str:
    found = re.search(rf"{INVOICES}/([0-9a-f-]{{36}})", answer.location or answer.text)
    assert found is not None, answer.text
    return found[1]


async def mails_to(shop: Shop, address: str) -> list[str]:
    rows = await shop.pool.fetch("SELECT text FROM mails WHERE recipient = $1", address)
    return [row["text"] for row in rows]


async def test_invoice_registers_an_order_and_mails_its_link(operator: Browser, shop: Shop) -> None:
    until = to_moscow(shop.clock.now() + timedelta(days=3))
    answer = await make(
        operator,
        shop,
        emails="anna@example.org, boris@example.org",
        payer_name="Анна Петрова",
        sender="Чайная на углу",
        description="Чай",
        order_number="INV-1",
        mail_language="ru",
        pay_until=f"{until:%Y-%m-%dT%H:%M}",
    )
    assert answer.status == 303, answer.text
    order_id = id_of(answer)
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    assert (status["orderNumber"], status["amount"]) == ("INV-1", 150_050)
    order = await shop.gateway.world.orders.load(await shop.key(order_id))
    assert order is not None
    assert to_moscow(order.expires_at).strftime("%Y-%m-%dT%H:%M") == f"{until:%Y-%m-%dT%H:%M}"
    events = await shop.pool.fetch(
        "SELECT actor FROM order_events WHERE order_id = $1", UUID(order_id)
    )
    assert {row["actor"] for row in events} == {OPERATOR}

    async def mailed() -> bool:
        return bool(await mails_to(shop, "boris@example.org"))

    await eventually(mailed)
    [mail] = await mails_to(shop, "boris@example.org")
    assert f"mdOrder={order_id}" in mail
    assert "Чайная на углу" in mail
    assert "Анна Петрова" in mail
    page = (await operator.get(answer.location)).text
    assert "anna@example.org" in page
    assert f"/payment/qr/{order_id}.svg" in page
    assert "INV-1" in (await operator.get(INVOICES)).text


async def test_invoice_shows_the_state_of_its_order(operator: Browser, shop: Shop) -> None:
    answer = await make(operator, shop)
    assert "Not paid" in (await operator.get(answer.location)).text
    await shop.pay(id_of(answer))
    page = (await operator.get(answer.location)).text
    assert "The invoice is paid" in page
    assert f'href="{BASE}/orders/{id_of(answer)}"' in page
    assert "Make a new invoice" not in page
    await shop.call("refund.do", orderId=id_of(answer), amount=0)
    page = (await operator.get(answer.location)).text
    assert "the money is given back" in page
    assert "Make a new invoice" not in page


async def test_new_invoice_is_advised_where_nothing_was_paid(operator: Browser, shop: Shop) -> None:
    answer = await make(operator, shop)
    await shop.call("decline.do", orderId=id_of(answer))
    page = (await operator.get(answer.location)).text
    assert "takes no payment any more" in page
    assert "Make a new invoice" in page


async def test_no_new_invoice_is_advised_while_the_payer_pays(
    operator: Browser, shop: Shop
) -> None:
    answer = await make(operator, shop)
    for _ in range(3):  # the last attempt that the shop allows is at the ACS
        await shop.pay(id_of(answer), ENROLLED)
    page = (await operator.get(answer.location)).text
    assert "The payer is paying at the moment" in page
    assert "Make a new invoice" not in page


async def test_sms_goes_to_the_phone(operator: Browser, shop: Shop) -> None:
    answer = await make(operator, shop, phone="8 (999) 888-77-66")
    assert answer.status == 303, answer.text
    assert "79998887766" in (await operator.get(answer.location)).text


async def test_link_is_sent_once_more_and_the_refusal_is_the_one_of_the_api(
    operator: Browser, shop: Shop
) -> None:
    page = f"{INVOICES}/{id_of(await make(operator, shop))}"
    sent = await operator.submit(page, f"{page}/send", email="anna@example.org", key="one")
    assert sent.location == f"{page}?done=sent"
    again = await operator.submit(page, f"{page}/send", email="boris@example.org", key="one")
    assert (again.status, "Not sent: boris@example.org" in again.text) == (400, True)


async def test_cart_makes_the_amount(operator: Browser, shop: Shop) -> None:
    token = await operator.submit(INVOICES, INVOICES, step="add", amount="5")
    assert token.text.count('name="item_name"') == 1
    assert 'name="item_tax"' in token.text  # the demo shop makes receipts
    row = {"item_name": "Чай", "item_quantity": "2", "item_price": "100,50"}
    codes = {"item_measure": "шт", "item_tax": "0", "item_method": "1", "item_object": "1"}
    answer = await make(operator, shop, emails="anna@example.org", **row, **codes)
    assert answer.status == 303, answer.text
    status = await shop.call("getOrderStatusExtended.do", orderId=id_of(answer))
    assert status["amount"] == 20_100
    assert status["orderBundle"]["cartItems"]["items"][0]["name"] == "Чай"
    wrong = await make(operator, shop, **{**row, "item_price": "x"}, **codes)
    assert (wrong.status, "Each position needs" in wrong.text) == (400, True)
    for price, quantity in (("1e4400", "1"), ("9e999998", "1"), ("100", "1e3"), ("100", "1_0")):
        huge = {**row, "item_price": price, "item_quantity": quantity}
        assert (await make(operator, shop, **huge, **codes)).status == 400, huge
    empty = await make(operator, shop, **{**row, "item_name": ""}, **codes)
    assert empty.status == 400
    assert 'id="cart-error"></p>' not in empty.text


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("amount", "0", "above zero"),
        ("amount", "many", "above zero"),
        ("amount", "1e4400", "above zero"),
        ("amount", "9e999998", "above zero"),
        ("amount", "1,500", "above zero"),
        ("emails", "anna", "Check the addresses"),
        ("emails", ",".join(f"a{n}@example.org" for n in range(11)), "At most ten"),
        ("phone", "123", "Russian number"),
        ("pay_until", "2020-01-01T00:00", "in the future"),
        ("pay_until", "soon", "in the future"),
        ("payer_name", "x" * 101, "At most 100"),
    ],
)
async def test_wrong_field_is_explained_and_nothing_is_registered(
    operator: Browser, shop: Shop, field: str, value: str, text: str
) -> None:
    before = await shop.pool.fetchval("SELECT count(*) FROM orders")
    answer = await make(operator, shop, **{field: value})
    assert (answer.status, text in answer.text) == (400, True)
    assert await shop.pool.fetchval("SELECT count(*) FROM orders") == before


async def test_a_form_that_is_sent_twice_makes_one_order(operator: Browser, shop: Shop) -> None:
    assert (await make(operator, shop, order_number="INV-2")).status == 303
    again = await make(operator, shop, order_number="INV-2")
    assert again.status == 400
    assert "already" in again.text


async def test_missing_right_has_the_words_of_the_reference(shop: Shop) -> None:
    await shop.pool.execute(
        "UPDATE account_users SET revoked = '{invoices}' WHERE login = $1", OPERATOR
    )
    try:
        browser = Browser(shop.gateway.router)
        await browser.log_in(OPERATOR)
        for path in (INVOICES, f"{BASE}/payment-links"):
            answer = await browser.get(f"{path}?lang=ru")
            assert answer.status == 403
            assert "У Вас недостаточно прав для отправки платежной формы" in answer.text
        assert (await browser.post(INVOICES, csrf="x", amount="1")).status == 403
    finally:
        await shop.pool.execute(
            "UPDATE account_users SET revoked = '{}' WHERE login = $1", OPERATOR
        )


async def test_invoice_of_another_shop_and_plain_order_are_not_found(
    operator: Browser, shop: Shop
) -> None:
    plain = await shop.register(100)
    child = {"userName": "test-child-api", "orderNumber": "C-1", "returnUrl": "https://x.example/"}
    foreign = (await shop.call("register.do", amount=100, **child))["orderId"]
    merchant = await shop.gateway.world.merchants.by_login("test-child")
    assert merchant is not None
    await shop.pool.execute(
        "INSERT INTO invoices VALUES ($1, $2, now(), 'x', '')", merchant.merchant_id, UUID(foreign)
    )
    await set_permission(shop, sees=False)
    for order_id in (plain, foreign, "x", "0" * 36):
        assert (await operator.get(f"{INVOICES}/{order_id}")).status == 404
        path = f"{INVOICES}/{order_id}/send"
        sent = await operator.submit(INVOICES, path, email="anna@example.org")
        assert sent.status == 404
    assert foreign not in (await operator.get(INVOICES)).text
    await set_permission(shop, sees=True)


async def test_forms_need_their_token(operator: Browser, shop: Shop) -> None:
    page = f"{INVOICES}/{id_of(await make(operator, shop))}"
    for path in (INVOICES, f"{page}/send", f"{BASE}/payment-links"):
        answer = await operator.post(path, csrf="x", amount="1", email="anna@example.org")
        assert (answer.status, "outdated" in answer.text) == (403, True)


async def test_hostile_texts_are_escaped(operator: Browser, shop: Shop) -> None:
    fields = ("payer_name", "sender", "description", "emails", "phone", "amount", "order_number")
    for name in fields:
        answer = await make(operator, shop, **{name: HOSTILE})
        page = await operator.get(answer.location) if answer.status == 303 else answer
        assert "<script>alert" not in page.text
    assert "<script>alert" not in (await operator.get(INVOICES)).text


MANY_ORDERS = """
    INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency,
                        amount_minor, two_phase, attempts_max, hold_days, created_at, expires_at,
                        payer_ip, request, params)
    SELECT 1, id, 'many-' || n, 1, 'created', '643', 1000, false, 3, 7,
           $2::timestamptz, $2::timestamptz + interval '1 day', '192.0.2.1', '{}', '{}'
    FROM unnest($1::uuid[]) WITH ORDINALITY AS ids (id, n)
"""
MANY_INVOICES = """
    INSERT INTO invoices SELECT 1, id, $2::timestamptz, 'test-operator', 'Payer of many'
    FROM unnest($1::uuid[]) AS ids (id)
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(shop: Shop) -> list[str]:
    """120 invoices of the same moment; their order numbers, the one with the highest id first."""
    at = shop.clock.now()
    ids = sorted(new_order_id(at, 1) for _ in range(120))
    for statement in (MANY_ORDERS, MANY_INVOICES):
        await shop.pool.execute(statement, ids, at)
    return [f"many-{number}" for number in range(len(ids), 0, -1)]


def listed(page: str) -> list[str]:
    """The order numbers of the invoices on a page of the list."""
    row = rf'<th scope="row"><a href="{INVOICES}/[0-9a-f-]+">([^<]+)</a>'
    return [unescape(number) for number in re.findall(row, page)]


async def pages_of(browser: Browser, address: str) -> list[str]:
    """All pages of a list, from its first page on."""
    pages = [(await browser.get(address)).text]
    while older := re.search(r'rel="next" href="([^"#]+)', pages[-1]):
        pages.append((await browser.get(unescape(older[1]))).text)
    return pages


async def test_all_invoices_are_listed_page_by_page(
    operator: Browser, shop: Shop, many: list[str]
) -> None:
    await make(operator, shop, order_number="before-many")
    pages = await pages_of(operator, f"{INVOICES}?shop=test")
    numbers = [number for page in pages for number in listed(page)]
    stored = await shop.pool.fetch(
        "SELECT order_number FROM invoices JOIN orders USING (merchant_id, order_id)"
        " WHERE merchant_id = 1"
    )
    assert sorted(numbers) == sorted(row["order_number"] for row in stored)
    assert [number for number in numbers if number.startswith("many-")] == many
    assert [len(listed(page)) for page in pages[:2]] == [50, 50]
    assert 'rel="prev"' not in pages[0]
    assert f'rel="prev" href="{INVOICES}?shop=test#newest"' in pages[1]


async def test_invoices_are_found_by_number_payer_and_state(
    operator: Browser, shop: Shop, many: list[str]
) -> None:
    addresses = "First@example.org, second@example.org"
    made = await make(
        operator, shop, order_number="find_1%", payer_name="Фаина Ёлкина", emails=addresses
    )
    await make(operator, shop, order_number="findX1%")
    assert (await make(operator, shop, order_number="late-1")).status == 303
    await shop.pool.execute(
        "UPDATE orders SET expires_at = $1 WHERE order_number = 'late-1'", shop.clock.now()
    )

    async def found(**wanted: str) -> list[str]:
        pages = await pages_of(operator, f"{INVOICES}?{urlencode(wanted)}")
        assert all(
            f'value="{escape(value)}"' in page for page in pages for value in wanted.values()
        )
        return [number for page in pages for number in listed(page)]

    assert await found(number="many-7") == ["many-7"]
    assert await found(number="many-") == []
    assert await found(number="find_1%") == ["find_1%"]
    assert await found(number="many-1%") == [each for each in many if each[:6] == "many-1"]
    for payer in ("ёлкина", "first@example.org", "SECOND@example.org"):
        assert await found(payer=payer) == ["find_1%"], payer
    assert await found(payer="example.org") == []
    assert await found(payer="payer OF many", state="created") == many
    await shop.pay(id_of(made))
    assert await found(payer="ёлкина", state="deposited") == ["find_1%"]
    assert await found(payer="ёлкина", state="created") == []
    assert "late-1" in await found(state="expired")
    assert "late-1" not in await found(state="created")
    assert "There are no such invoices" in (await operator.get(f"{INVOICES}?number=no-one")).text
    for query in ("number=%00%27", "state=x", "before=x", "payer=%25", f"number={'9' * 5000}"):
        answer = await operator.get(f"{INVOICES}?{query}")
        assert answer.status == 200, query
    assert HOSTILE not in (await operator.get(f"{INVOICES}?{urlencode({'payer': HOSTILE})}")).text


async def test_search_of_invoices_is_bounded_and_goes_on_from_there(
    shop: Shop, many: list[str]
) -> None:
    store = InvoiceStore(shop.pool, looked_through=7)
    wanted = InvoiceFilter(merchant_ids=(1,), now=shop.clock.now(), order_number="many-%0")
    numbers, bounded, place = [], 0, None
    while True:
        page = await store.page(wanted, before=place, size=3)
        numbers += [line.order_number for line in page.lines]
        bounded += page.reached
        place = page.older
        if place is None:
            break
    assert numbers == [number for number in many if number.endswith("0")]
    assert bounded > len(many) // 7 - 3


async def test_order_of_an_invoice_and_its_invoice_link_to_each_other(
    operator: Browser, shop: Shop
) -> None:
    order_id = id_of(await make(operator, shop))
    order, invoice = f"{BASE}/orders/{order_id}", f"{INVOICES}/{order_id}"
    assert f'href="{invoice}"' in (await operator.get(order)).text
    assert f'href="{order}"' in (await operator.get(invoice)).text
    plain = await shop.register(100)
    assert f"{INVOICES}/{plain}" not in (await operator.get(f"{BASE}/orders/{plain}")).text
    save = "UPDATE account_users SET revoked = $2 WHERE login = $1"
    await shop.pool.execute(save, OPERATOR, ["invoices"])
    try:
        await operator.log_in(OPERATOR)
        assert invoice not in (await operator.get(order)).text
    finally:
        await shop.pool.execute(save, OPERATOR, [])


async def link_of(operator: Browser, made: Answer) -> str:
    """The payment link that the page of an invoice offers to copy."""
    found = re.search(r'data-copy="([^"]+mdOrder=[^"]+)"', (await operator.get(made.location)).text)
    assert found is not None
    return found[1]


async def open_link(shop: Shop, link: str) -> str:
    """What a payer sees who opens the link of an invoice."""
    payer, address = Browser(shop.gateway.router), link
    while True:
        parts = urlsplit(address)
        answer = await payer.get(f"{parts.path}?{parts.query}")
        if answer.status == 200:
            return answer.text
        address = answer.location


async def test_link_of_an_open_invoice_is_its_payment_page(operator: Browser, shop: Shop) -> None:
    made = await make(operator, shop)
    assert 'id="pan"' in await open_link(shop, await link_of(operator, made))


async def test_link_of_a_paid_invoice_shows_it_and_takes_nothing(
    operator: Browser, shop: Shop
) -> None:
    made = await make(operator, shop)
    await shop.pay(id_of(made))
    shown = await open_link(shop, await link_of(operator, made))
    assert "Оплачено" in shown
    assert 'id="pan"' not in shown


async def test_link_of_a_declined_invoice_shows_it(operator: Browser, shop: Shop) -> None:
    made = await make(operator, shop)
    await shop.call("decline.do", orderId=id_of(made))
    shown = await open_link(shop, await link_of(operator, made))
    assert "Не оплачено" in shown
    assert 'id="pan"' not in shown


async def test_link_of_an_invoice_ends_at_its_moment(operator: Browser, shop: Shop) -> None:
    made = await make(operator, shop)
    link = await link_of(operator, made)
    await shop.travel(timedelta(days=3))
    shown = await open_link(shop, link)
    assert "Время на оплату истекло" in shown
    assert 'id="pan"' not in shown
    await operator.log_in(OPERATOR)
    assert "no payment any more" in (await operator.get(made.location)).text


async def test_shop_without_roubles_is_warned_before_it_makes_what_is_refused(
    operator: Browser, shop: Shop
) -> None:
    pages = (INVOICES, f"{BASE}/payment-links")
    for path in pages:
        assert "which the shop does not accept" not in (await operator.get(path)).text
    async with changed(shop, {"currencies": ("933",), "default_currency": "933"}):
        for path in pages:
            assert "which the shop does not accept" in (await operator.get(path)).text
        assert (await make(operator, shop)).status == 400
