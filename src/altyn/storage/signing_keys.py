"""The signing keys of callbacks, one pair per shop, and the certificates that shops check with.

The newest pair signs; older certificates stay, so that older callbacks can be checked.
Source: callbacks.md §6.3.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from altyn.domain.moscow import to_moscow
from altyn.operations.ports import SigningKeyUnusable, UnknownMerchantError
from altyn.security.signing_keys import (
    KeyNotDecryptedError,
    KeyOwner,
    PrivateKeyCipher,
    certificate_of,
    new_private_key,
)
from altyn.storage.database import Listener, Pool
from altyn.storage.merchants import MERCHANTS_CHANNEL
from altyn.storage.row_cache import RowCache
from altyn.storage.statements import statement


class SigningKeyError(SigningKeyUnusable):
    """A private key cannot be decrypted; the text names the alias, and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The public half: what the shop downloads. `pem` is X.509; `created_at` is UTC."""

    alias: str
    pem: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A pair that signs callbacks. `alias` is sent as sign_alias; `certificate` is PEM."""

    merchant_id: int
    alias: str
    certificate: str
    created_at: datetime
    private_key: rsa.RSAPrivateKey = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A pair that has no number yet."""

    merchant_id: int
    login: str
    certificate: str
    created_at: datetime
    private_key: rsa.RSAPrivateKey = field(repr=False)


class SigningKeys:
    """Creates and caches signing keys; a new one signs in every process within a second.

    `key` is `KeyRing.derive(SIGNING_KEY_PURPOSE)`. Subscribes before the listener starts; without
    a listener the database is asked each time, which suits a command.
    """

    def __init__(self, pool: Pool, listener: Listener | None, key: bytes) -> None:
        self._pool = pool
        self._cipher = PrivateKeyCipher(key)
        self._current = RowCache(
            self._load, listening=lambda: listener is not None and listener.listening
        )
        if listener is not None:
            listener.on(MERCHANTS_CHANNEL, self._changed, on_gap=self._drop_all)

    async def current(self, merchant_id: int) -> SigningKey | None:
        """The key that signs now; None when the merchant has none.

        Raises SigningKeyError: the key was encrypted with another key file, or the row was changed.
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
        """Create a pair that signs from now on; `now` is UTC. Raises UnknownMerchantError."""
        draft = await self._draft(merchant_id, now)
        while True:
            created = await self._add(draft, await self._newest(merchant_id))
            if created is not None:
                return created
            # Another process has taken this number meanwhile; the next one follows it.

    async def create_after(
        self, merchant_id: int, now: datetime, *, newest: str
    ) -> SigningKey | None:
        """Create a pair as `create` does, while `newest` is the alias of the newest one.

        `newest` is empty where there is none. None: another pair is the newest, also one that was
        created at the same moment. Raises UnknownMerchantError.
        """
        rows = await self._newest(merchant_id)
        if newest != (rows[0]["alias"] if rows else ""):
            return None
        return await self._add(await self._draft(merchant_id, now), rows)

    async def _draft(self, merchant_id: int, now: datetime) -> _Draft:
        rows = await statement("load_merchant").fetch(self._pool, merchant_id=merchant_id)
        if not rows:
            raise UnknownMerchantError(f"no merchant has the number {merchant_id}")
        login = rows[0]["login"]
        # In a thread: it takes a large part of a second, in which other requests are served.
        private_key = await asyncio.to_thread(new_private_key)
        certificate = certificate_of(private_key, login, now)
        return _Draft(merchant_id, login, certificate, now, private_key)

    async def _add(self, draft: _Draft, newest: Sequence[Any]) -> SigningKey | None:
        """Add the pair behind the newest one. None: another pair has its number."""
        number = newest[0]["number"] + 1 if newest else 1
        created = SigningKey(
            merchant_id=draft.merchant_id,
            alias=f"altyn-{draft.login}-{to_moscow(draft.created_at):%Y%m%d}-{number}",
            certificate=draft.certificate,
            created_at=draft.created_at,
            private_key=draft.private_key,
        )
        return created if await self._insert(created, number) else None

    async def _insert(self, created: SigningKey, number: int) -> bool:
        owner = KeyOwner(created.merchant_id, created.alias)
        async with self._pool.acquire() as connection, connection.transaction():
            added = await statement("add_signing_key").fetch(
                connection,
                merchant_id=created.merchant_id,
                alias=created.alias,
                number=number,
                certificate=created.certificate,
                sealed=self._cipher.encrypt(created.private_key, owner),
                now=created.created_at,
            )
            if added:
                await statement("notify").execute(
                    connection, channel=MERCHANTS_CHANNEL, payload=str(created.merchant_id)
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
            private_key=self._decrypt(row["sealed"], KeyOwner(merchant_id, row["alias"])),
        )

    def _decrypt(self, stored: bytes, owner: KeyOwner) -> rsa.RSAPrivateKey:
        try:
            return self._cipher.decrypt(stored, owner)
        except KeyNotDecryptedError:
            raise SigningKeyError(
                f"the signing key {owner.alias} cannot be decrypted: it was encrypted with another "
                "key file, or changed. Make a new one with `altyn merchant certificate LOGIN "
                "--new`."
            ) from None

    def _changed(self, payload: str) -> None:
        self._current.drop(int(payload))

    async def _drop_all(self) -> None:
        self._current.drop_all()
