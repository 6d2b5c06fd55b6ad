"""A kind of effect that exists in the tests alone: a note for a book that is kept elsewhere.

It has what every kind has: an effect, the outbox entries of the effect, and a handler.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from altyn.domain.effects import Effect, OutboxEntry
from altyn.domain.merchant import Merchant
from altyn.domain.order import Order
from altyn.domain.outbox import AttemptResult, ClaimedEntry, Verdict
from altyn.main.callback_handler import HandlerServices
from altyn.main.effects import EffectKind
from altyn.main.extensions import Extensions
from altyn.workers.outbox_ports import OutboxHandler

LEDGER_NOTE: Final = "ledger_note"
ATTEMPTS: Final = 3
PAUSE: Final = timedelta(seconds=60)
WRITTEN: Final = AttemptResult(verdict=Verdict.DELIVERED, response_seconds=0.001)
FAILED: Final = AttemptResult(verdict=Verdict.FAILED, problem="the book is closed")
REJECTED: Final = AttemptResult(verdict=Verdict.REJECTED, problem="the page is missing")


@dataclass(frozen=True, slots=True)
class LedgerNote:
    """An effect: write a text into a book, at once or later."""

    text: str
    book: str = "book-1"
    due_after: timedelta = timedelta(0)

    @property
    def kind(self) -> str:
        return LEDGER_NOTE


def note_entries(
    effect: Effect, order: Order, merchant: Merchant, at: datetime
) -> tuple[OutboxEntry, ...]:
    """One entry for each note."""
    assert isinstance(effect, LedgerNote)
    assert at == order.changed_at
    return (
        OutboxEntry(
            kind=LEDGER_NOTE,
            operation="write",
            receiver=effect.book,
            host=effect.book,
            parameters={"text": effect.text, "merchant": merchant.login},
            due_after=effect.due_after,
        ),
    )


async def write(_: ClaimedEntry) -> AttemptResult:
    """Every note is written."""
    return WRITTEN


@dataclass
class Books:
    """The handler of notes: keeps what it writes. A test decides how the attempts end."""

    answer: Callable[[ClaimedEntry], Awaitable[AttemptResult]] = write
    attempts: Counter[str] = field(default_factory=Counter)
    written: list[str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    seconds: int = 10

    def attempt_seconds(self, merchant: Merchant) -> int:
        assert merchant.login
        return self.seconds

    def retry_pause(self, merchant: Merchant, failures: int) -> timedelta | None:
        assert merchant.login
        return None if failures >= ATTEMPTS else failures * PAUSE

    async def deliver(self, entry: ClaimedEntry, merchant: Merchant) -> AttemptResult:
        assert entry.parameters["merchant"] == merchant.login
        text = entry.parameters["text"]
        self.attempts[text] += 1
        async with self.changed:
            self.changed.notify_all()
        result = await self.answer(entry)
        if result.verdict is Verdict.DELIVERED:
            self.written.append(text)
        async with self.changed:
            self.changed.notify_all()
        return result

    async def until(self, enough: Callable[[Books], bool]) -> None:
        """Wait until the books are so. TimeoutError after long."""
        async with asyncio.timeout(30), self.changed:
            await self.changed.wait_for(lambda: enough(self))

    def open(self, _: HandlerServices) -> AbstractAsyncContextManager[OutboxHandler]:
        """Open these books as the handler of a gateway."""
        return _opened(self)


@asynccontextmanager
async def _opened(books: Books) -> AsyncIterator[OutboxHandler]:
    yield books


def with_notes(books: Books) -> Extensions:
    """A gateway with a handler for notes, which writes them into these books."""
    return Extensions(effect_kinds=(EffectKind(LEDGER_NOTE, note_entries, books.open),))
