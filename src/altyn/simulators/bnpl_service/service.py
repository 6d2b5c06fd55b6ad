"""The service that lends: it charges the payer in parts, and owes the shop the full sum.

A request is stored before its money moves, and the requests to the card's bank that it leads to are
stored with it. So whatever a killed process leaves undone, the next request about the payment
finishes. The card's bank carries out each key once.
Source: bnpl.md §4, §5, §7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from altyn.domain.action_codes import APPROVED, NOT_ENOUGH_MONEY, PROCESSING_TIMEOUT
from altyn.domain.instalments import day_of, plan_of, plan_text
from altyn.protocol.acquiring import (
    AcquirerOutcome,
    AcquirerRequest,
    AcquirerResponse,
)
from altyn.protocol.bnpl import PartsOperation, PartsRequest, PartsResponse, ShownPlan
from altyn.protocol.test_phones import behaviour_of
from altyn.simulators.bnpl_service.applications import Applications
from altyn.simulators.bnpl_service.card_requests import (
    first_charge,
    inquiry,
    later_charge,
    return_to_card,
)
from altyn.simulators.bnpl_service.contracts import (
    Contract,
    Pending,
    begun,
    contract_of,
    first_key,
)
from altyn.simulators.bnpl_service.messages import (
    agreed_message,
    charged_message,
    failed_message,
)
from altyn.simulators.bnpl_service.shown import shown_plan
from altyn.simulators.database import Pool, apply_schema, statements
from altyn.simulators.phones.phones import Phones

NOT_AGREED: Final = 120
"""The action code of a payment without an application whose payer has agreed to the plan."""

FAILING_CHARGES: Final = 2
"""How often each later part is declined for a phone whose instalments fail."""

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = (_HERE / "schema.sql").read_text("utf-8")
_SQL: Final = dict(statements(_HERE / "queries.sql"))

_STATES: Final = {
    "asked": AcquirerOutcome.PENDING,
    "active": AcquirerOutcome.APPROVED,
    "declined": AcquirerOutcome.DECLINED,
    "closed": AcquirerOutcome.NOT_SENT,
}


class Issuer(Protocol):
    """The bank of the payer's card."""

    async def handle(self, request: AcquirerRequest) -> AcquirerResponse: ...


