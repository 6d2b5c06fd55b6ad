"""The fiscal provider of the sandbox: the simulated cash register, in this process.

Source: fiscal.md §9 (simulation).
"""

from datetime import timedelta
from time import perf_counter
from typing import Final, Protocol

from altyn.domain.merchant import Merchant
from altyn.domain.receipt.values import FiscalData, Receipt
from altyn.operations.fiscal import AGAIN_AFTER, FiscalOutcome, FiscalResponse
from altyn.operations.ports import Clock
from altyn.protocol.cash_register import (
    NoAnswerError,
    RegisterAnswer,
    RegisterDocument,
    RegisterFault,
    RegisterLine,
    RegisterRequest,
    RegisterState,
)

ATTEMPT_SECONDS: Final = 5
OFD_NAME: Final = "ОФД песочницы"
FNS_SITE: Final = "www.nalog.gov.ru"


class Registers(Protocol):
    """The simulated cash registers."""

    async def handle(self, request: RegisterRequest) -> RegisterAnswer: ...


class SimulatedProvider:
    """Implements the port of fiscal providers with the simulated cash registers."""

    attempt_seconds = ATTEMPT_SECONDS

    def __init__(self, registers: Registers, clock: Clock) -> None:
        self._registers = registers
        self._clock = clock

    async def register(self, receipt: Receipt, merchant: Merchant) -> FiscalResponse:
        """Have the receipt printed; a register that does not answer is asked again."""
        started = perf_counter()
        try:
            answer = await self._registers.handle(_request(receipt, merchant))
        except NoAnswerError:
            problem = "the simulated cash register did not answer"
            return FiscalResponse(outcome=FiscalOutcome.UNKNOWN, problem=problem)
        return self._response(answer, perf_counter() - started)

    def _response(self, answer: RegisterAnswer, seconds: float) -> FiscalResponse:
        document = answer.document
        if document is not None:
            return FiscalResponse(
                outcome=FiscalOutcome.REGISTERED,
                provider_id=document.ofd_receipt_id,
                fiscal=_fiscal(document),
                seconds=seconds,
            )
        if answer.state is RegisterState.FAILED:
            return FiscalResponse(
                outcome=FiscalOutcome.REJECTED, problem=answer.problem, seconds=seconds
            )
        again = AGAIN_AFTER
        if answer.ready_at is not None:
            again = max(answer.ready_at - self._clock.now(), timedelta(milliseconds=50))
        return FiscalResponse(outcome=FiscalOutcome.ACCEPTED, again_after=again, seconds=seconds)


def _request(receipt: Receipt, merchant: Merchant) -> RegisterRequest:
    content = receipt.content
    return RegisterRequest(
        receipt_id=str(receipt.receipt_id),
        shop=merchant.login,
        returns_money=receipt.kind.returns_money,
        amount_minor=content.amount_minor,
        lines=tuple(
            RegisterLine(
                name=line.name,
                price_minor=line.price_minor,
                quantity_thousandths=line.quantity.thousandths,
                amount_minor=line.amount_minor,
            )
            for line in content.lines
        ),
        contact=content.email or content.phone or "",
        fault=RegisterFault(merchant.settings.fiscal.simulated_fault),
    )


def _fiscal(document: RegisterDocument) -> FiscalData:
    return FiscalData(
        registered_at=document.registered_at,
        fn_number=document.fn_number,
        ecr_registration_number=document.ecr_registration_number,
        serial_number=document.serial_number,
        document_number=document.document_number,
        document_attribute=document.document_attribute,
        shift_number=document.shift_number,
        receipt_number=document.receipt_number,
        amount_minor=document.amount_minor,
        fns_site=FNS_SITE,
        ofd_name=OFD_NAME,
    )
