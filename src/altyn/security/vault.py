"""The card vault's cryptography: a card number goes in, columns of a row come out, and back; no SQL
is here.
 Every row has a data key of its own, wrapped by the ring's active key, so that keys are changed
online by rewrapping 32 bytes a row and never by touching a card number.

Source: docs/architecture.md.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from altyn.domain.card.values import Pan
from altyn.security.keys import KeyRing

_NONCE_BYTES: Final = 12
_DATA_KEY_BITS: Final = 256
_PAN: Final = b"altyn vault 1: pan"
_DATA_KEY: Final = b"altyn vault 1: data key"
_FINGERPRINT: Final = b"altyn vault 1: fingerprint"


class VaultError(Exception):
    """A sealed card number does not open; the message names the key at most."""


class KeyMissingError(VaultError):
    """The ring has no key of the id the row names: the key file is older than the row, or
    another's."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the key file has no key {key_id}")
        self.key_id = key_id


class SealBrokenError(VaultError):
    """The row was changed, or it belongs to another merchant."""


@dataclass(frozen=True, slots=True)
class SealedPan:
    """A card number as a row keeps it; `wrapped_key` begins with its own nonce, `nonce` is the
    ciphertext's."""

    key_id: str
    wrapped_key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)


class Vault:
    """Seals, opens, rewraps and fingerprints card numbers with the keys of one ring.

    `reread` gives the ring anew; it is asked when a row names a key that this process has not seen
    yet.
    """

    def __init__(self, ring: KeyRing, *, reread: Callable[[], KeyRing] | None = None) -> None:
        self._reread = reread
        self._take(ring)

    @property
    def active_key_id(self) -> str:
        """Rows of any other key id wait for `rewrap`."""
        return self._ring.active

    def reread_keys(self) -> None:
        """Take the key file's present content, so that a rotation reaches a running process."""
        if self._reread is not None:
            self._take(self._reread())

    def seal(self, pan: Pan, *, merchant_id: int) -> SealedPan:
        """Encrypt a card number under a fresh data key, for this merchant only."""
        data_key = AESGCM.generate_key(_DATA_KEY_BITS)
        nonce = os.urandom(_NONCE_BYTES)
        digits = pan.reveal().encode()
        return SealedPan(
            key_id=self._ring.active,
            wrapped_key=self._wrap(data_key, merchant_id),
            nonce=nonce,
            ciphertext=AESGCM(data_key).encrypt(nonce, digits, _bound(_PAN, merchant_id)),
        )

    def open(self, sealed: SealedPan, *, merchant_id: int) -> Pan:
        """Decrypt a card number. Refuses: KeyMissingError, then SealBrokenError."""
        data_key = self._unwrap(sealed, merchant_id)
        try:
            digits = AESGCM(data_key).decrypt(
                sealed.nonce, sealed.ciphertext, _bound(_PAN, merchant_id)
            )
        except (InvalidTag, ValueError):
            raise SealBrokenError("the card number does not open") from None
        return Pan(digits.decode())

    def rewrap(self, sealed: SealedPan, *, merchant_id: int) -> SealedPan:
        """The same row under the active key; the card number's ciphertext stays as it is and is not
        opened.

        Refuses: KeyMissingError, then SealBrokenError.
        """
        if sealed.key_id == self._ring.active:
            return sealed
        data_key = self._unwrap(sealed, merchant_id)
        wrapped = self._wrap(data_key, merchant_id)
        return replace(sealed, key_id=self._ring.active, wrapped_key=wrapped)

    def fingerprint(self, pan: Pan, *, merchant_id: int) -> bytes:
        """32 bytes by which one shop knows a card again, and by which two shops cannot compare
        theirs.

        It stays the same over rotations: the fingerprint key is not one of those that rotate.
        """
        # The merchant's number has a fixed width, so no two (merchant, card) pairs spell the same
        # message.
        message = _bound(_FINGERPRINT, merchant_id) + pan.reveal().encode()
        return hmac.digest(self._ring.fingerprint_key, message, "sha256")

    def _take(self, ring: KeyRing) -> None:
        self._wrappers = {key_id: AESGCM(key) for key_id, key in ring.vault_keys.items()}
        self._ring = ring

    def _wrap(self, data_key: bytes, merchant_id: int) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        wrapper = self._wrappers[self._ring.active]
        return nonce + wrapper.encrypt(nonce, data_key, _bound(_DATA_KEY, merchant_id))

    def _unwrap(self, sealed: SealedPan, merchant_id: int) -> bytes:
        wrapped = sealed.wrapped_key
        try:
            return self._wrapper(sealed.key_id).decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _bound(_DATA_KEY, merchant_id)
            )
        except (InvalidTag, ValueError):
            raise SealBrokenError("the data key does not open") from None

    def _wrapper(self, key_id: str) -> AESGCM:
        if key_id not in self._wrappers:
            self.reread_keys()
        try:
            return self._wrappers[key_id]
        except KeyError:
            raise KeyMissingError(key_id) from None


def _bound(purpose: bytes, merchant_id: int) -> bytes:
    """Associated data: what the bytes are and whose, so that a row carried to another merchant does
    not open."""
    return purpose + merchant_id.to_bytes(8, "big", signed=True)
