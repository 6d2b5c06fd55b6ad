"""A shop and its payers, as clients of a gateway that runs in this process.

They send form fields and get the protocol's JSON, as real clients do; only the clock is moved
directly.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from altyn import main
from altyn.domain.refusals import Refusal
from altyn.main.extensions import NO_EXTENSIONS, Extensions
from altyn.operations.ports import OrderKey, World
from altyn.outbound.acquirer.connector import CardConnector
from altyn.outbound.acquirer.in_process import InProcessAcquirer
from altyn.protocol.dialects.classic.registry import METHODS
from altyn.protocol.test_cards import ACS_CODE_CLASSIC
from altyn.settings import Settings, load
from altyn.storage.clock import SandboxClock
from altyn.storage.database import Pool
from tests.asgi_client import Answer, AsgiClient

GOOD: Final = "5555555555555599"  # not enrolled in 3-D Secure 1, approved
ENROLLED: Final = "4111111111111111"  # 3-D Secure 1: the payer types a code at the ACS
CREDENTIALS: Final = {"userName": "test-api", "password": "testPwd1"}
FORM_TYPE: Final = ("content-type", "application/x-www-form-urlencoded")
_NUMBERS: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class OrderState:
    """The columns of rest-orders.md §1.5, as getOrderStatusExtended shows them."""

    status: int
    state: str
    approved: int
    deposited: int
    refunded: int
    action_code: int


@dataclass
class Shop:
    """One shop with its payers; all requests go to `gateway`."""

    gateway: main.Gateway
    clock: SandboxClock = field(init=False)

    def __post_init__(self) -> None:
        assert isinstance(self.gateway.world.clock, SandboxClock)
        self.clock = self.gateway.world.clock

    @property
    def pool(self) -> Pool:
        return self.gateway.pool

    async def call(self, path: str, **fields: object) -> dict[str, Any]:
        """One request of the protocol, with credentials; the members of its answer.

        A list is sent as one name repeated.
        """
        answer = await self._post(f"/payment/rest/{path}", {**CREDENTIALS, **fields})
        members: dict[str, Any] = json.loads(answer.body)
        return members

    async def register(self, amount_minor: int, *, two_phase: bool = False, **more: object) -> str:
        """Register an order; its id."""
        path = "registerPreAuth.do" if two_phase else "register.do"
        fields = {"orderNumber": new_number(), "returnUrl": "https://shop.example/", **more}
        answer = await self.call(path, amount=amount_minor, **fields)
        assert "orderId" in answer, answer
        order_id: str = answer["orderId"]
        return order_id

    async def pay(self, order_id: str, pan: str = GOOD) -> dict[str, Any]:
        """Pay with a card that the shop sends; the answer."""
        return await self.call("paymentorder.do", **card_fields(order_id, pan))

    async def paid(self, amount_minor: int, *, two_phase: bool = False, pan: str = GOOD) -> str:
        """Register and pay an order, or hold its amount; its id."""
        order_id = await self.register(amount_minor, two_phase=two_phase)
        answer = await self.pay(order_id, pan)
        assert "redirect" in answer, answer
        return order_id

    async def at_acs(self, sent: dict[str, Any], typed: str = ACS_CODE_CLASSIC) -> str:
        """Type a code on the ACS's page until the ACS ends the authentication; the PaRes that the
        browser brings back."""
        md = {"PaReq": sent["paReq"], "MD": "order", "TermUrl": sent["termUrl"]}
        page = await self._post("/acs/pareq", md)
        while "PaRes" not in page.form.fields:
            page = await self._post(
                page.form.action, {**page.form.fields, "password": typed, "decision": "confirm"}
            )
        return page.form.fields["PaRes"]

    async def back_from_acs(self, order_id: str, pa_res: str) -> dict[str, Any]:
        """Send the PaRes to the gateway; the answer."""
        return await self.call("finish3dsPayment.do", mdOrder=order_id, paRes=pa_res)

    async def see(self, order_id: str) -> OrderState:
        """The order's state on the wire."""
        answer = await self.call("getOrderStatusExtended.do", orderId=order_id)
        sums = answer["paymentAmountInfo"]
        return OrderState(
            status=answer["orderStatus"],
            state=sums["paymentState"],
            approved=sums["approvedAmount"],
            deposited=sums["depositedAmount"],
            refunded=sums["refundedAmount"],
            action_code=answer["actionCode"],
        )

    async def travel(self, by: timedelta) -> datetime:
        """Move the clock forward and run everything that becomes due, in order; the new time."""
        return await self._move({"seconds": by.total_seconds()})

    async def travel_to(self, moment: datetime) -> datetime:
        return await self._move({"to": moment.isoformat()})

    async def _move(self, members: dict[str, object]) -> datetime:
        answer = await self.post_json("/sandbox/clock", members)
        assert answer.status == HTTPStatus.OK, answer.text
        return datetime.fromisoformat(answer.json()["utc"])

    async def key(self, order_id: str) -> OrderKey:
        """The order's key: merchant and order id."""
        merchant = await self.gateway.world.merchants.by_login("test")
        assert merchant is not None
        return OrderKey(merchant.merchant_id, UUID(order_id))

    async def post_json(
        self,
        path: str,
        members: object,
        *,
        origin: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """POST JSON as a script does; `origin` is the Origin header of a browser."""
        sent = [*headers, ("origin", origin)] if origin else [*headers]
        return await self._send(path, json.dumps(members).encode(), sent)

    async def _post(self, path: str, fields: dict[str, Any]) -> Answer:
        return await self._send(path, urlencode(fields, doseq=True).encode(), [])

    async def _send(self, path: str, body: bytes, headers: list[tuple[str, str]]) -> Answer:
        client = AsgiClient(self.gateway.router, ip="127.0.0.1")
        return await client.post(path, body=body, headers=[FORM_TYPE, *headers])


def new_number() -> str:
    """An order number that is unique in this process."""
    return f"T-{next(_NUMBERS)}"


def card_fields(order_id: str, pan: str = GOOD) -> dict[str, str]:
    """The form of paymentorder.do."""
    return {
        "MDORDER": order_id,
        "$PAN": pan,
        "$CVC": "123",
        "$EXPIRY": "209912",
        "TEXT": "IVAN PETROV",
        "language": "ru",
    }


def refused(method: str, answer: Mapping[str, Any], refusal: Refusal) -> bool:
    """Whether an answer has this refusal's code and text, by the table of the method."""
    error = METHODS[method].refusals[refusal]
    text = answer.get("errorMessage") or answer.get("error") or ""
    parameter = text.partition("]")[0].lstrip("[")
    return (str(answer.get("errorCode")), text) == (
        str(error.code),
        error.text("ru", name=parameter),
    )


def settings_of(database_url: str, home: Path, **changes: Any) -> Settings:
    """The settings of a sandbox with this data folder and database.

    A machine that stands still for some seconds is no outage of the database.
    """
    settings = load({"ALTYN_DATABASE_TIMEOUT": "60"})
    return dataclasses.replace(settings, home=home, database_url=database_url, **changes)


@asynccontextmanager
async def open_shop(
    database_url: str, home: Path, extensions: Extensions = NO_EXTENSIONS, /, **changes: Any
) -> AsyncIterator[Shop]:
    """A gateway with its workers over this database, and a shop in front of it."""
    settings = settings_of(database_url, home, **changes)
    await main.prepare(settings)
    async with main.running(settings, extensions) as gateway:
        yield Shop(gateway)


def acquirer_of(world: World) -> InProcessAcquirer:
    """The simulated acquirer behind the card's connector."""
    connector = world.ways.connector("CARD")
    assert isinstance(connector, CardConnector)
    assert isinstance(connector.acquirer, InProcessAcquirer)
    return connector.acquirer


def kopeck_position(quantity: int, *, measure: str) -> dict[str, Any]:
    """So many pieces, a kopeck each: the only position of a cart."""
    measured = {"value": quantity, "measure": measure}
    return {"positionId": "1", "name": "Чай", "itemCode": "T", "quantity": measured, "itemPrice": 1}


def kopeck_cart(position: dict[str, Any]) -> str:
    """A cart of this position alone, as JSON, with the customer's address."""
    customer = {"email": "payer@shop.example"}
    return json.dumps({"customerDetails": customer, "cartItems": {"items": [position]}})
