"""A shop that sells tea and cups with a cart, and asks for its receipts."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from altyn.cli.database import OPERATOR
from altyn.domain.receipt.contact import Contact
from altyn.domain.receipt.values import Receipt, ReceiptState
from altyn.operations.decisions import Refused
from altyn.operations.staff.resend_receipt import ResendContext, resend_receipt
from tests.shop import ENROLLED, GOOD, Shop

AMOUNT: Final = 40004
PIECES: Final = "шт."
TEA: Final[dict[str, Any]] = {
    "positionId": "1",
    "name": "Чай",
    "itemCode": "T-1",
    "quantity": {"value": 6, "measure": PIECES},
    "itemPrice": 3334,
    "tax": {"taxType": 6},
}
CUP: Final[dict[str, Any]] = {
    "positionId": "2",
    "name": "Чашка",
    "itemCode": "C-1",
    "quantity": {"value": 2, "measure": PIECES},
    "itemPrice": 10000,
}
BUNDLE: Final[dict[str, Any]] = {
    "customerDetails": {"email": "payer@shop.example"},
    "cartItems": {"items": [TEA, CUP]},
}


def part(position: dict[str, Any], quantity: int, **more: object) -> dict[str, Any]:
    """A part of a position, for depositItems and refundItems."""
    named = {name: position[name] for name in ("positionId", "name", "itemCode")}
    return {**named, "quantity": {"value": quantity, "measure": PIECES}, **more}


@dataclass(frozen=True, slots=True)
class FiscalShop:
    """The demo shop; its orders with a cart get receipts.

    `measure` is that of every position: a text under FFD 1.05, a code under 1.2.
    """

    shop: Shop
    measure: str = PIECES

    async def register(self, *, two_phase: bool = False, **changes: object) -> str:
        """Register an order with the cart; `changes` are members of the orderBundle."""
        bundle = json.dumps({**BUNDLE, **changes}, ensure_ascii=False).replace(PIECES, self.measure)
        return await self.shop.register(AMOUNT, two_phase=two_phase, orderBundle=bundle)

    async def paid(
        self, *, two_phase: bool = False, secure: bool = False, **changes: object
    ) -> str:
        """Register and pay an order, with 3-D Secure where `secure`; its id."""
        order_id = await self.register(two_phase=two_phase, **changes)
        answer = await self.shop.pay(order_id, ENROLLED if secure else GOOD)
        if secure:
            pa_res = await self.shop.at_acs(answer)
            answer = await self.shop.back_from_acs(order_id, pa_res)
        assert "redirect" in answer, answer
        return order_id

    async def done(self, path: str, **fields: object) -> dict[str, Any]:
        """A request that succeeds; its answer."""
        answer = await self.shop.call(path, **fields)
        assert answer["errorCode"] == "0", answer
        return answer

    async def resend(self, receipt: Receipt, contact: Contact) -> Receipt | Refused:
        """Send a failed receipt again, as `altyn receipt resend` does."""
        world = self.shop.gateway.world
        context = ResendContext(
            orders=world.orders,
            receipts=world.receipts,
            merchant=world.merchants.get,
            effects=world.effects,
            clock=world.clock,
            actor=OPERATOR,
        )
        return await resend_receipt(receipt, contact, context)

    async def receipts(self, order_id: str) -> Sequence[Receipt]:
        """The receipts as they are stored."""
        key = await self.shop.key(order_id)
        return await self.shop.gateway.world.receipts.of_order(key.merchant_id, key.order_id)

    async def settled(self, order_id: str) -> Sequence[Receipt]:
        """The receipts of an order, as soon as none of them is on its way any more."""
        async with asyncio.timeout(60):
            while any(r.state is ReceiptState.SENT for r in await self.receipts(order_id)):
                await self.shop.travel(timedelta(seconds=2))
                await asyncio.sleep(0.05)
        return await self.receipts(order_id)

    async def shown(self, **selector: object) -> list[dict[str, Any]]:
        """The receipts as getReceiptStatus.do shows them."""
        answer = await self.done("getReceiptStatus.do", **selector)
        receipts: list[dict[str, Any]] = answer["receipt"]
        return receipts
