"""The simulated cash registers with their operator (OFD): print receipts and number documents.

Each shop has a register of its own: a fiscal drive (FN) with growing document numbers, shifts of
24 hours by the gateway's clock, a fiscal sign per document. It is as strict as a real one: a
receipt without a contact, with a line that does not multiply, or with a wrong sum is refused.
Source: fiscal.md §9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from altyn.protocol.cash_register import (
    FAILS,
    SILENT,
    SLOW,
    NoAnswerError,
    RegisterAnswer,
    RegisterDocument,
    RegisterFault,
    RegisterRequest,
    RegisterState,
)
from altyn.simulators.database import Pool, apply_schema, statements

DELAY: Final = timedelta(seconds=2)
SLOW_DELAY: Final = timedelta(hours=3)
SHIFT: Final = timedelta(hours=24)
SILENT_CALLS: Final = 2
NAME_LENGTH_MAX: Final = 128
FN_PREFIX: Final = "9999078900"

_HERE: Final = Path(__file__).parent
_SCHEMA: Final = (_HERE / "schema.sql").read_text("utf-8")
_SQL: Final = statements(_HERE / "queries.sql")
_FAULT_BY_WORD: Final = {
    FAILS: RegisterFault.FAILS,
    SILENT: RegisterFault.SILENT,
    SLOW: RegisterFault.SLOW,
}


class CashRegisters:
    """The registers of all shops. Their state is the database, so processes may share them.

    `clock_now` returns aware UTC. Commits do not wait for the disk: the gateway's own commit, which
    saves what the register has said, comes after them in the same write-ahead log.
    """

    def __init__(self, pool: Pool, clock_now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._clock_now = clock_now

    @staticmethod
    async def prepare(pool: Pool) -> None:
        """Create the tables if they are missing; safe for concurrent processes."""
        await apply_schema(pool, _SCHEMA)

    async def handle(self, request: RegisterRequest) -> RegisterAnswer:
        """Take a receipt, or say how far it is. Raises NoAnswerError: the fault SILENT."""
        now = self._clock_now()
        fault = _fault(request)
        problem = _problem(request, fault)
        row = await self._pool.fetchrow(
            _SQL["receive"],
            request.receipt_id,
            request.shop,
            request.returns_money,
            request.amount_minor,
            request.contact,
            fault.value,
            (RegisterState.FAILED if problem else RegisterState.WAITING).value,
            now,
            now + (SLOW_DELAY if fault is RegisterFault.SLOW else DELAY),
            problem,
        )
        assert row is not None, "the statement inserts or updates one row"
        if row["state"] == RegisterState.WAITING and row["ready_at"] <= now:
            row = await self._pool.fetchrow(_SQL["print"], request.receipt_id, now, SHIFT) or row
        if row["fault"] == RegisterFault.SILENT and row["calls"] <= SILENT_CALLS:
            raise NoAnswerError
        return _answer(row)

    async def printed(self, shop: str) -> Sequence[Any]:
        """What a shop's register has printed, in the order of the documents."""
        return await self._pool.fetch(_SQL["printed"], shop)


def _answer(row: Any) -> RegisterAnswer:
    return RegisterAnswer(
        state=RegisterState(row["state"]),
        ready_at=row["ready_at"],
        document=_document(row) if row["document"] is not None else None,
        problem=row["problem"],
    )


def _document(row: Any) -> RegisterDocument:
    register = row["register"]
    return RegisterDocument(
        registered_at=row["printed_at"],
        fn_number=f"{FN_PREFIX}{register % 1_000_000:06}",
        ecr_registration_number=f"{register % 10**16:016}",
        serial_number=f"SIM{register:07}",
        document_number=row["document"],
        document_attribute=_fiscal_sign(row),
        shift_number=row["shift"],
        receipt_number=row["receipt"],
        amount_minor=row["amount_minor"],
        ofd_receipt_id=row["receipt_id"],
    )


def _fault(request: RegisterRequest) -> RegisterFault:
    """The fault that the first product's name with a word for one asks for, else the shop's."""
    words = (
        fault
        for line in request.lines
        for word, fault in _FAULT_BY_WORD.items()
        if word in line.name
    )
    return next(words, request.fault)


def _problem(request: RegisterRequest, fault: RegisterFault) -> str | None:
    """Why the register refuses a receipt; None when it prints it."""
    if fault is RegisterFault.FAILS:
        return f"the simulated cash register refuses it: {FAILS} in a name, or the shop's setting"
    if not request.contact:
        return "no e-mail address and no phone number of the payer: send email or phone"
    if not request.lines:
        return "a receipt needs at least one line"
    for place, line in enumerate(request.lines, 1):
        if len(line.name) > NAME_LENGTH_MAX:
            return f"line {place}: a name of more than {NAME_LENGTH_MAX} characters"
        product = (line.price_minor * line.quantity_thousandths + 500) // 1000
        if product != line.amount_minor:
            return f"line {place}: price x quantity = {product}, but the amount {line.amount_minor}"
    total = sum(line.amount_minor for line in request.lines)
    if total != request.amount_minor:
        return f"the lines are {total}, but the receipt {request.amount_minor}"
    return None


def _fiscal_sign(row: Any) -> str:
    """The ten digits by which a document can be checked."""
    facts = ".".join(str(row[name]) for name in ("register", "document", "receipt_id"))
    digest = hashlib.blake2b(f"{facts}.{row['amount_minor']}".encode(), digest_size=4).digest()
    return f"{int.from_bytes(digest):010}"
