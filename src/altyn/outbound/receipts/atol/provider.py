"""The fiscal provider ATOL Online: sends a receipt once, and asks until its result is known.

A repeated receipt has the same `external_id`, so the provider recognises it. Only when the provider
reports that a document has failed, and was therefore not registered, a next document is sent, with
the number of the try behind the id. Source: fiscal.md §9, §14.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Final
from uuid import UUID

from altyn.domain.merchant import Merchant
from altyn.domain.receipt.values import Receipt
from altyn.operations.fiscal import AGAIN_AFTER, FiscalOutcome, FiscalResponse
from altyn.operations.ports import Clock
from altyn.outbound.receipts.atol.account import (
    Account,
    AccountError,
    Reveal,
    UnfitError,
    account_of,
)
from altyn.outbound.receipts.atol.answers import Answer, ServiceError, Status
from altyn.outbound.receipts.atol.client import (
    AtolClient,
    LoginRefusedError,
    NoAnswerError,
    new_session,
)
from altyn.outbound.receipts.atol.codes import VERSION_PATHS
from altyn.outbound.receipts.atol.document import document_of, operation_of
from altyn.outbound.receipts.atol.errors import ErrorRow, Meaning, report_error, service_error

ATTEMPT_SECONDS: Final = 20
PAUSE_MAX: Final = timedelta(minutes=10)
PAUSE_SHARE: Final = 4
"""The next question comes after a quarter of the receipt's age."""

DOUBLED_PAUSES: Final = 7
"""Document number n + 1 is sent when the receipt is 2 ** (n - 1) minutes old; after this number of
documents, an hour lies between two of them."""

NUMBER_DIGITS_MAX: Final = 4

ResultAddress = Callable[[int, UUID, int], str | None]


