"""The console's test order, and the credentials that it shows: those that are valid now."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from altyn.storage.demo import DEMO_CALLBACK_KEY, DEMO_PASSWORD, DEMO_TOKEN
from tests.integration.account.browser import BASE, Browser
from tests.integration.storage.processes import eventually
from tests.merchant_changes import changed
from tests.shop import CREDENTIALS, Shop, open_shop

API: Final = f"{BASE}/api"
CALLBACKS: Final = f"{BASE}/settings/callbacks"
NEW_PASSWORD: Final = "Another!password7."
REPLACED: Final = "Changed in the personal account or by a command"
FIELD: Final = 'name="password"'
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home) as opened:
        yield opened


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"order_number": " MY-17 "}, "MY-17"),
        ({"more": "orderNumber=MY-18"}, "MY-18"),
    ],
)
async def test_message_names_the_number(shop: Shop, fields: dict[str, str], number: str) -> None:
    browser = Browser(shop.gateway.router)
    shown = await browser.post("/console/test-order", amount="15.00", **fields)
    assert f"Order {number} is registered" in shown.text


async def test_message_names_the_id_where_the_gateway_made_the_number(shop: Shop) -> None:
    shown = await Browser(shop.gateway.router).post("/console/test-order", amount="15.00")
    found = re.search("Order ([^ ]+) is registered", shown.text)
    assert found is not None, shown.text
    order = await shop.pool.fetchrow("SELECT order_id FROM orders ORDER BY created_at DESC LIMIT 1")
    assert order is not None
    assert found[1] == str(order["order_id"])


# Credentials that the personal account has replaced.


@pytest_asyncio.fixture(loop_scope="module")
async def owner(shop: Shop) -> Browser:
    browser = Browser(shop.gateway.router)
    await browser.log_in()
    return browser


async def change(owner: Browser, what: str, **fields: str) -> None:
    """Send a form of the API's page in the account: password, token, or their undo."""
    done = await owner.submit(API, f"{API}/test-api/{what}", **fields)
    assert done.status == 200, done.text


async def is_accepted(shop: Shop, **credentials: str) -> bool:
    """Whether the API takes the credentials: an unknown order is refused with another code."""
    fields = {**dict.fromkeys(CREDENTIALS, ""), **credentials, "orderId": "unknown"}
    return str((await shop.call("getOrderStatusExtended.do", **fields))["errorCode"]) != "5"


async def is_repeatable(owner: Browser, order_id: str) -> bool:
    """Whether the request log offers to send the request again that registered an order."""
    query = f"order={order_id}&method=register&wait=20"
    found = (await owner.get(f"/sandbox/requests?{query}")).json()["requests"][0]["id"]
    sent = (await owner.get(f"/sandbox/requests/{found}")).json()
    shown = await owner.get(f"/console/requests/{found}?lang=en")
    assert sent["repeatable"] == ("Send again" in shown.text)
    return bool(sent["repeatable"])


def access_of(text: str) -> str:
    """The part of the first page with the credentials."""
    return unescape(text.partition('aria-labelledby="access"')[2].partition("</section>")[0])


async def test_replaced_password_is_asked_for_and_not_kept(shop: Shop, owner: Browser) -> None:
    order_id = await shop.register(1_000)
    await change(owner, "password", new_password=NEW_PASSWORD)
    await eventually(lambda: is_accepted(shop, userName="test-api", password=NEW_PASSWORD))

    shown = (await owner.get("/")).text
    assert DEMO_PASSWORD not in shown
    assert REPLACED in access_of(shown)
    assert f'href="{API}"' in access_of(shown)
    assert f"token={DEMO_TOKEN}" in unescape(shown), "the program works as it is shown"
    field = re.search(f"<input[^>]*{FIELD}[^>]*>", shown)
    assert field is not None
    assert "required" not in field[0]
    assert """hx-vals='{"password": ""}'""" in shown, "the program is asked for without it"
    by_token = await owner.post("/console/test-order", amount="15.00", password="")
    assert "is registered" in by_token.text
    typed = await owner.post("/console/test-order", amount="15.00", password=NEW_PASSWORD)
    assert "is registered" in typed.text
    assert NEW_PASSWORD not in typed.text
    wrong = await owner.post("/console/test-order", amount="15.00", password=DEMO_PASSWORD)
    assert "The gateway refused: code 5" in wrong.text
    returned = (await owner.get(f"/console/returned?orderId={order_id}")).text
    assert '"orderStatus": 0' in unescape(returned)
    assert FIELD not in returned

    await change(owner, "restore-password")
    shown = (await owner.get("/")).text
    assert DEMO_PASSWORD in access_of(shown)
    assert FIELD not in shown
    await eventually(lambda: is_accepted(shop, userName="test-api", password=DEMO_PASSWORD))


async def test_without_valid_credentials_the_forms_demand_the_password(
    shop: Shop, owner: Browser
) -> None:
    order_id = await shop.register(1_000)
    await change(owner, "password", new_password=NEW_PASSWORD)
    await change(owner, "token")
    await eventually(lambda: is_accepted(shop, userName="test-api", password=NEW_PASSWORD))

    shown = (await owner.get("/")).text
    assert DEMO_TOKEN not in shown
    assert DEMO_PASSWORD not in shown
    assert access_of(shown).count(REPLACED) == 2
    assert "password=YOUR_PASSWORD" in unescape(shown)
    address = f"/console/returned?orderId={order_id}"
    for page in (shown, (await owner.get(address)).text):
        field = re.search(f"<input[^>]*{FIELD}[^>]*>", page)
        assert field is not None
        assert "required" in field[0]
    typed = await owner.post("/console/test-order", amount="15.00", password=NEW_PASSWORD)
    assert "is registered" in typed.text
    returned = await owner.post(address, password=NEW_PASSWORD)
    assert '"orderStatus": 0' in unescape(returned.text)
    assert NEW_PASSWORD not in returned.text
    assert not await is_repeatable(owner, order_id)
    russian = access_of((await owner.get("/?lang=ru")).text)
    assert russian.count("Изменён в личном кабинете или командой") == 2

    await change(owner, "restore-password")
    await change(owner, "restore-token")
    assert await is_repeatable(owner, order_id)
    shown = access_of((await owner.get("/?lang=en")).text)
    assert DEMO_TOKEN in shown
    assert REPLACED not in shown
    await eventually(lambda: is_accepted(shop, userName="test-api", password=DEMO_PASSWORD))


async def test_present_key_of_callbacks_is_shown(shop: Shop, owner: Browser) -> None:
    version = re.search(r'name="version" value="(\d+)"', (await owner.get(CALLBACKS)).text)
    assert version is not None
    await owner.submit(CALLBACKS, f"{CALLBACKS}/key", version=version[1])
    page = (await owner.get(CALLBACKS)).text
    account = re.search(r'id="key">.*?<code>([^<]+)</code>', page, re.DOTALL)
    assert account is not None
    assert account[1] != DEMO_CALLBACK_KEY
    shown = access_of((await owner.get("/")).text)
    assert f"<code>{account[1]}</code>" in shown
    assert DEMO_CALLBACK_KEY not in shown
    async with changed(shop, {"callbacks.checksum": "asymmetric"}):
        shown = access_of((await owner.get("/")).text)
    assert account[1] in shown
    assert "Callbacks are signed by the certificate now." in shown
    async with changed(shop, {"callbacks.key": None}):
        shown = access_of((await owner.get("/")).text)
    assert account[1] not in shown
    assert "There is no key: callbacks are not signed." in shown
