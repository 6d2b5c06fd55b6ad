"""A shop with an object of each kind, whose texts are all hostile; and every address of a page.

The texts are markup that would run, and MARK, by which a page that shows them is found.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any, Final

from starlette.routing import Route

from altyn.domain.moscow import to_moscow
from tests.integration.account.browser import BASE, Browser, csrf_of
from tests.shop import Shop, card_fields

MARK: Final = "zq7mark"
HOSTILE: Final = f"{MARK}\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{{{7*191919}}}}"
SHORT: Final = f"{MARK}<b>\"'&amp;"
EMAIL: Final = f"{MARK}'&amp{{{{7*191919}}}}@example.org"
"""An address: it may have no brackets and no double quotes."""

PHONE: Final = "+79001234567"
RECEIVER: Final = "http://127.0.0.1:9/cb?<script>"
PAYER_DATA: Final = (
    *("billingPayerData", "shippingPayerData", "preOrderPayerData", "orderPayerData"),
)
ADDRESS_FIELDS: Final = ("billingCity", "billingAddressLine1", "shippingCity", "homePhone")
CONSOLE: Final = "/console"
START: Final = "/"
"""The first page of the console."""

LOG_ROUNDS_MAX: Final = 600
_SAFE_ADDRESS: Final = re.compile(r"(?:https?:|/|#|\?|data:image/|$)")


@dataclass(frozen=True, slots=True)
class Objects:
    """The parts of addresses that name the objects of the shop; `login` is one of its users."""

    order: str
    callback: str
    receipt: str
    invoice: str
    job: str
    session: str
    login: str
    request: str

    def paths(self, shop: Shop) -> Iterator[tuple[str, str]]:
        """Method and path of each page of the account and the console, about these objects."""
        for route in _page_routes(shop):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, self._path(route)

    def shown(self, shop: Shop) -> Iterator[tuple[str, str]]:
        """Each address of the router that GET opens, and its path about these objects."""
        for route in _page_routes(shop):
            if "GET" in (route.methods or ()):
                yield route.path, self._path(route)

    def _path(self, route: Route) -> str:
        named: Mapping[str, str] = {
            "order": self.order,
            "callback": self.callback,
            "receipt": self.receipt,
            "order_id": self.invoice,
            "job_id": self.job,
            "login": self.login,
            "request": self.request,
            "method": "register",
        }
        return re.sub(r"\{(\w+)\}", lambda found: named.get(found[1], "x"), route.path)


def _page_routes(shop: Shop) -> Iterator[Route]:
    """The routes of the account and the console."""
    for route in shop.gateway.router._pages.routes:
        if isinstance(route, Route) and (
            route.path.startswith((BASE, CONSOLE)) or route.path == START
        ):
            yield route


async def fill(shop: Shop, owner: Browser) -> Objects:
    """Make an object of each kind as the shop, its payer and its owner do."""
    order = await _paid_order(shop)
    callback = await shop.pool.fetchrow(
        "SELECT version, line FROM outbox WHERE kind = 'callback' AND subject_id = $1::uuid", order
    )
    assert callback is not None
    receipt = await shop.pool.fetchval(
        "SELECT receipt_id FROM receipts WHERE order_id = $1::uuid", order
    )
    assert receipt is not None
    csrf = csrf_of(await owner.get(f"{BASE}/profile?lang=en"))
    until = to_moscow(shop.clock.now() + timedelta(days=2))
    texts = dict.fromkeys(("payer_name", "sender", "item_name"), SHORT)
    made = await owner.post(
        f"{BASE}/invoices",
        csrf=csrf,
        pay_until=f"{until:%Y-%m-%dT%H:%M}",
        description=HOSTILE,
        emails="anna@example.org",
        item_quantity="1",
        item_price="100",
        **texts,
    )
    assert made.status == 303, made.text
    day = to_moscow(shop.clock.now()).date().isoformat()
    report = {"kind": "operations", "format": "csv", "first": day, "last": day}
    assert (await owner.post(f"{BASE}/reports", csrf=csrf, **report)).status == 303
    kept = await owner.post(f"{BASE}/orders/filters", csrf=csrf, name=SHORT, number=SHORT)
    assert kept.status == 303
    named = {"csrf": csrf, "version": "1", "page_names.ru": SHORT, "page_names.en": SHORT}
    await owner.post(f"{BASE}/settings/page", **named)
    job = await shop.pool.fetchval(
        "SELECT job_id FROM export_jobs ORDER BY created_at DESC LIMIT 1"
    )
    session = await shop.pool.fetchval("SELECT token_hash FROM account_sessions LIMIT 1")
    return Objects(
        order=order,
        callback=f"{order}.{callback['version']}.{callback['line']}",
        receipt=str(receipt),
        invoice=made.location.removeprefix(f"{BASE}/invoices/").partition("?")[0],
        job=str(job),
        session=session.hex(),
        login="test-operator",
        request=await _refused_request(shop),
    )


async def _paid_order(shop: Shop) -> str:
    item = {
        "positionId": "1",
        "name": HOSTILE[:100],
        "itemCode": SHORT,
        "quantity": {"value": 2, "measure": SHORT[:20]},
        "itemPrice": 50_000,
        "itemAmount": 100_000,
        "itemDetails": {"itemDetailsParams": [{"name": SHORT, "value": SHORT}]},
    }
    customer = {
        "email": EMAIL,
        "phone": PHONE,
        "contact": SHORT,
        "deliveryInfo": {"country": "RU", "city": SHORT, "postAddress": HOSTILE},
    }
    address = json.dumps(dict.fromkeys(ADDRESS_FIELDS, SHORT))
    payer_data: dict[str, Any] = dict.fromkeys(PAYER_DATA, address)
    order_id = await shop.register(
        100_000,
        orderNumber=SHORT,
        description=HOSTILE,
        clientId=HOSTILE,
        email=EMAIL,
        phone=PHONE,
        postAddress=HOSTILE,
        **payer_data,
        jsonParams=json.dumps({"note": HOSTILE, f"{MARK}<i>": "javascript:alert(3)"}),
        dynamicCallbackUrl=RECEIVER,
        returnUrl="https://shop.example/?<script>",
        orderBundle=json.dumps({"customerDetails": customer, "cartItems": {"items": [item]}}),
    )
    card = {**card_fields(order_id), "TEXT": "<SCRIPT>ALERT(1)</SCRIPT>"}
    paid = await shop.call("paymentorder.do", **card, jsonParams=json.dumps({"x": HOSTILE}))
    assert "redirect" in paid, paid
    return order_id


async def _refused_request(shop: Shop) -> str:
    """A request that is refused, with hostile parameters and names; its id in the request log."""
    fields = dict.fromkeys(("phone", "email", "clientId", "userName", f"{MARK}<i>"), HOSTILE)
    refused = await shop.call("register.do", **{**fields, "amount": SHORT, "orderNumber": SHORT})
    assert refused["errorCode"] != "0"
    for _ in range(LOG_ROUNDS_MAX):
        request_id = await shop.pool.fetchval(
            "SELECT max(request_id) FROM request_log WHERE refused AND order_number = $1", SHORT
        )
        if request_id is not None:
            return str(request_id)
        await asyncio.sleep(0.05)
    raise AssertionError("the request is not in the log")


class PageCheck(HTMLParser):
    """Collects what a page must not have: scripts, styles, handlers, addresses of other sites."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and not values.get("src", "").startswith("/web/static/"):
            self.faults.append("a script")
        if tag == "style" or "style" in values:
            self.faults.append("a style of its own")
        if values.get("src") == "x":
            self.faults.append("an element of the hostile text")
        self.faults += [f"{tag} {name}" for name in values if name.startswith("on")]
        for name in {"href", "src", "action", "formaction"} & values.keys():
            if not _SAFE_ADDRESS.match(values[name]):
                self.faults.append(f"{tag} {name}={values[name]}")
