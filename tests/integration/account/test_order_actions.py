"""What is done with an order in the account: beforehand, once, with the API's refusals, as whom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
from starlette.routing import Route

from altyn.domain.account.roles import GRANTS, AccountRole, Action, Grant, Rights
from altyn.domain.receipt.values import ReceiptState
from altyn.inbound.personal_account.access import AccountAccess
from altyn.main.account_orders import account_order_routes
from altyn.operations.account.ports import AccountContext
from tests.asgi_client import Answer
from tests.integration.account.browser import BASE, OPERATOR, Browser
from tests.integration.account.order_pages import (
    CART,
    CHILD,
    HOSTILE,
    ORDERS,
    browser_of,
    version_of,
)
from tests.integration.receipts.fiscal_shop import FiscalShop
from tests.merchant_changes import changed
from tests.shop import Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")
READ = {"": Action.ORDERS, "/newest": Action.ORDERS, ".csv": Action.EXPORT}
NO_RECEIPT = "00000000-0000-4000-8000-000000000000"
KEPT = ("/filters", "/filters/remove", "/columns", "/fields")
ACTS = {
    "complete": Action.COMPLETION,
    "reverse": Action.REVERSAL,
    "refund": Action.REFUND,
    "decline": Action.DECLINE,
    "receipt": Action.RECEIPTS,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def operator(shop: Shop) -> Browser:
    browser = Browser(shop.gateway.router)
    await browser.log_in(OPERATOR)
    return browser


def plain(answer: Answer) -> str:
    """The page's text, with plain spaces."""
    return unescape(answer.text).replace("\u202f", " ").replace("\xa0", " ")


async def confirm(browser: Browser, order_id: str, action: str, query: str = "") -> Answer:
    """Look at what will change, and confirm it."""
    page = f"{ORDERS}/{order_id}/{action}"
    shown = await browser.get(f"{page}?{query}")
    assert shown.status == 200, plain(shown)
    return await browser.post(page, **shown.form.fields)


async def history(shop: Shop, order_id: str) -> list[tuple[str, str]]:
    rows = await shop.pool.fetch(
        "SELECT event, actor FROM order_events WHERE order_id = $1::uuid ORDER BY version", order_id
    )
    return [(row["event"], row["actor"]) for row in rows]


async def test_refund_shows_beforehand_what_stays_and_names_the_actor(
    operator: Browser, shop: Shop
) -> None:
    order_id = await shop.paid(150_000)
    shown = await operator.get(f"{ORDERS}/{order_id}/refund?amount=500,00")
    assert "Refund 500.00 ₽ of 1 500.00 ₽." in plain(shown)
    assert "1 000.00 ₽ stay with you." in plain(shown)
    russian = await operator.get(f"{ORDERS}/{order_id}/refund?amount=500&lang=ru")
    assert "Вернуть 500,00 ₽ из 1 500,00 ₽." in plain(russian)
    await operator.get(f"{ORDERS}?lang=en")
    assert (await shop.see(order_id)).refunded == 0
    done = await confirm(operator, order_id, "refund", "amount=500,00")
    assert done.location == f"{ORDERS}/{order_id}?done=refund"
    assert "The refund is done" in plain(await operator.get(done.location))
    assert (await shop.see(order_id)).refunded == 50_000
    assert ("refund_asked", OPERATOR) in await history(shop, order_id)
    rest = await operator.get(f"{ORDERS}/{order_id}/refund?amount=1000")
    assert "Refund all that is left: 1 000.00 ₽." in plain(rest)


async def test_refund_takes_positions_of_the_cart(operator: Browser, shop: Shop) -> None:
    order_id = await shop.register(150_000, orderBundle=CART)
    await shop.pay(order_id)
    form = await operator.get(f"{ORDERS}/{order_id}/refund")
    assert "left: 3, 1 500.00 ₽" in plain(form)
    shown = await operator.get(f"{ORDERS}/{order_id}/refund?quantity-0=1")
    assert "Refund 500.00 ₽ of 1 500.00 ₽." in plain(shown)
    await confirm(operator, order_id, "refund", "quantity-0=1")
    assert (await shop.see(order_id)).refunded == 50_000
    left = await operator.get(f"{ORDERS}/{order_id}/refund")
    assert "left: 2, 1 000.00 ₽" in plain(left)
    for quantity, fault in (("3", "at most what is left"), ("0", "one position at least")):
        refused = await operator.get(f"{ORDERS}/{order_id}/refund?quantity-0={quantity}")
        assert (refused.status, fault in refused.text) == (400, True)


