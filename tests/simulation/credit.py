"""Purchases on credit in the state machine: a small model of the application, and its payer.

The model shares no code with the bank that decides. Source: bnpl.md §8, §8.1.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from altyn.domain.credit import application_of
from altyn.operations.credit.application import Applied, apply_for_credit
from altyn.operations.decisions import Refused
from altyn.operations.ports import PAYER, Actor
from tests.integration.credit.applicant import bundle
from tests.shop import CREDENTIALS, Shop, new_number

AMOUNT: Final = 12_000_00
GRANTED_AT_ONCE: Final = "79998887766"
REFUSED_AT_ONCE: Final = "79998880000"
CONSIDERED: Final = "79998880005"
PHONES: Final = (GRANTED_AT_ONCE, REFUSED_AT_ONCE, CONSIDERED)
TEN_MINUTES: Final = timedelta(minutes=10)
ACTOR: Final = Actor(name=PAYER, ip="203.0.113.9")
JSON: Final = ("content-type", "application/json")


@dataclass
class Credit:
    """The application for one order: what the bank decides, and what the order knows of it."""

    known: str = "open"
    decision: str = ""
    decided_at: datetime | None = None

    @property
    def granted(self) -> bool:
        return self.known == "approved"

    def apply(self, phone: str, now: datetime, dies: str | None) -> None:
        """Send the application, or the same question again; the first application counts."""
        if dies == "before":
            return
        if self.decided_at is None:
            self.decision = "refused" if phone == REFUSED_AT_ONCE else "approved"
            self.decided_at = now + (TEN_MINUTES if phone == CONSIDERED else timedelta())
        if dies == "after" or self.known in {"approved", "refused"}:
            return
        self.known = self.decision if now >= self.decided_at else "applied"


@dataclass(frozen=True, slots=True)
class Applicant:
    """The shop that sells on credit, and its payer."""

    shop: Shop

    async def register(self, *, two_phase: bool, **more: object) -> str:
        """Register a purchase on credit; its id."""
        method = "registerPreAuth.do" if two_phase else "register.do"
        members = {
            **CREDENTIALS,
            "orderNumber": new_number(),
            "amount": AMOUNT,
            "returnUrl": "https://shop.example/",
            "orderBundle": json.loads(bundle(AMOUNT)),
            "dummy": True,
            **more,
        }
        answer = await self.shop.post_json(f"/sbercredit/{method}", members, headers=[JSON])
        found: dict[str, Any] = answer.json()
        assert "orderId" in found, found
        return str(found["orderId"])

    async def apply(self, order_id: str, phone: str) -> Applied | Refused | None:
        """Send the application; None when the process has died."""
        world = self.shop.gateway.world
        order = await world.orders.load(await self.shop.key(order_id))
        assert order is not None
        try:
            return await apply_for_credit(order, months=12, phone=phone, actor=ACTOR, world=world)
        except ConnectionResetError:
            return None

    async def known(self, order_id: str) -> str:
        """What the order has stored of the application."""
        order = await self.shop.gateway.world.orders.load(await self.shop.key(order_id))
        assert order is not None
        application = application_of(order)
        return application.state.value if application else ""
