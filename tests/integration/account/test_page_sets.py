"""Page sets in the account: upload, findings, preview, active pages that a payer pays on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from altyn.domain.account.audit import AUDIT_KEY_PURPOSE
from altyn.domain.page_set import SETS_MAX, PageSetState
from altyn.installation_keys import load_keys
from altyn.main.page_sets import page_sets_of
from altyn.operations.account.ports import AccountActor
from altyn.operations.page_sets import PageSetError, PageSetReason, PageSets
from altyn.storage.audit import AuditLog
from tests.asgi_client import Answer, AsgiClient
from tests.integration.account.browser import BASE, OPERATOR, Browser, csrf_of
from tests.integration.account.other_shop import CHILD_OWNER, add_child_owner
from tests.integration.storage.processes import eventually
from tests.page_sets import CHECKED_SET, PAYMENT, SCRIPTED_SET, packed
from tests.shop import GOOD, Shop, open_shop

SETS: Final = f"{BASE}/settings/page/sets"
AMOUNT: Final = "1\N{NARROW NO-BREAK SPACE}500.00\N{NO-BREAK SPACE}₽"
BOUNDARY: Final = "x1x2x3"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        await add_child_owner(opened.pool)
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def owner(shop: Shop) -> AsyncIterator[Browser]:
    """A browser in which the owner has logged in; the shop has no page sets."""
    await shop.pool.execute("DELETE FROM page_sets")
    await shop.pool.execute("SELECT pg_notify('altyn_page_sets', merchant_id::text) FROM merchants")
    browser = Browser(shop.gateway.router)
    await browser.log_in()
    yield browser


async def upload(browser: Browser, files: Mapping[str, str | bytes] | bytes) -> Answer:
    """Send the form of the upload, as a browser does."""
    archive = files if isinstance(files, bytes) else packed(files)
    csrf = csrf_of(await browser.get(SETS))
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    body = (
        f'{head}csrf"\r\n\r\n{csrf}\r\n{head}file"; filename="a.zip"\r\n\r\n'.encode()
        + archive
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return await browser.send(SETS, {}, body=body, kind=kind)


async def act(browser: Browser, number: int, what: str) -> Answer:
    return await browser.submit(SETS, f"{SETS}/{number}/{what}")


def page_sets(shop: Shop) -> PageSets:
    settings = shop.gateway.settings
    return page_sets_of(shop.pool, load_keys(settings), shop.clock)


async def staff(shop: Shop) -> AccountActor:
    number = await shop.pool.fetchval("SELECT merchant_id FROM merchants WHERE login = 'test'")
    return AccountActor(name="altyn pages", merchant_id=number)


async def audit(shop: Shop) -> list[str]:
    rows = await shop.pool.fetch(
        "SELECT actor, action, subject, detail FROM audit_log WHERE action LIKE 'page set%'"
        " ORDER BY merchant_id, number"
    )
    return [" ".join(filter(None, row.values())) for row in rows]


async def open_page(shop: Shop, order_id: str, name: str = "payment_en.html") -> Answer:
    client = AsgiClient(shop.gateway.router)
    return await client.get(f"/payment/merchants/test/{name}?mdOrder={order_id}")


async def shows(shop: Shop, order_id: str, text: str, name: str = "payment_en.html") -> Answer:
    """The page, as soon as the process has loaded the change."""
    found: list[Answer] = []

    async def same() -> bool:
        found.append(await open_page(shop, order_id, name))
        return text in found[-1].text

    await eventually(same)
    return found[-1]


async def test_uploaded_set_is_seen_made_active_and_paid_on(owner: Browser, shop: Shop) -> None:
    order_id = await shop.register(150_000, orderNumber="own-1")
    uploaded = await upload(owner, CHECKED_SET)
    assert uploaded.location == f"{SETS}/1?done=uploaded"
    assert 'class="own"' not in (await open_page(shop, order_id)).text
    shown = await owner.get(f"{SETS}/1")
    assert 'src="/mportal3/settings/page/sets/1/preview/payment_en.html"' in shown.text
    assert "frame-src 'self'" in shown.headers["content-security-policy"]
    assert (await act(owner, 1, "activate")).location == f"{SETS}/1?done=activated"

    page = await shows(shop, order_id, 'class="own"')
    assert f'<b data-order="amount">{AMOUNT}</b>' in page.text
    assert "own-1" in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]
    client = AsgiClient(shop.gateway.router)
    style = await client.get("/payment/merchants/test/css/page.css")
    assert (style.status, "teal" in style.text) == (200, True)
    assert (await client.get("/payment/merchants/test-api/css/page.css")).status == 404
    fields = {"$PAN": GOOD, "$EXPIRY": "12/35", "$CVC": "123", "TEXT": "A B"}
    paid = await client.post(f"/payment/merchants/test/payment_en.html?mdOrder={order_id}", fields)
    assert (paid.status, paid.location.startswith("https://shop.example/")) == (303, True)
    assert (await shop.see(order_id)).status == 2
    assert (await audit(shop))[-2:] == [
        "test-owner page set uploaded page set 1 ready",
        "test-owner page set made active page set 1",
    ]


async def test_other_views_and_errors_come_from_the_same_set(owner: Browser, shop: Shop) -> None:
    order_id = await shop.register(100)
    await upload(owner, CHECKED_SET)
    await act(owner, 1, "activate")
    await shows(shop, order_id, "К оплате", "payment_ru.html")
    await shows(shop, order_id, 'class="own"', "mobile_payment_ru.html")
    await shop.call("decline.do", orderId=order_id)
    errors = await open_page(shop, order_id, "errors_en.html")
    assert 'id="own-error"' in errors.text
    assert '<p data-order="reason"></p>' not in errors.text
    own_ru = await open_page(shop, order_id, "errors_ru.html")
    assert 'id="own-error"' not in own_ru.text, "the set has no such page, so it is the gateway's"


async def test_active_set_is_replaced_by_an_earlier_one_and_by_the_gateway_s(
    owner: Browser, shop: Shop
) -> None:
    order_id = await shop.register(100)
    for name in ("first", "second"):
        await upload(owner, {**CHECKED_SET, "payment_en.html": PAYMENT.replace("own", name)})
    await act(owner, 1, "activate")
    await shows(shop, order_id, 'class="first"')
    await act(owner, 2, "activate")
    await shows(shop, order_id, 'class="second"')
    assert (await act(owner, 2, "remove")).status == 409
    listed = await owner.get(SETS)
    assert "Go back to page set 1" in listed.text
    await act(owner, 1, "activate")
    await shows(shop, order_id, 'class="first"')
    await act(owner, 1, "deactivate")
    await shows(shop, order_id, 'id="payment"')
    assert (await act(owner, 1, "deactivate")).status == 409
    assert (await act(owner, 1, "remove")).location == f"{SETS}?done=removed"
    assert (await owner.get(f"{SETS}/1")).status == 404
    rows = await shop.pool.fetch("SELECT DISTINCT number FROM page_set_files")
    assert [row["number"] for row in rows] == [2]


async def test_faults_are_named_and_nothing_is_stored(owner: Browser, shop: Shop) -> None:
    wrong = {**CHECKED_SET, "payment_en.html": PAYMENT.replace("$CVC", "phone"), "a.exe": b"MZ"}
    answer = await upload(owner, wrong)
    assert answer.status == 400
    assert "a.exe" in answer.text
    assert "nobody could pay" in answer.text
    assert await shop.pool.fetchval("SELECT count(*) FROM page_sets") == 0
    assert (await upload(owner, b"")).status == 400
    hostile = {**CHECKED_SET, "<b>x</b>.css": "a"}
    refused = await upload(owner, hostile)
    assert "&lt;b&gt;x" in refused.text
    assert "<b>x" not in refused.text


async def test_own_scripts_wait_for_the_provider(owner: Browser, shop: Shop) -> None:
    order_id = await shop.register(100)
    await upload(owner, CHECKED_SET)
    await act(owner, 1, "activate")
    assert (await upload(owner, SCRIPTED_SET)).location == f"{SETS}/2?done=uploaded"
    shown = await owner.get(f"{SETS}/2")
    assert "waits for the provider" in shown.text
    assert f"payment_ru.html, line {PAYMENT.count(chr(10)) + 1}" in shown.text
    assert f"{SETS}/2/activate" not in shown.text
    assert (await act(owner, 2, "activate")).status == 409
    page = await shows(shop, order_id, "К оплате", "payment_ru.html")
    assert "own script" not in page.text, "the earlier set is served"

    sets, actor = page_sets(shop), await staff(shop)
    assert [each.number for each in await sets.store.waiting()] == [2]
    with pytest.raises(PageSetError) as refused:
        await sets.decide(2, actor, approves=False, reason=" ")
    assert refused.value.reason is PageSetReason.REASON_EMPTY
    decided = await sets.decide(2, actor, approves=True)
    assert (decided.state, decided.approved_by) == (PageSetState.READY, "altyn pages")
    await act(owner, 2, "activate")
    page = await shows(shop, order_id, "own script", "payment_ru.html")
    assert page.text == str(SCRIPTED_SET["payment_ru.html"])
    assert "script-src 'self' 'unsafe-inline'" in page.headers["content-security-policy"]
    with pytest.raises(PageSetError) as again:
        await sets.decide(2, actor, approves=False, reason="late")
    assert again.value.reason is PageSetReason.NOT_WAITING


async def test_refused_set_shows_its_reason_and_is_never_served(owner: Browser, shop: Shop) -> None:
    await upload(owner, SCRIPTED_SET)
    await page_sets(shop).decide(
        1, await staff(shop), approves=False, reason="It sends <cards> away."
    )
    shown = await owner.get(f"{SETS}/1")
    assert "It sends &lt;cards&gt; away." in shown.text
    assert (await act(owner, 1, "activate")).status == 409
    with pytest.raises(Exception, match="page_sets_check"):
        await shop.pool.execute("UPDATE page_sets SET state = 'active' WHERE number = 1")


async def test_preview_runs_nothing_and_touches_no_order(owner: Browser, shop: Shop) -> None:
    orders = await shop.pool.fetchval("SELECT count(*) FROM orders")
    await upload(owner, SCRIPTED_SET)
    for file in ("payment_ru.html", "payment_en.html", "errors_en.html"):
        shown = await owner.get(f"{SETS}/1/preview/{file}")
        policy = shown.headers["content-security-policy"]
        assert policy.startswith("sandbox; default-src 'none'; ")
        assert "allow-" not in policy
        assert "frame-ancestors 'self'" in policy
        assert "script" not in re.sub("own script", "", shown.text)
        assert not re.search(r'(?:src|href)="(?!data:|#)', shown.text)
    page = await owner.get(f"{SETS}/1/preview/payment_en.html")
    assert AMOUNT in page.text
    assert await shop.pool.fetchval("SELECT count(*) FROM orders") == orders
    for path in ("js/page.js", "css/page.css", "nothing.html", "..%2fpayment_en.html"):
        assert (await owner.get(f"{SETS}/1/preview/{path}")).status == 404
    client = AsgiClient(shop.gateway.router)
    assert (await client.get("/payment/merchants/test/js/page.js")).status == 404


async def test_sets_of_another_shop_are_not_reached(owner: Browser, shop: Shop) -> None:
    await upload(owner, CHECKED_SET)
    await upload(owner, CHECKED_SET)
    before = await shop.pool.fetch("SELECT * FROM page_sets ORDER BY number")
    other = Browser(shop.gateway.router)
    await other.log_in(CHILD_OWNER)
    await upload(other, {**CHECKED_SET, "payment_en.html": PAYMENT.replace("own", "child")})
    for number in (2, "2", "0", "-1", "1e3", "٢", "999999", "9" * 30):
        assert (await other.get(f"{SETS}/{number}")).status == 404
        assert (await other.get(f"{SETS}/{number}/preview/payment_en.html")).status == 404
        for what in ("activate", "deactivate", "remove"):
            answer = await other.submit(SETS, f"{SETS}/{number}/{what}")
            assert answer.status == 404
    own = await other.get(f"{SETS}/1/preview/payment_en.html")
    assert 'class="child"' in own.text
    await other.submit(SETS, f"{SETS}/1/activate")
    await other.submit(SETS, f"{SETS}/1/deactivate")
    merchant_id = before[0]["merchant_id"]
    after = await shop.pool.fetch(
        "SELECT * FROM page_sets WHERE merchant_id = $1 ORDER BY number", merchant_id
    )
    assert after == before


async def test_forms_need_their_token_and_the_right(owner: Browser, shop: Shop) -> None:
    await upload(owner, CHECKED_SET)
    for what in ("activate", "deactivate", "remove"):
        assert (await owner.post(f"{SETS}/1/{what}")).status == 403
    assert (await owner.post(SETS, file="x")).status == 403
    operator = Browser(shop.gateway.router)
    await operator.log_in(OPERATOR)
    csrf = csrf_of(await operator.get(f"{BASE}/profile"))
    for path in (SETS, f"{SETS}/1", f"{SETS}/1/preview/payment_en.html"):
        assert (await operator.get(path)).status == 403
    for path in (SETS, f"{SETS}/1/activate", f"{SETS}/1/remove"):
        assert (await operator.post(path, csrf=csrf)).status == 403
    assert await shop.pool.fetchval("SELECT state FROM page_sets") == "ready"


async def test_number_of_sets_is_bounded_and_uploads_at_once_all_get_numbers(
    owner: Browser, shop: Shop
) -> None:
    answers = await asyncio.gather(*(upload(owner, CHECKED_SET) for _ in range(3)))
    assert len({answer.location for answer in answers}) == 3
    for _ in range(SETS_MAX - 3):
        await upload(owner, CHECKED_SET)
    refused = await upload(owner, CHECKED_SET)
    assert refused.status == 409
    assert "Remove one" in refused.text


async def test_two_sets_that_are_made_active_at_once_leave_one_active(
    owner: Browser, shop: Shop
) -> None:
    for _ in range(4):
        await upload(owner, CHECKED_SET)
    answers = await asyncio.gather(*(act(owner, number, "activate") for number in range(1, 5)))
    assert {answer.status for answer in answers} <= {303, 409}
    active = await shop.pool.fetchval("SELECT count(*) FROM page_sets WHERE state = 'active'")
    assert active == 1
    actor = await staff(shop)
    log = AuditLog(load_keys(shop.gateway.settings).derive(AUDIT_KEY_PURPOSE))
    assert (await log.head(shop.pool, actor.merchant_id)).number > 0


async def test_number_of_a_removed_set_is_not_used_again(owner: Browser, shop: Shop) -> None:
    """The provider looks at a set by its number: it must not become another set meanwhile."""
    await upload(owner, SCRIPTED_SET)
    await act(owner, 1, "remove")
    assert (await upload(owner, SCRIPTED_SET)).location == f"{SETS}/2?done=uploaded"
    with pytest.raises(PageSetError) as refused:
        await page_sets(shop).decide(1, await staff(shop), approves=True)
    assert refused.value.reason is PageSetReason.UNKNOWN


async def test_upload_that_is_too_large_is_refused(owner: Browser) -> None:
    assert (await upload(owner, bytes(6 * 1024 * 1024))).status == 413
