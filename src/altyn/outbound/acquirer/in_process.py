"""The sandbox's bank, in the same process: no network, the same contract.

A bank that takes too long is treated as one whose answer was lost, so that the sandbox shows what
a real line does.
"""

import asyncio
from typing import Final, Protocol

import structlog

from altyn.domain.action_codes import PROCESSING_TIMEOUT_SENT
from altyn.protocol.acquiring import AcquirerOutcome, AcquirerRequest, AcquirerResponse, CardCheck

log = structlog.get_logger("altyn.acquirer")
LOST: Final = AcquirerResponse(outcome=AcquirerOutcome.UNKNOWN, action_code=PROCESSING_TIMEOUT_SENT)


class Bank(Protocol):
    """The part of a pretended bank that this connector speaks to."""

    async def check_card(self, check: CardCheck) -> int | None: ...
    async def handle(self, question: AcquirerRequest) -> AcquirerResponse: ...


class InProcessAcquirer:
    """The acquirer over a simulated bank in this process."""

    def __init__(self, bank: Bank, *, timeout_seconds: float) -> None:
        self._bank = bank
        self._timeout_seconds = timeout_seconds

    async def check(self, card: CardCheck) -> int | None:
        """An action code when the card is no good before anything is asked, else None."""
        return await self._bank.check_card(card)

    async def ask(self, question: AcquirerRequest) -> AcquirerResponse:
        """Put a question to the bank; a lost answer is UNKNOWN."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._bank.handle(question)
        except TimeoutError:
            log.warning("bank_timed_out", key=question.key, operation=question.operation.value)
        except Exception:  # whatever broke there may have happened after the money moved
            log.exception("bank_failed", key=question.key, operation=question.operation.value)
        return LOST
