"""Implements the `Acquirer` port with the bank simulator in this process, without a network.

A response after the time-out counts as lost, as it would over a real connection.
"""

from typing import Final, Protocol

import structlog

from altyn.domain.action_codes import PROCESSING_TIMEOUT_SENT
from altyn.outbound.in_process import answer_in_time
from altyn.protocol.acquiring import AcquirerOutcome, AcquirerRequest, AcquirerResponse, CardCheck

log = structlog.get_logger("altyn.acquirer")
LOST: Final = AcquirerResponse(outcome=AcquirerOutcome.UNKNOWN, action_code=PROCESSING_TIMEOUT_SENT)


class Bank(Protocol):
    """The calls of a bank that this connector needs."""

    async def check_card(self, check: CardCheck) -> int | None: ...
    async def handle(self, request: AcquirerRequest) -> AcquirerResponse: ...


class InProcessAcquirer:
    """The bank simulator in this process as the acquirer."""

    def __init__(self, bank: Bank, *, timeout_seconds: float) -> None:
        self._bank = bank
        self._timeout_seconds = timeout_seconds

    async def check(self, card: CardCheck) -> int | None:
        """The action code that refuses the card before an authorisation, or None."""
        return await self._bank.check_card(card)

    async def ask(self, request: AcquirerRequest) -> AcquirerResponse:
        """Send a request to the bank; a lost response is UNKNOWN."""
        answered = await answer_in_time(
            self._bank.handle(request),
            request,
            timeout_seconds=self._timeout_seconds,
            log=log,
            neighbour="bank",
        )
        return answered or LOST
