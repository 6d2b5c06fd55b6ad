"""The bank of the app in this process, as the sandbox has it."""

from typing import Protocol

import structlog

from altyn.outbound.in_process import answer_in_time
from altyn.protocol.bank_invoices import InvoiceRequest, InvoiceResponse

log = structlog.get_logger("altyn.sberpay")


class Bank(Protocol):
    """The call of a bank that this adapter needs."""

    async def handle(self, request: InvoiceRequest) -> InvoiceResponse: ...


class InProcessBank:
    """Implements `InvoicingBank`; an answer after the time-out is lost, as over a network."""

    def __init__(self, bank: Bank, *, timeout_seconds: float) -> None:
        self.bank = bank
        self._timeout_seconds = timeout_seconds

    async def ask(self, request: InvoiceRequest) -> InvoiceResponse | None:
        """Send a request; None when its outcome is not known."""
        return await answer_in_time(
            self.bank.handle(request),
            request,
            timeout_seconds=self._timeout_seconds,
            log=log,
            neighbour="bank",
        )
