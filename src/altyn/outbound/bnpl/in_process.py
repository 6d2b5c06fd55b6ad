"""The service that lends in this process, as the sandbox has it."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol, TypeVar
from uuid import UUID

import structlog

from altyn.operations.paying.bnpl.ports import BnplUnavailableError
from altyn.outbound.in_process import answer_in_time
from altyn.protocol.acquiring import AcquirerOutcome
from altyn.protocol.bnpl import Application, ApplicationRequest, PartsRequest, PartsResponse

log = structlog.get_logger("altyn.bnpl")
Answer = TypeVar("Answer")


class Applications(Protocol):
    """The calls about applications."""

    async def find(self, order_id: UUID) -> Application | None: ...
    async def apply(self, request: ApplicationRequest) -> Application: ...
    async def enter_code(self, application_id: str, code: str) -> Application | None: ...
    async def agree(self, application_id: str) -> Application | None: ...


class Service(Protocol):
    """The calls of a service that this adapter needs."""

    @property
    def applications(self) -> Applications: ...
    async def handle(self, request: PartsRequest) -> PartsResponse: ...


class InProcessService:
    """Implements `PartsService`; an answer after the time-out is lost, as over a network."""

    def __init__(self, service: Service, *, timeout_seconds: float) -> None:
        self._service = service
        self._timeout_seconds = timeout_seconds

    async def application(self, order_id: UUID) -> Application | None:
        """The newest application for an order."""
        return await self._answer(self._service.applications.find(order_id))

    async def apply(self, request: ApplicationRequest) -> Application:
        """Send a code to the phone."""
        return await self._answer(self._service.applications.apply(request))

    async def enter_code(self, application_id: str, code: str) -> Application | None:
        """The payer types the code."""
        return await self._answer(self._service.applications.enter_code(application_id, code))

    async def agree(self, application_id: str) -> Application | None:
        """The payer agrees to the plan."""
        return await self._answer(self._service.applications.agree(application_id))

    async def ask(self, request: PartsRequest) -> PartsResponse:
        """Send a request about money; UNKNOWN when its outcome is not known."""
        answered = await answer_in_time(
            self._service.handle(request),
            request,
            timeout_seconds=self._timeout_seconds,
            log=log,
            neighbour="service",
        )
        return answered or PartsResponse(outcome=AcquirerOutcome.UNKNOWN)

    async def _answer(self, asked: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await asked
        except TimeoutError as error:
            raise BnplUnavailableError("the service did not answer in time") from error
        except Exception as error:
            log.exception("service_failed")
            raise BnplUnavailableError("the service failed") from error
