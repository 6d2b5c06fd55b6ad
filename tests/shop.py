"""A shop and its payers in front of a gateway that runs in this process.

It exists so that a test of integrity speaks to the front door as everybody does: form fields go in,
the protocol's JSON comes out, and only the clock is moved from behind.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from altyn.workers.time_travel import travel
from tests.integration.simulators.asgi import Answer

GOOD: Final = "5555555555555599"  # not enrolled in 3-D Secure 1, approved
ENROLLED: Final = "4111111111111111"  # 3-D Secure 1: the payer types a code at the ACS
CREDENTIALS: Final = {"userName": "test-api", "password": "testPwd1"}
ADDRESS: Final = "127.0.0.1:8080"
SCOPE: Final[dict[str, Any]] = {
    "type": "http",
    "method": "POST",
    "scheme": "http",
    "query_string": b"",
    "headers": [
        (b"host", ADDRESS.encode()),
        (b"content-type", b"application/x-www-form-urlencoded"),
    ],
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 8080),
}
_NUMBERS: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Seen:
    """The columns of rest-orders.md §1.5, as getOrderStatusExtended shows them."""

    status: int
    state: str
    approved: int
    deposited: int
    refunded: int
    action_code: int


@dataclass
class Shop:
    """One shop, its payers, and the gateway they call."""

    gateway: main.Gateway
    clock: SandboxClock = field(init=False)

    def __post_init__(self) -> None:
        assert isinstance(self.gateway.world.clock, SandboxClock)
        self.clock = self.gateway.world.clock

    @property
    def pool(self) -> Pool:
        return self.gateway.pool

    async def call(self, path: str, **fields: object) -> dict[str, Any]:
        """One request of the protocol, with credentials; its answer's members."""
        answer = await self._post(f"/payment/rest/{path}", {**CREDENTIALS, **fields})
        members: dict[str, Any] = json.loads(answer.body)
        return members

    async def register(self, amount_minor: int, *, two_phase: bool = False, **more: object) -> str:
        """A new order; its id."""
        path = "registerPreAuth.do" if two_phase else "register.do"
        fields = {"orderNumber": new_number(), "returnUrl": "https://shop.example/", **more}
        answer = await self.call(path, amount=amount_minor, **fields)
        assert "orderId" in answer, answer
        order_id: str = answer["orderId"]
        return order_id

    async def pay(self, order_id: str, pan: str = GOOD) -> dict[str, Any]:
        """The shop sends the payer's card; the answer."""
        return await self.call("paymentorder.do", **card_fields(order_id, pan))

    async def paid(self, amount_minor: int, *, two_phase: bool = False, pan: str = GOOD) -> str:
        """An order that is paid, or held; its id."""
        order_id = await self.register(amount_minor, two_phase=two_phase)
        answer = await self.pay(order_id, pan)
        assert "redirect" in answer, answer
        return order_id

    async def at_acs(self, sent: dict[str, Any], typed: str = ACS_CODE_CLASSIC) -> str:
        """The payer types a code into the ACS's page, wrong ones until the ACS has enough; the
        PaRes that the browser brings back."""
        md = {"PaReq": sent["paReq"], "MD": "order", "TermUrl": sent["termUrl"]}
        page = await self._post("/acs/pareq", md)
        while "PaRes" not in page.form.fields:
            page = await self._post(
                page.form.action, {**page.form.fields, "password": typed, "decision": "confirm"}
            )
        return page.form.fields["PaRes"]

    async def back_from_acs(self, order_id: str, pa_res: str) -> dict[str, Any]:
        """The shop brings the PaRes; the answer."""
        return await self.call("finish3dsPayment.do", mdOrder=order_id, paRes=pa_res)

    async def see(self, order_id: str) -> Seen:
        """The order's state on the wire."""
        answer = await self.call("getOrderStatusExtended.do", orderId=order_id)
        sums = answer["paymentAmountInfo"]
        return Seen(
            status=answer["orderStatus"],
            state=sums["paymentState"],
            approved=sums["approvedAmount"],
            deposited=sums["depositedAmount"],
            refunded=sums["refundedAmount"],
            action_code=answer["actionCode"],
        )

    async def travel(self, by: timedelta) -> datetime:
        """Move the clock, everything on the way happening in order."""
        return await self.travel_to(self.clock.now() + by)

    async def travel_to(self, moment: datetime) -> datetime:
        return await travel(self.gateway.world, self.clock, moment)

    async def key(self, order_id: str) -> OrderKey:
        """The order's full address."""
        merchant = await self.gateway.world.merchants.by_login("test")
        assert merchant is not None
        return OrderKey(merchant.merchant_id, UUID(order_id))

    async def call_repeating(self, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        """As `call`; a list is sent as one name repeated."""
        answer = await self._post(f"/payment/rest/{path}", {**CREDENTIALS, **fields})
        members: dict[str, Any] = json.loads(answer.body)
        return members

    async def post_json(
        self,
        path: str,
        members: object,
        *,
        origin: str | None = None,
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> Answer:
        """What a browser's or a test suite's script sends; `origin` as the browser says it."""
        sent = [*headers, (b"origin", origin.encode())] if origin else [*headers]
        return await self._send(path, json.dumps(members).encode(), sent)

    async def _post(self, path: str, fields: dict[str, Any]) -> Answer:
        return await self._send(path, urlencode(fields, doseq=True).encode(), [])

    async def _send(self, path: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> Answer:
        heard = [*SCOPE["headers"], *headers]
        scope = {**SCOPE, "path": path.removeprefix(f"http://{ADDRESS}"), "headers": heard}
        sent = list[dict[str, Any]]()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def take(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.gateway.front(scope, receive, take)
        told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], told, b"".join(part.get("body", b"") for part in sent[1:]))


def new_number() -> str:
    """An order number that no order of this process has."""
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
    """Whether an answer is this refusal, in the words of the method's own table."""
    error = METHODS[method].refusals[refusal]
    told = answer.get("errorMessage") or answer.get("error") or ""
    parameter = told.partition("]")[0].lstrip("[")
    return (str(answer.get("errorCode")), told) == (
        str(error.code),
        error.text("ru", name=parameter),
    )


def settings_of(database_url: str, home: Path, **changes: Any) -> Settings:
    """A sandbox in this folder over this database."""
    return dataclasses.replace(load({}), home=home, database_url=database_url, **changes)


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