async def test_hold_is_completed_in_part(operator: Browser, shop: Shop) -> None:
    order_id = await shop.paid(150_000, two_phase=True)
    shown = await operator.get(f"{ORDERS}/{order_id}/complete?amount=1000")
    assert "Take 1 000.00 ₽ of 1 500.00 ₽." in plain(shown)
    assert "500.00 ₽ are released to the payer." in plain(shown)
    await confirm(operator, order_id, "complete", "amount=1000")
    assert (await shop.see(order_id)).deposited == 100_000


async def test_payment_is_reversed_on_its_day_only(operator: Browser, shop: Shop) -> None:
    order_id, late = await shop.paid(150_000), await shop.paid(100)
    shown = await operator.get(f"{ORDERS}/{order_id}/reverse")
    assert "1 500.00 ₽ go back to the payer." in plain(shown)
    await confirm(operator, order_id, "reverse")
    assert (await shop.see(order_id)).status == 3
    await shop.travel(timedelta(days=1))
    await operator.log_in(OPERATOR)
    page = await operator.get(f"{ORDERS}/{late}")
    assert f"{late}/refund" in page.text
    assert f"{late}/reverse" not in page.text
    refused = await operator.get(f"{ORDERS}/{late}/reverse")
    api = await shop.call("reverse.do", orderId=late, language="en")
    assert refused.status == 400
    assert api["errorMessage"] in plain(refused)


async def test_unpaid_order_is_declined(operator: Browser, shop: Shop) -> None:
    order_id = await shop.register(150_000)
    page = await operator.get(f"{ORDERS}/{order_id}")
    assert f"{order_id}/decline" in page.text
    assert f"{order_id}/refund" not in page.text
    shown = await operator.get(f"{ORDERS}/{order_id}/decline")
    assert "Decline the unpaid order of 1 500.00 ₽." in plain(shown)
    await confirm(operator, order_id, "decline")
    assert (await shop.see(order_id)).status == 6
    assert ("cancelled", OPERATOR) in await history(shop, order_id)


async def test_closing_receipt_is_made_once(operator: Browser, shop: Shop) -> None:
    order_id = await shop.register(150_000, orderBundle=CART)
    await shop.pay(order_id)
    page = f"{ORDERS}/{order_id}/receipt"
    shown = await operator.get(page)
    assert "Make a closing receipt of 1 500.00 ₽." in plain(shown)
    first = await operator.post(page, **shown.form.fields)
    second = await operator.post(page, **shown.form.fields)
    assert first.location.endswith("?done=receipt")
    assert second.location.endswith("?done=repeated")
    events = await history(shop, order_id)
    assert events.count(("receipt_closed", OPERATOR)) == 1


async def test_refund_that_is_sent_twice_at_once_is_made_once(
    operator: Browser, shop: Shop
) -> None:
    order_id = await shop.paid(150_000)
    page = f"{ORDERS}/{order_id}/refund"
    shown = await operator.get(f"{page}?amount=100")
    answers = await asyncio.gather(*(operator.post(page, **shown.form.fields) for _ in range(4)))
    done = sorted(answer.location.partition("done=")[2] for answer in answers)
    assert done == ["refund", "repeated", "repeated", "repeated"]
    assert (await shop.see(order_id)).refunded == 10_000
    after = plain(await operator.get(f"{ORDERS}/{order_id}?done=repeated"))
    assert "nothing was done a second time" in after


async def test_form_of_a_second_tab_is_no_repetition(operator: Browser, shop: Shop) -> None:
    held, paid = await shop.paid(150_000, two_phase=True), await shop.paid(150_000)
    cases = (
        (paid, ("refund", "amount=100"), ("refund", "amount=300")),
        (paid, ("refund", "amount=100"), ("reverse", "")),
        (held, ("complete", "amount=100"), ("reverse", "")),
    )
    for order_id, (first, one), (second, two) in cases:
        page = f"{ORDERS}/{order_id}"
        tabs = [
            await operator.get(f"{page}/{first}?{one}"),
            await operator.get(f"{page}/{second}?{two}"),
        ]
        done = await operator.post(f"{page}/{first}", **tabs[0].form.fields)
        assert done.location == f"{page}?done={first}"
        other = await operator.post(f"{page}/{second}", **tabs[1].form.fields)
        assert (other.status, "Nothing was done" in plain(other)) == (409, True), (first, second)
        again = await operator.post(f"{page}/{first}", **tabs[0].form.fields)
        assert again.location == f"{page}?done=repeated"


