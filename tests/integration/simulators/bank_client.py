"""A client of the bank simulator: builds acquirer requests and sends them."""

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
class BankClient:
    """Sends requests with fresh keys; `delays` are the seconds that the bank has waited."""

    pool: Pool
    delays: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.simulator = IssuerSimulator(self.pool, lambda: NOW, self._pause)

    async def _pause(self, seconds: float) -> None:
        self.delays.append(seconds)

    def request(
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
        return self.request(AcquirerOperation.AUTHORISE, amount_minor, pan=pan)

    async def held(self, amount_minor: int = 1_000, pan: str = GOOD) -> str:
        """The key of an approved hold."""
        request = self.authorisation(amount_minor, pan)
        assert (await self.simulator.handle(request)).outcome is APPROVED
        return request.key

    async def purchased(self, amount_minor: int = 1_000, pan: str = GOOD) -> str:
        """The key of an approved purchase."""
        request = replace(self.authorisation(amount_minor, pan), deposit_at_once=True)
        assert (await self.simulator.handle(request)).outcome is APPROVED
        return request.key

    async def move(
        self, operation: AcquirerOperation, original: str, amount_minor: int
    ) -> AcquirerResponse:
        return await self.simulator.handle(self.request(operation, amount_minor, original=original))

    async def deposit(self, original: str, amount_minor: int) -> AcquirerResponse:
        return await self.move(AcquirerOperation.DEPOSIT, original, amount_minor)

    async def reverse(self, original: str, amount_minor: int) -> AcquirerResponse:
        return await self.move(AcquirerOperation.REVERSE, original, amount_minor)

    async def refund(self, original: str, amount_minor: int) -> AcquirerResponse:
        return await self.move(AcquirerOperation.REFUND, original, amount_minor)

    async def inquire(self, key: str) -> AcquirerResponse:
        return await self.simulator.handle(self.request(AcquirerOperation.INQUIRE, key=key))

    async def sums(self, key: str) -> tuple[int, ...]:
        """held, deposited, reversed, refunded, released."""
        books = await self.simulator.books(key)
        assert books is not None
        return (
            books.held_minor,
            books.deposited_minor,
            books.reversed_minor,
            books.refunded_minor,
            books.released_minor,
        )


def result_of(response: AcquirerResponse) -> tuple[AcquirerOutcome, int]:
    return response.outcome, response.action_code
