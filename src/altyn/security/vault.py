"""Encrypts card numbers into the columns of a row, and decrypts them. This module has no SQL.

Every row has its own data key, which is encrypted (wrapped) under the active key of the ring. A
change of the active key rewraps these 32 bytes of each row while the gateway runs; it decrypts no
card number.
Source: docs/architecture.md.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from altyn.domain.card.values import Pan
from altyn.domain.clearing import clear
from altyn.security.keys import KeyRing

_NONCE_BYTES: Final = 12
_DATA_KEY_BITS: Final = 256
_PAN: Final = b"altyn vault 1: pan"
_DATA_KEY: Final = b"altyn vault 1: data key"
_FINGERPRINT: Final = b"altyn vault 1: fingerprint"


class VaultError(Exception):
    """A card number cannot be decrypted; the message names the key at most."""


class KeyMissingError(VaultError):
    """The ring does not have the row's key: the key file is older than the row, or a wrong one."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the key file has no key {key_id}")
        self.key_id = key_id


class DecryptionError(VaultError):
    """The row was changed, or it belongs to another merchant."""


@dataclass(frozen=True, slots=True)
class EncryptedPan:
    """A card number as a row keeps it.

    `wrapped_key` begins with its own nonce; `nonce` is the nonce of the ciphertext.
    """

    key_id: str
    wrapped_key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)


class Vault:
    """Encrypts, decrypts, rewraps and fingerprints card numbers with the keys of one ring.

    `reread` reads the ring again. A caller does so now and then, and when a row names a key that
    this process does not have yet.
    """

    def __init__(self, ring: KeyRing, *, reread: Callable[[], KeyRing] | None = None) -> None:
        self._reread = reread
        self._keys = _Keys.of(ring)

    @property
    def active_key_id(self) -> str:
        """The id of the key for new rows; rows under any other key are still to be rewrapped."""
        return self._keys.ring.active

    def reread_keys(self) -> None:
        """Read the key file again, so that a running process gets the keys of a rotation.

        It may wait for a key service, so it belongs into a thread; the keys are replaced at once.
        """
        if self._reread is not None:
            self._keys = _Keys.of(self._reread())

    def encrypt(self, pan: Pan, *, merchant_id: int) -> EncryptedPan:
        """Encrypt a card number under a fresh data key, for this merchant only."""
        keys = self._keys
        data_key = AESGCM.generate_key(_DATA_KEY_BITS)
        nonce = os.urandom(_NONCE_BYTES)
        digits = pan.reveal().encode()
        ciphertext = AESGCM(data_key).encrypt(nonce, digits, _context(_PAN, merchant_id))
        clear(digits)
        return EncryptedPan(
            key_id=keys.ring.active,
            wrapped_key=keys.wrap(data_key, merchant_id),
            nonce=nonce,
            ciphertext=ciphertext,
        )

    def decrypt(self, encrypted: EncryptedPan, *, merchant_id: int) -> Pan:
        """Decrypt a card number. Refuses: KeyMissingError, then DecryptionError."""
        data_key = self._keys.unwrap(encrypted, merchant_id)
        try:
            digits = AESGCM(data_key).decrypt(
                encrypted.nonce, encrypted.ciphertext, _context(_PAN, merchant_id)
            )
        except (InvalidTag, ValueError):
            raise DecryptionError("the card number cannot be decrypted") from None
        pan = Pan(digits.decode())
        clear(digits)
        return pan

    def rewrap(self, encrypted: EncryptedPan, *, merchant_id: int) -> EncryptedPan:
        """The same row under the active key; the card number is not decrypted.

        Refuses: KeyMissingError, then DecryptionError.
        """
        keys = self._keys
        if encrypted.key_id == keys.ring.active:
            return encrypted
        data_key = keys.unwrap(encrypted, merchant_id)
        wrapped = keys.wrap(data_key, merchant_id)
        return replace(encrypted, key_id=keys.ring.active, wrapped_key=wrapped)

    def fingerprint(self, pan: Pan, *, merchant_id: int) -> bytes:
        """32 bytes that are the same for the same card of one merchant.

        Fingerprints of two merchants cannot be compared. A rotation does not change a fingerprint:
        the fingerprint key does not rotate.
        """
        # The merchant's number has a fixed width, so two different pairs of merchant and card never
        # give the same message.
        digits = pan.reveal().encode()
        message = _context(_FINGERPRINT, merchant_id) + digits
        fingerprint = hmac.digest(self._keys.ring.fingerprint_key, message, "sha256")
        clear(digits, message)
        return fingerprint


@dataclass(frozen=True, slots=True)
class _Keys:
    """A ring with its ciphers; it is replaced as a whole, so a thread may reread the keys."""

    ring: KeyRing
    wrappers: Mapping[str, AESGCM]

    @classmethod
    def of(cls, ring: KeyRing) -> _Keys:
        return cls(ring, {key_id: AESGCM(key) for key_id, key in ring.vault_keys.items()})

    def wrap(self, data_key: bytes, merchant_id: int) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        wrapper = self.wrappers[self.ring.active]
        return nonce + wrapper.encrypt(nonce, data_key, _context(_DATA_KEY, merchant_id))

    def unwrap(self, encrypted: EncryptedPan, merchant_id: int) -> bytes:
        """The data key. Refuses: KeyMissingError, then DecryptionError."""
        wrapped = encrypted.wrapped_key
        if encrypted.key_id not in self.wrappers:
            raise KeyMissingError(encrypted.key_id)
        try:
            return self.wrappers[encrypted.key_id].decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _context(_DATA_KEY, merchant_id)
            )
        except (InvalidTag, ValueError):
            raise DecryptionError("the data key cannot be decrypted") from None


def _context(purpose: bytes, merchant_id: int) -> bytes:
    """Associated data: the purpose of the bytes, and the merchant that they belong to.

    A row that was copied to another merchant cannot be decrypted.
    """
    return purpose + merchant_id.to_bytes(8, "big", signed=True)