async def test_order_that_has_changed_is_looked_at_again(operator: Browser, shop: Shop) -> None:
    order_id = await shop.paid(150_000)
    page = f"{ORDERS}/{order_id}/refund"
    shown = await operator.get(f"{page}?amount=100")
    await shop.call("refund.do", orderId=order_id, amount=50_000)
    answer = await operator.post(page, **shown.form.fields)
    assert (answer.status, "has changed since" in answer.text) == (409, True)
    assert (await shop.see(order_id)).refunded == 50_000


async def test_refusals_are_those_of_the_api(operator: Browser, shop: Shop) -> None:
    order_id = await shop.paid(150_000)
    shown = await operator.get(f"{ORDERS}/{order_id}/refund?amount=1500,01")
    api = await shop.call("refund.do", orderId=order_id, amount=150_001, language="en")
    assert shown.status == 400
    assert api["errorMessage"] in plain(shown)
    for amount in ("", "0", "-1", "ten", "1,001", "1e3"):
        refused = await operator.get(f"{ORDERS}/{order_id}/refund?amount={amount}")
        assert (refused.status, "an amount above zero" in refused.text) == (400, True), amount
    forged = await operator.get(f"{ORDERS}/{order_id}/refund?amount=1")
    fields = {**forged.form.fields, "amount": "99999"}
    answer = await operator.post(f"{ORDERS}/{order_id}/refund", **fields)
    assert (answer.status, api["errorMessage"] in plain(answer)) == (400, True)
    assert (await shop.see(order_id)).refunded == 0


async def test_callback_is_shown_and_sent_again(operator: Browser, shop: Shop) -> None:
    receiver = "http://127.0.0.1:9/callback?<b>"
    order_id = await shop.register(150_000, dynamicCallbackUrl=receiver)
    await shop.pay(order_id)
    page = await operator.get(f"{ORDERS}/{order_id}")
    callback = page.text.split(f'href="{ORDERS}/{order_id}/callbacks/')[1].split('"')[0]
    address = f"{ORDERS}/{order_id}/callbacks/{callback}"
    sent = await operator.submit(address, address)
    assert sent.location.startswith(f"{address}?resent=")
    shown = await operator.get(sent.location)
    assert "being sent" in shown.text
    assert "<b>" not in shown.text.partition("<main")[2]
    other = await shop.paid(100)
    assert (await operator.get(f"{ORDERS}/{other}/callbacks/{callback}")).status == 404


async def switch_rights(shop: Shop, role: AccountRole) -> Rights:
    """Switch every right of the user of `browser_of` that can be switched; the rights."""
    ruled = {grant: [each for each in Action if GRANTS[role, each] is grant] for grant in Grant}
    rights = Rights(role, frozenset(ruled[Grant.OFF]), frozenset(ruled[Grant.ON]))
    await store_rights(shop, rights)
    return rights


async def store_rights(shop: Shop, rights: Rights) -> None:
    """Give the user of `browser_of` these rights."""
    await shop.pool.execute(
        "UPDATE account_users SET granted = $2, revoked = $3 WHERE login = $1",
        f"test-{rights.role}-x",
        [*map(str, rights.granted)],
        [*map(str, rights.revoked)],
    )


REPORTS = f"{BASE}/reports"


