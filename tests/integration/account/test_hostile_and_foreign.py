"""Every page of the account and the console: hostile texts stay texts, and another shop's objects
are neither shown nor changed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from markupsafe import escape

from altyn.domain.account.roles import GRANTS, AccountRole, Action, Grant
from altyn.inbound.web.responses import POLICY
from tests.asgi_client import Answer
from tests.e2e.web_pages import CHECKS, WALKED
from tests.integration.account.browser import BASE, Browser, csrf_of
from tests.integration.account.hostile_shop import (
    CONSOLE,
    EMAIL,
    HOSTILE,
    MARK,
    PHONE,
    SHORT,
    START,
    Objects,
    PageCheck,
    fill,
)
from tests.integration.account.order_pages import browser_of
from tests.integration.account.other_shop import CHILD_OWNER, add_child_owner
from tests.shop import Shop, open_shop

TABLES: Final = (
    *("account_users", "api_users", "api_tokens", "logins", "merchants", "invoices", "audit_log"),
    *("account_sessions", "account_lists", "order_events", "orders"),
)
OWN_ACCESS: Final = ("login", "code", "logout", "password", "one-time-codes", "passkeys")
NEEDED: Final = {
    "users": Action.USERS,
    "api": Action.API_CREDENTIALS,
    "audit": Action.AUDIT,
    "audit.csv": Action.AUDIT,
    "callbacks": Action.CALLBACKS,
    "settings": Action.SETTINGS,
    "invoices": Action.INVOICES,
    "payment-links": Action.INVOICES,
}
"""The right for each group of pages; those of orders and reports have tests of their own."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        await add_child_owner(opened.pool)
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owner(shop: Shop) -> Browser:
    browser = Browser(shop.gateway.router)
    await browser.log_in()
    return browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def objects(shop: Shop, owner: Browser) -> Objects:
    return await fill(shop, owner)


def is_page(answer: Answer) -> bool:
    return "text/html" in answer.headers.get("content-type", "")


async def state(shop: Shop) -> list[object]:
    """The rows of the demo shop that only its own users and its API change."""
    found: list[object] = [
        sorted(
            str(tuple(row.values()))
            for row in await shop.pool.fetch(
                f"SELECT * FROM {table} WHERE merchant_id ="  # noqa: S608 - names of tables
                " (SELECT merchant_id FROM merchants WHERE login = 'test')"
            )
        )
        for table in TABLES
    ]
    assert all(found)
    return found


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_hostile_texts_of_an_order_stay_texts_on_every_page(
    owner: Browser, shop: Shop, objects: Objects, language: str
) -> None:
    await owner.get(f"{BASE}?lang={language}")
    shown = set()
    queries = ("", "?period=ever&column=description&column=number&due=all")
    for method, path in objects.paths(shop):
        for query in queries if method == "GET" else ():
            answer = await owner.get(f"{path}{query}")
            assert answer.status < 500, path
            if is_page(answer):
                assert PageCheck(answer.text).faults == [], path
                assert "1343433" not in answer.text, path
                shown |= {path} if MARK in answer.text else set()
    order = objects.order
    callback, invoice = objects.callback, objects.invoice
    assert shown >= {
        *(f"{BASE}/orders", f"{BASE}/orders/{order}", f"{BASE}/orders/{order}/refund"),
        *(f"{BASE}/callbacks", f"{BASE}/callbacks/{callback}"),
        *(f"{BASE}/invoices", f"{BASE}/invoices/{invoice}", f"{BASE}/settings/page"),
        *(START, "/console/due", "/console/requests", f"/console/requests/{objects.request}"),
        *("/console/orders", f"/console/orders/{order}", "/console/callbacks"),
        f"/console/callbacks/{callback}",
    }
    story = (await owner.get(f"/console/orders/{order}")).text
    assert str(escape(EMAIL)) in story
    assert PHONE in story


@pytest.mark.parametrize("agent", [HOSTILE.replace("'", ""), MARK])
async def test_hostile_texts_of_a_login_stay_texts(owner: Browser, shop: Shop, agent: str) -> None:
    stranger = Browser(shop.gateway.router)
    refused = await stranger.log_in(agent, agent, next=agent)
    assert PageCheck(refused.text).faults == []
    for path in ("audit", "settings/sessions", "users"):
        assert PageCheck((await owner.get(f"{BASE}/{path}")).text).faults == []


