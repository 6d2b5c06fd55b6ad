"""The payer's phone for browser tests: its messages and its answers over HTTP.

Served by a way to pay that is registered by the tests and that no page offers.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from altyn.main.extensions import Extensions
from altyn.main.payer_phone import SimulatedPhone
from altyn.main.ways import RegisteredWay, Routes
from altyn.operations.connector import Connector
from altyn.operations.paying.ways import WayToPay
from altyn.operations.ports import World
from altyn.protocol.phone_messages import MessageAction
from altyn.simulators.bank_app.bank_app import BankApp
from altyn.simulators.issuer.bank import IssuerSimulator
from altyn.simulators.phones.phones import Phones
from tests.bank_phone import confirm_scanned

NUMBER: Final = "79998887766"


@dataclass(frozen=True, slots=True)
class _Gateway:
    """What `confirm_scanned` reads of a gateway."""

    pool: Any
    world: World


def phone_extensions(database_url: str) -> Extensions:
    """A gateway whose simulated phones can be used by `PhoneOfPayer`."""
    way = WayToPay(name="PHONE_OF_TESTS", connector=cast("Connector", object()))
    return Extensions(payment_ways=(RegisteredWay(way=way, routes=_routes(database_url)),))


def _routes(database_url: str) -> Routes:
    def routes(world: World) -> Sequence[BaseRoute]:
        async def answer(request: Request) -> Response:
            sent = await request.json()
            async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
                now = world.clock.now
                phones = Phones(pool, now)
                bank = BankApp(
                    pool, now, issuer=IssuerSimulator(pool, now, same_database=True), phones=phones
                )
                if "payload" in sent:
                    gateway = cast("Any", _Gateway(pool, world))
                    await confirm_scanned(gateway, sent["payload"], NUMBER)
                    return JSONResponse({"done": True})
                phone = SimulatedPhone(phones, bank, world)
                order_id, action = UUID(sent["orderId"]), MessageAction(sent["action"])
                return JSONResponse({"done": await phone.answer(NUMBER, order_id, action)})

        return (Route("/tests/phone", answer, methods=["POST"]),)

    return routes


@dataclass(frozen=True, slots=True)
class PhoneOfPayer:
    """The phone of the payer, at a gateway on a port."""

    port: int

    def confirm(self, order_id: str) -> None:
        """Confirm the payment of the newest push."""
        self._post({"orderId": order_id, "action": "confirm"})

    def refuse(self, order_id: str) -> None:
        """Refuse the payment of the newest push."""
        self._post({"orderId": order_id, "action": "refuse"})

    def confirm_scanned(self, payload: str) -> None:
        """Open the invoice of a QR code or of a link, and confirm it."""
        self._post({"payload": payload})

    def _post(self, members: dict[str, str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/tests/phone", json.dumps(members))
            answer = connection.getresponse()
            assert answer.status == 200
            assert json.loads(answer.read())["done"], "nothing on the phone can be answered"
        finally:
            connection.close()
