"""The bank of the app in this process, as the sandbox has it."""

import asyncio
from typing import Protocol

import structlog

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
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self.bank.handle(request)
        except TimeoutError:
            log.warning("bank_timed_out", key=request.key, operation=request.operation.value)
        except Exception:  # it may have been raised after the request was carried out
            log.exception("bank_failed", key=request.key, operation=request.operation.value)
        return None
