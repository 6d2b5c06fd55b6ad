"""The `CardVault` port over the table `card_vault`.

A card number is kept, encrypted, while its payer is at the bank's page, and is deleted afterwards;
the encryption is in `security/vault.py`. Source: docs/architecture.md.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from altyn.domain.card.values import Pan
from altyn.domain.key_service import KeyServiceError
from altyn.security.vault import EncryptedPan, KeyMissingError, Vault, VaultError
from altyn.storage.coalescing import Coalescer
from altyn.storage.database import Pool
from altyn.storage.statements import key_array, statement

BATCH: Final = 500
LOOK_AGAIN: Final = timedelta(days=7)
"""How late a card is checked again at the latest, so that a shorter setting takes effect."""

KEEP_UNUSED: Final = timedelta(days=30)

log = structlog.get_logger("altyn.cards")

_Key = tuple[int, bytes]
Moved = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """The result of a rotation: rows moved to the active key, and rows that no key decrypts, by the
    id of the key that they name."""

    rows: int
    unreadable_by_key: Mapping[str, int]

    @property
    def unreadable(self) -> int:
        """How many rows no key of this installation decrypts."""
        return sum(self.unreadable_by_key.values())


@dataclass(frozen=True, slots=True)
class _Card:
    """A row of `card_vault`."""

    merchant_id: int
    fingerprint: bytes
    encrypted: EncryptedPan


def _not_reported(_rows: int) -> None:
    """A caller that shows no progress."""


class CardStore:
    """Keeps cards, encrypted by `vault`. Concurrent calls share a statement (`coalescing.py`)."""

    def __init__(self, pool: Pool, vault: Vault, *, keep_unused: timedelta = KEEP_UNUSED) -> None:
        self._pool = pool
        self._keep_unused = keep_unused
        self._vault = vault
        self._keeping = Coalescer(self._keep_batch)
        self._loading = Coalescer(self._load_batch)

    def fingerprint(self, merchant_id: int, pan: Pan) -> str:
        """The same for the same card of this merchant: 64 hexadecimal digits."""
        return self._vault.fingerprint(pan, merchant_id=merchant_id).hex()

    async def keep(self, merchant_id: int, pan: Pan, *, until: datetime) -> None:
        """Keep a card at least until then; a card that is already kept, until the later time."""
        await self._keeping.call((merchant_id, pan, until))

    async def reveal(self, merchant_id: int, fingerprint: str) -> Pan | None:
        """The card of a fingerprint, while it is kept. Raises KeyMissingError, DecryptionError."""
        found = await self._loading.call((merchant_id, bytes.fromhex(fingerprint)))
        if found is None:
            return None
        try:
            return self._vault.decrypt(found, merchant_id=merchant_id)
        except KeyMissingError:
            # Another process has rotated the keys since this one read them.
            await self._reread_keys()
            return self._vault.decrypt(found, merchant_id=merchant_id)

    async def purge(self, now: datetime) -> int:
        """Delete cards whose time is over (UTC), and that no stored card needs; return how many.

        A card stays for `keep_unused` after its stored card was disabled, since that may be enabled
        again. Only cards whose check is due are read: an active stored card's once in LOOK_AGAIN.
        """
        purged: int = 0
        while True:
            [row] = await statement("purge_cards").fetch(
                self._pool,
                now=now,
                disabled_after=now - self._keep_unused,
                look_again=now + LOOK_AGAIN,
                limit=BATCH,
            )
            purged += row["deleted"]
            if row["due"] < BATCH:
                return purged

    async def rewrap_all(self, *, batch: int = BATCH, moved: Moved = _not_reported) -> Rewrapped:
        """Bring every card under the active key, `batch` at a time, while payments go on.

        Each batch is saved before the next one is read, so a killed run is continued by the next.
        It may run in two processes at once. `moved` is called with the rows of each batch.
        """
        await self._reread_keys()
        rows = 0
        unreadable: dict[str, int] = {}
        key_id = ""
        while (found := await self._next_key(key_id)) is not None:
            key_id = found
            if key_id != self._vault.active_key_id:
                under_key = await self._rewrap_key(key_id, batch=batch, moved=moved)
                rows += under_key.rows
                unreadable |= under_key.unreadable_by_key
        return Rewrapped(rows, unreadable)

    async def count_by_key(self) -> dict[str, int]:
        """How many cards of all merchants are encrypted under each key."""
        rows = await statement("count_cards_by_key").fetch(self._pool)
        return {row["key_id"]: row["cards"] for row in rows}

    async def _rewrap_key(self, key_id: str, *, batch: int, moved: Moved) -> Rewrapped:
        """Move the cards of one key; those that cannot be read stay as they are."""
        after: _Key = (0, b"")
        rows = unreadable = 0
        while cards := await self._under_key(key_id, after, limit=batch):
            after = (cards[-1].merchant_id, cards[-1].fingerprint)
            rewrapped = [pair for card in cards if (pair := self._rewrap(card))]
            unreadable += len(cards) - len(rewrapped)
            saved = await self._save_rewrapped(rewrapped)
            rows += saved
            moved(saved)
        return Rewrapped(rows, {key_id: unreadable} if unreadable else {})

    def _rewrap(self, card: _Card) -> tuple[_Card, EncryptedPan] | None:
        try:
            return card, self._vault.rewrap(card.encrypted, merchant_id=card.merchant_id)
        except VaultError:
            # One broken row must not keep the others under a key that is to be removed.
            return None

    async def _reread_keys(self) -> None:
        # In a thread: a new wrapping of the key file is unwrapped by a key service over HTTP.
        try:
            await asyncio.to_thread(self._vault.reread_keys)
        except KeyServiceError as error:
            # Payments go on with the keys that this process has.
            log.warning("keys_not_reread", reason=str(error))

    async def _next_key(self, after: str) -> str | None:
        rows = await statement("next_card_key").fetch(self._pool, after=after)
        key_id: str | None = rows[0]["key_id"]
        return key_id

    async def _under_key(self, key_id: str, after: _Key, *, limit: int) -> list[_Card]:
        rows = await statement("cards_under_key").fetch(
            self._pool,
            key_id=key_id,
            after_merchant_id=after[0],
            after_fingerprint=after[1],
            limit=limit,
        )
        return [_Card(row["merchant_id"], row["fingerprint"], _encrypted(row)) for row in rows]

    async def _save_rewrapped(self, pairs: Sequence[tuple[_Card, EncryptedPan]]) -> int:
        rows = await statement("rewrap_cards").fetch(
            self._pool,
            merchant_ids=key_array(card.merchant_id for card, _ in pairs),
            card_merchant_ids=[card.merchant_id for card, _ in pairs],
            fingerprints=[card.fingerprint for card, _ in pairs],
            old_wrapped_keys=[card.encrypted.wrapped_key for card, _ in pairs],
            key_ids=[rewrapped.key_id for _, rewrapped in pairs],
            wrapped_keys=[rewrapped.wrapped_key for _, rewrapped in pairs],
        )
        return len(rows)

    async def _keep_batch(self, batch: Sequence[tuple[int, Pan, datetime]]) -> list[None]:
        # One statement may not change a row twice: of the same card the latest time is kept.
        cards: dict[_Key, tuple[Pan, datetime]] = {}
        for merchant_id, pan, until in batch:
            key = merchant_id, self._vault.fingerprint(pan, merchant_id=merchant_id)
            latest = max(until, cards[key][1]) if key in cards else until
            cards[key] = pan, latest
        # Sorted, so that two batches lock their rows in one order and cannot block each other.
        keys = sorted(cards)
        encrypted = [self._vault.encrypt(cards[key][0], merchant_id=key[0]) for key in keys]
        await statement("keep_cards").execute(
            self._pool,
            merchant_ids=[merchant_id for merchant_id, _ in keys],
            fingerprints=[fingerprint for _, fingerprint in keys],
            key_ids=[each.key_id for each in encrypted],
            wrapped_keys=[each.wrapped_key for each in encrypted],
            nonces=[each.nonce for each in encrypted],
            ciphertexts=[each.ciphertext for each in encrypted],
            keep_untils=[cards[key][1] for key in keys],
        )
        return [None] * len(batch)

    async def _load_batch(self, batch: Sequence[_Key]) -> list[EncryptedPan | None]:
        rows = await statement("load_cards").fetch(
            self._pool,
            merchant_ids=key_array(merchant_id for merchant_id, _ in batch),
            fingerprints=key_array(fingerprint for _, fingerprint in batch),
        )
        cards = {(row["merchant_id"], row["fingerprint"]): _encrypted(row) for row in rows}
        return [cards.get(address) for address in batch]


def _encrypted(row: Any) -> EncryptedPan:
    return EncryptedPan(
        key_id=row["key_id"],
        wrapped_key=row["wrapped_key"],
        nonce=row["nonce"],
        ciphertext=row["ciphertext"],
    )
