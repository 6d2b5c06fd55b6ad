"""The simulator of the acquiring bank. It keeps its own books and records every request.

It is as strict as a real bank: it carries out a repeated request once, and declines a movement of
more than the authorised amount, even if the gateway's own data would allow it.
Source: codes.md §9; `altyn.protocol.acquiring` is the contract.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import asyncpg
import msgspec

from altyn.coalescing import Coalescer
from altyn.domain.action_codes import (
    APPROVED,
    PROCESSING_STARTED,
    PROCESSING_TIMEOUT,
    PROCESSING_TIMEOUT_SENT,
)
from altyn.protocol.acquiring import (
    AcquirerOperation,
    AcquirerOutcome,
    AcquirerRequest,
    AcquirerResponse,
    CardCheck,
)
from altyn.protocol.test_cards import Fault
from altyn.simulators.database import Pool, apply_schema, statements
from altyn.simulators.issuer.books import Books, move
from altyn.simulators.issuer.cards import Verdict, authorise, avs_code, check_card, pay_out

NewRequest: TypeAlias = "dict[str, Any]"
"""A row for `record_requests`, by the names of the statement."""

Decide: TypeAlias = Callable[[AcquirerRequest, date], Verdict]

INQUIRIES_UNTIL_SETTLED: Final = 2  # the first inquiry after a PENDING response gets PENDING again
DUPLICATE_TRANSMISSION: Final = 94
NETWORK_ID_DIGITS: Final = 15

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = (_HERE / "schema.sql").read_text("utf-8")
_SQL: Final = statements(_HERE / "queries.sql")

_LOST_RESPONSES: Final = {
    AcquirerOperation.DEPOSIT: Fault.DEPOSIT_ANSWER_LOST,
    AcquirerOperation.REVERSE: Fault.REVERSAL_ANSWER_LOST,
    AcquirerOperation.REFUND: Fault.REFUND_ANSWER_LOST,
}

_NOT_SENT: Final = AcquirerResponse(
    outcome=AcquirerOutcome.NOT_SENT, action_code=PROCESSING_TIMEOUT
)
_UNKNOWN: Final = AcquirerResponse(
    outcome=AcquirerOutcome.UNKNOWN, action_code=PROCESSING_TIMEOUT_SENT
)
_PENDING: Final = AcquirerResponse(outcome=AcquirerOutcome.PENDING, action_code=PROCESSING_STARTED)
_DUPLICATE: Final = AcquirerResponse(
    outcome=AcquirerOutcome.DECLINED, action_code=DUPLICATE_TRANSMISSION
)


class IssuerSimulator:
    """One bank for all merchants. Its state is the database, so several processes may share it.

    `clock_now` returns aware UTC; `pause` waits a number of seconds, for the slow test card.
    `same_database`: the gateway keeps its orders in the database of this bank. Then the bank's
    commits do not wait for the disk: the gateway's next commit comes after them in the same
    write-ahead log. A crash that loses a request of the bank therefore also loses the order's
    record of its response, and the inquiry that follows finds no such request.
    """

    def __init__(
        self,
        pool: Pool,
        clock_now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        same_database: bool = False,
    ) -> None:
        self._pool = pool
        self._waits_for_disk = not same_database
        self._clock_now = clock_now
        self._pause = pause
        self._recording = Coalescer(self._record_batch)
        self._reading = Coalescer(self._read_batch)

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the bank's tables if they are missing; safe for concurrent processes."""
        await apply_schema(pool, _SCHEMA)

    async def check_card(self, check: CardCheck) -> int | None:
        """The action code of the refusal of a typed card, or None. Nothing is stored."""
        return check_card(check, self._clock_now().date())

    async def handle(self, request: AcquirerRequest) -> AcquirerResponse:
        """Carry out a request at most once, and return its response."""
        match request.operation:
            case AcquirerOperation.AUTHORISE:
                answered = await self._with_card(request, authorise)
                return _numbered(replace(answered, avs_code=avs_code(request)), request)
            case AcquirerOperation.PAYOUT:
                return _numbered(await self._with_card(request, pay_out), request)
            case AcquirerOperation.INQUIRE:
                return _numbered(await self._inquire(request), request)
            case _:
                return await self._move(request)

    async def books(self, authorisation_key: str) -> Books | None:
        """The books of an authorisation; None when no approved one has this key."""
        row = await self._reading.call(authorisation_key)
        return _books(row) if row else None

    async def _with_card(self, request: AcquirerRequest, decide: Decide) -> AcquirerResponse:
        """Authorise a card, or pay out to it, as its row of the test cards says."""
        verdict = decide(request, self._clock_now().date())
        if verdict.outcome is AcquirerOutcome.NOT_SENT:
            # The request never reached the bank, so the bank stores nothing.
            row = await self._pool.fetchrow(_SQL["read_request"], request.key)
            return _response(row, request) if row else _NOT_SENT
        response = await self._record(request, verdict)
        if verdict.delay_seconds:
            await self._pause(verdict.delay_seconds)
        return response

    async def _move(self, request: AcquirerRequest) -> AcquirerResponse:
        """Deposit, reverse or refund: decide, then store the request and the books together.

        The books change only for a new request, and only if they have not changed since the
        decision. Otherwise the stored response is returned, or the decision is made again.
        """
        while True:
            row = await self._reading.call(request.original_key or "")
            books = _books(row) if row else None
            moved = move(books, request)
            if isinstance(moved, int):
                refused = Verdict(outcome=AcquirerOutcome.DECLINED, action_code=moved)
                return await self._record(request, refused)
            assert row is not None
            assert books is not None
            movement = self._values(request, _approved(row, request), row)
            movement["sums_before"], movement["sums_after"] = _sums(books), _sums(moved)
            stored = await self._recording.call(movement)
            if stored is None:
                stored = await self._pool.fetchrow(_SQL["read_request"], request.key)
            if stored is not None:
                return _response(stored, request)

    async def _record(self, request: AcquirerRequest, verdict: Verdict) -> AcquirerResponse:
        """Store the request and its response; for a repeated request, find the stored response."""
        row = await self._recording.call(self._values(request, verdict, None))
        if row is None:
            row = await self._pool.fetchrow(_SQL["read_request"], request.key)
            assert row is not None
        return _response(row, request)

    def _values(
        self, request: AcquirerRequest, verdict: Verdict, authorisation: asyncpg.Record | None
    ) -> NewRequest:
        """The row of a request, by the names of `record_requests`.

        A deposit and a reversal share the RRN and the approval code of their authorisation.
        """
        shares_rrn = request.operation in (AcquirerOperation.DEPOSIT, AcquirerOperation.REVERSE)
        shared = authorisation if shares_rrn else None
        now = self._clock_now()
        return {
            "key": request.key,
            "operation": request.operation,
            "merchant": request.merchant,
            "terminal": request.terminal,
            "amount_minor": request.amount_minor,
            "currency": request.currency,
            "original_key": request.original_key,
            "deposit_at_once": request.deposit_at_once,
            "verify_only": request.verify_only,
            "card": request.pan.masked if request.pan else None,
            "fault": verdict.fault,
            "outcome": verdict.outcome,
            "action_code": verdict.action_code,
            "answer_lost": verdict.answer_lost,
            "asked_at": now,
            "rrn_prefix": _rrn_prefix(now),
            "rrn": shared["rrn"] if shared else None,
            "approval_code": shared["approval_code"] if shared else None,
        }

    async def _record_batch(self, batch: Sequence[NewRequest]) -> list[asyncpg.Record | None]:
        """Store requests by one statement; None for a request that was not stored.

        Of several requests with one key, and of several movements of one authorisation, only the
        first is stored: the statement changes each row once.
        """
        chosen: dict[object, NewRequest] = {}
        for new in batch:
            moves = "sums_before" in new
            chosen.setdefault((moves, new["original_key"] if moves else new["key"]), new)
        rows = await self._pool.fetch(
            _SQL["record_requests"],
            msgspec.json.encode(list(chosen.values())).decode(),
            "on" if self._waits_for_disk else "off",
        )
        stored = {row["key"]: row for row in rows}
        first = {id(new) for new in chosen.values()}
        return [stored.get(new["key"]) if id(new) in first else None for new in batch]

    async def _read_batch(self, keys: Sequence[str]) -> list[asyncpg.Record | None]:
        rows = await self._pool.fetch(_SQL["read_authorisations"], list(dict.fromkeys(keys)))
        found = {row["key"]: row for row in rows}
        return [found.get(key) for key in keys]

    async def _inquire(self, request: AcquirerRequest) -> AcquirerResponse:
        now = self._clock_now()
        async with self._pool.acquire() as connection, connection.transaction():
            closed = await connection.fetchval(
                _SQL["close_key"],
                request.key,
                request.merchant,
                request.terminal,
                PROCESSING_TIMEOUT,
                now,
            )
            if closed is not None:
                return _NOT_SENT
            row = await connection.fetchrow(_SQL["count_inquiry"], request.key)
            assert row is not None
            due = row["inquiries"] >= INQUIRIES_UNTIL_SETTLED
            if row["outcome"] == AcquirerOutcome.PENDING and due:
                row = await connection.fetchrow(
                    _SQL["settle_pending"], request.key, _rrn_prefix(now)
                )
                assert row is not None
            return _final_response(row)