class AtolProvider:
    """Implements the port of fiscal providers with ATOL Online."""

    attempt_seconds = ATTEMPT_SECONDS

    def __init__(
        self,
        client: AtolClient,
        *,
        clock: Clock,
        reveal: Reveal,
        result_address: ResultAddress = lambda *_: None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._reveal = reveal
        self._result_address = result_address

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, url: str, *, clock: Clock, reveal: Reveal, result_address: ResultAddress
    ) -> AsyncIterator["AtolProvider"]:
        """The provider at an address, with its own connections."""
        async with new_session() as session:
            client = AtolClient(session, url)
            yield cls(client, clock=clock, reveal=reveal, result_address=result_address)

    async def register(self, receipt: Receipt, merchant: Merchant) -> FiscalResponse:
        """Send a receipt, or ask for the result of one that was sent."""
        started = perf_counter()
        try:
            account = account_of(merchant, self._reveal)
            async with asyncio.timeout(ATTEMPT_SECONDS):
                answered = await self._ask(receipt, account)
        except AccountError as error:
            return _unknown(str(error), contacted=False)
        except UnfitError as error:
            return _rejected(str(error), contacted=False)
        except LoginRefusedError as error:
            return _unknown(f"ATOL Online refuses the login of the shop: {error}", contacted=False)
        except NoAnswerError as error:
            return _unknown(f"ATOL Online: {error}; the gateway asks again")
        except TimeoutError:
            text = f"ATOL Online did not answer within {ATTEMPT_SECONDS} s; the gateway asks again"
            return _unknown(text)
        return replace(answered, seconds=perf_counter() - started)

    async def _ask(self, receipt: Receipt, account: Account) -> FiscalResponse:
        if receipt.provider_id is None:
            return await self._send(receipt, account, str(receipt.receipt_id))
        version = VERSION_PATHS[receipt.content.ffd]
        answer = await self._client.report(account, version, receipt.provider_id)
        if answer.external_id and not answer.external_id.startswith(str(receipt.receipt_id)):
            return _unknown(
                "ATOL Online sent the report of another receipt; the gateway asks again"
            )
        if answer.status is Status.FAIL:
            return await self._failed(receipt, account, answer)
        return self._reported(receipt, answer)

    async def _send(self, receipt: Receipt, account: Account, external_id: str) -> FiscalResponse:
        """Send a document. One that the provider has already is asked for from then on."""
        address = self._result_address(receipt.merchant_id, receipt.order_id, receipt.version)
        document = document_of(receipt, account, external_id=external_id, result_address=address)
        version, operation = VERSION_PATHS[receipt.content.ffd], operation_of(receipt.kind)
        answer = await self._client.send(account, version, operation, document)
        error = answer.error
        if error is None and answer.uuid is None:
            return _unknown(_without_sense(answer))
        row = None if error is None else service_error(error.code)
        if row is None or row.meaning in {Meaning.KNOWN, Meaning.WAITING}:
            if answer.uuid is None:
                return _unknown(f"{_reason(error)}, without its id; the gateway asks again")
            return FiscalResponse(
                outcome=FiscalOutcome.ACCEPTED,
                provider_id=answer.uuid,
                again_after=self._pause(receipt),
            )
        return _refused(error, row)

    def _reported(self, receipt: Receipt, answer: Answer) -> FiscalResponse:
        """The result of a report that is no failure."""
        if answer.status is Status.DONE:
            if answer.fiscal is None:
                return _unknown("the report of ATOL Online lacks the numbers of the receipt")
            return FiscalResponse(outcome=FiscalOutcome.REGISTERED, fiscal=answer.fiscal)
        row = None if answer.error is None else service_error(answer.error.code)
        waits = answer.status is Status.WAIT and row is None
        if waits or (row is not None and row.meaning is Meaning.WAITING):
            return FiscalResponse(outcome=FiscalOutcome.ACCEPTED, again_after=self._pause(receipt))
        if row is None:
            return _unknown(_without_sense(answer))
        return _unknown(_with_remedy(answer.error, row))

    async def _failed(self, receipt: Receipt, account: Account, answer: Answer) -> FiscalResponse:
        """A document failed: for good, or because of a cash register. Then the next one follows."""
        error = answer.error or ServiceError(0, "", "")
        row = report_error(error.code, error.kind)
        number = _number_of(receipt, answer.external_id)
        if row.meaning is not Meaning.REPEAT or number is None:
            return _refused(error, row)
        if self._clock.now() < receipt.created_at + _age_of_next(number):
            return _unknown(f"{_with_remedy(error, row)}; the gateway sends it again")
        return await self._send(receipt, account, f"{receipt.receipt_id}-{number + 1}")

    def _pause(self, receipt: Receipt) -> timedelta:
        """The time until the next question; it grows with the age of the receipt."""
        age = self._clock.now() - receipt.created_at
        return max(AGAIN_AFTER, min(age / PAUSE_SHARE, PAUSE_MAX))


def _number_of(receipt: Receipt, external_id: str | None) -> int | None:
    """The number of a document of this receipt, from 1; None for a report that does not name it."""
    first = str(receipt.receipt_id)
    if external_id == first:
        return 1
    _, dash, number = (external_id or "").removeprefix(first).partition("-")
    written = dash and number.isascii() and number.isdigit() and len(number) <= NUMBER_DIGITS_MAX
    return int(number) if written else None


def _age_of_next(number: int) -> timedelta:
    """How old the receipt is when the document after this number is sent."""
    doubled = min(number, DOUBLED_PAUSES)
    return timedelta(minutes=2 ** (doubled - 1), hours=number - doubled)


def _refused(error: ServiceError | None, row: ErrorRow) -> FiscalResponse:
    text = _with_remedy(error, row)
    return _rejected(text) if row.meaning is Meaning.FINAL else _unknown(text)


def _rejected(problem: str, *, contacted: bool = True) -> FiscalResponse:
    return FiscalResponse(outcome=FiscalOutcome.REJECTED, problem=problem, contacted=contacted)


def _unknown(problem: str, *, contacted: bool = True) -> FiscalResponse:
    return FiscalResponse(outcome=FiscalOutcome.UNKNOWN, problem=problem, contacted=contacted)


def _reason(error: ServiceError | None) -> str:
    return f"ATOL Online: {error or 'accepted'}"


def _with_remedy(error: ServiceError | None, row: ErrorRow) -> str:
    return f"{_reason(error)}; {row.remedy}" if row.remedy else _reason(error)


def _without_sense(answer: Answer) -> str:
    return f"ATOL Online: an answer without a result (HTTP {answer.http_status}); asked again"
