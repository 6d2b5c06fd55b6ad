"""Callbacks as people look at them, for tests: what is not said is that of a delivered payment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from altyn.domain.callback import CallbackId, Outcome
from altyn.domain.callback_story import CallbackLine, TrySeen, TryShown
from altyn.domain.merchant import Merchant

NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
ID: Final = CallbackId(7, UUID("01a1fdfa-4600-8000-87c0-b0723ad2dd34"), 3, 1)
RECEIVER: Final = "http://127.0.0.1:9090/cb"
SIGNED: Final = f"mdOrder;{ID.subject_id};operation;deposited;orderNumber;A-1;status;1;"


def a_line(**changes: Any) -> CallbackLine:
    """A callback that waits for its next try."""
    said: dict[str, Any] = {
        "id": ID,
        "merchant": "test",
        "operation": "deposited",
        "receiver": RECEIVER,
        "parameters": {"mdOrder": str(ID.subject_id), "orderNumber": "A-1", "status": "1"},
        "created_at": NOW,
        "state": Outcome.WAITING,
        "due_at": NOW + timedelta(seconds=30),
        "tries": 1,
        "failures": 1,
        "settled_at": None,
        "on_its_way": False,
        "answer_status": 500,
        "problem": None,
    }
    return CallbackLine(**{**said, **changes})


def a_try(**changes: Any) -> TryShown:
    """A try that the shop answered with 500."""
    said: dict[str, Any] = {
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
        "answer_headers": (("Content-Type", "text/plain"),),
        "answer": "out of order",
        "problem": None,
    }
    return TryShown(**{**said, **changes})


def a_seen(**changes: Any) -> TrySeen:
    """The same as whoever watches sees it."""
    said: dict[str, Any] = {
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
        "state": Outcome.WAITING,
        "tries": 1,
        "due_at": NOW + timedelta(seconds=30),
    }
    return TrySeen(**{**said, **changes})


@dataclass
class MerchantsAlike:
    """A directory in which every number is a merchant like this one, but for one that nobody can
    read."""

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


class NoKeys:
    """Nobody signs with certificates here."""

    async def current(self, merchant_id: int) -> None:
        return None
