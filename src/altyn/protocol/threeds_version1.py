"""3-D Secure version 1: PaReq and PaRes, base64 of deflated XML, carried by the payer's browser.

The PaRes is signed by the ACS, because the browser that carries it has an interest in its contents.
Source: payment-page.md §4.1; codes.md §5.1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from altyn.protocol.flat_xml import FlatXmlError, read_flat_xml, write_flat_xml
from altyn.protocol.threeds import (
    SignatureInvalid,
    ThreeDSFormatError,
    TransStatus,
    bounded,
    check_url,
)

UNPACKED_BYTES_MAX: Final = 65_536  # a real message is under 2 KiB; a zlib bomb a thousand times it
XID_BYTES: Final = 20
CAVV_BYTES: Final = 20
AMOUNT_DIGITS_MAX: Final = 18  # fits PostgreSQL's bigint

PARES_STATUSES: Final = frozenset(
    {
        TransStatus.AUTHENTICATED,
        TransStatus.FAILED,
        TransStatus.ATTEMPTED,
        TransStatus.UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaReq:
    """The question to the ACS. `xid` is base64 of 20 bytes; the answer must carry the same."""

    message_id: str
    account: str
    merchant: str
    amount_minor: int
    currency: str
    xid: str
    term_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaRes:
    """The answer of the ACS. `cavv` (28 characters) and `eci` are there for Y and A."""

    message_id: str
    status: TransStatus
    xid: str
    eci: int | None = None
    cavv: str | None = None


def new_xid() -> str:
    """A fresh XID: 20 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(XID_BYTES)).decode()


def build_pareq(pareq: PaReq) -> str:
    """Pack a PaReq for the form field of that name."""
    return _pack_xml(
        "PAReq",
        {
            "id": pareq.message_id,
            "acctID": pareq.account,
            "merchant": pareq.merchant,
            "purchAmount": str(pareq.amount_minor),
            "currency": pareq.currency,
            "xid": pareq.xid,
            "termUrl": pareq.term_url,
        },
    )


def parse_pareq(text: str) -> PaReq:
    """Unpack a PaReq. Refuses (ThreeDSFormatError): packing, XML, a missing or malformed field."""
    fields = _unpack_xml("PAReq", text)
    term_url = _field(fields, "termUrl")
    check_url(term_url)
    return PaReq(
        message_id=_field(fields, "id"),
        account=_field(fields, "acctID"),
        merchant=_field(fields, "merchant"),
        amount_minor=_digits(_field(fields, "purchAmount")),
        currency=_field(fields, "currency"),
        xid=_base64_of(_field(fields, "xid"), XID_BYTES, "XID"),
        term_url=term_url,
    )


def build_pares(pares: PaRes, key: bytes) -> str:
    """Pack and sign a PaRes for the form field of that name."""
    assert pares.status in PARES_STATUSES
    fields = {"id": pares.message_id, "status": pares.status.value, "xid": pares.xid}
    if pares.eci is not None:
        fields["eci"] = str(pares.eci)
    if pares.cavv is not None:
        fields["cavv"] = pares.cavv
    return _pack_xml("PARes", fields | {"signature": _sign_pares(pares, key)})


def parse_pares(text: str, key: bytes) -> PaRes:
    """Unpack a PaRes and verify its signature.

    Refuses: ThreeDSFormatError (packing, XML, a field), then SignatureInvalid.
    """
    fields = _unpack_xml("PARes", text)
    pares = PaRes(
        message_id=_field(fields, "id"),
        status=_pares_status(_field(fields, "status")),
        xid=_base64_of(_field(fields, "xid"), XID_BYTES, "XID"),
        eci=_digits(fields["eci"]) if "eci" in fields else None,
        cavv=_base64_of(fields["cavv"], CAVV_BYTES, "CAVV") if "cavv" in fields else None,
    )
    signature = _field(fields, "signature")
    if not hmac.compare_digest(_sign_pares(pares, key).encode(), signature.encode()):
        raise SignatureInvalid("the PaRes is not signed by the ACS")
    return pares


def _sign_pares(pares: PaRes, key: bytes) -> str:
    # A JSON array keeps the fields apart, so that none can borrow a character of its neighbour.
    fields = msgspec.json.encode(
        [pares.message_id, pares.status.value, pares.xid, pares.eci, pares.cavv]
    )
    return hmac.new(key, b"PARes\n" + fields, hashlib.sha256).hexdigest()


def _pares_status(text: str) -> TransStatus:
    try:
        status = TransStatus(text)
    except ValueError:
        raise ThreeDSFormatError("unknown PARes status") from None
    if status not in PARES_STATUSES:
        raise ThreeDSFormatError("not a PARes status")
    return status


def _pack_xml(root: str, fields: Mapping[str, str]) -> str:
    try:
        document = write_flat_xml(root, fields)
    except FlatXmlError as error:
        raise ThreeDSFormatError(str(error)) from error
    return base64.b64encode(zlib.compress(document)).decode()


def _unpack_xml(root: str, text: str) -> dict[str, str]:
    try:
        return read_flat_xml(root, _inflate(_from_base64("".join(bounded(text).split()))))
    except FlatXmlError as error:
        raise ThreeDSFormatError(str(error)) from error


def _inflate(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        unpacked = inflater.decompress(packed, UNPACKED_BYTES_MAX)
    except zlib.error:
        raise ThreeDSFormatError("not deflated data") from None
    if not inflater.eof or inflater.unused_data:
        raise ThreeDSFormatError("deflated data too long, cut off, or followed by more")
    return unpacked


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ThreeDSFormatError("not base64") from None


def _field(fields: Mapping[str, str], name: str) -> str:
    text = fields.get(name, "")
    if not text:
        raise ThreeDSFormatError(f"no {name}")
    return text


def _digits(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= AMOUNT_DIGITS_MAX):
        raise ThreeDSFormatError("not a number")
    return int(text)


def _base64_of(text: str, size: int, name: str) -> str:
    if len(_from_base64(text)) != size:
        raise ThreeDSFormatError(f"the {name} is not {size} bytes")
    return text