def _numbered(response: AcquirerResponse, request: AcquirerRequest) -> AcquirerResponse:
    """An approved response with the payment system's number: 15 digits, always the same for a key.

    The response to an inquiry has it too, whatever kind of request the inquiry is about.
    """
    if response.outcome is not AcquirerOutcome.APPROVED:
        return response
    digest = hashlib.sha256(request.key.encode()).digest()
    number = int.from_bytes(digest[:8]) % 10**NETWORK_ID_DIGITS
    return replace(response, network_transaction_id=f"{number:0{NETWORK_ID_DIGITS}}")


def _approved(authorisation: asyncpg.Record, request: AcquirerRequest) -> Verdict:
    lost = authorisation["fault"] == _LOST_RESPONSES[request.operation]
    return Verdict(outcome=AcquirerOutcome.APPROVED, action_code=APPROVED, answer_lost=lost)


def _response(row: asyncpg.Record, request: AcquirerRequest) -> AcquirerResponse:
    """The response to a request, whether it is new or repeated."""
    if row["operation"] == AcquirerOperation.INQUIRE:
        return _NOT_SENT  # an inquiry closed the key before this request arrived
    stored = (
        row["operation"],
        row["merchant"],
        row["amount_minor"],
        row["currency"],
        row["original_key"],
        row["deposit_at_once"],
        row["verify_only"],
    )
    received = (
        request.operation,
        request.merchant,
        request.amount_minor,
        request.currency,
        request.original_key,
        request.deposit_at_once,
        request.verify_only,
    )
    if stored != received:
        return _DUPLICATE
    return _UNKNOWN if row["answer_lost"] else _final_response(row)


def _final_response(row: asyncpg.Record) -> AcquirerResponse:
    """The response that an inquiry gets; it is never lost."""
    outcome = AcquirerOutcome(row["outcome"])
    if outcome is AcquirerOutcome.PENDING:
        return _PENDING
    return AcquirerResponse(
        outcome=outcome,
        action_code=row["action_code"],
        rrn=row["rrn"],
        approval_code=row["approval_code"],
    )


def _books(row: asyncpg.Record) -> Books:
    return Books(
        merchant=row["merchant"],
        currency=row["currency"],
        approved_minor=row["approved_minor"],
        held_minor=row["held_minor"],
        deposited_minor=row["deposited_minor"],
        reversed_minor=row["reversed_minor"],
        refunded_minor=row["refunded_minor"],
        released_minor=row["released_minor"],
    )


def _sums(books: Books) -> tuple[int, ...]:
    """The five sums in the order of `record_requests`."""
    return (
        books.held_minor,
        books.deposited_minor,
        books.reversed_minor,
        books.refunded_minor,
        books.released_minor,
    )


def _rrn_prefix(now: datetime) -> str:
    """The first half of an RRN, YDDDhh: last digit of the year, day of the year, hour, in UTC."""
    return f"{now.year % 10}{now:%j%H}"
