"""Long lists of callbacks and of the console's orders: page by page, without a gap."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from altyn.domain.order_id import new_order_id
from altyn.domain.outbox import EntryState
from altyn.storage.callback_history import CallbackHistory
from tests.integration.account.browser import BASE, OPERATOR, Browser
from tests.integration.account.family import set_permission
from tests.shop import Shop, open_shop

ACCOUNT = f"{BASE}/callbacks"
CONSOLE = "/console/callbacks"
CONSOLE_ORDERS = "/console/orders"
PER_SHOP = 70
# Callbacks of one moment, due far ahead; two of each order. Every fifth order has dead ones.
ORDERS = """
    INSERT INTO orders (merchant_id, order_id, order_number, version, status, currency,
                        amount_minor, two_phase, attempts_max, hold_days, created_at, expires_at,
                        payer_ip, request, params)
    SELECT $3, id, 'long-' || n, 1, CASE WHEN n % 2 = 0 THEN 'created' ELSE 'declined' END, '643',
           1000, false, 3, 7, $2::timestamptz, '2090-01-01', '192.0.2.1', '{}', '{}'
    FROM unnest($1::uuid[]) WITH ORDINALITY AS ids (id, n)
"""
CALLBACKS = """
    INSERT INTO outbox (merchant_id, subject_id, version, line, kind, operation, receiver, origin,
                        parameters, created_at, due_at, state)
    SELECT $3, id, 3, line, 'callback', 'deposited', 'https://shop.example/cb',
           'https://shop.example:443', json_build_object('orderNumber', 'long-' || n),
           $2::timestamptz, '2090-01-01',
           CASE WHEN n % 5 = 0 THEN 'dead' WHEN n % 10 = 1 THEN 'delivered' ELSE 'waiting' END
    FROM unnest($1::uuid[]) WITH ORDINALITY AS ids (id, n), generate_series(1, 2) AS line
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A shop and its child with as many orders and callbacks of one moment."""
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        at = opened.clock.now()
        for login in ("test", "test-child"):
            merchant = await opened.gateway.world.merchants.by_login(login)
            assert merchant is not None
            number = merchant.merchant_id
            ids = [new_order_id(at, number) for _ in range(PER_SHOP)]
            for statement in (ORDERS, CALLBACKS):
                await opened.pool.execute(statement, ids, at, number)
        await set_permission(opened, sees=True)
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def operator(shop: Shop) -> Browser:
    """A browser in which an operator has logged in; it opens the console too."""
    browser = Browser(shop.gateway.router)
    await browser.log_in(OPERATOR)
    return browser


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def pages_of(browser: Browser, path: str, **asked: str) -> list[str]:
    """All pages of a list. Only the first one updates itself, and leads to no newer one."""
    address, query = f"{path}?{urlencode(asked)}", urlencode(asked)
    pages = [(await browser.get(address)).text]
    while older := re.search(r'rel="next" href="([^"]+)"', pages[-1]):
        pages.append((await browser.get(unescape(older[1]))).text)
    newest = f"{path}?{query}" if query else path
    for number, page in enumerate(pages):
        assert ("hx-get" in page) == (number == 0 and "q" not in asked)
        assert (f'rel="prev" href="{newest.replace("&", "&amp;")}"' in page) == (number > 0)
    return pages


def callbacks_on(pages: list[str], path: str) -> list[str]:
    link = rf'href="{path}/([0-9a-f-]+\.\d+\.\d+)"'
    return [found for page in pages for found in re.findall(link, page)]


async def stored(
    shop: Shop, *, state: str = "", number: str = "", merchant_id: int = 0
) -> list[str]:
    """The callbacks of the database, newest first; what is empty is not filtered."""
    rows = await shop.pool.fetch(
        "SELECT subject_id, version, line FROM outbox WHERE kind = 'callback'"
        " AND $1 IN ('', state) AND $2 IN ('', parameters ->> 'orderNumber')"
        " AND $3 IN (0, merchant_id)"
        " ORDER BY created_at DESC, subject_id DESC, version DESC, line DESC",
        state,
        number,
        merchant_id,
    )
    return [f"{row['subject_id']}.{row['version']}.{row['line']}" for row in rows]


@pytest.mark.parametrize("path", [ACCOUNT, CONSOLE])
async def test_all_callbacks_of_a_state_are_listed_page_by_page(
    operator: Browser, shop: Shop, path: str
) -> None:
    for state in ("", "waiting", "dead", "delivered"):
        pages = await pages_of(operator, path, **({"state": state} if state else {}))
        assert callbacks_on(pages, path) == await stored(shop, state=state), state
        assert len(pages) == {"": 6, "waiting": 4, "dead": 2, "delivered": 1}[state]


async def test_callbacks_are_those_of_the_chosen_shop(operator: Browser, shop: Shop) -> None:
    pages = await pages_of(operator, ACCOUNT, shop="test-child")
    assert callbacks_on(pages, ACCOUNT) == await stored(shop, merchant_id=2)


@pytest.mark.parametrize("path", [ACCOUNT, CONSOLE])
async def test_callbacks_of_an_order_are_found_by_its_number(
    operator: Browser, shop: Shop, path: str
) -> None:
    found = callbacks_on(await pages_of(operator, path, number="long-5"), path)
    assert found == await stored(shop, number="long-5")
    assert len(found) == 4
    waiting = await pages_of(operator, path, state="waiting", number="long-5")
    assert callbacks_on(waiting, path) == []
    shown = (await operator.get(f"{path}?number=%3Cb%3E")).text
    assert "There are no such callbacks" in shown
    assert "<b>" not in shown


async def test_callbacks_of_a_foreign_order_are_not_found(operator: Browser, shop: Shop) -> None:
    await set_permission(shop, sees=False)
    try:
        found = callbacks_on(await pages_of(operator, ACCOUNT, number="long-5"), ACCOUNT)
        own = await stored(shop, number="long-5", merchant_id=1)
        assert found == own
    finally:
        await set_permission(shop, sees=True)


async def test_list_of_callbacks_is_bounded_and_goes_on_from_there(shop: Shop) -> None:
    history = CallbackHistory(shop.pool, looked_through=16)
    found: list[str] = []
    reached, place = 0, None
    while True:
        page = await history.page((1, 2), state=EntryState.DELIVERED, before=place, size=9)
        found += [str(each.id) for each in page.lines]
        reached, place = reached + page.reached, page.older
        if place is None:
            break
    assert found == await stored(shop, state="delivered")
    assert reached > PER_SHOP * 2 * 2 // 16 // 2


async def test_all_orders_are_listed_in_the_console(operator: Browser, shop: Shop) -> None:
    for status in ("", "declined"):
        pages = await pages_of(operator, CONSOLE_ORDERS, **({"status": status} if status else {}))
        found = [
            order
            for page in pages
            for order in re.findall(rf'href="{CONSOLE_ORDERS}/([0-9a-f-]{{36}})"', page)
        ]
        rows = await shop.pool.fetch(
            "SELECT order_id FROM orders WHERE $1 IN ('', status)"
            " ORDER BY created_at DESC, order_id DESC",
            status,
        )
        assert found == [str(row["order_id"]) for row in rows]
        assert len(pages) == (3 if not status else 2)


async def test_number_of_several_orders_lists_them_in_the_console(operator: Browser) -> None:
    async def numbers(wanted: str) -> list[str]:
        pages = await pages_of(operator, CONSOLE_ORDERS, q=wanted)
        return re.findall(rf'href="{CONSOLE_ORDERS}/[0-9a-f-]{{36}}">([^<]+)<', "".join(pages))

    assert await numbers("long-5") == ["long-5"] * 2
    assert sorted(await numbers("long-6%")) == sorted(
        each
        for each in (f"long-{n}" for n in range(PER_SHOP + 1))
        if each[:6] == "long-6"
        for _ in range(2)
    )
    assert await numbers("nobody-has-this") == []
