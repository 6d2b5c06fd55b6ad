"""Payment in parts in the state machine: a small model of the payer's application and plan, and the
payer who acts.

The model shares no code with the service that lends. Amounts are minor units, days are Moscow's.
Source: bnpl.md §4, §5, §7.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from altyn.domain.card.values import Cvc, Expiry, Pan
from altyn.domain.order import Order
from altyn.operations.decisions import Refused
from altyn.operations.paying.bnpl.application import (
    Applied,
    agree_to_plan,
    apply_for_parts,
    enter_code,
)
from altyn.operations.paying.bnpl.payment import pay_first_part
from altyn.operations.paying.card.steps import PayByCard, Step
from altyn.operations.ports import PAYER, Actor, World
from tests.shop import Shop
from tests.simulation.model import MOSCOW, Ticket

NAME: Final = "BNPL"
ORDINARY: Final = "79998887766"
FAILS_TWICE: Final = "79991230004"  # each later part is declined twice
NO_LOAN: Final = "79991230000"  # the scoring refuses
PHONES: Final = (ORDINARY, FAILS_TWICE, NO_LOAN)
REFUSED_BY_SCORING: Final = 120
DECLINES_MAX: Final = 2
RESEND: Final = timedelta(seconds=60)
TWO_WEEKS: Final = timedelta(days=14)
DAY: Final = timedelta(days=1)
CODES: Final = 3
SMALLEST: Final = 1000_00

CONTRACT: Final = """
    SELECT parts FROM simulators.bnpl_contracts WHERE order_id = $1 AND state = 'active'
"""
DECLINED: Final = """
    SELECT (detail ->> 'part')::integer AS part, count(*) AS times, max(at) AS at
    FROM order_events WHERE order_id = $1 AND event = 'instalment_declined' GROUP BY 1
