"""The list of orders in the personal account: filters, sentence, paging, saved filters, CSV."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from tests.csv_table import read_csv
from tests.integration.account.browser import BASE, OPERATOR, Browser, csrf_of
from tests.shop import GOOD, Shop, card_fields, new_number, open_shop

ORDERS = f"{BASE}/orders"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def operator(shop: Shop) -> Browser:
    """A browser in which the operator has logged in."""
    browser = Browser(shop.gateway.router)
    await browser.log_in(OPERATOR)
    return browser


async def listed(browser: Browser, query: str) -> str:
    answer = await browser.get(f"{ORDERS}?{query}")
    assert answer.status == 200, answer.text
    return answer.text


async def test_each_filter_finds_the_order_and_leaves_out_others(
    operator: Browser, shop: Shop
) -> None:
    number = new_number()
    order_id = await shop.register(1_234_500, orderNumber=number, email="Anna@example.org")
    await shop.pay(order_id)
    other = new_number()
    await shop.register(100, orderNumber=other)
    for query in (
        f"number={number}",
        f"number={number[:-1]}%25",
        f"id={order_id}",
        "from=12+345&to=12345,00",
        "kind=paid&from=12345",
        "status=deposited&from=12345",
        "code=0&from=12345",
        f"card={GOOD[-4:]}&from=12345",
        "email=anna@example.org",
        "way=CARD&from=12345",
        "period=today&from=12345",
        "since=2026-01-01T00:00&from=12345",
    ):
        text = await listed(operator, query)
        assert f"{ORDERS}/{order_id}" in text, query
        assert other not in text or query.startswith("number"), query
    for query in ("number=none", "to=1", "status=declined", "code=116", "email=b@example.org"):
        assert f"{ORDERS}/{order_id}" not in await listed(operator, query), query


async def test_currency_is_chosen_and_leaves_out_orders_of_others(
    operator: Browser, shop: Shop
) -> None:
    dollars, roubles = new_number(), new_number()
    await shop.register(2_500, orderNumber=dollars, currency="840")
    await shop.register(2_500, orderNumber=roubles, currency="643")
    every = await listed(operator, "")
    assert re.search('<select [^>]*name="currency">.*<option value="840">USD</option>', every)
    assert dollars in every
    assert roubles in every
    for query in ("currency=840", "currency=840&from=25&to=25"):
        text = await listed(operator, query)
        assert dollars in text, query
        assert roubles not in text, query
        assert '<option value="840" selected>USD</option>' in text
    assert "Все заказы, за 2 дня, в USD" in await listed(operator, "currency=840&lang=ru")
    english = await listed(operator, "currency=840&from=25&lang=en")
    assert "All orders, last 2 days, in USD, over 25\xa0$" in unescape(english)
    assert dollars not in await listed(operator, "currency=840&from=26")
    assert roubles in await listed(operator, "currency=810")  # what old clients call roubles


async def test_card_is_found_by_its_bank_its_holder_and_the_code_of_its_approval(
    operator: Browser, shop: Shop
) -> None:
    order_id = await shop.register(777_700)
    await shop.call("paymentorder.do", **{**card_fields(order_id), "TEXT": "Mary O'Neil"})
    status = await shop.call("getOrderStatusExtended.do", orderId=order_id)
    card, bank = status["cardAuthInfo"], status["bankInfo"]["bankName"]
    assert card["cardholderName"] == "Mary O'Neil"
    code = card["approvalCode"]
    for query, words in (
        (f"bank={bank}", f"issuing bank: {bank}"),
        ("bank=-unknown", "issuing bank: all known banks"),
        ("holder=mary+o'n", "cardholder mary o'n"),
        (f"approval={code.lower()}", f"approval code {code.lower()}"),
        (f"bank={bank}&holder=MARY&approval={code}&card={GOOD[-4:]}", "cardholder MARY"),
    ):
        text = unescape(await listed(operator, f"from=7777&{query}"))
        assert f"{ORDERS}/{order_id}" in text, query
        assert words in text
    for query, words in (
        (f"bank=-{bank}", f"issuing bank: all except {bank}"),
        ("bank=unknown", "issuing bank: unknown bank"),
        ("holder=mary%25", "cardholder mary%"),
        ("approval=0", "approval code 0"),
    ):
        text = unescape(await listed(operator, f"from=7777&{query}"))
        assert f"{ORDERS}/{order_id}" not in text, query
        assert words in text


async def test_chosen_fields_of_the_filter_are_shown_and_those_that_it_uses(
    operator: Browser, shop: Shop
) -> None:
    text = await listed(operator, "")
    assert (' id="email"' in text, ' id="holder"' in text) == (True, False)
    csrf = csrf_of(await operator.get(ORDERS))
    form = {"csrf": csrf, "field": ["bank", "number", "x"], "status": "deposited", "code": "0"}
    body = urlencode(form, doseq=True).encode()
    kept = await operator.send(
        f"{ORDERS}/fields", {}, body=body, kind="application/x-www-form-urlencoded"
    )
    assert kept.location == f"{ORDERS}?code=0&status=deposited&done=fields_kept"
    text = (await operator.get(kept.location)).text
    assert "The filter fields are kept" in text
    shown = re.findall(r'<(?:input|select) class="input" id="(\w+)"', text)
    assert shown == ["number", "bank", "code", "name"]  # a name for the filter, to keep it
    assert 'name="status" value="deposited" checked' in text
    text = await listed(operator, "kind=created")
    assert ' id="kind"' not in text
    assert 'type="checkbox" name="status"' not in text
    assert ' id="kind"' in await listed(operator, "kind=paid")
    none = await operator.submit(ORDERS, f"{ORDERS}/fields")
    assert (none.status, "Choose at least one field" in none.text) == (400, True)
    owner = Browser(shop.gateway.router)
    await owner.log_in()
    assert ' id="email"' in (await owner.get(ORDERS)).text


async def test_filter_is_read_as_a_sentence(operator: Browser) -> None:
    text = unescape(await listed(operator, "status=deposited&from=10000"))
    assert "Paid, last 2 days, over 10\u202f000 in the order's currency" in text
    text = unescape(await listed(operator, "status=deposited&from=10000&lang=ru"))
    assert "Оплаченные, за 2 дня, от 10\u202f000 в валюте заказа" in text
    text = unescape(await listed(operator, "since=2026-11-01T10:00&kind=refunded&lang=en"))
    assert "All orders, refund from 1\xa0November\xa02026, 10:00" in text


async def test_list_begins_with_the_last_two_days(operator: Browser, shop: Shop) -> None:
    number = new_number()
    await shop.register(100, orderNumber=number)
    assert number in await listed(operator, "")
    await shop.travel(timedelta(days=2))
    await operator.log_in(OPERATOR)
    text = await listed(operator, f"number={number}")
    assert "There are no such orders" in text
    assert "Search at all times" in text
    assert f'href="{ORDERS}/' in await listed(operator, f"number={number}&period=ever")


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("from=ten", "Type an amount"),
        ("from=10&to=9", "not less than"),
        ("id=1", "32 digits"),
        ("card=12", "exactly four"),
        ("code=ok", "Type a number"),
        ("since=yesterday", "a date and a time"),
        ("since=2026-11-27T10:00&until=2026-11-27T09:00", "after the beginning"),
        ("since=0001-01-01T00:00", "a date and a time"),
        ("way=GOLD", "Choose a way"),
        ("receipt=lost", "Choose a state"),
        ("bank=OTHER+BANK", "Choose a bank"),
        (f"holder={'x' * 101}", "At most 100"),
        ("approval=1234567", "Up to six digits"),
        ("period=99", "Choose a period"),
        ("shop=other", "Choose a shop"),
        ("kind=paid_later", "Choose a date"),
        ("currency=RUB", "Choose a currency"),
        ("currency=999", "Choose a currency"),
    ],
)
async def test_filter_that_cannot_be_read_is_explained(
    operator: Browser, query: str, fault: str
) -> None:
    answer = await operator.get(f"{ORDERS}?{query}")
    assert answer.status == 400
    assert "The filter is not applied" in answer.text
    assert fault in answer.text
    assert 'class="table' not in answer.text
    assert (await operator.get(f"{ORDERS}.csv?{query}")).headers["content-type"].startswith("text/")


async def test_pages_follow_each_other_without_gap(operator: Browser, shop: Shop) -> None:
    prefix = new_number()
    numbers = [f"{prefix}-{n:03}" for n in range(60)]
    for number in numbers:
        await shop.register(100, orderNumber=number)
    first = await listed(operator, f"number={prefix}-%25")
    older = unescape(first.split('rel="next" href="')[1].split('"')[0])
    second = (await operator.get(older)).text
    found = [each for page in (first, second) for each in reversed(numbers) if f">{each}<" in page]
    assert found == numbers[::-1]
    assert "hx-trigger" in first
    assert "hx-trigger" not in second


async def test_filters_and_columns_are_kept_for_the_user(operator: Browser, shop: Shop) -> None:
    kept = await operator.submit(
        ORDERS, f"{ORDERS}/filters", name=HOSTILE, status="deposited", **{"from": "10000"}
    )
    assert kept.status == 303
    text = (await operator.get(kept.location)).text
    assert "is saved" in text
    assert "<script>alert" not in text
    assert "?from=10000&amp;status=deposited" in text
    columns = await operator.submit(ORDERS, f"{ORDERS}/columns", column="description")
    text = (await operator.get(columns.location)).text
    assert "Description</th>" in text
    assert "Amount</th>" not in text
    owner = Browser(shop.gateway.router)
    await owner.log_in()
    text = (await owner.get(ORDERS)).text
    assert "My filters" not in text
    assert "Description</th>" not in text
    removed = await operator.submit(ORDERS, f"{ORDERS}/filters/remove", name=HOSTILE)
    assert "My filters" not in (await operator.get(removed.location)).text
    nameless = await operator.submit(ORDERS, f"{ORDERS}/filters", name=" ")
    assert (nameless.status, "Give the filter a name" in nameless.text) == (400, True)
    faulty = await operator.submit(ORDERS, f"{ORDERS}/filters", name="faulty", code="x" * 9_000)
    assert (faulty.status, "The filter is not applied" in faulty.text) == (400, True)
    assert "My filters" not in faulty.text


async def test_a_user_keeps_at_most_thirty_filters(shop: Shop) -> None:
    owner = Browser(shop.gateway.router)
    await owner.log_in()
    for n in range(30):
        answer = await owner.submit(ORDERS, f"{ORDERS}/filters", name=f"filter {n}")
        assert answer.status == 303
    refused = await owner.submit(ORDERS, f"{ORDERS}/filters", name="one more")
    assert (refused.status, "30 filters are saved" in refused.text) == (400, True)
    assert (await owner.submit(ORDERS, f"{ORDERS}/filters", name="filter 0")).status == 303


async def test_csv_has_the_rows_of_the_list_and_no_formulas(operator: Browser, shop: Shop) -> None:
    prefix = new_number()
    for n, text in enumerate(("=1+1", "+1", "-1", "@sum", HOSTILE)):
        await shop.register(
            150_050, orderNumber=f"{prefix}-{n}", description=text, returnUrl="http://a.example"
        )
    columns = "column=number&column=description&column=amount&column=code"
    query = f"number={prefix}-%25&{columns}&shop=test"
    answer = await operator.get(f"{ORDERS}.csv?{query}")
    assert answer.headers["content-disposition"] == 'attachment; filename="orders.csv"'
    rows = read_csv(answer.body)
    assert rows[0] == ["Order number", "Description", "Action code", "Amount", "Currency"]
    assert [row[0] for row in rows[1:]] == [f"{prefix}-{n}" for n in (4, 3, 2, 1, 0)]
    assert [row[1] for row in rows[1:]] == [HOSTILE, "'@sum", "'-1", "'+1", "'=1+1"]
    assert {tuple(row[2:]) for row in rows[1:]} == {("-100", "1500.50", "RUB")}
    russian = await operator.get(f"{ORDERS}.csv?{query}&lang=ru")
    assert '"1500,50";' in russian.body.decode("utf-8-sig")


async def test_list_that_updates_itself_keeps_no_session_open(shop: Shop) -> None:
    browser = Browser(shop.gateway.router)
    await browser.log_in(OPERATOR)
    assert (await browser.get(f"{ORDERS}/newest")).status == 200
    for _ in range(4):
        await shop.travel(timedelta(minutes=4))
        await browser.get(f"{ORDERS}/newest")
    assert (await browser.get(ORDERS)).status == 303


async def test_first_load_is_at_most_150_kb(operator: Browser, shop: Shop) -> None:
    for n in range(50):
        await shop.register(
            999_999_999, orderNumber=f"weight-{n:025}", description="Длинное описание " * 5
        )
    answer = await operator.get(ORDERS)
    assert answer.text.count("<tr") == 51
    sizes = [len(answer.body)]
    for part in answer.text.split('="')[1:]:
        address = part.split('"')[0]
        if "/static/" in address and address.rpartition(".")[2] in {"css", "js"}:
            sizes.append(len((await operator.get(address)).body))
    assert len(sizes) >= 5, sizes
    assert sum(sizes) <= 150_000, sizes


async def test_csrf_is_demanded_of_each_form(operator: Browser) -> None:
    for path in ("filters", "filters/remove", "columns", "fields"):
        answer = await operator.post(f"{ORDERS}/{path}", name="x", csrf="wrong")
        assert answer.status == 403
    assert csrf_of(await operator.get(ORDERS))


async def test_codes_of_the_bank_are_explained_in_the_language_of_the_page(
    operator: Browser, shop: Shop
) -> None:
    order_id = await shop.paid(1_000)
    texts = {"ru": "0: банк одобрил", "en": "0: the bank approved"}
    for language, text in texts.items():
        assert text in (await operator.get(f"{ORDERS}/{order_id}?lang={language}")).text
