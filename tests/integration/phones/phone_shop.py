"""A shop whose payers pay by SberPay, and their simulated phones over the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from altyn.operations.paying.begin import BeginPayment, begin_payment
from altyn.operations.paying.steps import Ended
from altyn.operations.ports import PAYER, Actor
from tests.asgi_client import Answer, AsgiClient
from tests.shop import Shop

SBERPAY: Final = "SBRF_SBOL"
STUB: Final = "/dummysbolpayment/sbol/notifyPaymentStatus.do"


@dataclass(frozen=True, slots=True)
class PhoneShop:
    """One shop, and the phones of its payers."""

    shop: Shop

    async def waiting(self, phone: str = "", *, two_phase: bool = False) -> str:
        """A new order that waits for its payer: a push to the phone, or a code to scan; its id."""
        order_id = await self.shop.register(1500_00, two_phase=two_phase)
        await self.begin(order_id, phone)
        return order_id

    async def begin(self, order_id: str, phone: str = "") -> None:
        """The payer chooses SberPay."""
        command = BeginPayment(
            key=await self.shop.key(order_id),
            way=SBERPAY,
            actor=Actor(name=PAYER, ip="203.0.113.9"),
            fields={"sberPayPhone": phone},
        )
        ended = await begin_payment(command, self.shop.gateway.world)
        assert isinstance(ended, Ended), ended

    async def messages(self, phone: str, **query: str) -> list[dict[str, Any]]:
        """The messages of a phone."""
        answer = await self.get(f"/sandbox/phones/{quote(phone)}/messages", query)
        assert answer.status == HTTPStatus.OK, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    async def newest(self, phone: str) -> dict[str, Any]:
        """The newest message of a phone."""
        return (await self.messages(phone))[-1]

    async def answer(self, phone: str, message_id: str, action: str) -> Answer:
        """Answer a message."""
        path = f"/sandbox/phones/{quote(phone)}/messages/{message_id}"
        return await self.shop.post_json(path, {"action": action})

    async def scan(self, phone: str, payload: str) -> Answer:
        """Scan a code with a phone."""
        return await self.shop.post_json(f"/sandbox/phones/{phone}/scan", {"payload": payload})

    async def notify(self, order_id: str, state: str, **changes: str) -> Answer:
        """Send a notification to the stub."""
        members = {
            "bankInvoiceId": order_id.replace("-", ""),
            "orderNumber": order_id,
            "stateCode": state,
        }
        return await self.shop.post_json(STUB, {**members, **changes})

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """GET an address of the gateway."""
        return await AsgiClient(self.shop.gateway.router, ip="127.0.0.1").get(path, query or {})

    async def status(self, order_id: str) -> tuple[int, int]:
        """Status and action code of an order."""
        state = await self.shop.see(order_id)
        return state.status, state.action_code


def deep_link(order_id: str) -> str:
    """The link of an order into the bank's app."""
    invoice = order_id.replace("-", "")
    return f"sberpay://invoicing/v2?bankInvoiceId={invoice}&operationType=Web2App"
