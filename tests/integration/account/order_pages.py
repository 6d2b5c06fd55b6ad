"""Users and orders for the tests of the orders' pages."""

from __future__ import annotations

import json
from typing import Final

from altyn.domain.account.roles import AccountRole
from tests.integration.account.browser import BASE, Browser
from tests.shop import Shop

ORDERS: Final = f"{BASE}/orders"
CHILD: Final = "test-child"
HOSTILE: Final = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
TEA: Final = {
    "positionId": "1",
    "name": f"Чай {HOSTILE}",
    "itemCode": "TEA",
    "quantity": {"value": 3, "measure": "шт"},
    "itemPrice": 50_000,
}
CART: Final = json.dumps({"cartItems": {"items": [TEA]}})


async def browser_of(shop: Shop, role: AccountRole, *, merchant: str = "test") -> Browser:
    """A browser in which a user of this role has logged in; its password is that of the demo."""
    login = f"{merchant}-{role}-x"
    await shop.pool.execute(
        "INSERT INTO logins (merchant_id, login) SELECT merchant_id, $1 FROM merchants"
        " WHERE login = $2 ON CONFLICT DO NOTHING",
        login,
        merchant,
    )
    await shop.pool.execute(
        "INSERT INTO account_users (merchant_id, login, password_hash, role)"
        " SELECT merchants.merchant_id, $1, password_hash, $2"
        " FROM account_users, merchants"
        " WHERE account_users.login = 'test-owner' AND merchants.login = $3"
        " ON CONFLICT DO NOTHING",
        login,
        str(role),
        merchant,
    )
    browser = Browser(shop.gateway.router)
    answer = await browser.log_in(login)
    assert answer.status == 303, answer.text
    return browser


async def version_of(shop: Shop, order_id: str) -> int:
    """The version of an order: it counts its changes."""
    order = await shop.gateway.world.orders.load(await shop.key(order_id))
    assert order is not None
    return order.version
