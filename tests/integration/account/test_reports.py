"""Reports of the account: asked for, opened, compared with the database; who may see them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from altyn.domain.ledger import Movement
from altyn.domain.moscow import to_moscow
from altyn.domain.order import AttemptState
from altyn.inbound.web.order_story.words import ATTEMPT_WORDS, MOVEMENT_WORDS
from tests.asgi_client import Answer
from tests.csv_table import read_csv
from tests.integration.account.browser import BASE, OPERATOR, OWNER, Browser, csrf_of
from tests.integration.account.other_shop import CHILD_OWNER, add_child_owner
from tests.integration.storage.processes import eventually
from tests.shop import GOOD, Shop, new_number, open_shop
from tests.xlsx import Value, read_xlsx

REPORTS = f"{BASE}/reports"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """A shop with payments, a hold, a part deposit, refunds, a reversal, a payout, on two days."""
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        await add_child_owner(opened.pool)
        paid = await opened.paid(150_000)
        await opened.call("refund.do", orderId=paid, amount=10_001)
        held = await opened.paid(80_000, two_phase=True)
        await opened.call("deposit.do", orderId=held, amount=50_000)
        reversed_order = await opened.paid(3_000)
        await opened.call("reverse.do", orderId=reversed_order)
        await opened.register(1, orderNumber="=1+1")
        await opened.travel(timedelta(days=1))
        await opened.call("refund.do", orderId=paid, amount=5_000)
        await opened.paid(7_700)
        await opened.call(
            "instantRefund.do",
            orderNumber=new_number(),
            amount=900,
            pan=GOOD,
            expiry="209912",
            cardholderName="IVAN PETROV",
        )
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def owner(shop: Shop) -> Browser:
    browser = Browser(shop.gateway.router)
    await browser.log_in(OWNER)
    return browser


async def built(browser: Browser, shop: Shop, kind: str, file_format: str) -> Answer:
    """A report of the user's own shop about yesterday and today, downloaded."""
    today = to_moscow(shop.clock.now()).date()
    asked = await browser.submit(
        REPORTS,
        REPORTS,
        kind=kind,
        format=file_format,
        shop="test",
        first=(today - timedelta(days=1)).isoformat(),
        last=today.isoformat(),
    )
    assert asked.location == f"{REPORTS}?done=asked", asked.text

    async def ready() -> bool:
        rows = await shop.pool.fetch("SELECT state FROM export_jobs WHERE state <> 'ready'")
        return not rows

    await eventually(ready)
    shown = await browser.get(REPORTS)
    found = re.search(rf'href="({REPORTS}/[0-9a-f-]+)"', shown.text)
    assert found is not None
    return await browser.get(found[1])


def table(answer: Answer) -> list[list[str]]:
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/csv;charset=utf-8"
    return read_csv(answer.body)


async def movements(shop: Shop) -> list[Any]:
    rows: list[Any] = await shop.pool.fetch(
        "SELECT postings.*, at, order_number FROM postings"
        " JOIN order_events USING (merchant_id, order_id, version)"
        " JOIN orders USING (merchant_id, order_id)"
        " ORDER BY created_at DESC, order_id DESC, postings.version DESC, line DESC"
    )
    return rows


async def test_register_has_every_movement_of_the_database(owner: Browser, shop: Shop) -> None:
    _, *rows = table(await built(owner, shop, "operations", "csv"))
    stored = await movements(shop)
    assert len(stored) >= 10
    assert {each["movement"] for each in stored} == {*Movement}
    assert [(row[0], row[2], row[4], row[5], row[6]) for row in rows] == [
        (
            to_moscow(each["at"]).date().isoformat(),
            each["order_number"],
            MOVEMENT_WORDS[each["movement"]].en,
            f"{each['amount_minor'] / 100:.2f}",
            "RUB",
        )
        for each in stored
    ]
    assert {(row[9], row[10]) for row in rows} == {("CARD", "555555**5599")}


