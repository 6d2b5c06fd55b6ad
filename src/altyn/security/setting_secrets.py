"""Encrypts and decrypts the secret settings of merchants, as the password at a fiscal provider.

The key is derived from the key file, so a stolen database dump reveals no password. A value that
was copied to another merchant or setting cannot be decrypted. Source: docs/architecture.md.
"""

import base64
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from altyn.security.keys import KeyRing

_PURPOSE: Final = "secret settings of merchants"
_NONCE_BYTES: Final = 12
_CONTEXT: Final = b"altyn secret setting 1"
FORM: Final = "encrypted1:"


class SettingSecrets:
    """Encrypts and decrypts values; `key` is derived from the key file."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def of(cls, ring: KeyRing) -> "SettingSecrets":
        """The secrets of an installation."""
        return cls(ring.derive(_PURPOSE))

    def encrypt(self, merchant_id: int, key: str, value: str) -> str:
        """The encrypted value of a setting, as it is stored."""
        nonce = os.urandom(_NONCE_BYTES)
        secret = self._cipher.encrypt(nonce, value.encode(), _context(merchant_id, key))
        return FORM + base64.b64encode(nonce + secret).decode()

    def reveal(self, merchant_id: int, key: str, stored: str) -> str | None:
        """The value of a stored text; None: another key file was used, or the text was changed."""
        try:
            content = base64.b64decode(stored.removeprefix(FORM), validate=True)
            nonce, secret = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, secret, _context(merchant_id, key)).decode()
        except (InvalidTag, ValueError):
            return None


def _context(merchant_id: int, key: str) -> bytes:
    return _CONTEXT + merchant_id.to_bytes(8, "big", signed=True) + key.encode()
