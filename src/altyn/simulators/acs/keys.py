"""Values that the ACS simulator derives from its key: accounts, CAVVs, signed page states.

They are keyed hashes: nothing is stored, and every process with the key derives the same values.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

import msgspec

from altyn.protocol.threeds import ThreeDSFormatError
from altyn.protocol.threeds_version1 import CAVV_BYTES

SIGNED_CHARS_MAX: Final = 16_384


def derived(key: bytes, purpose: str, text: str) -> str:
    """An identifier of `text`: 40 hexadecimal digits that only the key's owner can derive."""
    return _mac(key, purpose, text.encode()).hex()[:40]


def cavv(key: bytes, authentication_id: str) -> str:
    """The CAVV of an authentication: 20 bytes in base64, 28 characters."""
    return base64.b64encode(_mac(key, "cavv", authentication_id.encode())[:CAVV_BYTES]).decode()


def sign(key: bytes, purpose: str, *fields: str) -> str:
    """The fields as signed text for a hidden field; the browser can read it but not change it."""
    payload = msgspec.json.encode(fields)
    mac = _mac(key, purpose, payload)
    return base64.urlsafe_b64encode(mac + payload).decode()


def verify(key: bytes, purpose: str, signed: str, count: int) -> list[str]:
    """The `count` fields of a signed text with this purpose. Raises ThreeDSFormatError."""
    if len(signed) > SIGNED_CHARS_MAX:
        raise ThreeDSFormatError("the page state is too long")
    try:
        decoded = base64.b64decode(signed, altchars=b"-_", validate=True)
    except ValueError:
        raise ThreeDSFormatError("the page state is not base64url") from None
    size = hashlib.sha256().digest_size
    mac, payload = decoded[:size], decoded[size:]
    if not hmac.compare_digest(mac, _mac(key, purpose, payload)):
        raise ThreeDSFormatError("the signature of the page state is wrong")
    fields = msgspec.json.decode(payload, type=list[str])
    if len(fields) != count:
        raise ThreeDSFormatError("the page state has a wrong number of fields")
    return fields


def _mac(key: bytes, purpose: str, payload: bytes) -> bytes:
    # The purpose has no colon, so a message of one purpose is never valid for another.
    assert ":" not in purpose
    return hmac.new(key, f"acs:{purpose}:".encode() + payload, hashlib.sha256).digest()