async def test_spreadsheet_has_the_same_cells(owner: Browser, shop: Shop) -> None:
    answer = await built(owner, shop, "operations", "xlsx")
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    _, *rows = read_xlsx(answer.body)
    stored = await movements(shop)
    expected: list[tuple[Value, ...]] = [
        (each["order_number"], str(each["order_id"]), each["amount_minor"] / 100) for each in stored
    ]
    assert [(row[2], row[3], row[5]) for row in rows] == expected


async def test_refunds_are_those_of_the_database(owner: Browser, shop: Shop) -> None:
    _, *rows = table(await built(owner, shop, "refunds", "csv"))
    approved = ATTEMPT_WORDS[AttemptState.APPROVED][0].en
    assert [(row[5], row[7]) for row in rows] == [("50.00", approved), ("100.01", approved)]
    assert {row[11] for row in rows} == {"CARD"}
    assert all("**" in row[12] for row in rows)


async def test_receipts_are_those_of_the_database(owner: Browser, shop: Shop) -> None:
    _, *rows = table(await built(owner, shop, "receipts", "csv"))
    stored = await shop.pool.fetch("SELECT receipt_id FROM receipts")
    assert {row[13] for row in rows} == {str(each["receipt_id"]) for each in stored}


async def test_reconciliation_agrees_until_an_order_is_changed(owner: Browser, shop: Shop) -> None:
    _, *rows = table(await built(owner, shop, "reconciliation", "csv"))
    assert [row[-1] for row in rows] == ["agrees", "agrees"]
    sums = await shop.pool.fetchrow(
        "SELECT sum(approved_minor) AS approved, sum(deposited_minor) AS deposited,"
        " sum(refunded_minor) AS refunded, sum(paid_out_minor) AS paid_out, count(*) AS orders"
        " FROM orders"
    )
    assert sums is not None
    assert sum(int(row[3]) for row in rows) == sums["orders"]
    for at, name in ((5, "approved"), (8, "deposited"), (11, "refunded"), (14, "paid_out")):
        assert round(100 * sum(float(row[at]) for row in rows)) == sums[name]
        assert round(100 * sum(float(row[at + 1]) for row in rows)) == sums[name]
    changed = await shop.pool.fetchval(
        "UPDATE orders SET refunded_minor = refunded_minor + 7 WHERE refunded_minor > 0"
        " RETURNING order_number"
    )
    try:
        _, *rows = table(await built(owner, shop, "reconciliation", "csv"))
    finally:
        await shop.pool.execute(
            "UPDATE orders SET refunded_minor = refunded_minor - 7 WHERE order_number = $1", changed
        )
    assert [row[-1] for row in rows] == ["agrees", "DIFFERS", "DIFFERS"]
    assert (rows[-1][1], rows[-1][13]) == (changed, "0.07")


async def test_period_of_a_business_day_ends_at_moscow_midnight(owner: Browser, shop: Shop) -> None:
    yesterday = (to_moscow(shop.clock.now()).date() - timedelta(days=1)).isoformat()
    _, *rows = table(await built(owner, shop, "operations", "csv"))
    assert {row[0] for row in rows} >= {yesterday}
    days = {to_moscow(each["at"]).date().isoformat() for each in await movements(shop)}
    assert {row[0] for row in rows} == days


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-02-02", "2026-02-01", "swap the dates"),
        ("2020-01-01", "2026-01-01", "divide it"),
        ("2999-01-01", "2999-01-02", "has not begun"),
        ("yesterday", "", "YYYY-MM-DD"),
    ],
)
async def test_wrong_period_is_explained(owner: Browser, first: str, last: str, text: str) -> None:
    answer = await owner.submit(
        REPORTS, REPORTS, kind="refunds", format="csv", first=first, last=last
    )
    assert (answer.status, text in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("kind", "x", "There is no such report"),
        ("kind", "orders", "There is no such report"),
        ("kind", "", "There is no such report"),
        ("format", "pdf", "There is no such format"),
    ],
)
async def test_unknown_report_or_format_is_refused(
    owner: Browser, shop: Shop, name: str, value: str, text: str
) -> None:
    jobs = await shop.pool.fetchval("SELECT count(*) FROM export_jobs")
    day = to_moscow(shop.clock.now()).date().isoformat()
    fields = {"kind": "refunds", "format": "csv", "first": day, "last": day, name: value}
    answer = await owner.submit(REPORTS, REPORTS, **fields)
    assert (answer.status, text in answer.text) == (400, True)
    assert await shop.pool.fetchval("SELECT count(*) FROM export_jobs") == jobs


