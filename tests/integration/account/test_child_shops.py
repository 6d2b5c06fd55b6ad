"""A parent shop sees what its children have where the settings allow, and nothing otherwise."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from starlette.routing import Route

from altyn.domain.account.roles import AccountRole
from altyn.domain.merchant import OPENING
from altyn.storage.demo import DEMO_SETTINGS
from tests.asgi_client import Answer
from tests.csv_table import read_csv
from tests.integration.account.browser import BASE, Browser, csrf_of
from tests.integration.account.family import (
    FOREIGN,
    PARENT,
    Objects,
    fill,
    make_invoice,
    make_report,
    set_permission,
)
from tests.integration.account.order_pages import CHILD, browser_of
from tests.integration.storage.processes import Staff, eventually
from tests.shop import Shop, open_shop

REPORTS: Final = f"{BASE}/reports"
INVOICES: Final = f"{BASE}/invoices"
CALLBACKS: Final = f"{BASE}/callbacks"
CHOOSING: Final = (BASE, f"{BASE}/orders", INVOICES, CALLBACKS)
"""The pages that show figures or lists of the chosen shops."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        settings = replace(DEMO_SETTINGS, permissions=OPENING)
        await Staff(opened.pool).add_shop(FOREIGN, settings)
        await opened.pool.execute(
            "UPDATE api_users SET password_hash = (SELECT password_hash FROM api_users"
            " WHERE login = 'test-api') WHERE login = $1",
            f"{FOREIGN}-api",
        )
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def family(shop: Shop) -> dict[str, Objects]:
    """Parent 1 000 roubles, child 2 000, foreign shop 4 000; each with its invoice and the rest."""
    return {
        PARENT: await fill(shop, PARENT, 100_000, {}),
        CHILD: await fill(shop, CHILD, 200_000, {"userName": f"{CHILD}-api"}),
        FOREIGN: await fill(shop, FOREIGN, 400_000, {"userName": f"{FOREIGN}-api"}),
    }


@pytest_asyncio.fixture(loop_scope="module")
async def owner(shop: Shop, family: dict[str, Objects]) -> Browser:
    """A browser of the parent's owner, who may see the children."""
    assert family
    await set_permission(shop, sees=True)
    return await browser_of(shop, AccountRole.OWNER)


@pytest_asyncio.fixture(loop_scope="module")
async def without_permission(owner: Browser, shop: Shop) -> AsyncIterator[Browser]:
    """The same browser, while the parent may not see its children."""
    await set_permission(shop, sees=False)
    yield owner
    await set_permission(shop, sees=True)


def table(answer: Answer) -> list[list[str]]:
    assert answer.status == 200, answer.text
    return read_csv(answer.body)


@pytest.mark.parametrize(
    ("query", "turnover"),
    [("", "3\u202f000.00"), ("?shop=test", "1\u202f000.00"), ("?shop=test-child", "2\u202f000.00")],
)
async def test_key_figures_are_those_of_the_chosen_shops(
    owner: Browser, query: str, turnover: str
) -> None:
    shown = await owner.get(f"{BASE}{query}")
    assert shown.status == 200
    assert f'<span class="number">{turnover}\u00a0₽</span>' in shown.text
    assert '<option value="test-child"' in shown.text
    if query:
        assert f"days=30&amp;{query[1:]}" in shown.text  # another period keeps the choice


async def test_report_of_several_shops_names_the_shop_in_each_row(
    owner: Browser, shop: Shop, family: dict[str, Objects]
) -> None:
    titles, *rows = table(await owner.get(f"{REPORTS}/{await make_report(owner, shop, shop='')}"))
    assert titles[-1] == "Shop"
    named = {(row[2], row[-1]) for row in rows}
    assert named == {(family[login].number, login) for login in (PARENT, CHILD)}
    assert "2 shops" in (await owner.get(REPORTS)).text


@pytest.mark.parametrize("kind", ["refunds", "receipts", "reconciliation"])
async def test_every_report_of_several_shops_ends_with_the_shop(
    owner: Browser, shop: Shop, kind: str
) -> None:
    report = await make_report(owner, shop, kind=kind)
    titles, *rows = table(await owner.get(f"{REPORTS}/{report}"))
    assert titles[-1] == "Shop"
    assert {len(row) for row in rows} <= {len(titles)}
    if kind == "reconciliation":
        assert [(row[3], row[-1]) for row in rows] == [("2", PARENT), ("2", CHILD)]


async def test_report_of_one_shop_has_its_rows_only(
    owner: Browser, shop: Shop, family: dict[str, Objects]
) -> None:
    titles, *rows = table(
        await owner.get(f"{REPORTS}/{await make_report(owner, shop, shop=CHILD)}")
    )
    assert "Shop" not in titles
    assert {row[2] for row in rows} == {family[CHILD].number}


