"""Callbacks, their deliveries and their worker for tests; by default of a deposited payment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from altyn.domain.callback import (
    CALLBACK,
    CallbackDelivery,
    CallbackRequest,
    CallbackResponse,
    host_of,
)
from altyn.domain.callback_history import CallbackSummary, DeliveryDetail, DeliverySummary
from altyn.domain.merchant import Merchant
from altyn.domain.outbox import AttemptResult, ClaimedEntry, EntryId, EntryState, Settlement
from altyn.operations.ports import Clock, Merchants
from altyn.outbound.callbacks.handler import CallbackHandler, Sender
from altyn.workers.outbox import OutboxWorker
from altyn.workers.outbox_ports import Outbox

NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
ID: Final = EntryId(7, UUID("01a1fdfa-4600-8000-87c0-b0723ad2dd34"), 3, 1)
RECEIVER: Final = "http://127.0.0.1:9090/cb"
SIGNED: Final = f"mdOrder;{ID.subject_id};operation;deposited;orderNumber;A-1;status;1;"


def a_summary(**changes: Any) -> CallbackSummary:
    """A callback that waits for its next delivery."""
    values: dict[str, Any] = {
        "id": ID,
        "merchant": "test",
        "operation": "deposited",
        "receiver": RECEIVER,
        "parameters": {"mdOrder": str(ID.subject_id), "orderNumber": "A-1", "status": "1"},
        "created_at": NOW,
        "state": EntryState.WAITING,
        "due_at": NOW + timedelta(seconds=30),
        "attempts": 1,
        "failures": 1,
        "settled_at": None,
        "is_sending": False,
        "response_status": 500,
        "problem": None,
    }
    return CallbackSummary(**{**values, **changes})


def a_delivery(**changes: Any) -> DeliveryDetail:
    """A delivery that the shop answered with 500."""
    values: dict[str, Any] = {
        "attempt": 1,
        "at": NOW,
        "took_ms": 12,
        "method": "GET",
        "url": f"{RECEIVER}?mdOrder={ID.subject_id}&status=1&checksum=AB",
        "headers": (("Authorization", "•••"),),
        "body": None,
        "signed": SIGNED,
        "checksum": "AB",
        "status": 500,
        "response_headers": (("Content-Type", "text/plain"),),
        "response": "out of order",
        "problem": None,
    }
    return DeliveryDetail(**{**values, **changes})


def a_delivery_summary(**changes: Any) -> DeliverySummary:
    """The same delivery in the list of `altyn callbacks tail`."""
    values: dict[str, Any] = {
        "id": ID,
        "merchant": "test",
        "operation": "deposited",
        "order_number": "A-1",
        "attempt": 1,
        "at": NOW,
        "took_ms": 12,
        "method": "GET",
        "address": RECEIVER,
        "status": 500,
        "problem": None,
        "state": EntryState.WAITING,
        "attempts": 1,
        "due_at": NOW + timedelta(seconds=30),
    }
    return DeliverySummary(**{**values, **changes})


@dataclass
class MerchantsAlike:
    """Every number is a merchant like this one; the merchant `unreadable` cannot be read."""

    merchant: Merchant
    unreadable: int | None = None

    async def get(self, merchant_id: int) -> Merchant:
        if merchant_id == self.unreadable:
            raise ValueError("written by a newer version")
        return replace(self.merchant, merchant_id=merchant_id)

    async def by_login(self, login: str) -> Merchant | None:
        raise NotImplementedError(login)

    async def children(self, merchant_id: int) -> list[Merchant]:
        raise NotImplementedError(merchant_id)


class NoSigningKeys:
    """No merchant has a certificate."""

    async def current(self, merchant_id: int) -> None:
        return None


def a_claimed_callback(
    receiver: str, parameters: Mapping[str, str], *, entry_id: EntryId = ID, **changes: Any
) -> ClaimedEntry:
    """A callback that a worker sends for the first time."""
    values: dict[str, Any] = {
        "operation": parameters.get("operation", "deposited"),
        "created_at": NOW,
        **changes,
    }
    return ClaimedEntry(
        id=entry_id,
        kind=CALLBACK,
        receiver=receiver,
        host=host_of(receiver),
        parameters=parameters,
        **values,
    )


def settled_callback(
    entry: ClaimedEntry,
    state: EntryState,
    response: CallbackResponse,
    *,
    at: datetime = NOW,
    due_at: datetime | None = None,
    request: CallbackRequest | None = None,
) -> Settlement:
    """The state of a callback after a delivery with this response."""
    request = request or CallbackRequest(method="GET", url=entry.receiver)
    record = CallbackDelivery(at=at, request=request, response=response)
    result = AttemptResult(verdict=response.verdict, problem=response.problem, record=record)
    return Settlement(entry=entry, result=result, state=state, settled_at=at, due_at=due_at)


def a_callback_worker(
    outbox: Outbox, sender: Sender, *, merchants: Merchants, clock: Clock
) -> OutboxWorker:
    """A worker that carries out callbacks alone."""
    handler = CallbackHandler(sender, signing_keys=NoSigningKeys(), clock=clock)
    return OutboxWorker(outbox, {CALLBACK: handler}, merchants=merchants, clock=clock)
