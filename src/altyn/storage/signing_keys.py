"""The RSA keys that sign callbacks, one pair per shop, and the certificates that shops check by.

The private half is sealed under a key of the key file, so that a stolen dump signs nothing; the
newest pair signs, and the older certificates stay to be looked up. Source: callbacks.md §6.3.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from altyn.domain.moscow import to_moscow
from altyn.operations.ports import SigningKeyUnusable
from altyn.storage.database import Listener, Pool
from altyn.storage.merchants import MERCHANTS_CHANNEL, UnknownMerchantError
from altyn.storage.remembered import Remembered
from altyn.storage.statements import statement

SIGNING_KEY_PURPOSE: Final = "callback signing keys"
"""What the sealing key is derived for: `KeyRing.derive(SIGNING_KEY_PURPOSE)`."""

KEY_BITS: Final = 2048
YEARS: Final = 10
_EXPONENT: Final = 65537
_NONCE_BYTES: Final = 12
_BOUND: Final = b"altyn callback signing key 1"


class SigningKeyError(SigningKeyUnusable):
    """A private key does not open; the text names the alias at most, and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The public half: what the shop downloads. `pem` is X.509; `created_at` is UTC."""

    alias: str
    pem: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A pair by which callbacks are signed. `alias` is sent as sign_alias; `certificate` is PEM."""

    merchant_id: int
    alias: str
    certificate: str
    created_at: datetime
    private_key: rsa.RSAPrivateKey = field(repr=False, compare=False)


class SigningKeys:
    """Makes, seals and remembers signing keys; a new one signs in every process within a second.

    `key` is `KeyRing.derive(SIGNING_KEY_PURPOSE)`. Subscribes before the listener starts; without
    a listener the database is asked each time, as a command wants it.
    """

    def __init__(self, pool: Pool, listener: Listener | None, key: bytes) -> None:
        self._pool = pool
        self._sealer = AESGCM(key)
        self._current = Remembered(
            self._load, listening=lambda: listener is not None and listener.listening
        )
        if listener is not None:
            listener.on(MERCHANTS_CHANNEL, self._changed, on_gap=self._forget_all)

    async def current(self, merchant_id: int) -> SigningKey | None:
        """The key that signs now; None when the merchant has none.

        Refuses with SigningKeyError: the key file is not the one that the key was sealed by, or the
        row was changed.
        """
        return await self._current.get(merchant_id)

    async def certificates(self, merchant_id: int) -> Sequence[Certificate]:
        """All certificates of a merchant, newest first."""
        rows = await statement("list_certificates").fetch(self._pool, merchant_id=merchant_id)
        return [
            Certificate(alias=row["alias"], pem=row["certificate"], created_at=row["created_at"])
            for row in rows
        ]

    async def create(self, merchant_id: int, now: datetime) -> SigningKey:
        """Make a pair which signs from now on; `now` is UTC. Raises UnknownMerchantError."""
        rows = await statement("load_merchant").fetch(self._pool, merchant_id=merchant_id)
        if not rows:
            raise UnknownMerchantError(f"no merchant has the number {merchant_id}")
        login = rows[0]["login"]
        # Takes a good part of a second, in which others want to be served.
        private_key = await asyncio.to_thread(rsa.generate_private_key, _EXPONENT, KEY_BITS)
        certificate = _certificate(private_key, login, now)
        while True:
            newest = await self._newest(merchant_id)
            number = newest[0]["number"] + 1 if newest else 1
            made = SigningKey(
                merchant_id=merchant_id,
                alias=f"altyn-{login}-{to_moscow(now):%Y%m%d}-{number}",
                certificate=certificate,
                created_at=now,
                private_key=private_key,
            )
            if await self._insert(made, number):
                return made
            # Somebody else has made one meanwhile; this one comes after it.

    async def _insert(self, made: SigningKey, number: int) -> bool:
        async with self._pool.acquire() as connection, connection.transaction():
            added = await statement("add_signing_key").fetch(
                connection,
                merchant_id=made.merchant_id,
                alias=made.alias,
                number=number,
                certificate=made.certificate,
                sealed=self._seal(made),
                now=made.created_at,
            )
            if added:
                await statement("notify").execute(
                    connection, channel=MERCHANTS_CHANNEL, payload=str(made.merchant_id)
                )
        return bool(added)

    async def _newest(self, merchant_id: int) -> Sequence[Any]:
        return await statement("newest_signing_key").fetch(self._pool, merchant_id=merchant_id)

    async def _load(self, merchant_id: int) -> SigningKey | None:
        rows = await self._newest(merchant_id)
        if not rows:
            return None
        row = rows[0]
        return SigningKey(
            merchant_id=merchant_id,
            alias=row["alias"],
            certificate=row["certificate"],
            created_at=row["created_at"],
            private_key=self._open(row["sealed"], merchant_id, row["alias"]),
        )

    def _seal(self, made: SigningKey) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        secret = made.private_key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return nonce + self._sealer.encrypt(nonce, secret, _bound(made.merchant_id, made.alias))

    def _open(self, sealed: bytes, merchant_id: int, alias: str) -> rsa.RSAPrivateKey:
        nonce, secret = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            opened = self._sealer.decrypt(nonce, secret, _bound(merchant_id, alias))
        except (InvalidTag, ValueError):
            raise SigningKeyError(
                f"the signing key {alias} does not open: it was sealed with another key file, or "
                "changed. Make a new one with `altyn merchant certificate LOGIN --new`."
            ) from None
        private_key = serialization.load_der_private_key(opened, password=None)
        assert isinstance(private_key, rsa.RSAPrivateKey)
        return private_key

    def _changed(self, payload: str) -> None:
        self._current.drop(int(payload))

    async def _forget_all(self) -> None:
        self._current.drop_all()


def _bound(merchant_id: int, alias: str) -> bytes:
    """Associated data: whose key it is, so that a row carried to another merchant does not open."""
    return _BOUND + merchant_id.to_bytes(8, "big", signed=True) + alias.encode()


def _certificate(private_key: rsa.RSAPrivateKey, login: str, now: datetime) -> str:
    """A self-signed certificate of the merchant's login, PEM.

    It vouches for nobody: the shop takes it from us by a way it trusts, and checks the checksum.
    """
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, login)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        # A shop whose clock is a little behind must not find it not yet valid.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private_key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