async def test_list_of_orders_of_several_shops_names_the_shop_in_each_row(
    owner: Browser, family: dict[str, Objects]
) -> None:
    titles, *rows = table(await owner.get(f"{BASE}/orders.csv?number=%25&column=number"))
    assert titles == ["Order number", "Shop", "Currency"]
    assert (family[CHILD].number, CHILD) in {(row[0], row[1]) for row in rows}
    titles, *rows = table(await owner.get(f"{BASE}/orders.csv?column=number&shop={CHILD}"))
    assert titles == ["Order number", "Currency"]
    assert family[PARENT].number not in {row[0] for row in rows}


async def test_invoices_are_those_of_the_chosen_shops(
    owner: Browser, family: dict[str, Objects]
) -> None:
    both = (await owner.get(INVOICES)).text
    child = (await owner.get(f"{INVOICES}?shop={CHILD}")).text
    assert family[PARENT].invoice_number in both
    assert family[CHILD].invoice_number in both
    assert family[FOREIGN].invoice_number not in both
    assert family[PARENT].invoice_number not in child
    one = await owner.get(f"{INVOICES}/{family[CHILD].invoice}")
    assert (one.status, f"merchants/{CHILD}/" in one.text) == (200, True)


async def test_parent_makes_and_sends_an_invoice_of_its_child(owner: Browser, shop: Shop) -> None:
    made = await make_invoice(owner, shop, shop=CHILD, order_number="for-the-child")
    order = await shop.call("getOrderStatusExtended.do", orderId=made, userName=f"{CHILD}-api")
    assert (order["orderNumber"], order["amount"]) == ("for-the-child", 1_550)
    page = f"{INVOICES}/{made}"
    sent = await owner.submit(page, f"{page}/send", email="anna@example.org", key="one")
    assert sent.location == f"{page}?done=sent", sent.text
    child = await browser_of(shop, AccountRole.OWNER, merchant=CHILD)
    assert "for-the-child" in (await child.get(INVOICES)).text


async def test_invoice_of_a_blocked_child_is_refused_as_by_the_api(
    owner: Browser, shop: Shop
) -> None:
    async with Staff(shop.pool).at_work() as staff:
        await staff.store.block_merchant(CHILD, blocked=True)
    try:
        await _until_blocked(shop, blocked=True)
        form = await owner.get(f"{INVOICES}?shop={CHILD}")
        until = re.search(r'name="pay_until"[^>]*value="([^"]+)"', form.text)
        assert until is not None
        refused = await owner.post(
            INVOICES, csrf=csrf_of(form), shop=CHILD, amount="10", pay_until=until[1]
        )
        assert (refused.status, "Access denied" in refused.text) == (400, True)
    finally:
        async with Staff(shop.pool).at_work() as staff:
            await staff.store.block_merchant(CHILD, blocked=False)
        await _until_blocked(shop, blocked=False)


async def _until_blocked(shop: Shop, *, blocked: bool) -> None:
    async def known() -> bool:
        child = await shop.gateway.world.merchants.by_login(CHILD)
        return child is not None and child.blocked is blocked

    await eventually(known)


async def test_callbacks_are_those_of_the_chosen_shops(
    owner: Browser, family: dict[str, Objects]
) -> None:
    both = (await owner.get(CALLBACKS)).text
    child = (await owner.get(f"{CALLBACKS}?shop={CHILD}")).text
    assert family[PARENT].number in both
    assert family[CHILD].number in both
    assert family[FOREIGN].number not in both
    assert family[PARENT].number not in child
    assert f"{CALLBACKS}/newest?shop={CHILD}" in child
    page = f"{CALLBACKS}/{family[CHILD].callback}"
    shown = await owner.get(page)
    assert (shown.status, f"<dd>{CHILD}</dd>" in shown.text) == (200, True)
    resent = await owner.submit(page, page)
    assert resent.location.startswith(f"{page}?resent=")


async def test_without_the_permission_nothing_of_the_children_is_shown(
    without_permission: Browser, family: dict[str, Objects]
) -> None:
    child = family[CHILD]
    for path in (*CHOOSING, REPORTS, f"{BASE}/orders.csv"):
        shown = await without_permission.get(path)
        assert shown.status == 200, path
        for text in (child.number, child.invoice_number, CHILD, "2\u202f000.00"):
            assert text not in shown.text, (path, text)


