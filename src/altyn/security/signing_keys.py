"""Makes, encrypts and decrypts the RSA keys that sign callbacks, and makes their certificates.

A private key is encrypted under a key that is derived from the key file, so a stolen database dump
cannot be used to sign. Source: callbacks.md §6.3.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

SIGNING_KEY_PURPOSE: Final = "callback signing keys"
"""The purpose of the encryption key, which is `KeyRing.derive(SIGNING_KEY_PURPOSE)`."""

KEY_BITS: Final = 2048
CERTIFICATE_YEARS: Final = 10
_EXPONENT: Final = 65537
_NONCE_BYTES: Final = 12
_CONTEXT: Final = b"altyn callback signing key 1"


class KeyNotDecryptedError(Exception):
    """A private key cannot be decrypted: another key file was used, or the row was changed."""


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """The owner of a private key; a row that was copied to another merchant cannot be decrypted."""

    merchant_id: int
    alias: str

    @property
    def associated_data(self) -> bytes:
        """The bytes that are authenticated together with the private key."""
        merchant = self.merchant_id.to_bytes(8, "big", signed=True)
        return _CONTEXT + merchant + self.alias.encode()


class PrivateKeyCipher:
    """Encrypts and decrypts private keys; `key` is `KeyRing.derive(SIGNING_KEY_PURPOSE)`."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def encrypt(self, private_key: rsa.RSAPrivateKey, owner: KeyOwner) -> bytes:
        """The encrypted private key, as it is stored."""
        nonce = os.urandom(_NONCE_BYTES)
        secret = private_key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return nonce + self._cipher.encrypt(nonce, secret, owner.associated_data)

    def decrypt(self, stored: bytes, owner: KeyOwner) -> rsa.RSAPrivateKey:
        """The private key of stored bytes. Raises KeyNotDecryptedError."""
        nonce, secret = stored[:_NONCE_BYTES], stored[_NONCE_BYTES:]
        try:
            content = self._cipher.decrypt(nonce, secret, owner.associated_data)
        except (InvalidTag, ValueError):
            raise KeyNotDecryptedError from None
        private_key = serialization.load_der_private_key(content, password=None)
        assert isinstance(private_key, rsa.RSAPrivateKey)
        return private_key


def new_private_key() -> rsa.RSAPrivateKey:
    """A fresh RSA key; takes a large part of a second."""
    return rsa.generate_private_key(_EXPONENT, KEY_BITS)


def certificate_of(private_key: rsa.RSAPrivateKey, login: str, now: datetime) -> str:
    """A self-signed certificate for the merchant's login, in PEM; `now` is UTC.

    It does not prove an identity: the shop gets it from us over a trusted channel, and verifies
    checksums with its public key.
    """
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, login)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        # One day early, so that the certificate is valid for a shop whose clock is a little slow.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * CERTIFICATE_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private_key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
