"""Rules for every page of the account, whatever pages there are: session, form token, other shops,
hostile values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
import pytest_asyncio
from starlette.routing import Route

from tests.asgi_client import Answer
from tests.integration.account.browser import BASE, Browser, csrf_of
from tests.shop import Shop, open_shop

GUESTS: Final = frozenset({"login", "login/passkey", "login/passkey/options", "code", "logout"})
OTHER_LOGINS: Final = ("test-child-owner", "test-child-api", "test-child")
HOSTILE: Final = (
    '"><script>x</script>',
    "{{ 7*191919 }}",
    "\0",
    "%00",
    "../../etc/passwd",
    "\N{RIGHT-TO-LEFT OVERRIDE}x",
    "' OR 1=1 --",
    "9" * 400,
)
NAMES: Final = (
    *("login", "role", "right", "blocked", "codes_too", "new_password", "old_password", "code"),
    *("repeat_password", "password", "offered", "next", "before", "done", "lang"),
    *("passkey", "name", "credential"),
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home, public_url="http://localhost:8080") as opened:
        await opened.pool.execute(
            "INSERT INTO logins (merchant_id, login) SELECT merchant_id, 'test-child-owner'"
            " FROM merchants WHERE login = 'test-child'"
        )
        await opened.pool.execute(
            "INSERT INTO account_users (merchant_id, login, password_hash, role)"
            " SELECT merchant_id, 'test-child-owner', '', 'owner' FROM merchants"
            " WHERE login = 'test-child'"
        )
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def owner(shop: Shop) -> Browser:
    """A browser in which the owner of the demo shop has logged in."""
    browser = Browser(shop.gateway.router)
    await browser.log_in()
    return browser


def pages(shop: Shop) -> Iterator[tuple[str, str]]:
    """Method and path of every page of the account."""
    for route in shop.gateway.router._pages.routes:
        if isinstance(route, Route) and route.path.startswith(BASE):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, route.path


def after_login(shop: Shop) -> list[tuple[str, str]]:
    """Those that need a session."""
    return [each for each in pages(shop) if each[1].removeprefix(f"{BASE}/") not in GUESTS]


async def send(browser: Browser, method: str, path: str, **fields: str) -> Answer:
    return await (browser.get(path) if method == "GET" else browser.post(path, **fields))


async def state(shop: Shop, login: str = "%") -> list[tuple[object, ...]]:
    """All users and tokens of the shops whose logins are like this."""
    rows = [
        *await shop.pool.fetch("SELECT * FROM account_users WHERE login LIKE $1", login),
        *await shop.pool.fetch("SELECT * FROM api_users WHERE login LIKE $1", login),
        *await shop.pool.fetch("SELECT * FROM api_tokens WHERE login LIKE $1", login),
        *await shop.pool.fetch("SELECT * FROM account_passkeys WHERE login LIKE $1", login),
    ]
    return sorted((tuple(row.values()) for row in rows), key=str)


async def test_page_without_a_session_leads_to_the_login(shop: Shop) -> None:
    stranger, before = Browser(shop.gateway.router), await state(shop)
    assert after_login(shop)
    for method, path in after_login(shop):
        answer = await send(stranger, method, path.replace("{login}", "test-operator"))
        assert answer.status == 303, (method, path)
        assert answer.location.startswith(f"{BASE}/login"), (method, path)
    assert await state(shop) == before


async def test_address_of_a_form_opened_as_a_page_leads_to_its_page(
    owner: Browser, shop: Shop
) -> None:
    served = set(pages(shop))
    forms = [path for method, path in after_login(shop) if method == "POST"]
    assert {("GET", path) for path in forms} <= served
    for path, target in (
        ("users/test-operator/rights?lang=ru", "users/test-operator"),
        ("orders/filters/remove", "orders"),
        ("api/test-api/token", "api"),
        ("users/a%0D%0Ab/block", "users/a%0D%0Ab"),
        ("invoices/x/send", "invoices/x"),
        ("logout", ""),
    ):
        answer = await owner.get(f"{BASE}/{path}")
        wanted = f"{BASE}/{target}".removesuffix("/")
        assert (answer.status, answer.location) == (303, wanted), path
    assert "Показатели" in (await owner.get(BASE)).text
    await owner.get(f"{BASE}?lang=en")


@pytest.mark.parametrize("next_page", ["../sandbox", "orders/%2e%2e/x", "..%252f..", "/evil"])
async def test_login_leads_to_no_page_outside_the_account(shop: Shop, next_page: str) -> None:
    answer = await Browser(shop.gateway.router).log_in(next=f"{BASE}/{next_page}")
    assert (answer.status, answer.location) == (303, BASE)


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_form_that_is_too_large_is_answered_by_a_page(owner: Browser, language: str) -> None:
    await owner.get(f"{BASE}?lang={language}")
    csrf = csrf_of(await owner.get(f"{BASE}/profile"))
    for path in ("users", "invoices", "settings/page/logo", "login"):
        answer = await owner.post(f"{BASE}/{path}", csrf=csrf, text="x" * 300_000)
        assert answer.status == 413, path
        assert ("слишком велики" if language == "ru" else "too large") in answer.text
        assert "text/html" in answer.headers["content-type"]
    await owner.get(f"{BASE}?lang=en")


async def test_mark_of_a_page_without_a_menu_leads_to_the_account(shop: Shop) -> None:
    shown = await Browser(shop.gateway.router).get(f"{BASE}/login")
    assert f'<p class="home"><a href="{BASE}">' in shown.text


async def test_form_without_the_token_of_its_session_changes_nothing(
    owner: Browser, shop: Shop
) -> None:
    before = await state(shop)
    for method, path in after_login(shop):
        if method == "POST":
            filled = path.replace("{login}", "test-operator")
            for token in ("", "0" * 64):
                answer = await owner.post(filled, csrf=token, blocked="yes", role="owner")
                assert answer.status == 403, path
                assert "sent from another site" in answer.text
    assert await state(shop) == before


async def test_users_of_another_shop_are_neither_shown_nor_changed(
    owner: Browser, shop: Shop
) -> None:
    before = await state(shop, "test-child%")
    csrf = csrf_of(await owner.get(f"{BASE}/profile"))
    for method, path in after_login(shop):
        if "{login}" not in path:
            continue
        for login in OTHER_LOGINS:
            filled = path.replace("{login}", login)
            answer = await send(owner, method, filled, csrf=csrf, blocked="yes", role="owner")
            if method == "GET" and answer.status == 303:  # from the address of a form
                answer = await owner.get(answer.location)
            unshown = answer.status == 200 and login not in answer.text
            assert unshown or answer.status in {400, 403}, (method, filled, answer.status)
    assert await state(shop, "test-child%") == before


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_values_get_a_regular_answer(owner: Browser, shop: Shop, text: str) -> None:
    csrf = csrf_of(await owner.get(f"{BASE}/profile"))
    for method, path in pages(shop):
        if path.endswith(("/logout", "/token", "{login}/password")):
            continue
        for login in (quote(text, safe=""), "test-operator"):
            filled = path.replace("{login}", login)
            if method == "GET":
                query = "&".join(f"{name}={quote(text, safe='')}" for name in NAMES)
                answer = await owner.get(f"{filled}?{query}")
            else:
                answer = await owner.post(filled, **{**dict.fromkeys(NAMES, text), "csrf": csrf})
            assert answer.status < 500, (method, filled)
            assert b"<script>x" not in answer.body
            assert b"1343433" not in answer.body
