"""How the pages of orders are rendered, and which orders a user may see."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.responses import Response

from altyn.domain.merchant import Merchant
from altyn.domain.order_id import merchant_of, read_order_id
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest
from altyn.inbound.personal_account.orders.texts import orders_text
from altyn.inbound.personal_account.pages import ORDERS_PATH, account_frame
from altyn.inbound.web.frame import WebFrame, WebPages
from altyn.inbound.web.responses import page
from altyn.operations.order_status import visible_merchants
from altyn.operations.ports import Merchants, OrderKey

ORDERS: Final = "orders"
NOT_FOUND: Final = 404
render: Final = WebPages(Path(__file__).parent / "templates", orders_text).renderer()


def orders_frame(asked: AccountRequest, access: AccountAccess) -> WebFrame:
    """The frame of a page of orders."""
    return account_frame(asked.request, asked.current, ORDERS, sandbox=access.sandbox)


@dataclass(frozen=True, slots=True)
class VisibleOrders:
    """The orders that a user may see: those of its shop, and of the shop's children if it may."""

    access: AccountAccess
    merchants: Merchants

    async def shops(self, asked: AccountRequest) -> tuple[Merchant, ...]:
        """The shops, the user's own first."""
        return await visible_merchants(asked.current.merchant, self.merchants)

    async def key(self, asked: AccountRequest) -> OrderKey | None:
        """The order that the address names; None where the user may not see its shop."""
        order_id = read_order_id(asked.request.path_params["order"])
        merchant_id = None if order_id is None else merchant_of(order_id)
        if order_id is None or merchant_id is None:
            return None
        shops = await self.shops(asked)
        is_visible = any(each.merchant_id == merchant_id for each in shops)
        return OrderKey(merchant_id, order_id) if is_visible else None

    def not_found(self, asked: AccountRequest) -> Response:
        """The page of an order that does not exist, or that the user may not see."""
        frame = orders_frame(asked, self.access)
        return page(render("no_order.html", frame, orders_path=ORDERS_PATH), NOT_FOUND)
