"""Every form of the account that does something is in the audit log."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from starlette.routing import Match, Route

from altyn.security.one_time_codes import DIGITS, STEP_SECONDS
from tests.asgi_client import Answer
from tests.authenticator import Authenticator
from tests.integration.account.browser import BASE, OPERATOR, OWNER, PASSWORD, Browser
from tests.integration.account.family import (
    CALLBACK_ADDRESS,
    add_callback_address,
    make_invoice,
    make_report,
)
from tests.integration.account.order_pages import CART, ORDERS
from tests.integration.account.test_account_pages import copied
from tests.integration.account.test_order_actions import confirm
from tests.integration.account.test_page_sets import act, upload
from tests.integration.account.test_passkey_pages import PAGE as PASSKEYS
from tests.integration.account.test_passkey_pages import PUBLIC, Person, passkeys
from tests.integration.account.test_settings_pages import CALLBACKS as CALLBACK_SETTINGS
from tests.integration.account.test_settings_pages import (
    FISCAL,
    GENERAL,
    PAGE,
    SESSIONS,
    WAYS,
    form_of,
    save,
)
from tests.integration.receipts.fiscal_shop import FiscalShop
from tests.page_sets import CHECKED_SET
from tests.shop import Shop, open_shop

USERS, API = f"{BASE}/users", f"{BASE}/api"
CODES, LOGIN, CODE = f"{BASE}/one-time-codes", f"{BASE}/login", f"{BASE}/code"
NEW_PASSWORD: Final = "Another!pass7"

PASSKEY_OF: Final = (
    "INSERT INTO account_passkeys (merchant_id, credential_id, login, user_handle, rp_id,"
    " public_key, sign_count, name, added_at)"
    " SELECT merchant_id, 'key', login, '1.x', 'localhost', '', 0, 'Phone', now()"
    " FROM account_users WHERE login = $1"
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOT_RECORDED: Final[Mapping[str, str]] = {
    f"{ORDERS}/filters": "the user's own view of the list; nothing of the shop changes",
    f"{ORDERS}/filters/remove": "as above",
    f"{ORDERS}/columns": "as above",
    f"{ORDERS}/fields": "as above",
    f"{PASSKEYS}/new": "asks the device for a passkey; it is stored by the next form",
    f"{LOGIN}/passkey/options": "asks the device for a signature; nothing is stored",
    f"{CALLBACK_SETTINGS}/check": "checks a text; nothing is stored",
    f"{BASE}/payment-links": "shows an address that is made of the form; nothing is stored",
}
"""The forms that leave no entry, each with the reason."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: its route, the answer, and how many entries it left."""

    route: str
    answer: Answer
    entries: int

    @property
    def has_succeeded(self) -> bool:
        return self.answer.status in {200, 303}


@dataclass
class RecordingBrowser(Browser):
    """A browser that keeps what each of its forms has left in the audit log."""

    shop: Shop | None = None
    login: str = ""
    sent: list[Sent] = field(default_factory=list)

    async def send(
        self, path: str, fields: Mapping[str, str], *, body: bytes | None = None, kind: str = ""
    ) -> Answer:
        self.login = fields.get("login", self.login) if path == LOGIN else self.login
        before = await self._entries()
        answer = await super().send(path, fields, body=body, kind=kind)
        self.sent.append(Sent(self._route(path), answer, await self._entries() - before))
        return answer

    async def _entries(self) -> int:
        assert self.shop is not None
        query = "SELECT count(*) FROM audit_log WHERE actor = $1"
        return int(await self.shop.pool.fetchval(query, self.login))

    def _route(self, path: str) -> str:
        scope = {"type": "http", "method": "POST", "path": path}
        for route in post_routes(self.app):
            if route.matches(scope)[0] is Match.FULL:
                return route.path
        raise AssertionError(f"no route for {path}")