async def test_report_of_children_is_gone_without_the_permission(
    owner: Browser, shop: Shop, family: dict[str, Objects]
) -> None:
    report = await make_report(owner, shop)
    await set_permission(shop, sees=False)
    try:
        assert (await owner.get(f"{REPORTS}/{report}")).status == 404
        assert report not in (await owner.get(REPORTS)).text
        assert family[PARENT].report
    finally:
        await set_permission(shop, sees=True)
    assert (await owner.get(f"{REPORTS}/{report}")).status == 200


# ── No route reaches another shop ────────────────────────────────────────────────────────────────


def routes_of(shop: Shop) -> Iterator[tuple[str, str]]:
    """Method and path of every page of the account after the login."""
    for route in shop.gateway.router._pages.routes:
        if isinstance(route, Route) and route.path.startswith(BASE):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                if route.path.removeprefix(f"{BASE}/") not in {"login", "code", "logout"}:
                    yield method, route.path


def filled(path: str, objects: Objects) -> str:
    """The path with the ids of a shop's objects; `{order}` of an invoice's order too."""
    names = {
        "{order}": objects.order,
        "{order_id}": objects.invoice,
        "{callback}": objects.callback,
        "{receipt}": objects.receipt,
        "{job_id}": objects.report,
        "{login}": f"{objects.login}-owner-x",
        "{session}": "0" * 64,
        "{number}": "1",
        "{file}": "payment_en.html",
    }
    for name, value in names.items():
        path = path.replace(name, value)
    assert "{" not in path, f"name an object of another shop for {path}"
    return path


async def state_of(shop: Shop, merchant_id: int) -> list[tuple[object, ...]]:
    """All rows of a shop that a page could change."""
    rows = []
    for name in ("orders", "invoices", "export_jobs", "account_users", "api_users", "audit_log"):
        query = f"SELECT * FROM {name} WHERE merchant_id = $1"  # noqa: S608 - names from above
        rows += [tuple(row.values()) for row in await shop.pool.fetch(query, merchant_id)]
    return sorted(rows, key=str)


async def _nothing_reached(browser: Browser, shop: Shop, objects: Objects) -> None:
    """Every page with the ids and the login of this shop neither shows nor changes anything."""
    merchant = await shop.gateway.world.merchants.by_login(objects.login)
    assert merchant is not None
    before = await state_of(shop, merchant.merchant_id)
    csrf = csrf_of(await browser.get(f"{BASE}/profile"))
    for method, path in routes_of(shop):
        if path.endswith(("/profile", "/password")) and "{" not in path:
            continue
        named, address = path, filled(path, objects)
        if method == "GET":
            answer = await browser.get(f"{address}?shop={objects.login}&amount=1")
            if answer.status == 303:  # the address of a form leads to its page
                named, answer = answer.location, await browser.get(answer.location)
        else:
            answer = await browser.post(address, csrf=csrf, shop=objects.login, version="1")
        assert answer.status < 500, (method, path)
        for text in (objects.number, objects.invoice_number):
            assert text not in answer.text, (method, path)
        if any(name in named for name in ("{", objects.order, f"/{objects.login}-")):
            assert answer.status in {400, 403, 404}, (method, path, answer.status)
    assert await state_of(shop, merchant.merchant_id) == before


async def test_no_route_reaches_a_foreign_shop(
    owner: Browser, shop: Shop, family: dict[str, Objects]
) -> None:
    await _nothing_reached(owner, shop, family[FOREIGN])


async def test_no_route_reaches_a_child_without_the_permission(
    without_permission: Browser, shop: Shop, family: dict[str, Objects]
) -> None:
    await _nothing_reached(without_permission, shop, family[CHILD])


async def test_no_route_reaches_the_parent_from_its_child(
    shop: Shop, family: dict[str, Objects]
) -> None:
    child = await browser_of(shop, AccountRole.OWNER, merchant=CHILD)
    await _nothing_reached(child, shop, family[PARENT])


@pytest.mark.parametrize("login", [FOREIGN, "no-such-shop", CHILD])
async def test_naming_another_shop_is_refused_as_unknown(
    without_permission: Browser, login: str
) -> None:
    for path in (BASE, INVOICES, CALLBACKS, f"{CALLBACKS}/newest"):
        answer = await without_permission.get(f"{path}?shop={login}")
        assert (answer.status, "There is no such shop" in answer.text) == (404, True), path
    for path in (f"{BASE}/orders", f"{BASE}/orders.csv"):
        answer = await without_permission.get(f"{path}?shop={login}")
        assert (answer.status, "Choose a shop of the list" in answer.text) == (400, True), path
    for path in (REPORTS, INVOICES):
        answer = await without_permission.submit(path, path, shop=login, first="2026-01-01")
        assert (answer.status, "There is no such shop" in answer.text) == (404, True), path
