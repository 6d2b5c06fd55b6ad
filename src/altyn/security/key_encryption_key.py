"""The key service that is one key of 32 bytes, from the environment or a file of its own."""

import base64
import os
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from altyn.domain.key_service import KeyServiceError, KeyTextError, parse_key
from altyn.security.key_files import KeyFileError, read_key_file

_FORM: Final = "aes256gcm:"
_NONCE_BYTES: Final = 12
_CONTEXT: Final = b"altyn key-encryption key 1"
_NAME_DIGITS: Final = 8


class KeyEncryptionKey:
    """Implements `KeyService` with a key that this process has; `source` is where it is from."""

    def __init__(self, key: bytes, *, source: str) -> None:
        self._cipher = AESGCM(key)
        self._source = source
        # A digest of the key: shows which key wrapped a file, and reveals nothing of 32 random
        # bytes.
        self.name = f"key {sha256(_CONTEXT + key).hexdigest()[:_NAME_DIGITS]}"

    def wrap(self, key: bytes) -> str:
        """The key, encrypted with AES-256-GCM."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORM + base64.b64encode(nonce + self._cipher.encrypt(nonce, key, _CONTEXT)).decode()

    def unwrap(self, wrapped: str) -> bytes:
        """Raises KeyServiceError: another key wrapped it, or it was changed."""
        try:
            content = base64.b64decode(wrapped.removeprefix(_FORM), validate=True)
            return self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _CONTEXT)
        except (InvalidTag, ValueError):
            raise KeyServiceError(
                f"{self._source} has another key than the one that wrapped the key file. Set the "
                "key that was used by `altyn keys wrap`."
            ) from None


def read_key_encryption_key(path: Path) -> bytes:
    """The key of a file that only its owner may open. Raises KeyFileError."""
    try:
        return parse_key(read_key_file(path).decode("ascii"))
    except (KeyTextError, UnicodeDecodeError) as error:
        what = str(error) if isinstance(error, KeyTextError) else "it is not a key"
        remedy = "Restore it from a backup; another key cannot unwrap the key file."
        raise KeyFileError(what=what, where=path, remedy=remedy) from None