"""


def day_of(moment: datetime) -> date:
    return moment.astimezone(MOSCOW).date()


@dataclass
class Application:
    """What the payer has done so far; a new phone is a new application."""

    number: int
    phone: str
    sent_at: datetime
    step: str = "code"
    codes_left: int = CODES
    agreed_on: date | None = None


@dataclass
class Part:
    """One part of a plan."""

    due: date
    unpaid: int
    charged: int = 0
    returned: int = 0


@dataclass
class InParts:
    """What the service has of one order. `kept` is what the shop keeps of the payment."""

    application: Application | None = None
    parts: list[Part] = field(default_factory=list)
    phone: str = ""
    kept: int = 0

    # ── The application ───────────────────────────────────────────────────────────────────────────

    @property
    def step(self) -> str:
        return self.application.step if self.application else ""

    def look(self, now: datetime) -> None:
        """A consent of an earlier day is no longer good."""
        applied = self.application
        if applied and applied.step == "card" and applied.agreed_on != day_of(now):
            applied.step, applied.agreed_on = "plan", None

    def apply(self, phone: str, now: datetime) -> None:
        """Ask for a code: the first one, another one, or one for another phone."""
        applied = self.application
        recent = applied is not None and applied.sent_at > now - RESEND
        if applied and applied.phone == phone and (applied.step != "refused" or recent):
            if applied.step == "code" and not recent:
                applied.codes_left, applied.sent_at = CODES, now
            self.look(now)
            return
        number = applied.number + 1 if applied else 1
        self.application = Application(number, phone, now)

    def enter(self, now: datetime, *, right: bool) -> bool:
        """Type a code; whether the service refuses the payer now."""
        applied = self.application
        assert applied is not None
        refuses = False
        if applied.step == "code" and applied.codes_left:
            if right:
                refuses = applied.phone == NO_LOAN
                applied.step = "refused" if refuses else "plan"
            else:
                applied.codes_left -= 1
        self.look(now)
        return refuses

    def agree(self, now: datetime) -> None:
        """Agree to the plan of today."""
        applied = self.application
        assert applied is not None
        if applied.step == "plan":
            applied.step, applied.agreed_on = "card", day_of(now)
        self.look(now)

    # ── The plan ──────────────────────────────────────────────────────────────────────────────────

    def plan(self, amount: int) -> list[Part]:
        """Four parts of a sum from the day of the consent; the first has the odd kopecks."""
        assert self.application
        assert self.application.agreed_on
        first = self.application.agreed_on
        parts = [Part(first + number * TWO_WEEKS, amount // 4) for number in range(4)]
        parts[0].unpaid += amount % 4
        return parts

    def begin(self, parts: list[Part], phone: str, amount: int) -> None:
        """The first part was charged, and the shop has the whole sum."""
        self.parts, self.phone, self.kept = parts, phone, amount
        self.charge(parts[0])

    @staticmethod
    def charge(part: Part) -> None:
        part.charged, part.unpaid = part.unpaid, 0

    def give_back(self, kept: int) -> None:
        """The shop keeps only so much: the plan ends from its last part, then the card gets it."""
        left, self.kept = self.kept - kept, kept
        assert left >= 0
        for part in reversed(self.parts):
            cut = min(left, part.unpaid)
            part.unpaid -= cut
            left -= cut
        for part in reversed(self.parts):
            back = min(left, part.charged - part.returned)
            part.returned += back
            left -= back
        assert left == 0

    def must_be(
        self, found: Sequence[Part], declined: dict[int, Any], now: datetime, tried_until: datetime
    ) -> None:
        """Compare with the service's plan, and take over the parts that were charged since.

        What was due until `tried_until` has been tried.
        """
        for number, (mine, theirs) in enumerate(zip(self.parts, found, strict=True), start=1):
            if mine.unpaid and theirs.charged and not mine.charged:
                assert mine.due <= day_of(now), f"part {number} was charged before its day"
                self.charge(mine)
            overdue = mine.unpaid and mine.due <= day_of(tried_until)
            if overdue:
                may_be = self._may_be_overdue(declined.get(number), tried_until)
                assert may_be, (number, self, declined)
        assert self.parts == list(found), (self.parts, found)
        paid = sum(part.unpaid + part.charged - part.returned for part in found)
        assert paid == self.kept, (paid, self.kept)

    def _may_be_overdue(self, declined: Any | None, now: datetime) -> bool:
        """Whether a part of today or before may be unpaid: it was declined, and waits a day."""
        if self.phone != FAILS_TWICE or declined is None:
            return False
        return int(declined["times"]) <= DECLINES_MAX and bool(now < declined["at"] + DAY)


@dataclass(frozen=True, slots=True)
class PartsPayer:
    """The payer at the service: each act returns what the operation returns."""

    shop: Shop

    async def apply(self, order_id: str, phone: str) -> Applied | Refused:
        return await apply_for_parts(await self._order(order_id), phone, ACTOR, self._world)

    async def enter(self, order_id: str, number: int, *, right: bool) -> Applied | Refused:
        order, code = await self._order(order_id), "1111" if right else "2222"
        return await enter_code(order, _id(order_id, number), code, ACTOR, self._world)

    async def agree(self, order_id: str, number: int) -> Applied | Refused:
        order = await self._order(order_id)
        return await agree_to_plan(order, _id(order_id, number), ACTOR, self._world)

    async def pay(self, order_id: str, pan: str) -> Step | None:
        """Pay the first part; None when the process has died."""
        command = PayByCard(
            key=await self.shop.key(order_id),
            pan=Pan(pan),
            expiry=Expiry(2099, 12),
            cvc=Cvc("123"),
            holder="IVAN PETROV",
            actor=ACTOR,
            base_url="http://gateway.example",
        )
        with suppress(ConnectionResetError):
            return await pay_first_part(command, self._world)
        return None

    async def plan(self, order_id: str) -> list[Part]:
        """The plan, as the service has it."""
        text = await self.shop.pool.fetchval(CONTRACT, UUID(order_id))
        return [
            Part(
                date.fromisoformat(each["due_on"]),
                each["unpaid_minor"],
                each["charged_minor"],
                each["returned_minor"],
            )
            for each in json.loads(text or "[]")
        ]

    async def declined(self, order_id: str) -> dict[int, Any]:
        """How often each part was declined, and when last, by its number."""
        rows = await self.shop.pool.fetch(DECLINED, UUID(order_id))
        return {row["part"]: row for row in rows}

    async def _order(self, order_id: str) -> Order:
        order = await self._world.orders.load(await self.shop.key(order_id))
        assert order is not None
        return order

    @property
    def _world(self) -> World:
        return self.shop.gateway.world


ACTOR: Final = Actor(name=PAYER, ip="203.0.113.9")


def kept_of(order: Ticket) -> int:
    """What the shop keeps of a paid order: held, or taken and not given back."""
    if order.status == "held":
        return order.approved
    return order.left if order.status in {"deposited", "refunded"} else 0


def _id(order_id: str, number: int) -> str:
    return f"{UUID(order_id).hex}-{number}"
