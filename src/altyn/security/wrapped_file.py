"""A wrapped key file: its content is encrypted under a key of its own, the file key, which a key
service wraps.

The service is called once for a file key. A change of the content keeps the file key, so the
running processes read the change without the service.
Source: docs/decisions/0021-keys-and-cards-in-clear.md.
"""

import os
import secrets
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from altyn.domain.key_service import KeyService

FORMAT: Final = "altyn-keys-2"
FILE_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_CONTEXT: Final = b"altyn key file 2"


class WrappedFileChangedError(Exception):
    """The content was not encrypted under the file key: the file was changed or is damaged."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """The file key as the file has it, wrapped by the named key of a service, and in clear."""

    wrapped_by: str
    wrapped: str
    key: bytes = field(repr=False)

    @classmethod
    def new(cls, service: KeyService) -> "FileKey":
        """A fresh file key. Raises KeyServiceError."""
        return cls.wrapped_again(secrets.token_bytes(FILE_KEY_BYTES), service)

    @classmethod
    def wrapped_again(cls, key: bytes, service: KeyService) -> "FileKey":
        """The same file key, wrapped by the newest key of a service. Raises KeyServiceError."""
        return cls(service.name, service.wrap(key), key)


class WrappedFile(msgspec.Struct, forbid_unknown_fields=True):
    """The content of a wrapped key file; msgspec writes bytes as base64."""

    format: Literal["altyn-keys-2"]
    wrapped_by: str
    wrapped_key: str
    nonce: bytes
    ciphertext: bytes

    def file_key(self, service: KeyService) -> FileKey:
        """The file key, unwrapped by the service. Raises KeyServiceError."""
        return FileKey(self.wrapped_by, self.wrapped_key, service.unwrap(self.wrapped_key))

    def content(self, file_key: FileKey) -> bytes:
        """The decrypted content. Raises WrappedFileChangedError."""
        try:
            return AESGCM(file_key.key).decrypt(self.nonce, self.ciphertext, _CONTEXT)
        except (InvalidTag, ValueError):
            raise WrappedFileChangedError from None


def encrypt_content(content: bytes, file_key: FileKey) -> bytes:
    """A wrapped key file with this content."""
    nonce = os.urandom(_NONCE_BYTES)
    wrapped = WrappedFile(
        format="altyn-keys-2",
        wrapped_by=file_key.wrapped_by,
        wrapped_key=file_key.wrapped,
        nonce=nonce,
        ciphertext=AESGCM(file_key.key).encrypt(nonce, content, _CONTEXT),
    )
    return msgspec.json.format(msgspec.json.encode(wrapped)) + b"\n"
