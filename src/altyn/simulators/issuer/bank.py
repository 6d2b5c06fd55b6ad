"""The pretended acquiring bank: keeps its own books, moves its own money once, and forgets nothing.

It speaks the acquiring format and is as strict as a bank: what it is asked twice it does once, and
more money than there is never moves, whatever the gateway thinks.
Source: codes.md §9; `altyn.protocol.acquiring` is the contract.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import asyncpg

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
from altyn.simulators.issuer.cards import Verdict, authorise, avs_code, check_card

INQUIRIES_UNTIL_SETTLED: Final = 2  # the first inquiry after a pending card still hears PENDING
DUPLICATE_TRANSMISSION: Final = 94

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = (_HERE / "schema.sql").read_text("utf-8")
_SQL: Final = statements(_HERE / "queries.sql")

_ANSWER_LOST: Final = {
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
    """One bank for all merchants. Any number of processes may share it: its state is the database.

    `clock_now` gives aware UTC; `pause` waits that many seconds (the card that answers slowly).
    """

    def __init__(
        self,
        pool: Pool,
        clock_now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pool = pool
        self._clock_now = clock_now
        self._pause = pause

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the bank's tables where they are not there yet; safe for two processes at once."""
        await apply_schema(pool, _SCHEMA)

    async def check_card(self, check: CardCheck) -> int | None:
        """The action code that refuses the card as typed, or None. Nothing is remembered."""
        return check_card(check, self._clock_now().date())

    async def handle(self, question: AcquirerRequest) -> AcquirerResponse:
        """Answer one question, doing what it asks at most once."""
        match question.operation:
            case AcquirerOperation.AUTHORISE:
                return replace(await self._authorise(question), avs_code=avs_code(question))
            case AcquirerOperation.INQUIRE:
                return await self._inquire(question)
            case _:
                return await self._move(question)

    async def books(self, authorisation_key: str) -> Books | None:
        """The bank's books of an authorisation; None where it approved none under that key."""
        row = await self._pool.fetchrow(_SQL["read_authorisation"], authorisation_key)
        return _books(row) if row else None

    async def _authorise(self, question: AcquirerRequest) -> AcquirerResponse:
        verdict = authorise(question, self._clock_now().date())
        async with self._pool.acquire() as connection:
            if verdict.outcome is AcquirerOutcome.NOT_SENT:
                # It never reached the bank, so the bank writes nothing down.
                row = await connection.fetchrow(_SQL["recall"], question.key)
                return _answer(row, question) if row else _NOT_SENT
            reply = await self._ask(connection, question, verdict)
        if verdict.delay_seconds:
            await self._pause(verdict.delay_seconds)
        return reply

    async def _move(self, question: AcquirerRequest) -> AcquirerResponse:
        """Deposit, reverse or refund: lock the books, decide, write both books and answer.

        The books are written only if the request was: where its key is known already, nothing is
        moved again, whatever was decided here.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_SQL["lock_authorisation"], question.original_key)
            moved = move(_books(row) if row else None, question)
            if isinstance(moved, int):
                refused = Verdict(outcome=AcquirerOutcome.DECLINED, action_code=moved)
                return await self._ask(connection, question, refused)
            assert row is not None
            return await self._ask(connection, question, _approved(row, question), moved, row)

    async def _ask(
        self,
        connection: asyncpg.pool.PoolConnectionProxy[asyncpg.Record],
        question: AcquirerRequest,
        verdict: Verdict,
        moved: Books | None = None,
        authorisation: asyncpg.Record | None = None,
    ) -> AcquirerResponse:
        """Write the request with its answer, and the books it moved; or find it answered before."""
        shares_rrn = question.operation in (AcquirerOperation.DEPOSIT, AcquirerOperation.REVERSE)
        shared = authorisation if shares_rrn else None
        now = self._clock_now()
        row = await connection.fetchrow(
            _SQL["ask"],
            question.key,
            question.operation,
            question.merchant,
            question.terminal,
            question.amount_minor,
            question.currency,
            question.original_key,
            question.deposit_at_once,
            question.verify_only,
            question.pan.masked if question.pan else None,
            verdict.fault,
            verdict.outcome,
            verdict.action_code,
            verdict.answer_lost,
            now,
            _rrn_prefix(now),
            shared["rrn"] if shared else None,
            shared["approval_code"] if shared else None,
        )
        if row is None:
            row = await connection.fetchrow(_SQL["recall"], question.key)
            assert row is not None
        elif moved is not None:
            await connection.execute(
                _SQL["write_books"],
                question.original_key,
                moved.held_minor,
                moved.deposited_minor,
                moved.reversed_minor,
                moved.refunded_minor,
                moved.released_minor,
            )
        return _answer(row, question)

    async def _inquire(self, question: AcquirerRequest) -> AcquirerResponse:
        now = self._clock_now()
        async with self._pool.acquire() as connection, connection.transaction():
            closed = await connection.fetchval(
                _SQL["close_key"],
                question.key,
                question.merchant,
                question.terminal,
                PROCESSING_TIMEOUT,
                now,
            )
            if closed is not None:
                return _NOT_SENT
            row = await connection.fetchrow(_SQL["count_inquiry"], question.key)
            assert row is not None
            due = row["inquiries"] >= INQUIRIES_UNTIL_SETTLED
            if row["outcome"] == AcquirerOutcome.PENDING and due:
                row = await connection.fetchrow(
                    _SQL["settle_pending"], question.key, _rrn_prefix(now)
                )
                assert row is not None
            return _truth(row)


def _approved(authorisation: asyncpg.Record, question: AcquirerRequest) -> Verdict:
    lost = authorisation["fault"] == _ANSWER_LOST[question.operation]
    return Verdict(outcome=AcquirerOutcome.APPROVED, action_code=APPROVED, answer_lost=lost)


def _answer(row: asyncpg.Record, question: AcquirerRequest) -> AcquirerResponse:
    """What a request hears, first time or again."""
    if row["operation"] == AcquirerOperation.INQUIRE:
        return _NOT_SENT  # the key was closed before this request came
    asked_before = (
        row["operation"],
        row["merchant"],
        row["amount_minor"],
        row["currency"],
        row["original_key"],
        row["deposit_at_once"],
        row["verify_only"],
    )
    asked_now = (
        question.operation,
        question.merchant,
        question.amount_minor,
        question.currency,
        question.original_key,
        question.deposit_at_once,
        question.verify_only,
    )
    if asked_before != asked_now:
        return _DUPLICATE
    return _UNKNOWN if row["answer_lost"] else _truth(row)


def _truth(row: asyncpg.Record) -> AcquirerResponse:
    """What became of a request."""
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


def _rrn_prefix(now: datetime) -> str:
    """The first half of an RRN, YDDDhh: last digit of the year, day of the year, hour, in UTC."""
    return f"{now.year % 10}{now:%j%H}"