class BnplService:
    """One service for all shops. Its state is the database, so processes may share it.

    `clock_now` returns aware UTC.
    """

    def __init__(
        self, pool: Pool, clock_now: Callable[[], datetime], *, issuer: Issuer, phones: Phones
    ) -> None:
        self._pool = pool
        self._clock_now = clock_now
        self._issuer = issuer
        self._phones = phones
        self.applications = Applications(pool, clock_now, phones, _SQL)

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the tables if they are missing; safe for concurrent processes."""
        await apply_schema(pool, _SCHEMA)

    async def handle(self, request: PartsRequest) -> PartsResponse:
        """Carry out a request about money at most once, and return its response."""
        match request.operation:
            case PartsOperation.PAY:
                return await self._pay(request)
            case PartsOperation.CHARGE:
                return await self._charge(request)
            case PartsOperation.INQUIRE:
                return await self._inquire(request)
            case _:
                return await self._move(request)

    async def plans(self, phone: str) -> Sequence[ShownPlan]:
        """The plans of a phone as its owner sees them, the newest last."""
        rows = await self._pool.fetch(_SQL["contracts_of_phone"], phone)
        return [shown_plan(row, await self._overdue(row["key"])) for row in rows]

    # ── The payment ───────────────────────────────────────────────────────────────────────────────

    async def _pay(self, request: PartsRequest) -> PartsResponse:
        if await self._receive(request):
            return await self._end_payment(
                request.key, await self._issuer.handle(first_charge(request))
            )
        return await self._payment(request.key)

    async def _receive(self, request: PartsRequest) -> bool:
        """Store a payment; False when its key is known, or its payer has not agreed to the plan."""
        agreed = await self.applications.agreed(request.application_id)
        fits = agreed is not None and agreed["amount_minor"] == request.amount_minor
        plan = plan_of(request.amount_minor, agreed["agreed_on"] if agreed else day_of(self._now))
        stored = await self._pool.fetchval(
            _SQL["receive"],
            request.key,
            "asked" if fits else "declined",
            0 if fits else NOT_AGREED,
            *(
                (agreed["order_id"], agreed["phone"], agreed["shop_name"], agreed["order_number"])
                if agreed
                else (None, "", "", "")
            ),
            request.merchant,
            request.currency,
            request.pan.masked if request.pan else "",
            request.hold,
            request.amount_minor,
            plan_text(plan),
            self._now,
        )
        return stored is not None and fits

    async def _end_payment(self, key: str, answered: AcquirerResponse) -> PartsResponse:
        """What the answer of the card's bank to the first part makes of a payment."""
        row = await self._row(key)
        if row["state"] == "asked" and answered.outcome is AcquirerOutcome.APPROVED:
            await self._pool.fetchval(_SQL["change"], *begun(row, answered).values)
        elif row["state"] == "asked" and answered.outcome in {
            AcquirerOutcome.DECLINED,
            AcquirerOutcome.NOT_SENT,
        }:
            declined = answered.outcome is AcquirerOutcome.DECLINED
            state = "declined" if declined else "closed"
            await self._pool.execute(_SQL["end_payment"], key, state, answered.action_code)
        row = await self._row(key)
        if row["state"] == "active":
            await self._phones.send(agreed_message(row, contract_of(row).plan))
        return _payment_response(row)

    async def _payment(self, key: str) -> PartsResponse:
        """What has become of a payment; the card's bank is asked where that is not known."""
        row = await self._row(key)
        if row["state"] != "asked":
            return _payment_response(row)
        return await self._end_payment(key, await self._issuer.handle(inquiry(first_key(key))))

    # ── Deposits, reversals, refunds ──────────────────────────────────────────────────────────────

    async def _move(self, request: PartsRequest) -> PartsResponse:
        while True:
            contract = await self._settled(request.original_key)
            if known := await self._known(request.key):
                return known
            if contract is None or any(each.is_charge for each in contract.pending):
                return _UNKNOWN  # the charge of a part is not known yet: the sums may change
            moved = contract.moved(request)
            declined = isinstance(moved, int)
            after, code = (None, moved) if isinstance(moved, int) else (moved, APPROVED)
            outcome = AcquirerOutcome.DECLINED if declined else AcquirerOutcome.APPROVED
            rrn = await self._rrn(request, contract)
            if await self._save(request, outcome, code, rrn, after):
                await self._settled(request.original_key)

    async def _rrn(self, request: PartsRequest, contract: Contract) -> str:
        """A refund has an RRN of its own; a deposit and a reversal share that of the payment."""
        if request.operation is not PartsOperation.REFUND:
            return contract.rrn
        now = self._now
        return f"{now.year % 10}{now:%j%H}{await self._pool.fetchval(_SQL['ticket']):06}"

    # ── Later parts ───────────────────────────────────────────────────────────────────────────────

    async def _charge(self, request: PartsRequest) -> PartsResponse:
        while True:
            contract = await self._settled(request.original_key)
            if contract is None:
                return _NOT_SENT
            if known := await self._known(request.key):
                return await self._with_message(request, known)
            charging = contract.with_charge(request.part, request.key)
            if charging is None:
                return replace(_NOT_SENT, plan=contract.plan)
            if any(each.is_charge for each in contract.pending):
                return _UNKNOWN
            amount = charging.pending[-1].amount_minor
            sized = replace(request, amount_minor=amount)
            await self._save(sized, AcquirerOutcome.PENDING, APPROVED, None, charging)

    async def _with_message(self, request: PartsRequest, known: PartsResponse) -> PartsResponse:
        """The response to a charge, after the payer has got an SMS about it."""
        row = await self._row(request.original_key)
        contract = contract_of(row)
        part = contract.plan.part(request.part)
        assert part is not None, "only a part of the plan was charged"
        if known.outcome is AcquirerOutcome.APPROVED:
            await self._phones.send(charged_message(row, part))
        elif known.outcome is AcquirerOutcome.DECLINED:
            await self._phones.send(failed_message(row, part, request.key))
        return replace(known, plan=contract.plan)

    # ── Parts ─────────────────────────────────────────────────────────────────────────────────────

    async def _settled(self, key: str) -> Contract | None:
        """The contract of a payment after its pending requests to the card's bank.

        A request that has no final answer stays pending. None for a payment that is not active.
        """
        while True:
            row = await self._pool.fetchrow(_SQL["contract"], key)
            if row is None or row["state"] != "active":
                return None
            contract = contract_of(row)
            for pending in contract.pending:
                answered = await self._ask(row, pending)
                approved = answered.outcome is AcquirerOutcome.APPROVED
                if approved or (pending.is_charge and _is_final(answered)):
                    after = contract.answered(pending, approved=approved)
                    await self._save_answer(after, pending, answered)
                    break
            else:
                return contract

    async def _ask(self, row: Any, pending: Pending) -> AcquirerResponse:
        """Send a pending request; one whose answer is lost is inquired about."""
        answered = await self._send(row, pending)
        if answered.outcome in {AcquirerOutcome.UNKNOWN, AcquirerOutcome.PENDING}:
            return await self._issuer.handle(inquiry(pending.key))
        return answered

    async def _send(self, row: Any, pending: Pending) -> AcquirerResponse:
        if pending.is_charge:
            counted = await self._pool.fetchval(_SQL["declined_charges"], row["key"], pending.part)
            fails = behaviour_of(row["phone"]).instalments_fail and counted < FAILING_CHARGES
            code = NOT_ENOUGH_MONEY if fails else APPROVED
            return await self._issuer.handle(later_charge(row, pending, code))
        return await self._issuer.handle(return_to_card(row, pending))

    async def _save(
        self,
        request: PartsRequest,
        outcome: AcquirerOutcome,
        action_code: int,
        rrn: str | None,
        after: Contract | None,
    ) -> bool:
        """Store a request and what it makes of the contract, both or neither.

        False when the key is known, or the contract has changed meanwhile.
        """
        values = (
            *(request.key, request.original_key, request.operation.value),
            *(request.part, request.amount_minor, outcome.value, action_code),
            *(rrn if outcome is AcquirerOutcome.APPROVED else None, self._now),
        )
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                if await connection.fetchval(_SQL["record"], *values) is None:
                    return False
                if after is not None:
                    await _change(connection, after)
        except _OutOfDateError:
            return False
        return True

    async def _save_answer(
        self, after: Contract, pending: Pending, answered: AcquirerResponse
    ) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            changed = await connection.fetchval(_SQL["change"], *after.values)
            if changed is not None and pending.is_charge:
                values = (answered.outcome.value, answered.action_code, answered.rrn)
                await connection.execute(_SQL["settle"], pending.request, *values)

    async def _known(self, key: str) -> PartsResponse | None:
        row = await self._pool.fetchrow(_SQL["request"], key)
        return _response(row) if row else None

    async def _inquire(self, request: PartsRequest) -> PartsResponse:
        """What became of a key; one that never arrived is closed.

        The key of a payment is its own `original_key`.
        """
        if request.original_key in {"", request.key}:
            await self._pool.execute(_SQL["close_payment"], request.key, self._now)
            return await self._payment(request.key)
        await self._pool.fetchval(
            _SQL["record"],
            *(request.key, request.original_key, request.operation.value, 0, 0),
            *(AcquirerOutcome.NOT_SENT.value, PROCESSING_TIMEOUT, None, self._now),
        )
        await self._settled(request.original_key)
        known = await self._known(request.key)
        assert known is not None, "the inquiry has closed a key that was not there"
        return known

    async def _row(self, key: str) -> Any:
        return await self._pool.fetchrow(_SQL["contract"], key)

    async def _overdue(self, key: str) -> frozenset[int]:
        rows = await self._pool.fetch(_SQL["overdue"], key)
        return frozenset(row["part"] for row in rows)

    @property
    def _now(self) -> datetime:
        return self._clock_now()


