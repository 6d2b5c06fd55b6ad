"""A shop with payers who pay by the test wallet, and the checks that hold all books together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import msgspec

from altyn.operations.connector import payment_key
from altyn.operations.decisions import Refused
from altyn.operations.paying.begin import BeginPayment, begin_payment
from altyn.operations.paying.steps import Ended
from altyn.operations.ports import PAYER, Actor
from tests.asgi_client import AsgiClient
from tests.audit import audit
from tests.shop import Shop
from tests.ways.registration import NOTIFICATION_PATH, WALLET, WALLET_KEY
from tests.ways.wallet import Wallet, WalletResponse

WITHIN_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Customers:
    """One shop, the wallet, and the payers of both."""

    shop: Shop
    wallet: Wallet

    async def begin(self, order_id: str, *, way: str = WALLET, **fields: str) -> Ended | Refused:
        """The payer chooses a way to pay."""
        command = BeginPayment(
            key=await self.shop.key(order_id),
            way=way,
            actor=Actor(name=PAYER, ip="203.0.113.9"),
            fields=fields,
        )
        return await begin_payment(command, self.shop.gateway.world)

    async def waiting(self, amount_minor: int, *, two_phase: bool = False, **more: object) -> str:
        """A new order whose payer has to confirm on the phone; its id."""
        order_id = await self.shop.register(amount_minor, two_phase=two_phase, **more)
        ended = await self.begin(order_id, phone="79001234567")
        assert isinstance(ended, Ended), ended
        assert ended.order.waiting is not None
        return order_id

    async def paid(self, amount_minor: int, *, two_phase: bool = False) -> str:
        """An order that the payer has confirmed; its id."""
        order_id = await self.waiting(amount_minor, two_phase=two_phase)
        await self.confirm(order_id)
        return order_id

    async def confirm(self, order_id: str, number: int = 1) -> None:
        """The payer confirms, and the wallet notifies the gateway."""
        assert self.wallet.confirm(await self.payment(order_id, number))
        assert await self.notify(order_id, number) == HTTPStatus.OK

    async def refuse(self, order_id: str, number: int = 1) -> None:
        """The payer refuses, and the wallet notifies the gateway."""
        assert self.wallet.refuse(await self.payment(order_id, number))
        assert await self.notify(order_id, number) == HTTPStatus.OK

    async def payment(self, order_id: str, number: int = 1) -> str:
        """The key of an attempt of an order."""
        return payment_key((await self.shop.key(order_id)).order_id, number)

    async def notify(self, order_id: str, number: int = 1, *, key: str = WALLET_KEY) -> int:
        """The wallet sends the state of an attempt; the HTTP status of the answer."""
        return await self.send_notification(
            self.wallet.response_of(await self.payment(order_id, number)), key=key
        )

    async def send_notification(self, sent: WalletResponse, *, key: str = WALLET_KEY) -> int:
        """Post a notification; the HTTP status of the answer."""
        return await self.send_bytes(msgspec.json.encode(sent), key=key)

    async def send_bytes(self, body: bytes, *, key: str = WALLET_KEY) -> int:
        """Post the body of a notification; the HTTP status of the answer."""
        client = AsgiClient(self.shop.gateway.router)
        headers = {"x-wallet-key": key}
        return (await client.post(NOTIFICATION_PATH, body=body, headers=headers)).status

    async def status(self, order_id: str) -> dict[str, Any]:
        """The order as the shop reads it."""
        return await self.shop.call("getOrderStatusExtended.do", orderId=order_id)

    async def must_be(self, order_id: str, status: int, *sums: int) -> None:
        """The order's status, approved, deposited and refunded sums; and that all books agree."""
        state = await self.shop.see(order_id)
        shown = (state.status, state.approved, state.deposited, state.refunded)
        assert shown == (status, *sums), state
        assert await audit(self.shop.pool, [order_id], other_books=self.wallet) == []

    async def until(self, order_id: str, reached: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until the order is as wanted; TimeoutError after long."""
        async with asyncio.timeout(WITHIN_SECONDS):
            while not reached(await self.status(order_id)):  # noqa: ASYNC110 - in the gateway
                await asyncio.sleep(0.05)
