"""Users, credentials of the API, one-time codes and the audit log on the pages of the account."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from altyn.security.one_time_codes import DIGITS, STEP_SECONDS
from tests.asgi_client import Answer
from tests.integration.account.browser import BASE, OPERATOR, PASSWORD, Browser, csrf_of
from tests.integration.storage.processes import eventually
from tests.shop import Shop, open_shop

USERS, API, AUDIT = f"{BASE}/users", f"{BASE}/api", f"{BASE}/audit"
LOGIN = "test-anna"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def owner(shop: Shop) -> Browser:
    """A browser in which the owner has logged in."""
    browser = Browser(shop.gateway.router)
    await browser.log_in()
    return browser


def copied(answer: Answer) -> str:
    """The text that the page offers to copy."""
    found = re.search(r'data-copy="([^"]+)"', answer.text)
    assert found is not None, answer.text
    return unescape(found[1])


async def test_owner_adds_a_user_who_chooses_a_password(owner: Browser, shop: Shop) -> None:
    added = await owner.submit(USERS, USERS, login=LOGIN, role="accountant")
    assert added.status == 200
    password = copied(added)
    assert f"One-time password of {LOGIN}" in added.text
    assert password not in (await owner.get(USERS)).text
    taken = await owner.submit(USERS, USERS, login=LOGIN, role="accountant")
    assert (taken.status, "is taken" in taken.text) == (400, True)
    anna = Browser(shop.gateway.router)
    opened = await anna.log_in(LOGIN, password)
    assert opened.location == f"{BASE}/password"
    new = "Another!pass7"
    page = f"{BASE}/password"
    changed = await anna.submit(
        page, page, old_password=password, new_password=new, repeat_password=new
    )
    assert changed.location.startswith(f"{BASE}/profile")
    for path in (USERS, API, AUDIT, f"{USERS}/{OPERATOR}", f"{AUDIT}.csv"):
        refused = await anna.get(path)
        assert (refused.status, "You do not have the right" in refused.text) == (403, True)
    profile = (await anna.get(f"{BASE}/profile")).text
    assert "make reports" in profile
    assert f'href="{USERS}"' not in profile


async def test_owner_switches_rights_and_blocks(owner: Browser, shop: Shop) -> None:
    page = f"{USERS}/{OPERATOR}"
    operator = Browser(shop.gateway.router)
    await operator.log_in(OPERATOR)
    assert (await operator.get(API)).status == 403
    changed = await owner.submit(page, f"{page}/rights", role="operator", right="api")
    assert changed.location == f"{page}?done=rights"
    assert (await operator.get(API)).status == 200
    profile = (await operator.get(f"{BASE}/profile")).text
    assert "change the API password" in profile
    assert "refund payments" not in profile  # the form has switched the other rights off
    again = await owner.submit(page, f"{page}/rights", role="accountant", right="api")
    assert again.status == 303
    assert (await operator.get(API)).status == 403
    await owner.submit(page, f"{page}/rights", role="operator")
    await owner.submit(page, f"{page}/block", blocked="yes")
    assert (await operator.get(f"{BASE}/profile")).status == 303
    assert "blocked" in (await operator.log_in(OPERATOR)).text
    await owner.submit(page, f"{page}/block", blocked="no")
    assert (await operator.log_in(OPERATOR)).status == 303


async def test_user_of_another_shop_is_not_found(owner: Browser) -> None:
    for login in ("test-child-operator", "x", "test-api"):
        page = await owner.get(f"{USERS}/{login}")
        assert (page.status, "has no user" in page.text) == (403, True)
        answer = await owner.submit(USERS, f"{USERS}/{login}/block", blocked="yes")
        assert answer.status == 403


@pytest.mark.parametrize("role", ["", "admin", "Owner"])
async def test_unknown_role_adds_and_changes_no_user(owner: Browser, shop: Shop, role: str) -> None:
    before = await shop.pool.fetch("SELECT * FROM account_users ORDER BY login")
    added = await owner.submit(USERS, USERS, login="test-nobody", role=role)
    changed = await owner.submit(USERS, f"{USERS}/test-operator/rights", role=role)
    assert (added.status, changed.status) == (400, 403)
    assert await shop.pool.fetch("SELECT * FROM account_users ORDER BY login") == before


async def test_owner_has_no_forms_for_itself(owner: Browser) -> None:
    page = f"{USERS}/test-owner"
    assert "This is you" in (await owner.get(page)).text
    answer = await owner.submit(USERS, f"{page}/block", blocked="yes")
    assert (answer.status, "ask another owner" in answer.text) == (400, True)


async def test_api_password_is_changed_and_restored(owner: Browser, shop: Shop) -> None:
    async def accepted(password: str) -> bool:
        answer = await shop.call("register.do", amount=1, password=password)
        return bool(answer["errorMessage"] != "Доступ запрещён")

    weak = await owner.submit(API, f"{API}/test-api/password", new_password="short")
    assert (weak.status, "18 to 30" in weak.text) == (400, True)
    changed = await owner.submit(API, f"{API}/test-api/password", new_password="")
    new = copied(changed)
    await eventually(lambda: accepted(new))
    assert not await accepted(PASSWORD)
    assert "Restore the password before" in changed.text
    restored = await owner.submit(API, f"{API}/test-api/restore-password")
    assert (restored.status, "in force again" in restored.text) == (200, True)
    await eventually(lambda: accepted(PASSWORD))
    assert not await accepted(new)
    late = await owner.submit(API, f"{API}/test-api/restore-password")
    assert (late.status, "nothing to restore" in late.text) == (400, True)


async def test_one_time_api_password_is_changed_on_the_page(owner: Browser, shop: Shop) -> None:
    await shop.pool.execute(
        "UPDATE api_users SET must_change_password = true WHERE login = 'test-child-api'"
    )
    await shop.pool.execute(
        "UPDATE api_users SET must_change_password = true WHERE login = 'test-api'"
    )
    await shop.pool.execute("SELECT pg_notify('altyn_users', 'test-api')")

    async def refused() -> bool:
        answer = await shop.call("register.do", amount=1)
        return bool(answer["errorMessage"] == "Пользователь должен сменить свой пароль")

    await eventually(refused)
    assert "The password is a one-time password" in (await owner.get(API)).text
    new = copied(await owner.submit(API, f"{API}/test-api/password", new_password=""))

    async def registered() -> bool:
        more = {"returnUrl": "https://shop.example/", "orderNumber": "one-time-1"}
        answer = await shop.call("register.do", amount=100, password=new, **more)
        return "orderId" in answer

    await eventually(registered)
    page = await owner.get(API)
    assert "one-time password" not in page.text
    assert "Restore the password before" not in page.text  # a one-time password is used up


async def test_token_is_changed_and_restored(owner: Browser, shop: Shop) -> None:
    async def accepted(token: str) -> bool:
        fields = {"userName": "", "password": "", "token": token, "amount": 1}
        answer = await shop.call("register.do", **fields)
        return bool(answer["errorMessage"] != "Доступ запрещён")

    async def refused(token: str) -> bool:
        return not await accepted(token)

    assert await accepted("test-token")
    assert "Restore the token" not in (await owner.get(API)).text
    changed = await owner.submit(API, f"{API}/test-api/token")
    assert "Restore the token" in changed.text
    new = copied(changed)
    await eventually(lambda: accepted(new))
    await eventually(lambda: refused("test-token"))
    links = f"{BASE}/payment-links"
    assert 'value="test-token"' not in (await owner.get(links)).text  # it makes no link any more
    await owner.submit(API, f"{API}/test-api/restore-token")
    await eventually(lambda: accepted("test-token"))
    await eventually(lambda: refused(new))
    assert 'value="test-token"' in (await owner.get(links)).text


@pytest.mark.parametrize("kind", ["password", "token"])
async def test_form_that_is_sent_twice_changes_once_and_is_restored(
    owner: Browser, shop: Shop, kind: str
) -> None:
    async def credentials() -> list[object]:
        rows = await shop.pool.fetch(
            "SELECT password_hash FROM api_users WHERE login = 'test-api' UNION ALL"
            " SELECT encode(token_hash, 'hex') FROM api_tokens"
            " WHERE login = 'test-api' AND replaced_at IS NULL"
        )
        return sorted(row[0] for row in rows)

    shown, before = await owner.get(API), await credentials()
    section = shown.text.partition(f'action="{API}/test-api/{kind}"')[2]
    expected = re.search(r'name="expected" value="([^"]+)"', section)
    assert expected is not None
    fields = {"csrf": csrf_of(shown), "expected": expected[1]}
    first = await owner.post(f"{API}/test-api/{kind}", **fields)
    second = await owner.post(f"{API}/test-api/{kind}", **fields)
    assert (first.status, second.status) == (200, 400), second.text
    assert "Open the page again" in second.text
    assert await credentials() != before
    await owner.submit(API, f"{API}/test-api/restore-{kind}")
    assert await credentials() == before


async def test_log_is_shown_newest_first_and_downloaded(owner: Browser) -> None:
    for change in ("password", "restore-password"):
        answer = await owner.submit(API, f"{API}/test-api/{change}", new_password="")
        assert answer.status == 200
    page = await owner.get(AUDIT)
    assert page.status == 200
    assert "203.0.113.9" in page.text
    assert "API password changed" in page.text
    table = await owner.get(f"{AUDIT}.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="audit-log.csv"'
    assert table.text.splitlines()[0] == "number,at,actor,address,action,subject,detail,hash"
    assert (await owner.get(f"{AUDIT}?before=3")).text.count("<tr>") == 3
    for sent in ("x", "-1", "9" * 40, "²"):
        assert (await owner.get(f"{AUDIT}?before={sent}")).status == 200


async def test_codes_are_switched_on_used_and_switched_off(owner: Browser, shop: Shop) -> None:
    def code(secret: str) -> str:
        key = base64.b32decode(secret)
        generator = TOTP(key, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - RFC 6238
        return generator.generate(int(shop.clock.now().timestamp())).decode()

    async def later() -> None:
        await shop.travel_to(shop.clock.now() + timedelta(seconds=90))

    page = f"{BASE}/one-time-codes"
    shown = await owner.get(page)
    secret = copied(shown)
    offered = re.search(r'name="offered" value="([^"]+)"', shown.text)
    assert offered is not None
    assert "<svg" in shown.text
    fields = {"offered": unescape(offered[1]), "password": PASSWORD}
    wrong = await owner.submit(page, f"{page}/on", **fields, code="000000")
    assert (wrong.status, "The code is wrong" in wrong.text) == (400, True)
    forged = await owner.submit(
        page, f"{page}/on", offered="encrypted1:AAAA", password=PASSWORD, code=code(secret)
    )
    assert forged.status == 400
    on = await owner.submit(page, f"{page}/on", **fields, code=code(secret))
    assert on.location == f"{BASE}/profile?done=codes_on"

    browser = Browser(shop.gateway.router)
    assert (await browser.log_in()).location == f"{BASE}/code"
    for path in ("/profile", "/users", "/password"):
        assert (await browser.get(f"{BASE}{path}")).location == f"{BASE}/code"
    await later()
    refused = await browser.submit(f"{BASE}/code", f"{BASE}/code", code="000000")
    assert refused.status == 403
    entered = await browser.submit(f"{BASE}/code", f"{BASE}/code", code=code(secret))
    assert entered.location == BASE
    assert (await browser.get(USERS)).status == 200
    off = await browser.submit(page, f"{page}/off", password=PASSWORD)
    assert off.location == f"{BASE}/profile?done=codes_off"
    assert (await Browser(shop.gateway.router).log_in()).location == BASE
