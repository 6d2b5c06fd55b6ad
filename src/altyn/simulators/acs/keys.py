"""What the pretended ACS derives from its one key: account references, CAVVs, sealed page states.

A keyed hash names a thing without storing a secret about it, and every process with the key derives
the same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

import msgspec

from altyn.protocol.threeds import ThreeDSFormatError
from altyn.protocol.threeds_version1 import CAVV_BYTES

SEALED_CHARS_MAX: Final = 16_384


def derived(key: bytes, purpose: str, text: str) -> str:
    """A name for `text`: 40 hexadecimal digits that only the holder of the key can make."""
    return _mac(key, purpose, text.encode()).hex()[:40]


def cavv(key: bytes, authentication_id: str) -> str:
    """The CAVV of an authentication: 20 bytes in base64, 28 characters."""
    return base64.b64encode(_mac(key, "cavv", authentication_id.encode())[:CAVV_BYTES]).decode()


def seal(key: bytes, purpose: str, *fields: str) -> str:
    """Fields for a hidden form field: legible to the browser, but not to be changed by it."""
    said = msgspec.json.encode(fields)
    mac = _mac(key, purpose, said)
    return base64.urlsafe_b64encode(mac + said).decode()


def unseal(key: bytes, purpose: str, sealed: str, count: int) -> list[str]:
    """The `count` fields sealed for that purpose. Refuses (ThreeDSFormatError): anything else."""
    if len(sealed) > SEALED_CHARS_MAX:
        raise ThreeDSFormatError("the sealed state is too long")
    try:
        opened = base64.b64decode(sealed, altchars=b"-_", validate=True)
    except ValueError:
        raise ThreeDSFormatError("the sealed state is not base64url") from None
    size = hashlib.sha256().digest_size
    mac, said = opened[:size], opened[size:]
    if not hmac.compare_digest(mac, _mac(key, purpose, said)):
        raise ThreeDSFormatError("the sealed state is not ours")
    fields = msgspec.json.decode(said, type=list[str])
    if len(fields) != count:
        raise ThreeDSFormatError("the sealed state is of another kind")
    return fields


def _mac(key: bytes, purpose: str, said: bytes) -> bytes:
    # The purpose has no colon, so no message of one purpose can be taken for another's.
    assert ":" not in purpose
    return hmac.new(key, f"acs:{purpose}:".encode() + said, hashlib.sha256).digest()
