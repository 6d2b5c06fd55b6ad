"""The parameters of a receipt that a shop's own cash register has made. Source: fiscal.md §11."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from altyn.domain.receipt.values import ReceiptKind
from altyn.protocol import types as t
from altyn.protocol.malformed import Malformed

KINDS: Final = {
    "sell": ReceiptKind.EXTERNAL_PAYMENT,
    "sell_refund": ReceiptKind.EXTERNAL_REFUND,
    "correction": ReceiptKind.EXTERNAL_CORRECTION,
}
_SIGN: Final = re.compile("[0-9]{1,10}")
_ROUBLES: Final = re.compile(r"([0-9]{1,13})(?:[.,]([0-9]{1,2}))?")
_MILLISECONDS_DIGITS: Final = 13
_MILLISECONDS_MAX: Final = 4_102_444_800_000  # 2100


def _kind(value: str, _: t.Context) -> ReceiptKind:
    if value not in KINDS:
        raise Malformed(f"not one of {', '.join(KINDS)}")
    return KINDS[value]


def _milliseconds(value: str, _: t.Context) -> datetime:
    digits = value.isascii() and value.isdigit() and len(value) <= _MILLISECONDS_DIGITS
    if not digits or int(value) > _MILLISECONDS_MAX:
        raise Malformed("not a moment in milliseconds since 1970")
    return datetime.fromtimestamp(int(value) / 1000, UTC)


def _roubles(value: str, _: t.Context) -> int:
    """A sum with its hundredths, such as 100.00, as minor units."""
    match = _ROUBLES.fullmatch(value)
    if match is None:
        raise Malformed("not a sum of the form 100.00")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _fiscal_sign(value: str, _: t.Context) -> str:
    if not _SIGN.fullmatch(value):
        raise Malformed("not 1 to 10 digits")
    return value


FISCAL_SIGN: Final = t.Type("N..10", _fiscal_sign, pattern="[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class ExternalRow:
    """One member of the receipt: its name, its type, the field, and whether it is mandatory."""

    name: str
    type: t.Type
    field: str
    note: str
    required: bool = False


EXTERNAL_ROWS: Final = (
    ExternalRow("receiptType", t.Type(", ".join(KINDS), _kind, enumeration=tuple(KINDS)), "kind",
                "A sale, money that goes back, or a correction.", required=True),
    ExternalRow("fn_number", t.code(16), "fn_number", "The fiscal drive.", required=True),
    ExternalRow("fiscal_document_number", t.digits(10, low=1), "document_number",
                "The document's number in the fiscal drive.", required=True),
    ExternalRow("fiscal_document_attribute", FISCAL_SIGN, "document_attribute", "The fiscal sign.",
                required=True),
    ExternalRow("receipt_datetime", t.Type("N..13", _milliseconds, pattern="[0-9]{1,13}"),
                "registered_at", "When it was made, milliseconds since 1970.", required=True),
    ExternalRow("amount_total", t.Type("N..13.2", _roubles, pattern=_ROUBLES.pattern),
                "amount_minor", "The sum, such as 100.00.", required=True),
    ExternalRow("shift_number", t.digits(6), "shift_number", "The shift of the cash register."),
    ExternalRow("fiscal_receipt_number", t.digits(6), "receipt_number",
                "The receipt's number within the shift."),
    ExternalRow("ecr_registration_number", t.text(20), "ecr_registration_number",
                "The cash register's number at the tax service."),
    ExternalRow("ofd_receipt_url", t.CALLBACK_URL, "ofd_receipt_url", "The receipt at the OFD."),
    ExternalRow("OFD", t.FLAT_JSON, "ofd", "The OFD: name, website, inn."),
)  # fmt: skip


def _external_receipt(value: str, context: t.Context) -> dict[str, Any]:
    """All members of one JSON object, read by their rows."""
    sent = t.JSON.parse(value, context)
    if not isinstance(sent, dict):
        raise Malformed("not a JSON object")
    values: dict[str, Any] = {}
    for row in EXTERNAL_ROWS:
        member = sent.get(row.name)
        if member is None or member == "":
            if row.required:
                raise Malformed(f"{row.name} is mandatory, but missing")
            continue
        text = member if isinstance(member, str) else msgspec.json.encode(member).decode()
        try:
            values[row.field] = row.type.parse(text, context)
        except Malformed as fault:
            raise Malformed(f"{row.name}: {fault}") from None
    return values


EXTERNAL_RECEIPT: Final = t.Type("JSON", _external_receipt, json=True, masks=True)