async def test_objects_of_another_shop_are_neither_shown_nor_changed(
    shop: Shop, objects: Objects
) -> None:
    stranger = Browser(shop.gateway.router)
    assert (await stranger.log_in(CHILD_OWNER)).status == 303
    csrf = csrf_of(await stranger.get(f"{BASE}/profile?lang=en"))
    before, tried = await state(shop), 0
    fields = {"session": objects.session, "version": "1", "amount": "1", "role": "owner"}
    for method, path in objects.paths(shop):
        group = path.removeprefix(f"{BASE}/").partition("/")[0]
        if not path.startswith(BASE) or group in OWN_ACCESS:
            continue
        for query in ("", f"?shop=test&id={objects.order}", "?period=ever&shop=test"):
            if method == "GET":
                answer = await stranger.get(f"{path}{query}")
            else:
                answer = await stranger.post(
                    f"{path}{query}", csrf=csrf, shop="test", id=objects.order, **fields
                )
            assert answer.status < 500, (method, path)
            assert MARK not in answer.text, (method, path)
            tried += 1
    assert tried > 100
    assert await state(shop) == before


@pytest.mark.parametrize("role", AccountRole)
async def test_each_route_refuses_the_roles_without_its_right(
    shop: Shop, objects: Objects, role: AccountRole
) -> None:
    browser = await browser_of(shop, role)
    csrf = csrf_of(await browser.get(f"{BASE}/profile?lang=en"))
    before, refused = await state(shop), 0
    for method, path in objects.paths(shop):
        group = path.removeprefix(BASE).strip("/").partition("/")[0]
        needed = NEEDED.get(group)
        if needed is None:
            known = (*OWN_ACCESS, "", "profile", "orders", "orders.csv", "reports")
            assert group in known or path.startswith(CONSOLE), f"name the right of {path}"
        elif GRANTS[role, needed] in {Grant.OFF, Grant.NEVER}:
            sent = browser.get(path) if method == "GET" else browser.post(path, csrf=csrf)
            answer = await sent
            if method == "GET" and answer.status == 303:  # from the address of a form
                answer = await browser.get(answer.location)
            assert answer.status == 403, (method, path, answer.status)
            assert "You do not have the right" in answer.text
            refused += 1
    assert (refused == 0) is (role is AccountRole.OWNER)
    assert await state(shop) == before


async def test_pages_of_the_console_have_the_strict_policy_and_escape_what_was_sent(
    owner: Browser, shop: Shop, objects: Objects
) -> None:
    pages, showing = set(), set()
    fields = dict.fromkeys(("order_number", "description", "shop", "received", "more"), HOSTILE)
    for method, path in objects.paths(shop):
        if path.startswith(BASE):
            continue
        sent = owner.get(path) if method == "GET" else owner.post(path, amount=SHORT, **fields)
        answer = await sent
        if is_page(answer):
            assert answer.headers["content-security-policy"] == POLICY, path
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["cache-control"] == "no-store"
            assert PageCheck(answer.text).faults == [], path
            pages.add((method, path))
            showing |= {(method, path)} if MARK in answer.text else set()
    assert pages >= {
        *(("GET", path) for path in (START, "/console/reference", "/console/returned")),
        ("POST", "/console/clock"),
    }
    assert showing >= {
        ("POST", "/console/test-order"),
        ("POST", "/console/test-order/program"),
        ("POST", "/console/callbacks/check"),
        ("POST", f"/console/requests/{objects.request}"),
    }


async def test_every_page_is_checked_in_a_browser(
    shop: Shop, owner: Browser, objects: Objects
) -> None:
    """Every address that answers with a page has a check of its accessibility and its sizes."""
    guest, pages = Browser(shop.gateway.router), set()
    for route, path in objects.shown(shop):
        for reader in (owner, guest):
            answer = await reader.get(path)
            if is_page(answer) and "<main" in answer.text:
                pages.add(route)
    waits_for_a_code = {f"{BASE}/code"}
    assert pages | waits_for_a_code == CHECKS.keys()


async def test_each_check_of_a_page_is_in_a_browser_test() -> None:
    browser_tests = Path(__file__).parents[2] / "e2e"
    text = "".join(each.read_text("utf-8") for each in browser_tests.glob("test_*.py"))
    checked = set(re.findall(r'check_web_page\(\s*\w+, "([a-z0-9-]+)", language', text))
    assert set(CHECKS.values()) - checked - WALKED.keys() == set()