async def test_form_that_is_sent_twice_asks_for_one_report(owner: Browser, shop: Shop) -> None:
    async def counted() -> list[int]:
        asked = "SELECT count(*) FROM audit_log WHERE action = 'report asked for'"
        jobs = "SELECT count(*) FROM export_jobs"
        return [await shop.pool.fetchval(sql) for sql in (asked, jobs)]

    shown, before = await owner.get(REPORTS), await counted()
    job = re.search(r'name="job" value="([^"]+)"', shown.text)
    assert job is not None
    day = to_moscow(shop.clock.now()).date().isoformat()
    fields = {"kind": "refunds", "format": "csv", "first": day, "last": day, "shop": "test"}
    fields |= {"csrf": csrf_of(shown), "job": job[1]}
    answers = await asyncio.gather(*(owner.post(REPORTS, **fields) for _ in range(3)))
    assert {each.location for each in answers} == {f"{REPORTS}?done=asked"}
    assert await counted() == [each + 1 for each in before]
    other = await owner.post(REPORTS, **{**fields, "format": "xlsx"})
    assert (other.status, "Check what you chose" in other.text) == (400, True)
    assert (await owner.post(REPORTS, **{**fields, "job": "x"})).status == 403
    assert await counted() == [each + 1 for each in before]


async def test_another_shop_and_users_without_the_right_get_no_report(
    owner: Browser, shop: Shop
) -> None:
    await built(owner, shop, "refunds", "csv")
    found = re.search(rf'href="({REPORTS}/[0-9a-f-]+)"', (await owner.get(REPORTS)).text)
    assert found is not None
    other = Browser(shop.gateway.router)
    await other.log_in(CHILD_OWNER)
    answer = await other.get(found[1])
    assert (answer.status, "There is no such report" in answer.text) == (404, True)
    assert "There are no reports yet" in (await other.get(REPORTS)).text
    assert (await other.get(f"{REPORTS}/x")).status == 404
    operator = Browser(shop.gateway.router)
    await operator.log_in(OPERATOR)
    assert (await operator.get(found[1])).status == 403
    shown = await operator.get(REPORTS)  # the operator may export orders, and sees exports only
    assert (shown.status, "There are no exports yet" in shown.text) == (200, True)
    refused = await operator.submit(f"{BASE}/profile", REPORTS, kind="refunds")
    assert refused.status == 403
    guest = Browser(shop.gateway.router)
    assert (await guest.get(found[1])).status == 303


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_list_of_orders_is_built_with_its_filter(
    shop: Shop, owner: Browser, kind: str
) -> None:
    await shop.register(5_000, orderNumber=f"{kind}-built-1")
    await shop.register(6_000, orderNumber=f"{kind}-other-1")
    listed = f"{BASE}/orders?number={kind}-built-%25&period=ever"
    fields = dict(
        re.findall(
            r'<input type="hidden" name="([a-z]+)" value="([^"]*)">',
            (await owner.get(listed)).text.split('action="/mportal3/orders/export"')[1],
        )
    )
    before = await shop.pool.fetchval("SELECT count(*) FROM export_jobs")
    wrong = await owner.post(f"{BASE}/orders/export", **fields, format="pdf")
    assert (wrong.status, "A file can be XLSX or CSV." in wrong.text) == (400, True)
    for _ in range(2):
        asked = await owner.post(f"{BASE}/orders/export", **fields, format=kind)
        assert asked.location == f"{REPORTS}?done=asked", asked.text
    assert await shop.pool.fetchval("SELECT count(*) FROM export_jobs") == before + 1

    async def ready() -> bool:
        return not await shop.pool.fetch("SELECT FROM export_jobs WHERE state <> 'ready'")

    await eventually(ready)
    shown = await owner.get(REPORTS)
    found = re.search(rf'href="({REPORTS}/[0-9a-f-]+)"', shown.text)
    assert found is not None
    body = (await owner.get(found[1])).body
    text = str(read_xlsx(body)) if kind == "xlsx" else body.decode("utf-8-sig")
    assert f"{kind}-built-1" in text
    assert f"{kind}-other-1" not in text


