"""The pages of the account: login, cookie, form token, one-time password, lock, headers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from altyn.domain.account.user import FAILED_LOGINS_MAX
from altyn.inbound.web.responses import POLICY
from tests.asgi_client import AsgiClient
from tests.integration.account.browser import BASE, OPERATOR, OWNER, PASSWORD, Browser, csrf_of
from tests.integration.account.other_shop import CHILD_OWNER, add_child_owner
from tests.shop import Shop, open_shop

NEW = "Another!pass7"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def move(shop: Shop, *, minutes: int) -> None:
    await shop.travel_to(shop.clock.now() + timedelta(minutes=minutes))


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return Browser(shop.gateway.router)


async def test_user_logs_in_and_out(browser: Browser) -> None:
    first = await browser.get(BASE)
    assert (first.status, first.location) == (303, f"{BASE}/login")
    opened = await browser.log_in()
    assert (opened.status, opened.location) == (303, BASE)
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith("altyn-account=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie
    profile = await browser.get(f"{BASE}/profile")
    assert profile.status == 200
    assert "test-owner" in profile.text
    assert "manage users" in profile.text
    out = await browser.submit(f"{BASE}/profile", f"{BASE}/logout")
    assert (out.status, out.location) == (303, f"{BASE}/login")
    assert (await browser.get(f"{BASE}/profile")).status == 303


@pytest.mark.parametrize("path", ["login", "profile", "password"])
async def test_pages_have_the_strict_policy(browser: Browser, path: str) -> None:
    await browser.log_in()
    if path == "login":
        browser.cookies.clear()
    answer = await browser.get(f"{BASE}/{path}")
    assert answer.status == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert "style=" not in answer.text
    assert not re.search(r"<script(?! defer src)", answer.text)


@pytest.mark.parametrize("path", ["/mportal", "/mportal/", f"{BASE}/", BASE])
async def test_every_spelling_of_the_address_leads_to_the_login(
    browser: Browser, path: str
) -> None:
    answer = await browser.get(path)
    while answer.status == 303 and not answer.location.startswith(f"{BASE}/login"):
        answer = await browser.get(answer.location)
    assert answer.location.startswith(f"{BASE}/login")


async def test_wrong_logins_look_alike(browser: Browser) -> None:
    texts = set()
    for login, password in ((OWNER, "wrong"), ("unknown", "wrong"), ("<b>x</b>", PASSWORD)):
        answer = await browser.log_in(login, password)
        assert answer.status == 403
        assert "set-cookie" not in answer.headers
        assert "<b>x</b>" not in answer.text
        texts.add(re.sub(r'<input [^>]*name="login"[^>]*>', "", answer.text))
    assert len(texts) == 1
    assert "The login or the password is wrong" in texts.pop()
    assert (await browser.log_in("", "")).status == 400
    await browser.log_in()  # which forgets the failure


async def test_planted_cookie_is_replaced_by_the_login(browser: Browser, shop: Shop) -> None:
    attacker = Browser(shop.gateway.router)
    await attacker.log_in(OPERATOR)
    planted = attacker.cookies["altyn-account"]
    browser.cookies["altyn-account"] = planted
    await browser.post(f"{BASE}/logout", csrf="")
    await browser.log_in(OPERATOR)
    assert browser.cookies["altyn-account"] != planted
    assert (await browser.get(f"{BASE}/profile")).status == 200
    assert (await attacker.get(f"{BASE}/profile")).status == 303


@pytest.mark.parametrize("path", ["logout", "password"])
async def test_form_of_another_session_or_site_is_refused(
    browser: Browser, shop: Shop, path: str
) -> None:
    await browser.log_in()
    other = Browser(shop.gateway.router)
    await other.log_in(OPERATOR)
    foreign = csrf_of(await other.get(f"{BASE}/profile"))
    own = csrf_of(await browser.get(f"{BASE}/profile"))
    for token in ("", "x", foreign):
        assert (await browser.post(f"{BASE}/{path}", csrf=token)).status == 403
    browser.origin = "https://evil.example"
    assert (await browser.post(f"{BASE}/{path}", csrf=own)).status == 403
    assert (await browser.log_in(OPERATOR)).status == 403
    browser.origin = "null"
    assert (await browser.post(f"{BASE}/{path}", csrf=own)).status == 403
    assert (await browser.get(f"{BASE}/profile")).status == 200


async def test_one_time_password_is_changed_first(browser: Browser, shop: Shop) -> None:
    await shop.pool.execute(
        "UPDATE account_users SET must_change_password = true WHERE login = $1", OPERATOR
    )
    opened = await browser.log_in(OPERATOR, next=f"{BASE}/profile")
    assert opened.location == f"{BASE}/password"
    for path in ("", "/profile"):
        assert (await browser.get(f"{BASE}{path}")).location == f"{BASE}/password"
    before = browser.cookies["altyn-account"]
    shown = f"{BASE}/password"
    fields = {"old_password": PASSWORD, "new_password": NEW}
    differs = await browser.submit(shown, shown, **fields, repeat_password="x")
    assert (differs.status, "The passwords differ" in differs.text) == (400, True)
    weak = await browser.submit(
        shown, shown, old_password=PASSWORD, new_password="test", repeat_password="test"
    )
    assert (weak.status, "it contains the shop" in unescape(weak.text)) == (400, True)
    changed = await browser.submit(shown, shown, **fields, repeat_password=NEW)
    assert changed.location == f"{BASE}/profile?done=password"
    assert browser.cookies["altyn-account"] != before
    assert "The password is changed" in (await browser.get(changed.location)).text
    old = Browser(shop.gateway.router, {"altyn-account": before})
    assert (await old.get(f"{BASE}/profile")).status == 303
    assert (await old.log_in(OPERATOR)).status == 403
    assert (await old.log_in(OPERATOR, NEW)).status == 303
    await shop.pool.execute(
        "UPDATE account_users SET password_hash = (SELECT password_hash FROM account_users"
        " WHERE login = $1) WHERE login = $2",
        OWNER,
        OPERATOR,
    )


async def test_login_in_another_shop_ends_the_session_of_the_browser(
    browser: Browser, shop: Shop
) -> None:
    await add_child_owner(shop.pool)
    await browser.log_in(OPERATOR)
    before = Browser(shop.gateway.router, dict(browser.cookies))
    assert (await before.get(f"{BASE}/profile")).status == 200
    assert (await browser.log_in(CHILD_OWNER)).status == 303
    assert (await browser.get(f"{BASE}/profile")).status == 200
    assert (await before.get(f"{BASE}/profile")).status == 303
    row = await shop.pool.fetchrow(
        "SELECT actor, action FROM audit_log WHERE merchant_id = 1 ORDER BY number DESC LIMIT 1"
    )
    assert row is not None
    assert tuple(row) == (OPERATOR, "logged out")


@pytest.mark.parametrize(
    ("path", "start"),
    [
        (f"{BASE}/nope", BASE),
        (f"{BASE}/orders/1/nope", BASE),
        ("/console/nope", "/"),
        ("/console", "/"),
    ],
)
async def test_unknown_address_has_a_page_that_leads_to_the_start(
    shop: Shop, path: str, start: str
) -> None:
    browser = Browser(shop.gateway.router)
    for language, text in (("en", "There is no such page"), ("ru", "Такой страницы нет")):
        shown = await browser.get(f"{path}?lang={language}")
        assert (shown.status, text in shown.text) == (404, True)
        assert shown.headers["content-type"].startswith("text/html")
        assert f'<a class="button" href="{start}">' in shown.text
    assert (await browser.post(path)).status == 404
    assert (await browser.get("/nope")).text == "Not Found"


@pytest.mark.parametrize("path", [f"{BASE}/login", "/console/orders"])
async def test_unexpected_error_has_a_page_that_names_nothing_secret(
    shop: Shop, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("secret-4111")

    for route in shop.gateway.router._pages.router.routes:
        if getattr(route, "path", "") == path and "GET" in route.methods:
            monkeypatch.setattr(route, "app", fail)
    shown = await Browser(shop.gateway.router).get(f"{path}?lang=ru")
    assert (shown.status, "Шлюз не смог ответить" in shown.text) == (500, True)
    assert "secret" not in shown.text
    assert "RuntimeError" not in shown.text


async def test_login_is_locked_by_the_clock_of_the_gateway(browser: Browser, shop: Shop) -> None:
    for _ in range(FAILED_LOGINS_MAX):
        assert (await browser.log_in(OPERATOR, "wrong")).status == 403
    assert (await browser.log_in(OPERATOR)).status == 403
    await move(shop, minutes=31)
    assert (await browser.log_in(OPERATOR)).status == 303


async def test_session_ends_by_the_clock_of_the_gateway(browser: Browser, shop: Shop) -> None:
    await browser.log_in()
    await move(shop, minutes=14)
    assert (await browser.get(f"{BASE}/profile")).status == 200
    await move(shop, minutes=16)
    again = await browser.get(f"{BASE}/profile")
    assert again.location == f"{BASE}/login?next=%2Fmportal3%2Fprofile"


@pytest.mark.parametrize(
    ("host", "status"), [("evil.com:8080", 403), ("192.168.1.5:8080", 303), ("shop.test", 303)]
)
async def test_name_that_leads_to_a_sandbox_by_dns_rebinding_is_another_site(
    shop: Shop, host: str, status: int
) -> None:
    fields = {"login": OWNER, "password": PASSWORD}
    headers = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
    client = AsgiClient(shop.gateway.router)
    answer = await client.post(f"{BASE}/login", fields, headers=headers)
    assert answer.status == status
    assert ("set-cookie" in answer.headers) is (status == 303)
