"""Scenarios in the language of the trade, read from `scenarios/*.txt` and carried out.

They check the table of rest-orders.md §1.5 against a running gateway line by line, readable without
Python. A line is a step, an arrow, and what the shop then sees:
orderStatus, paymentState, the sums approved, deposited and refunded, actionCode.

    register A 1000 RUB two-stage     → 0 CREATED      0   0   0 -100
    pay      A card approves          → 1 APPROVED  1000   0   0    0
    reverse  A 300                    → refused WRONG_STATUS      (and nothing has changed)

Sums are roubles. `pass 7 days` and `clock 23:59` (the next such moment in Moscow) move the clock.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from altyn.domain.refusals import Refusal
from altyn.protocol.test_cards import Fault, card_for_action_code, card_for_fault
from altyn.workers.reconciliation import settle_unknown
from tests.audit import audit, unsettled
from tests.shop import ENROLLED, GOOD, OrderState, Shop, new_number, refused
from tests.simulation.model import MOSCOW
from tests.ways.sberpay import CONFIRM, PUSH, REFUSE, Payers

UNITS: Final = ("days", "hours", "minutes", "seconds")
INQUIRIES_MAX: Final = 20
# Verb of a scenario → the method of the protocol it calls.
METHOD: Final = {
    "register": "register",
    "pay": "paymentOrder",
    "acs": "finish3dsPayment",
    "deposit": "deposit",
    "reverse": "reverse",
    "refund": "refund",
    "decline": "decline",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step, and what is expected of it: columns, a refusal, or nothing."""

    number: int
    text: str
    verb: str
    words: tuple[str, ...]
    refused: Refusal | None = None
    expected: OrderState | None = None


def read_scenario(path: Path) -> list[Line]:
    """The lines of a file; `#` begins a comment. ValueError for a line that cannot be read."""
    lines = (text.partition("#")[0].strip() for text in path.read_text("utf-8").splitlines())
    return [_line(number, text) for number, text in enumerate(lines, 1) if text]


def _line(number: int, text: str) -> Line:
    step, arrow, outcome = (part.strip() for part in text.partition("→"))
    verb, *words = step.split()
    if not arrow:
        return Line(number, text, verb, tuple(words))
    expected = outcome.split()
    if expected[0] == "refused":
        return Line(number, text, verb, tuple(words), refused=Refusal[expected[1]])
    status, state, approved, deposited, refunded, action_code = expected
    columns = OrderState(
        status=int(status),
        state=state,
        approved=minor(approved),
        deposited=minor(deposited),
        refunded=minor(refunded),
        action_code=int(action_code),
    )
    return Line(number, text, verb, tuple(words), expected=columns)


def minor(roubles: str) -> int:
    """Roubles of a scenario ("1000", "0.50", "all") in kopecks; "all" is the protocol's 0."""
    if roubles == "all":
        return 0
    whole, _, kopecks = roubles.partition(".")
    return int(whole) * 100 + int(kopecks.ljust(2, "0") or 0)


