"""Reads the answers of ATOL Online: of a registration, of a report, of a request for a token.

Numbers may come as texts, and members may be missing. Source: fiscal.md §14.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

from altyn.domain.moscow import from_moscow
from altyn.domain.receipt.values import FiscalData
from altyn.outbound.receipts.atol.document import TIME_FORMAT

TEXT_LENGTH_MAX: Final = 500
_decode: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


class AnswerError(Exception):
    """The answer cannot be read."""


class Status(StrEnum):
    """How far the provider is with a document."""

    WAIT = "wait"
    DONE = "done"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class ServiceError:
    """The error of an answer. `kind` is its `type`: system, agent, driver, timeout, unknown."""

    code: int
    text: str
    kind: str

    def __str__(self) -> str:
        return f"error {self.code} ({self.kind}): {self.text}" if self.text else f"{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer of the provider; members that it does not have are None."""

    http_status: int
    error: ServiceError | None = None
    uuid: str | None = None
    external_id: str | None = None
    status: Status | None = None
    token: str | None = None
    fiscal: FiscalData | None = None


def read_answer(http_status: int, body: bytes) -> Answer:
    """The answer of a body. Raises AnswerError for a body that is no JSON object."""
    try:
        members = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AnswerError from None
    return Answer(
        http_status=http_status,
        error=_error(members.get("error")),
        uuid=_uuid(members.get("uuid")),
        external_id=_text(members.get("external_id")),
        status=_status(members.get("status")),
        token=_text(members.get("token")),
        fiscal=_fiscal(members.get("payload")),
    )


def _error(sent: object) -> ServiceError | None:
    if not isinstance(sent, Mapping):
        return None
    code = _number(sent.get("code"))
    return ServiceError(
        code=0 if code is None else code,
        text=(_text(sent.get("text")) or "")[:TEXT_LENGTH_MAX],
        kind=_text(sent.get("type")) or "",
    )


def _uuid(sent: object) -> str | None:
    """An id of a document, which becomes a part of an address."""
    try:
        return str(UUID(sent)) if isinstance(sent, str) else None
    except ValueError:
        return None


def _status(sent: object) -> Status | None:
    return Status(sent) if isinstance(sent, str) and sent in set(Status) else None


def _fiscal(sent: object) -> FiscalData | None:
    """The data of a registered receipt; None without the numbers that every receipt has."""
    if not isinstance(sent, Mapping):
        return None
    registered_at = _moment(sent.get("receipt_datetime"))
    document_number = _number(sent.get("fiscal_document_number"))
    total = _minor(sent.get("total"))
    fn_number = _text(sent.get("fn_number"))
    sign = _text(sent.get("fiscal_document_attribute"))
    if registered_at is None or document_number is None or total is None:
        return None
    if not fn_number or not sign:
        return None
    return FiscalData(
        registered_at=registered_at,
        fn_number=fn_number,
        ecr_registration_number=_text(sent.get("ecr_registration_number")) or "",
        document_number=document_number,
        document_attribute=sign,
        shift_number=_number(sent.get("shift_number")) or 0,
        receipt_number=_number(sent.get("fiscal_receipt_number")) or 0,
        amount_minor=total,
        fns_site=_text(sent.get("fns_site")) or "",
        ofd_receipt_url=_text(sent.get("ofd_receipt_url")) or "",
        ofd_inn=_text(sent.get("ofd_inn")) or "",
    )


def _text(sent: object) -> str | None:
    """A text, or the digits of a number; without the character that PostgreSQL cannot store."""
    if isinstance(sent, bool) or not isinstance(sent, str | int | Decimal):
        return None
    return str(sent).replace("\0", "")


def _number(sent: object) -> int | None:
    number = _decimal(sent)
    return int(number) if number is not None and number == number.to_integral_value() else None


def _minor(sent: object) -> int | None:
    number = _decimal(sent)
    if number is None:
        return None
    minor = number.scaleb(2)
    return int(minor) if minor == minor.to_integral_value() else None


def _decimal(sent: object) -> Decimal | None:
    try:
        number = Decimal(_text(sent) or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10**15) else None


def _moment(sent: object) -> datetime | None:
    """A Moscow time as UTC."""
    try:
        return from_moscow(sent, TIME_FORMAT) if isinstance(sent, str) else None
    except ValueError:
        return None
