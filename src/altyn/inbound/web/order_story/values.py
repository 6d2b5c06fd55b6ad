"""What the story of an order is made of, and the port that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from altyn.domain.callback_history import CallbackSummary
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.receipt.values import Receipt
from altyn.operations.order_history import BookedPosting, OrderEvent, OrderEvents
from altyn.operations.ports import OrderKey, World

CALLBACKS_SHOWN: Final = 100


class OrderCallbacks(Protocol):
    """Reads the callbacks of an order, newest first."""

    async def newest(
        self, merchant_id: int | None, *, subject_id: UUID | None = None, limit: int
    ) -> Sequence[CallbackSummary]: ...


class OrderReceipts(Protocol):
    """Reads the receipts of an order, oldest first."""

    async def of_order(self, merchant_id: int, order_id: UUID) -> Sequence[Receipt]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An order with everything that belongs to it, each list oldest first."""

    order: Order
    merchant: Merchant
    events: Sequence[OrderEvent]
    postings: Sequence[BookedPosting]
    receipts: Sequence[Receipt]
    callbacks: Sequence[CallbackSummary]


@dataclass(frozen=True, slots=True)
class StoryReader:
    """Reads stories. A story is read in several statements, so a change in between may be half
    in it; the next reading has the whole of it."""

    world: World
    history: OrderEvents
    callbacks: OrderCallbacks
    receipts: OrderReceipts

    async def read(self, key: OrderKey) -> Story | None:
        """The story of an order; None when there is no such order."""
        order = await self.world.orders.load(key)
        if order is None:
            return None
        found = await self.callbacks.newest(
            key.merchant_id, subject_id=key.order_id, limit=CALLBACKS_SHOWN
        )
        return Story(
            order=order,
            merchant=await self.world.merchants.get(key.merchant_id),
            events=await self.history.events(key),
            postings=await self.history.postings(key),
            receipts=await self.receipts.of_order(key.merchant_id, key.order_id),
            callbacks=tuple(reversed(found)),
        )