@pytest.mark.parametrize(
    ("login", "rights", "word"),
    [
        (OPERATOR, {}, "Exports"),
        (OPERATOR, {"revoked": ["export"]}, ""),
        (OPERATOR, {"revoked": ["export"], "granted": ["reports"]}, "Reports"),
        (OWNER, {}, "Reports"),
    ],
)
async def test_menu_leads_each_user_to_the_files_that_they_may_have(
    shop: Shop, login: str, rights: dict[str, list[str]], word: str
) -> None:
    browser = Browser(shop.gateway.router)
    await shop.pool.execute(
        SAVE_RIGHTS, login, rights.get("granted", []), rights.get("revoked", [])
    )
    try:
        await browser.log_in(login)
        menu = re.findall(
            rf'<a href="{REPORTS}"[^>]*>.*?<span>([^<]+)</span>',
            (await browser.get(f"{BASE}/profile")).text,
        )
        assert menu == [word, word] if word else not menu  # of wide screens and of narrow ones
        shown = await browser.get(REPORTS)
        assert shown.status == (200 if word else 403)
        if word:
            assert f"<h1>{word}</h1>" in shown.text
            assert 'aria-current="page"' in shown.text
            assert ('name="kind"' in shown.text) == (word == "Reports")
        hint = "appears under Exports" in (await browser.get(f"{BASE}/orders")).text
        assert hint == (word == "Exports")
    finally:
        await shop.pool.execute(SAVE_RIGHTS, login, [], [])


SAVE_RIGHTS = "UPDATE account_users SET granted = $2, revoked = $3 WHERE login = $1"
MANY_EXPORTS = """
    INSERT INTO export_jobs (merchant_id, job_id, kind, format, request, requested_by, created_at,
                             state)
    SELECT merchant_id, gen_random_uuid(), 'orders', format,
           jsonb_set(request, '{kind}', '"orders"'), 'test-operator', $1, 'ready'
    FROM export_jobs, generate_series(1, 120) WHERE job_id = $2
"""


async def test_register_is_listed_behind_the_exports_of_others(owner: Browser, shop: Shop) -> None:
    await built(owner, shop, "operations", "csv")
    register = await shop.pool.fetchval(
        "SELECT job_id FROM export_jobs ORDER BY created_at DESC LIMIT 1"
    )
    await shop.travel(timedelta(minutes=1))
    await shop.pool.execute(MANY_EXPORTS, shop.clock.now(), register)
    try:
        listed: list[str] = []
        address = REPORTS
        while True:
            shown = (await owner.get(address)).text
            assert ('rel="prev"' in shown) == (address != REPORTS)
            listed += re.findall(rf'href="{REPORTS}/([0-9a-f-]+)" download', shown)
            older = re.search(r'rel="next" href="([^"#]+)#reports"', shown)
            if older is None:
                break
            address = older[1]
        stored = await shop.pool.fetch("SELECT job_id FROM export_jobs WHERE merchant_id = 1")
        assert sorted(listed) == sorted(str(row["job_id"]) for row in stored)
        assert str(register) not in listed[:120]
        accountant = Browser(shop.gateway.router)
        await shop.pool.execute(SAVE_RIGHTS, OPERATOR, ["reports"], ["export"])
        await accountant.log_in(OPERATOR)
        assert f"{REPORTS}/{register}" in (await accountant.get(REPORTS)).text
        assert "List of orders" not in (await accountant.get(REPORTS)).text
        assert (await owner.get(f"{REPORTS}/{register}")).status == 200
    finally:
        await shop.pool.execute(SAVE_RIGHTS, OPERATOR, [], [])
        await shop.pool.execute("DELETE FROM export_jobs WHERE created_at = $1", shop.clock.now())
