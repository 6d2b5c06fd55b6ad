"""The registration of the test wallet with a gateway, and the route of its notifications."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.refusals import Refusal
from altyn.inbound.payment_page.tiles import WayTile
from altyn.main.extensions import Extensions
from altyn.main.ways import RegisteredWay
from altyn.operations.decisions import Refused
from altyn.operations.paying.notification import settle_notification
from altyn.operations.paying.ways import WayToPay
from altyn.operations.ports import Actor, World
from tests.ways.connector import AskWallet, WalletConnector, WalletDetails, connector_response
from tests.ways.wallet import WalletResponse

WALLET: Final = "TEST_WALLET"
WALLET_KEY: Final = "key of the test wallet"
NOTIFICATION_PATH: Final = "/ways/test-wallet/notification"
TITLES: Final = {"ru": "Тестовый кошелёк", "en": "Test wallet"}
ACTOR: Final = Actor(name="test wallet")
TOO_EXPENSIVE_MINOR: Final = 1_000_000_00


def wallet_extensions(ask: AskWallet) -> Extensions:
    """A gateway with the wallet in addition to what is built in."""
    return Extensions(payment_ways=(registered_wallet(ask),))


def registered_wallet(ask: AskWallet) -> RegisteredWay:
    """The wallet as a way to pay of a gateway."""
    way = WayToPay(
        name=WALLET, connector=WalletConnector(ask), read_details=read_details, refuse=refuse
    )
    return RegisteredWay(way=way, tile=WayTile(titles=TITLES), routes=wallet_routes)


def read_details(fields: Mapping[str, str]) -> WalletDetails | Refused:
    """The payer's phone and code. Refuses PARAMETER_INVALID for a code that is not digits."""
    code = fields.get("code", "").strip()
    if not re.fullmatch("[0-9]{0,8}", code):
        return Refused(Refusal.PARAMETER_INVALID, "a code is digits", parameter="code")
    return WalletDetails(phone=fields.get("phone", ""), code=code)


def refuse(order: Order, _merchant: Merchant) -> Refused | None:
    """The wallet pays roubles, up to its limit."""
    if order.currency == "643" and order.amount_minor < TOO_EXPENSIVE_MINOR:
        return None
    return Refused(Refusal.AMOUNT_INVALID, "too much for a wallet", parameter="amount_minor")


def wallet_routes(world: World) -> tuple[BaseRoute, ...]:
    """The route that receives the results of payments from the wallet."""

    async def receive(request: Request) -> Response:
        key = request.headers.get("x-wallet-key", "")
        if not hmac.compare_digest(key.encode(), WALLET_KEY.encode()):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        try:
            sent = msgspec.json.decode(await request.body(), type=WalletResponse)
        except msgspec.DecodeError:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        response = connector_response(sent)
        decision = await settle_notification(WALLET, sent.key, response, actor=ACTOR, world=world)
        if not isinstance(decision, Refused):
            return Response(status_code=HTTPStatus.OK)
        busy = decision.refusal is Refusal.BUSY
        return Response(
            status_code=HTTPStatus.SERVICE_UNAVAILABLE if busy else HTTPStatus.NOT_FOUND
        )

    return (Route(NOTIFICATION_PATH, receive, methods=["POST"]),)