@dataclass
class Stage:
    """Performs a scenario at a shop. Orders are called by the scenario's names."""

    shop: Shop
    orders: dict[str, str] = field(default_factory=dict)
    at_acs: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def perform(self, line: Line) -> None:
        """Carry out the line and compare the outcome."""
        name = line.words[0] if line.words else ""
        before = await self._state_of(name)
        act: Callable[..., Awaitable[dict[str, Any] | None]] = getattr(self, f"_{line.verb}")
        answer = await act(*line.words)
        if line.refused is not None:
            assert answer is not None
            assert refused(METHOD[line.verb], answer, line.refused), answer
            assert await self._state_of(name) == before, "a refusal has changed the order"
        elif line.expected is not None:
            assert await self._state_of(name) == line.expected

    async def leave(self) -> None:
        """End the scenario: nothing is left open, and the books of all sides agree."""
        await self._settle()
        assert await audit(self.shop.pool, list(self.orders.values())) == []

    async def _state_of(self, name: str) -> OrderState | None:
        return await self.shop.see(self.orders[name]) if name in self.orders else None

    # ── The verbs ─────────────────────────────────────────────────────────────────────────────────

    async def _register(self, name: str, roubles: str, _currency: str, *words: str) -> None:
        text = " ".join(words)
        more: dict[str, object] = {"orderNumber": f"{name}-{new_number()}"}
        if "VERIFY" in words:
            more["features"] = "VERIFY"
        if "back2app" in words:
            more |= PUSH
        for phrase, parameter in (
            ("auto-completion", "autocompletionDate"),
            ("auto-reverse", "autoReverseDate"),
        ):
            if found := re.search(rf"{phrase} in (\d+ \w+)", text):
                more[parameter] = self._moment(found[1])
        if found := re.search(r"session of (\d+) seconds", text):
            more["sessionTimeoutSecs"] = found[1]
        self.orders[name] = await self.shop.register(
            minor(roubles), two_phase="two-stage" in words, **more
        )

    async def _pay(self, name: str, *words: str) -> dict[str, Any]:
        answer = await self.shop.pay(self.orders[name], _card(words))
        if "paReq" in answer:
            self.at_acs[name] = answer
        return answer

    async def _phone(self, name: str, act: str) -> None:
        """The payer answers the last push; "late" expects that it cannot be answered."""
        order = await self.shop.gateway.world.orders.load(await self.shop.key(self.orders[name]))
        assert order is not None
        action = REFUSE if act == "refuses" else CONFIRM
        payers = Payers(self.shop.gateway)
        response = await payers.answer(self.orders[name], action, order.payments[-1].number)
        assert (response is None) == (act == "late")

    async def _acs(self, name: str, outcome: str) -> dict[str, Any]:
        typed = {} if outcome == "confirms" else {"typed": "wrong"}
        pa_res = await self.shop.at_acs(self.at_acs[name], **typed)
        return await self.shop.back_from_acs(self.orders[name], pa_res)

    async def _deposit(self, name: str, roubles: str) -> dict[str, Any]:
        return await self._change("deposit.do", name, roubles)

    async def _reverse(self, name: str, roubles: str) -> dict[str, Any]:
        return await self._change("reverse.do", name, roubles)

    async def _refund(self, name: str, roubles: str, *words: str) -> dict[str, Any]:
        more: dict[str, object] = {}
        if "as" in words:
            more["externalRefundId"] = words[words.index("as") + 1]
        if "expecting" in words:
            more["expectedDepositedAmount"] = minor(words[words.index("expecting") + 1])
        return await self._change("refund.do", name, roubles, **more)

    async def _decline(self, name: str) -> dict[str, Any]:
        return await self.shop.call("decline.do", orderId=self.orders[name])

    async def _change(self, path: str, name: str, roubles: str, **more: object) -> dict[str, Any]:
        return await self.shop.call(path, orderId=self.orders[name], amount=minor(roubles), **more)

    async def _see(self, _name: str) -> None:
        """Only look."""

    async def _pass(self, count: str, unit: str) -> None:
        await self.shop.travel(_span(f"{count} {unit}"))

    async def _clock(self, hours_minutes: str) -> None:
        hour, minute = map(int, hours_minutes.split(":"))
        now = self.shop.clock.now().astimezone(MOSCOW)
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        await self.shop.travel_to(moment if moment > now else moment + timedelta(days=1))

    async def _settle(self) -> None:
        """Inquire about every unknown outcome until all are known."""
        for _ in range(INQUIRIES_MAX):
            if not await unsettled(self.shop.pool):
                return
            await self.shop.travel(timedelta(minutes=1))
            await settle_unknown(self.shop.gateway.world)
        raise AssertionError("the bank never sent the outcome")

    def _moment(self, span: str) -> str:
        moment: datetime = self.shop.clock.now() + _span(span)
        return moment.astimezone(MOSCOW).strftime("%Y-%m-%dT%H:%M:%S")


def _span(words: str) -> timedelta:
    count, unit = words.split()
    assert f"{unit.rstrip('s')}s" in UNITS, f"{unit} is no unit of time"
    return timedelta(**{f"{unit.rstrip('s')}s": int(count)})


def _card(words: tuple[str, ...]) -> str:
    match words:
        case ("card", "approves"):
            return GOOD
        case ("card", "asks", "the", "ACS"):
            return ENROLLED
        case ("card", "declines", "with", code):
            return card_for_action_code(int(code))
        case ("card", "meets", fault):
            return card_for_fault(Fault[fault])
        case _:
            raise ValueError(f"no such card: {' '.join(words)}")
