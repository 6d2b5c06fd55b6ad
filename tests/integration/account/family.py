"""A parent shop, its child and a foreign shop, each with an order of every page of the account."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from altyn.domain.account.roles import AccountRole
from altyn.domain.merchant import OPENING, Permission
from altyn.domain.moscow import to_moscow
from tests.integration.account.browser import BASE, Browser
from tests.integration.account.order_pages import browser_of
from tests.integration.storage.processes import Staff, eventually
from tests.shop import Shop, card_fields, new_number
from tests.staff import change_settings_of

PARENT: Final = "test"
FOREIGN: Final = "foreign"
CALLBACK_ADDRESS: Final = "http://127.0.0.1:9/callback"


@dataclass(frozen=True, slots=True)
class Objects:
    """What a shop has on the pages: an order, its callback and receipt, an invoice, a report."""

    login: str
    order: str
    number: str
    invoice: str
    invoice_number: str
    callback: str
    receipt: str
    report: str


async def set_permission(shop: Shop, *, sees: bool) -> None:
    """Switch the parent's permission to see its children, and wait until the gateway knows."""
    wanted = OPENING if sees else OPENING - {Permission.SEE_OTHER_MERCHANTS}
    await change_settings_of(shop, PARENT, permissions=wanted)


async def fill(shop: Shop, login: str, amount_minor: int, api: dict[str, str]) -> Objects:
    """Give a shop an order with a callback and a receipt, an invoice and a report."""
    await add_callback_address(shop, login)
    number = f"{login}-{new_number()}"
    item = {
        "positionId": "1",
        "name": "Чай",
        "itemCode": "T-1",
        "quantity": {"value": 1, "measure": "шт."},
        "itemPrice": amount_minor,
    }
    cart = {"customerDetails": {"email": "anna@example.org"}, "cartItems": {"items": [item]}}
    more: dict[str, object] = {"orderNumber": number, "orderBundle": json.dumps(cart), **api}
    order = await shop.register(amount_minor, two_phase=False, **more)
    paid = await shop.call("paymentorder.do", **{**card_fields(order), **api})
    assert "redirect" in paid, paid
    callbacks = await shop.pool.fetch(
        "SELECT version, line FROM outbox WHERE subject_id = $1 AND kind = 'callback'", UUID(order)
    )
    receipt = await shop.pool.fetchval(
        "SELECT receipt_id FROM receipts WHERE order_id = $1", UUID(order)
    )
    assert receipt is not None
    browser = await browser_of(shop, AccountRole.OWNER, merchant=login)
    invoice_number = f"{login}-{new_number()}"
    invoice = await make_invoice(browser, shop, order_number=invoice_number)
    return Objects(
        login=login,
        order=order,
        number=number,
        invoice=invoice,
        invoice_number=invoice_number,
        callback=f"{order}.{callbacks[0]['version']}.{callbacks[0]['line']}",
        receipt=str(receipt),
        report=await make_report(browser, shop),
    )


async def make_invoice(browser: Browser, shop: Shop, /, **fields: str) -> str:
    """Make an invoice; the id of its order."""
    until = to_moscow(shop.clock.now() + timedelta(days=2))
    form = {"amount": "15,50", "pay_until": f"{until:%Y-%m-%dT%H:%M}", **fields}
    answer = await browser.submit(f"{BASE}/invoices", f"{BASE}/invoices", **form)
    found = re.search(r"/invoices/([0-9a-f-]{36})", answer.location)
    assert found is not None, answer.text
    return found[1]


async def make_report(
    browser: Browser, shop: Shop, /, *, kind: str = "operations", **fields: str
) -> str:
    """Ask for a report as CSV about today, and wait until it is built; its id."""
    before = await shop.pool.fetch("SELECT job_id FROM export_jobs")
    day = to_moscow(shop.clock.now()).date().isoformat()
    form = {"kind": kind, "format": "csv", "first": day, "last": day, **fields}
    asked = await browser.submit(f"{BASE}/reports", f"{BASE}/reports", **form)
    assert asked.location == f"{BASE}/reports?done=asked", asked.text

    async def ready() -> bool:
        return not await shop.pool.fetch("SELECT FROM export_jobs WHERE state <> 'ready'")

    await eventually(ready)
    jobs = await shop.pool.fetch(
        "SELECT job_id FROM export_jobs WHERE job_id <> ALL ($1)",
        [row["job_id"] for row in before],
    )
    return str(jobs[0]["job_id"])


async def add_callback_address(shop: Shop, login: str) -> None:
    """Give a shop an address for callbacks, which nothing listens at."""
    merchants = shop.gateway.world.merchants
    merchant = await merchants.by_login(login)
    assert merchant is not None
    await Staff(shop.pool).change(merchant, {"callbacks.urls": (CALLBACK_ADDRESS,)})
    merchant_id = merchant.merchant_id

    async def is_known() -> bool:
        return CALLBACK_ADDRESS in (await merchants.get(merchant_id)).settings.callbacks.urls

    await eventually(is_known)
