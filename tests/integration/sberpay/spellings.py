"""The requests of an order without a payment page, in REST and in SOAP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from altyn.inbound.soap.endpoint import PATH
from altyn.main import Gateway
from altyn.storage.demo import DEMO_PASSWORD
from tests.asgi_client import AsgiClient
from tests.shop import Shop, new_number
from tests.soap import envelope, read_answer, wrapper

HEADERS: Final = (("content-type", "text/xml; charset=UTF-8"), ("soapaction", '""'))
RETURN_URL: Final = "https://shop.example/"

Members = Mapping[str, Any]


class Spelling(Protocol):
    """One spelling of the protocol. Every answer is a mapping of texts, numbers and objects."""

    async def register(self, *, two_phase: bool = False, **more: Any) -> Members: ...
    async def deposit(self, order_id: str, amount_minor: int) -> Members: ...
    async def refund(self, order_id: str, amount_minor: int) -> Members: ...
    async def reverse(self, order_id: str) -> Members: ...
    async def status(self, order_id: str) -> Members: ...


@dataclass(frozen=True, slots=True)
class Rest:
    """Requests over REST."""

    shop: Shop

    async def register(self, *, two_phase: bool = False, **more: Any) -> Members:
        """Register an order; `more` are further parameters by their names in REST."""
        path = "registerPreAuth.do" if two_phase else "register.do"
        sent = {"orderNumber": new_number(), "amount": "500000", "returnUrl": RETURN_URL, **more}
        return await self.shop.call(path, **sent)

    async def deposit(self, order_id: str, amount_minor: int) -> Members:
        """Complete a hold."""
        return await self.shop.call("deposit.do", orderId=order_id, amount=amount_minor)

    async def refund(self, order_id: str, amount_minor: int) -> Members:
        """Give back a part of a deposit, or all of it."""
        return await self.shop.call("refund.do", orderId=order_id, amount=amount_minor)

    async def reverse(self, order_id: str) -> Members:
        """Give back a hold, or a deposit of the same business day."""
        return await self.shop.call("reverse.do", orderId=order_id)

    async def status(self, order_id: str) -> Members:
        """The extended status."""
        return await self.shop.call("getOrderStatusExtended.do", orderId=order_id)


@dataclass(frozen=True, slots=True)
class Soap:
    """Requests over SOAP; names of jsonParams are repeated `params`."""

    gateway: Gateway

    async def register(self, *, two_phase: bool = False, **more: Any) -> Members:
        """Register an order; `more` are further parameters by their names in REST."""
        operation = "registerOrderPreAuth" if two_phase else "registerOrder"
        number = more.pop("orderNumber", new_number())
        pairs = json.loads(more.pop("jsonParams", "{}"))
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in pairs.items()
        }
        params = [{"name": name, "value": value} for name, value in texts.items()]
        values = {"merchantOrderNumber": number, "amount": "500000", "returnUrl": RETURN_URL}
        return await self._ask(operation, {**values, "params": params, **more})

    async def deposit(self, order_id: str, amount_minor: int) -> Members:
        """Complete a hold."""
        values = {"orderId": order_id, "depositAmount": amount_minor}
        return await self._ask("depositOrder", values)

    async def refund(self, order_id: str, amount_minor: int) -> Members:
        """Give back a part of a deposit, or all of it."""
        values = {"orderId": order_id, "refundAmount": amount_minor}
        return await self._ask("refundOrder", values)

    async def reverse(self, order_id: str) -> Members:
        """Give back a hold, or a deposit of the same business day."""
        return await self._ask("reverseOrder", {"orderId": order_id})

    async def status(self, order_id: str) -> Members:
        """The extended status."""
        return await self._ask("getOrderStatusExtended", {"orderId": order_id})

    async def _ask(self, operation: str, values: Members) -> Members:
        body = envelope(wrapper(operation, values), "test-api", DEMO_PASSWORD)
        answer = await AsgiClient(self.gateway.router).post(PATH, body=body, headers=HEADERS)
        assert answer.status == 200, answer.text
        return read_answer(operation, answer.body).members


SPELLINGS: Final = ("REST", "SOAP")


def spelling(name: str, shop: Shop) -> Spelling:
    """One of SPELLINGS."""
    return Rest(shop) if name == "REST" else Soap(shop.gateway)