def post_routes(app: Any) -> list[Route]:
    return [
        route
        for route in app._pages.routes
        if isinstance(route, Route)
        and route.path.startswith(BASE)
        and "POST" in (route.methods or ())
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home: Path = tmp_path_factory.mktemp("home")
    async with open_shop(database_url, home, public_url=PUBLIC) as opened:
        await add_callback_address(opened, "test")
        yield opened


async def logged_in(shop: Shop, login: str = OWNER, password: str = PASSWORD) -> RecordingBrowser:
    browser = RecordingBrowser(shop.gateway.router, shop=shop)
    await browser.log_in(login, password)
    return browser


async def with_callback(shop: Shop) -> tuple[str, str]:
    """A paid order with a callback: both ids."""
    order = await shop.paid(1_000)
    row = await shop.pool.fetchrow(
        "SELECT version, line FROM outbox WHERE subject_id = $1 AND kind = 'callback'", UUID(order)
    )
    assert row is not None
    return order, f"{order}.{row['version']}.{row['line']}"


# ── What each form is sent by ────────────────────────────────────────────────────────────────────


async def logs_out(owner: RecordingBrowser, _: Shop) -> None:
    await owner.submit(f"{BASE}/profile", f"{BASE}/logout")


async def uses_codes(owner: RecordingBrowser, shop: Shop) -> None:
    """A new user chooses a password, switches codes on, uses one, and switches them off."""
    added = await owner.submit(USERS, USERS, login="test-codes", role="accountant")
    user = await logged_in(shop, "test-codes", copied(added))
    page = f"{BASE}/password"
    new = {"new_password": NEW_PASSWORD, "repeat_password": NEW_PASSWORD}
    await user.submit(page, page, old_password=copied(added), **new)
    shown = await user.get(CODES)
    offered = re.search(r'name="offered" value="([^"]+)"', shown.text)
    assert offered is not None
    secret = copied(shown)
    fields = {"offered": unescape(offered[1]), "password": NEW_PASSWORD}
    await user.submit(CODES, f"{CODES}/on", **fields, code=_code(secret, shop))
    await shop.travel(timedelta(seconds=90))
    await user.log_in("test-codes", NEW_PASSWORD)
    await user.submit(CODE, CODE, code=_code(secret, shop))
    await user.submit(CODES, f"{CODES}/off", password=NEW_PASSWORD)
    owner.sent.extend(user.sent)


def _code(secret: str, shop: Shop) -> str:
    generator = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    return generator.generate(int(shop.clock.now().timestamp())).decode()


async def uses_passkeys(owner: RecordingBrowser, shop: Shop) -> None:
    """The owner adds one, renames it, logs in, and removes it, and removes an operator's."""
    user = Person(owner, Authenticator(PUBLIC))
    await user.add("Laptop")
    [laptop] = await passkeys(shop, OWNER)
    fields = {"passkey": laptop.credential_id.hex(), "password": PASSWORD}
    await owner.submit(PASSKEYS, f"{PASSKEYS}/rename", name="Old laptop", **fields)
    guest = RecordingBrowser(shop.gateway.router, shop=shop, login=OWNER)
    await Person(guest, user.device).log_in()
    await owner.submit(PASSKEYS, f"{PASSKEYS}/remove", **fields)
    await shop.pool.execute(PASSKEY_OF, OPERATOR)
    await owner.submit(f"{USERS}/{OPERATOR}", f"{USERS}/{OPERATOR}/passkeys")
    owner.sent.extend(guest.sent)


async def changes_page_sets(owner: RecordingBrowser, _: Shop) -> None:
    await upload(owner, CHECKED_SET)
    for what in ("activate", "deactivate", "remove"):
        await act(owner, 1, what)


async def changes_users(owner: RecordingBrowser, _: Shop) -> None:
    page = f"{USERS}/{OPERATOR}"
    await owner.submit(page, f"{page}/rights", role="operator", right="api")
    await owner.submit(page, f"{page}/block", blocked="yes")
    await owner.submit(page, f"{page}/block", blocked="no")
    await owner.submit(page, f"{page}/password")


async def changes_api(owner: RecordingBrowser, _: Shop) -> None:
    for change in ("password", "restore-password", "token", "restore-token"):
        await owner.submit(API, f"{API}/test-api/{change}", new_password="")


async def changes_settings(owner: RecordingBrowser, _: Shop) -> None:
    await save(owner, GENERAL, session_timeout_seconds="900")
    await save(owner, CALLBACK_SETTINGS, callbacks__attempts="7")
    await save(owner, FISCAL, fiscal__product_name="Tea")
    await save(owner, PAGE, **{"page_names.ru": "Чайная"})
    await save(owner, WAYS, sberpay__amount_min_minor="100,50")
    for made in (f"{CALLBACK_SETTINGS}/key", f"{CALLBACK_SETTINGS}/certificate"):
        await owner.post(made, **dict(form_of(await owner.get(CALLBACK_SETTINGS), made)))
    await owner.submit(CALLBACK_SETTINGS, f"{CALLBACK_SETTINGS}/test", address=CALLBACK_ADDRESS)
    received = f"{CALLBACK_ADDRESS}?mdOrder=1"
    await owner.submit(CALLBACK_SETTINGS, f"{CALLBACK_SETTINGS}/check", received=received)
    logo = {"how": "address", "page_logo": "https://shop.example/logo.png"}
    await owner.submit(PAGE, f"{PAGE}/logo", **logo)


async def ends_a_session(owner: RecordingBrowser, shop: Shop) -> None:
    await logged_in(shop, OWNER)
    names = re.findall(r'name="session" value="([0-9a-f]+)"', (await owner.get(SESSIONS)).text)
    await owner.submit(SESSIONS, f"{SESSIONS}/end", session=names[0])


async def acts_on_orders(owner: RecordingBrowser, shop: Shop) -> None:
    await confirm(owner, await shop.paid(1_000, two_phase=True), "complete", "amount=10")
    await confirm(owner, await shop.paid(1_000), "reverse")
    await confirm(owner, await shop.paid(1_000), "refund", "amount=10")
    await confirm(owner, await shop.register(1_000), "decline")
    closed = await shop.register(150_000, orderBundle=CART)
    await shop.pay(closed)
    await confirm(owner, closed, "receipt")
    fiscal = FiscalShop(shop)
    (failed,) = await fiscal.settled(await fiscal.paid(customerDetails={}))
    await confirm(owner, str(failed.order_id), f"receipts/{failed.receipt_id}")


async def sends_callbacks(owner: RecordingBrowser, shop: Shop) -> None:
    order, callback = await with_callback(shop)
    for page in (f"{ORDERS}/{order}/callbacks/{callback}", f"{BASE}/callbacks/{callback}"):
        answer = await owner.submit(page, page)
        while not answer.location.endswith("resent=yes"):  # a worker sends it at this moment
            answer = await owner.submit(page, page)
    owner.sent[:] = [each for each in owner.sent if each.answer.location.endswith("resent=yes")]


async def asks_for_files(owner: RecordingBrowser, shop: Shop) -> None:
    await make_report(owner, shop)
    await owner.submit(ORDERS, f"{ORDERS}/export")


async def keeps_its_view(owner: RecordingBrowser, _: Shop) -> None:
    await owner.submit(ORDERS, f"{ORDERS}/filters", name="mine")
    await owner.submit(ORDERS, f"{ORDERS}/filters/remove", name="mine")
    await owner.submit(ORDERS, f"{ORDERS}/columns", column="amount")
    await owner.submit(ORDERS, f"{ORDERS}/fields", field="number")


async def makes_invoices(owner: RecordingBrowser, shop: Shop) -> None:
    page = f"{BASE}/invoices/{await make_invoice(owner, shop)}"
    await owner.submit(page, f"{page}/send", email="anna@example.org", key="one")
    links = f"{BASE}/payment-links"
    await owner.submit(links, links, token="test-token", amount="100")


SENDERS: Final[Mapping[Callable[[RecordingBrowser, Shop], Awaitable[None]], tuple[str, ...]]] = {
    logs_out: ("login", "logout"),
    uses_codes: ("users", "password", "one-time-codes/on", "code", "one-time-codes/off"),
    uses_passkeys: (
        *("passkeys/new", "passkeys/add", "passkeys/rename", "passkeys/remove"),
        *("login/passkey/options", "login/passkey", "users/{login}/passkeys"),
    ),
    changes_page_sets: (
        *("settings/page/sets", "settings/page/sets/{number}/activate"),
        *("settings/page/sets/{number}/deactivate", "settings/page/sets/{number}/remove"),
    ),
    changes_users: ("users/{login}/rights", "users/{login}/block", "users/{login}/password"),
    changes_api: (
        *("api/{login}/password", "api/{login}/restore-password"),
        *("api/{login}/token", "api/{login}/restore-token"),
    ),
    changes_settings: (
        *("settings/general", "settings/callbacks", "settings/fiscal", "settings/page"),
        *("settings/ways", "settings/callbacks/key", "settings/callbacks/certificate"),
        *("settings/callbacks/test", "settings/callbacks/check", "settings/page/logo"),
    ),
    ends_a_session: ("settings/sessions/end",),
    acts_on_orders: (
        *("orders/{order}/complete", "orders/{order}/reverse", "orders/{order}/refund"),
        *("orders/{order}/decline", "orders/{order}/receipt"),
        "orders/{order}/receipts/{receipt}",
    ),
    sends_callbacks: ("orders/{order}/callbacks/{callback}", "callbacks/{callback}"),
    asks_for_files: ("reports", "orders/export"),
    keeps_its_view: (
        *("orders/filters", "orders/filters/remove", "orders/columns", "orders/fields"),
    ),
    makes_invoices: ("invoices", "invoices/{order_id}/send", "payment-links"),
}
"""The routes of forms, below the account's address, by what sends them."""


async def test_every_form_of_the_account_is_in_the_table(shop: Shop) -> None:
    known = sorted(f"{BASE}/{route}" for routes in SENDERS.values() for route in routes)
    assert known == sorted(route.path for route in post_routes(shop.gateway.router))
    assert {*NOT_RECORDED} <= {*known}


@pytest.mark.parametrize("send", SENDERS, ids=lambda each: str(each.__name__))
async def test_form_that_has_succeeded_leaves_an_entry(
    shop: Shop, send: Callable[[RecordingBrowser, Shop], Awaitable[None]]
) -> None:
    owner = await logged_in(shop)
    await send(owner, shop)
    succeeded = [each for each in owner.sent if each.has_succeeded]
    assert {f"{BASE}/{route}" for route in SENDERS[send]} <= {each.route for each in succeeded}
    for each in succeeded:
        assert bool(each.entries) is (each.route not in NOT_RECORDED), each.route


async def test_files_that_are_downloaded_leave_an_entry(shop: Shop) -> None:
    owner = await logged_in(shop)
    await owner.get(f"{BASE}/reports/{await make_report(owner, shop)}")
    await owner.get(f"{ORDERS}.csv?email=anna%40example.org&period=7")
    rows = await shop.pool.fetch("SELECT action, detail FROM audit_log ORDER BY at DESC LIMIT 2")
    assert [(row["action"], row["detail"]) for row in rows] == [
        ("list of orders downloaded", "test, test-child; email, period"),
        ("report downloaded", ""),
    ]


async def test_action_on_an_order_is_an_entry_with_its_sum_before_it_is_carried_out(
    shop: Shop,
) -> None:
    owner = await logged_in(shop)
    order = await shop.paid(1_000)
    await confirm(owner, order, "refund", "amount=7,5")
    page = f"{ORDERS}/{order}/refund"
    shown = await owner.get(f"{page}?amount=2,50")
    fields = dict(re.findall(r'name="(csrf|version)" value="([^"]+)"', shown.text))
    refused = await owner.post(page, **{**fields, "amount": "7,50"})  # more than is left
    assert refused.status == 400
    number = (await shop.call("getOrderStatusExtended.do", orderId=order))["orderNumber"]
    rows = await shop.pool.fetch("SELECT * FROM audit_log WHERE subject = $1", number)
    entries = [(row["action"], row["detail"], row["address"] != "") for row in rows]
    assert entries == [("refund asked for", f"7.50 RUB, {order}", True)] * 2
