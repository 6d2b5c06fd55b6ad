"""The bank that decides applications in this process, as the sandbox has it."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol, TypeVar
from uuid import UUID

import structlog

from altyn.operations.credit.ports import CreditUnavailableError
from altyn.protocol.credit import CreditAnswer, CreditRequest

log = structlog.get_logger("altyn.credit")
Answer = TypeVar("Answer")


class Bank(Protocol):
    """The calls of a bank that this adapter needs."""

    async def application(self, order_id: UUID) -> CreditAnswer | None: ...
    async def apply(self, request: CreditRequest) -> CreditAnswer: ...


class InProcessCreditBank:
    """Implements `CreditSystem`; an answer after the time-out is lost, as over a network."""

    def __init__(self, bank: Bank, *, timeout_seconds: float) -> None:
        self._bank = bank
        self._timeout_seconds = timeout_seconds

    async def application(self, order_id: UUID) -> CreditAnswer | None:
        """The application for an order."""
        return await self._answer(self._bank.application(order_id))

    async def apply(self, request: CreditRequest) -> CreditAnswer:
        """Send an application."""
        return await self._answer(self._bank.apply(request))

    async def _answer(self, asked: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await asked
        except TimeoutError as error:
            raise CreditUnavailableError("the bank did not answer in time") from error
        except Exception as error:
            log.exception("credit_bank_failed")
            raise CreditUnavailableError("the bank failed") from error