class _OutOfDateError(Exception):
    """The contract has changed since it was read; the transaction is rolled back."""


_NOT_SENT: Final = PartsResponse(outcome=AcquirerOutcome.NOT_SENT, action_code=PROCESSING_TIMEOUT)
_UNKNOWN: Final = PartsResponse(outcome=AcquirerOutcome.UNKNOWN)


async def _change(connection: Any, after: Contract) -> None:
    if await connection.fetchval(_SQL["change"], *after.values) is None:
        raise _OutOfDateError


def _is_final(answered: AcquirerResponse) -> bool:
    return answered.outcome in {AcquirerOutcome.APPROVED, AcquirerOutcome.DECLINED}


def _payment_response(row: Any) -> PartsResponse:
    active = row["state"] == "active"
    return PartsResponse(
        outcome=_STATES[row["state"]],
        action_code=row["action_code"],
        rrn=row["rrn"],
        approval_code=row["approval_code"],
        plan=contract_of(row).plan if active else None,
        amount_minor=row["amount_minor"],
    )


def _response(row: Any) -> PartsResponse:
    return PartsResponse(
        outcome=AcquirerOutcome(row["outcome"]),
        action_code=row["action_code"],
        rrn=row["rrn"],
        amount_minor=row["amount_minor"],
    )
