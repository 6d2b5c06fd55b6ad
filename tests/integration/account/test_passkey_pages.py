"""The page of passkeys and the login with one, over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from altyn.domain.account.passkeys import Passkey
from altyn.storage.audit import AuditLog
from altyn.storage.passkeys import PasskeyTables
from tests.asgi_client import Answer
from tests.authenticator import Authenticator
from tests.integration.account.browser import BASE, OPERATOR, OWNER, PASSWORD, Browser, csrf_of
from tests.integration.account.other_shop import CHILD_OWNER, add_child_owner
from tests.shop import Shop, open_shop

PUBLIC: Final = "http://localhost:8080"
PAGE: Final = f"{BASE}/passkeys"
LOGIN: Final = f"{BASE}/login/passkey"
COOKIE: Final = "altyn-passkey"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home = tmp_path_factory.mktemp("passkeys")
    async with open_shop(database_url, home, public_url=PUBLIC) as opened:
        await add_child_owner(opened.pool)
        yield opened


@dataclass
class Person:
    """A user with a browser and a device."""

    browser: Browser
    device: Authenticator

    async def add(self, name: str) -> Answer:
        """Add a passkey as the page does; the answer to its last step."""
        offered = await self.browser.submit(PAGE, f"{PAGE}/new", name=name, password=PASSWORD)
        assert offered.status == 200, offered.text
        response = self.device.create(options_of(offered))
        return await self.browser.post(
            f"{PAGE}/add", csrf=csrf_of(offered), name=name, credential=response
        )

    async def log_in(self, next_page: str = "") -> Answer:
        offered = await self.browser.post(f"{LOGIN}/options")
        assert offered.status == 200, offered.text
        response = self.device.get(offered.text)
        return await self.browser.post(LOGIN, credential=response, next=next_page)


async def person(shop: Shop, login: str) -> Person:
    """A user who has logged in with the password."""
    browser = Browser(shop.gateway.router)
    await browser.log_in(login)
    return Person(browser, Authenticator(PUBLIC))


def stranger(shop: Shop, device: Authenticator) -> Person:
    """A browser without a session, with this device."""
    return Person(Browser(shop.gateway.router), device)


def options_of(answer: Answer) -> str:
    found = re.search(r'data-options="([^"]+)"', answer.text)
    assert found is not None
    return unescape(found[1])


async def passkeys(shop: Shop, login: str) -> list[Passkey]:
    """The stored passkeys of a user."""
    merchant = await shop.pool.fetchval(
        "SELECT merchant_id FROM account_users WHERE login = $1", login
    )
    return list(await PasskeyTables(shop.pool, AuditLog(b"")).passkeys(merchant, login))


async def test_passkey_is_added_shown_and_opens_the_page_that_was_asked_for(shop: Shop) -> None:
    owner = await person(shop, OWNER)
    added = await owner.add("Work laptop")
    assert (added.status, added.location) == (303, f"{PAGE}?done=added")
    shown = await owner.browser.get(added.location)
    assert "The passkey is added" in shown.text
    assert "Work laptop" in shown.text
    guest = stranger(shop, owner.device)
    opened = await guest.log_in(f"{BASE}/users")
    assert (opened.status, opened.location) == (303, f"{BASE}/users")
    assert (await guest.browser.get(opened.location)).status == 200
    log = await guest.browser.get(f"{BASE}/audit")
    assert "passkey added" in log.text
    assert "with a passkey" in log.text


async def test_login_page_offers_passkeys_and_answers_faults_itself(shop: Shop) -> None:
    guest = stranger(shop, Authenticator(PUBLIC))
    page = await guest.browser.get(f"{BASE}/login")
    assert 'data-passkey="get"' in page.text
    assert "/passkeys.js" in page.text
    refused = await guest.browser.post(LOGIN, credential="{}")
    assert refused.status == 403
    assert "More than five minutes have passed" in refused.text
    assert 'name="password"' in refused.text
    await guest.browser.post(f"{LOGIN}/options")
    refused = await guest.browser.post(LOGIN, credential="{}")
    assert "This passkey is not known here" in refused.text


async def test_cookie_of_a_challenge_is_strict_and_short(shop: Shop) -> None:
    guest = stranger(shop, Authenticator(PUBLIC))
    offered = await guest.browser.post(f"{LOGIN}/options")
    cookie = offered.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("httponly", "samesite=strict", "max-age=300", "path=/"):
        assert part in cookie
    assert offered.headers["cache-control"] == "no-store"


async def test_response_of_another_browser_is_refused(shop: Shop) -> None:
    owner = await person(shop, OWNER)
    await owner.add("Tablet")
    victim, thief = stranger(shop, owner.device), stranger(shop, owner.device)
    offered = await victim.browser.post(f"{LOGIN}/options")
    response = owner.device.get(offered.text)
    assert (await thief.browser.post(LOGIN, credential=response)).status == 403
    await thief.browser.post(f"{LOGIN}/options")
    assert (await thief.browser.post(LOGIN, credential=response)).status == 403
    assert (await victim.browser.post(LOGIN, credential=response)).status == 303


async def test_forms_of_other_sites_are_refused(shop: Shop) -> None:
    owner = await person(shop, OWNER)
    await owner.add("Old desktop")
    guest = stranger(shop, owner.device)
    offered = await guest.browser.post(f"{LOGIN}/options")
    guest.browser.origin = "https://evil.example"
    response = owner.device.get(offered.text)
    for path, fields in ((LOGIN, {"credential": response}), (f"{LOGIN}/options", {})):
        refused = await guest.browser.post(path, **fields)
        assert refused.status == 403
        assert "sent from another site" in refused.text


async def test_wrong_password_is_refused_before_the_device_is_asked(shop: Shop) -> None:
    owner = await person(shop, OWNER)
    refused = await owner.browser.submit(PAGE, f"{PAGE}/new", name="Watch", password="wrong")
    assert refused.status == 400
    assert "The present password is wrong" in refused.text
    assert 'value="Watch"' in refused.text
    assert "data-options" not in refused.text


async def test_login_with_a_passkey_ends_the_session_in_another_shop(shop: Shop) -> None:
    owner = await person(shop, OWNER)
    await owner.add("Desktop")
    child = await person(shop, CHILD_OWNER)
    before = Browser(shop.gateway.router, dict(child.browser.cookies))
    assert (await before.get(PAGE)).status == 200
    child.device = owner.device
    assert (await child.log_in()).status == 303
    assert (await before.get(PAGE)).status == 303


async def test_passkey_is_renamed_and_removed(shop: Shop) -> None:
    operator = await person(shop, OPERATOR)
    await operator.add("Phone")
    [stored] = await passkeys(shop, OPERATOR)
    name = stored.credential_id.hex()
    renamed = await operator.browser.submit(
        PAGE, f"{PAGE}/rename", passkey=name, name="Old phone", password=PASSWORD
    )
    assert renamed.location == f"{PAGE}?done=renamed"
    assert "Old phone" in (await operator.browser.get(PAGE)).text
    removed = await operator.browser.submit(
        PAGE, f"{PAGE}/remove", passkey=name, name="Old phone", password=PASSWORD
    )
    assert removed.location == f"{PAGE}?done=removed"
    refused = await stranger(shop, operator.device).log_in()
    assert refused.status == 403
    assert "it may have been removed" in refused.text


@pytest.mark.parametrize("login", [OPERATOR, CHILD_OWNER])
@pytest.mark.parametrize("action", ["rename", "remove"])
async def test_passkeys_of_other_users_and_shops_are_not_reached(
    shop: Shop, login: str, action: str
) -> None:
    owner, other = await person(shop, OWNER), await person(shop, login)
    await owner.add(f"Safe from {login} and {action}")
    before = await passkeys(shop, OWNER)
    for passkey in before:
        name = passkey.credential_id.hex()
        refused = await other.browser.submit(
            PAGE, f"{PAGE}/{action}", passkey=name, name="Mine", password=PASSWORD
        )
        assert refused.status == 400
        assert "You have no such passkey" in refused.text
    assert await passkeys(shop, OWNER) == before


async def test_owner_removes_the_passkeys_of_another_user_of_the_shop(shop: Shop) -> None:
    owner, operator = await person(shop, OWNER), await person(shop, OPERATOR)
    child = await person(shop, CHILD_OWNER)
    await operator.add("Lost phone")
    await owner.add("Of the owner")
    page = f"{BASE}/users/{OPERATOR}"
    for other, login in ((child, OPERATOR), (operator, OWNER), (owner, OWNER)):
        path = f"{BASE}/users/{login}/passkeys"
        assert (await other.browser.submit(PAGE, path)).status == 403
    assert len(await passkeys(shop, OPERATOR)) == 1
    removed = await owner.browser.submit(page, f"{page}/passkeys")
    assert removed.location == f"{page}?done=passkeys"
    assert "The user has no passkeys any more" in (await owner.browser.get(removed.location)).text
    assert await passkeys(shop, OPERATOR) == []
    assert await passkeys(shop, OWNER)
    assert (await stranger(shop, operator.device).log_in()).status == 403


async def test_hostile_name_is_shown_as_text(shop: Shop) -> None:
    owner = await person(shop, OWNER)
    await owner.add('"><script>x</script>')
    page = await owner.browser.get(PAGE)
    assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in page.text
    assert "<script>x" not in (await owner.browser.get(f"{BASE}/audit")).text


@pytest.mark.parametrize(
    ("public_url", "text"),
    [
        (None, "passkeys belong to a site’s name"),
        ("http://pay.example.org", "Browsers allow passkeys at https://"),
    ],
)
async def test_page_explains_why_passkeys_do_not_work_at_its_address(
    empty_database_url: str, tmp_path: Path, public_url: str | None, text: str
) -> None:
    async with open_shop(empty_database_url, tmp_path, public_url=public_url) as shop:
        owner = await person(shop, OWNER)
        page = await owner.browser.get(PAGE)
        assert "Passkeys do not work here" in page.text
        assert text in page.text
        assert (
            'data-passkey="get"'
            not in (await Browser(shop.gateway.router).get(f"{BASE}/login")).text
        )
        refused = await owner.browser.submit(PAGE, f"{PAGE}/new", name="x", password=PASSWORD)
        assert refused.status == 400
        assert "https:// addresses and at localhost only" in refused.text
        options = await owner.browser.post(f"{LOGIN}/options")
        assert options.status == 403