def routes_of(shop: Shop) -> set[tuple[str, str]]:
    """Each route of the orders' pages: its method, and its path below that of the list."""
    access = AccountAccess(context=cast("AccountContext", None), secure=False, sandbox=False)
    routes = account_order_routes(access, shop.pool, shop.gateway.world)
    return {
        (method, route.path.removeprefix(ORDERS))
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


@pytest.mark.parametrize("switched", [False, True])
@pytest.mark.parametrize("role", AccountRole)
async def test_each_route_needs_the_right_of_its_action(
    shop: Shop, role: AccountRole, *, switched: bool
) -> None:
    """As the role has the rights, and with all switched that can be switched for one user."""
    browser = await browser_of(shop, role)
    rights = await switch_rights(shop, role) if switched else Rights(role)
    order_id = await shop.paid(150_000)
    version = await version_of(shop, order_id)
    token = (await browser.get(f"{ORDERS}?lang=en")).form.fields["csrf"]
    asked = [("GET", f"{ORDERS}{path}", right) for path, right in READ.items()]
    asked += [("POST", f"{ORDERS}{path}", Action.ORDERS) for path in KEPT]
    asked += [("POST", f"{ORDERS}/export", Action.EXPORT)]
    order = f"{ORDERS}/{order_id}"
    asked += [("GET", order, Action.ORDERS)]
    for name, right in ACTS.items():
        asked += [("GET", f"{order}/{name}", right), ("POST", f"{order}/{name}", right)]
    asked += [
        ("GET", f"{order}/callbacks/{order_id}.1.1", Action.ORDERS),
        ("POST", f"{order}/callbacks/{order_id}.1.1", Action.CALLBACKS),
        ("GET", f"{order}/receipts/{NO_RECEIPT}", Action.RECEIPTS),
        ("POST", f"{order}/receipts/{NO_RECEIPT}", Action.RECEIPTS),
    ]
    named = {
        (
            method,
            path.removeprefix(ORDERS)
            .replace(f"/{order_id}.1.1", "/{callback}")
            .replace(NO_RECEIPT, "{receipt}"),
        )
        for method, path, _ in asked
    }
    assert {(method, path.replace(order_id, "{order}")) for method, path in named} == routes_of(
        shop
    )
    for method, path, right in asked:
        sent = browser.get(path) if method == "GET" else browser.post(path, csrf=token)
        answer = await sent
        is_refused = answer.status == 403 and "You do not have the right" in answer.text
        assert is_refused is not rights.allow(right), (method, path, answer.status)
    may_see = rights.allow(Action.REPORTS) or rights.allow(Action.EXPORT)
    assert ((await browser.get(REPORTS)).status == 200) is may_see
    asked_for = await browser.post(REPORTS, csrf=token)
    assert (asked_for.status != 403) is rights.allow(Action.REPORTS)
    assert await version_of(shop, order_id) == version
    page = await browser.get(order)
    for name, right in ACTS.items():
        assert f"{order}/{name}" not in page.text or rights.allow(right), name
    await store_rights(shop, Rights(role))


async def test_orders_of_another_shop_are_as_if_they_were_not(shop: Shop) -> None:
    stranger = await browser_of(shop, AccountRole.OWNER, merchant=CHILD)
    order_id = await shop.register(
        150_000, dynamicCallbackUrl="http://127.0.0.1:9/", orderBundle=CART
    )
    await shop.pay(order_id)
    version = await version_of(shop, order_id)
    receipt = str((await FiscalShop(shop).receipts(order_id))[0].receipt_id)
    missing = f"{order_id[:-4]}0000"
    token = (await stranger.get(f"{ORDERS}?lang=en")).form.fields["csrf"]
    paths = {path for _, path in routes_of(shop) if path.startswith("/{order}")}
    assert len(paths) == len(ACTS) + 3
    for named in paths:
        path = named.removeprefix("/{order}").replace("{callback}", f"{order_id}.{version}.1")
        path = path.replace("{receipt}", receipt)
        for fields in ({}, {"amount": "1", "version": str(version)}):
            theirs = await stranger.get(f"{ORDERS}/{order_id}{path}?{'&'.join(fields)}")
            none = await stranger.get(f"{ORDERS}/{missing}{path}?{'&'.join(fields)}")
            assert theirs.status == none.status == 404, path
            assert theirs.text.replace(order_id, missing) == none.text.replace(order_id, missing)
        if path:
            answer = await stranger.post(
                f"{ORDERS}/{order_id}{path}", csrf=token, amount="1", version=str(version)
            )
            assert answer.status == 404, path
    for query in (f"id={order_id}", "period=ever", "shop=test"):
        answer = await stranger.get(f"{ORDERS}?{query}")
        assert f"{ORDERS}/{order_id}" not in answer.text, query
        assert order_id not in (await stranger.get(f"{ORDERS}.csv?{query}&column=id")).text
    assert await version_of(shop, order_id) == version


async def test_parent_sees_and_changes_the_orders_of_its_child(
    operator: Browser, shop: Shop
) -> None:
    order_id = await shop.register(150_000, merchantLogin=CHILD)
    shown = await operator.get(f"{ORDERS}?shop={CHILD}")
    assert f"{ORDERS}/{order_id}" in shown.text
    assert f"{ORDERS}/{order_id}" not in (await operator.get(f"{ORDERS}?shop=test")).text
    done = await confirm(operator, order_id, "decline")
    assert done.location.endswith("done=decline")


async def test_hostile_texts_stay_texts(operator: Browser, shop: Shop) -> None:
    order_id = await shop.register(
        150_000,
        orderNumber="<b>\"'&amp;%1",
        description=HOSTILE,
        clientId=HOSTILE,
        email="a'b@example.org",
        jsonParams=json.dumps({"note": HOSTILE, "x<i>": "javascript:alert(3)"}),
        dynamicCallbackUrl="http://127.0.0.1:9/?<script>",
        orderBundle=CART,
    )
    await shop.pay(order_id)
    everything = "&".join(
        f"column={each}" for each in ("number", "id", "description", "shop", "code", "created")
    )
    order = f"{ORDERS}/{order_id}"
    pages = [f"{ORDERS}?{everything}", f"{ORDERS}?number={HOSTILE.replace('%', '%25')}", order]
    pages += [f"{order}/{name}" for name in ACTS]
    pages += [f"{order}/refund?quantity-0={HOSTILE}", f"{ORDERS}?kept={HOSTILE}&done={HOSTILE}"]
    for address in pages:
        text = (await operator.get(address.replace(" ", "+"))).text
        for hostile in ("<script>alert", "<img src=x", '<b>"', "<i>", 'href="javascript'):
            assert hostile not in text, (address, hostile)


async def test_action_that_the_order_does_not_allow_is_explained(
    operator: Browser, shop: Shop
) -> None:
    order_id = await shop.register(100)
    answer = await operator.get(f"{ORDERS}/{order_id}/refund")
    assert "cannot be done with the order now" in plain(answer)
    assert "<form class" not in answer.text.partition("<main")[2]


# ── A failed receipt ──────────────────────────────────────────────────────────────────────────────


async def test_failed_receipt_is_sent_again_once_to_the_new_contact(
    operator: Browser, shop: Shop
) -> None:
    fiscal = FiscalShop(shop)
    order_id = await fiscal.paid(customerDetails={})
    (failed,) = await fiscal.settled(order_id)
    order = f"{ORDERS}/{order_id}"
    page = f"{order}/receipts/{failed.receipt_id}"
    assert f'href="{page}"' in (await operator.get(f"{order}?lang=en")).text
    shown = await operator.get(page)
    assert "Send the receipt of 400.04 ₽ again" in plain(shown)
    fields = shown.form.fields
    wrong = await operator.post(page, **{**fields, "contact": "x@"})
    assert (wrong.status, "Type an email address" in wrong.text) == (400, True)
    assert len(await fiscal.receipts(order_id)) == 1
    async with changed(shop, {"fiscal.provider": "none"}):
        refused = await operator.post(page, **fields)
        assert (refused.status, "has no fiscal provider" in refused.text) == (400, True)
    sent = {**fields, "contact": "found@shop.example"}
    done = [await operator.post(page, **sent) for _ in range(2)]
    assert [each.location for each in done] == [f"{order}?done=resent", f"{order}?done=repeated"]
    assert "to the cash register again" in plain(await operator.get(f"{order}?done=resent"))
    _, made = await fiscal.settled(order_id)
    assert (made.state, made.content.email) == (ReceiptState.DELIVERED, "found@shop.example")
    assert made.content.replaces == failed.receipt_id
    assert (await history(shop, order_id))[-1] == ("receipt_resent", OPERATOR)


async def test_receipt_that_has_not_failed_is_not_sent_again(operator: Browser, shop: Shop) -> None:
    fiscal = FiscalShop(shop)
    order_id = await fiscal.paid()
    (issued,) = await fiscal.settled(order_id)
    order = f"{ORDERS}/{order_id}"
    page = f"{order}/receipts/{issued.receipt_id}"
    assert page not in (await operator.get(order)).text
    shown = await operator.get(page)
    assert "Only a failed receipt is sent again" in shown.text
    assert "<form class" not in shown.text.partition("<main")[2]
    token = (await operator.get(ORDERS)).form.fields["csrf"]
    answer = await operator.post(page, csrf=token)
    assert answer.location == f"{order}?done=repeated"
    assert len(await fiscal.receipts(order_id)) == 1
    other = await shop.paid(100)
    assert (await operator.get(f"{ORDERS}/{other}/receipts/{issued.receipt_id}")).status == 404
