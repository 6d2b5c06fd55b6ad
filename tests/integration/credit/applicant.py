"""A shop that sells on credit, and a payer who applies for the credit and pays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tests.asgi_client import Answer
from tests.integration.payment_page.page_client import RETURN_URL, PageClient
from tests.shop import CREDENTIALS, GOOD, Shop, card_fields, new_number

AMOUNT: Final = 12_000_00
BACK_TO_SHOP: Final = "https://shop.example/cart"
GRANTED_AT_ONCE: Final = "+7 999 888-77-66"
REFUSED_AT_ONCE: Final = "79998880000"
CONSIDERED: Final = "79998880005"
PARAMS: Final = {
    "email": "anna@example.org",
    "phone": "+79998887766",
    "backToShopUrl": BACK_TO_SHOP,
}
TWO_STAGES: Final = "registerPreAuth.do"


def bundle(amount: int = AMOUNT, **installments: object) -> str:
    """A cart with one position and the product that the payer applies for."""
    item = {
        "positionId": "1",
        "name": "Чайник",
        "itemCode": "K-1",
        "quantity": {"value": 1, "measure": "шт."},
        "itemPrice": amount,
        "itemAmount": amount,
        "itemCurrency": 643,
        "itemDetails": {"itemDetailsParams": [{"name": "color", "value": "red"}]},
    }
    chosen = {"productType": "CREDIT", "productID": "10", **installments}
    sent = {name: value for name, value in chosen.items() if value is not None}
    return json.dumps({"cartItems": {"items": [item]}, "installments": sent})


@dataclass(frozen=True, slots=True)
class Applicant:
    """The payer of one shop; `client` opens the pages."""

    client: PageClient

    @property
    def shop(self) -> Shop:
        return self.client.shop

    async def send(self, method: str = "register.do", **fields: object) -> Answer:
        """Register a purchase on credit; a field of None is left out."""
        right = {
            **CREDENTIALS,
            "orderNumber": new_number(),
            "amount": AMOUNT,
            "returnUrl": RETURN_URL,
            "orderBundle": bundle(),
            "jsonParams": json.dumps(PARAMS),
            "dummy": "true",
        }
        sent = {name: str(each) for name, each in {**right, **fields}.items() if each is not None}
        return await self.client.http.post(f"/sbercredit/{method}", sent)

    async def register(self, method: str = "register.do", **fields: object) -> dict[str, Any]:
        """The members of the answer of a registration."""
        members: dict[str, Any] = (await self.send(method, **fields)).json()
        return members

    async def order(self, method: str = "register.do", **fields: object) -> str:
        """Register a purchase on credit; its id."""
        answer = await self.register(method, **fields)
        assert "orderId" in answer, answer
        return str(answer["orderId"])

    async def open(self, address: str) -> Answer:
        """Open an address of the gateway."""
        parts = urlsplit(address)
        return await self.client.http.get(f"{parts.path}?{parts.query}")

    async def application(self, order_id: str) -> Answer:
        """Open the application of an order."""
        return await self.open(application_address(order_id))

    async def apply(
        self, order_id: str, phone: str = GRANTED_AT_ONCE, months: str = "12"
    ) -> Answer:
        """Send the form of the application."""
        form = {"months": months, "phone": phone}
        return await self.client.http.post(application_address(order_id), form)

    async def granted(self, method: str = "register.do", **fields: object) -> str:
        """An order whose credit is granted; its id."""
        order_id = await self.order(method, **fields)
        months = "9" if "INSTALLMENT" in str(fields.get("orderBundle")) else "12"
        assert (await self.apply(order_id, months=months)).status == 303
        return order_id

    async def pay_on_page(self, order_id: str, pan: str = GOOD) -> dict[str, Any]:
        """processform.do."""
        return await self.client.pay(order_id, pan)

    async def pay_by_server(self, order_id: str) -> dict[str, Any]:
        """paymentOrder.do."""
        return await self.shop.call("paymentOrder.do", **card_fields(order_id))

    async def status(self, order_id: str) -> dict[str, Any]:
        """The extended status."""
        return await self.client.status(order_id)

    async def events(self, order_id: str) -> list[str]:
        """The names of the events of the order's history."""
        rows = await self.shop.pool.fetch(
            "SELECT event FROM order_events WHERE order_id = $1 ORDER BY version", order_id
        )
        return [row["event"] for row in rows]

    async def payments(self, order_id: str) -> int:
        """How many payments were begun."""
        order = await self.shop.gateway.world.orders.load(await self.shop.key(order_id))
        assert order is not None
        return len(order.payments)


def application_address(order_id: str) -> str:
    """The address of the application, as formUrl has it."""
    return f"/sbercredit/rbs-common.html?mdOrder={order_id}&language=ru"
