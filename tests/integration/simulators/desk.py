"""A gateway's side of the talk with the pretended bank: short words for questions and answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from altyn.domain.card.values import Pan
from altyn.protocol.acquiring import (
    AcquirerOperation,
    AcquirerOutcome,
    AcquirerRequest,
    AcquirerResponse,
)
from altyn.simulators.database import Pool
from altyn.simulators.issuer import IssuerSimulator

NOW: Final = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
GOOD: Final = "4111111111111111"

APPROVED: Final = AcquirerOutcome.APPROVED
DECLINED: Final = AcquirerOutcome.DECLINED
NOT_SENT: Final = AcquirerOutcome.NOT_SENT
PENDING: Final = AcquirerOutcome.PENDING
UNKNOWN: Final = AcquirerOutcome.UNKNOWN


@dataclass
class RequestHandler:
    """A gateway's side of the talk: questions with fresh keys, and how long was waited."""

    pool: Pool
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bank = IssuerSimulator(self.pool, lambda: NOW, self._pause)

    async def _pause(self, seconds: float) -> None:
        self.waited.append(seconds)

    def question(
        self,
        operation: AcquirerOperation,
        amount_minor: int = 0,
        *,
        original: str | None = None,
        key: str = "",
        pan: str | None = None,
    ) -> AcquirerRequest:
        return AcquirerRequest(
            key=key or str(uuid4()),
            operation=operation,
            merchant="demo",
            terminal="1",
            amount_minor=amount_minor,
            currency="643",
            original_key=original,
            pan=Pan(pan) if pan else None,
            expiry="202912" if pan else None,
        )

    def authorisation(self, amount_minor: int = 1_000, pan: str = GOOD) -> AcquirerRequest:
        return self.question(AcquirerOperation.AUTHORISE, amount_minor, pan=pan)

    async def held(self, amount_minor: int = 1_000, pan: str = GOOD) -> str:
        """The key of an approved hold."""
        question = self.authorisation(amount_minor, pan)
        assert (await self.bank.handle(question)).outcome is APPROVED
        return question.key

    async def taken(self, amount_minor: int = 1_000, pan: str = GOOD) -> str:
        """The key of an approved purchase."""
        question = replace(self.authorisation(amount_minor, pan), deposit_at_once=True)
        assert (await self.bank.handle(question)).outcome is APPROVED
        return question.key

    async def move(
        self, operation: AcquirerOperation, original: str, amount_minor: int
    ) -> AcquirerResponse:
        return await self.bank.handle(self.question(operation, amount_minor, original=original))

    async def deposit(self, original: str, amount_minor: int) -> AcquirerResponse:
        return await self.move(AcquirerOperation.DEPOSIT, original, amount_minor)

    async def reverse(self, original: str, amount_minor: int) -> AcquirerResponse:
        return await self.move(AcquirerOperation.REVERSE, original, amount_minor)

    async def refund(self, original: str, amount_minor: int) -> AcquirerResponse:
        return await self.move(AcquirerOperation.REFUND, original, amount_minor)

    async def inquire(self, key: str) -> AcquirerResponse:
        return await self.bank.handle(self.question(AcquirerOperation.INQUIRE, key=key))

    async def sums(self, key: str) -> tuple[int, ...]:
        """held, deposited, reversed, refunded, released."""
        books = await self.bank.books(key)
        assert books is not None
        return (
            books.held_minor,
            books.deposited_minor,
            books.reversed_minor,
            books.refunded_minor,
            books.released_minor,
        )


def of(reply: AcquirerResponse) -> tuple[AcquirerOutcome, int]:
    return reply.outcome, reply.action_code
