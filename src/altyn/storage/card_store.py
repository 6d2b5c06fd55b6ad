"""Card numbers of payments in progress: the `CardVault` port over the table `card_vault`.

A card number is kept, sealed, while its payer is at the bank's page, and is deleted afterwards;
how it is sealed is in `vault.py`. Source: architecture.md §6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from altyn.domain.card.values import Pan
from altyn.security.vault import SealedPan, Vault, VaultError
from altyn.storage.coalescing import Coalescer
from altyn.storage.database import Pool
from altyn.storage.statements import key_array, statement

BATCH: Final = 500

_Address = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What a rotation did: rows now under the active key, and rows that no key opens."""

    rows: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Card:
    """A row of `card_vault`."""

    merchant_id: int
    fingerprint: bytes
    sealed: SealedPan


class CardStore:
    """Keeps cards sealed by `vault`. Calls that meet share a statement (`coalescing.py`)."""

    def __init__(self, pool: Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault
        self._keeping = Coalescer(self._keep_batch)
        self._loading = Coalescer(self._load_batch)

    def fingerprint(self, merchant_id: int, pan: Pan) -> str:
        """The card's fingerprint, different for each merchant: 64 hexadecimal digits."""
        return self._vault.fingerprint(pan, merchant_id=merchant_id).hex()

    async def keep(self, merchant_id: int, pan: Pan, *, until: datetime) -> None:
        """Keep a card at least until then; a card that is already kept, until the later time."""
        await self._keeping.call((merchant_id, pan, until))

    async def reveal(self, merchant_id: int, fingerprint: str) -> Pan | None:
        """The card of a fingerprint, None if not kept. Raises KeyMissingError, SealBrokenError."""
        sealed = await self._loading.call((merchant_id, bytes.fromhex(fingerprint)))
        return None if sealed is None else self._vault.open(sealed, merchant_id=merchant_id)

    async def purge(self, now: datetime) -> int:
        """Delete the cards whose keeping time is over; returns how many."""
        purged = 0
        while True:
            rows = await statement("purge_cards").fetch(self._pool, now=now, limit=BATCH)
            purged += len(rows)
            if len(rows) < BATCH:
                return purged

    async def rewrap_all(self, *, batch: int = BATCH) -> Rewrapped:
        """Bring every card under the active key, `batch` at a time, while payments go on.

        When nothing is unreadable, the other keys may leave the key file. May be repeated, and
        run in two processes at once.
        """
        self._vault.reread_keys()
        after: _Address = (0, b"")
        rows = unreadable = 0
        while cards := await self._under_other_keys(after, limit=batch):
            after = (cards[-1].merchant_id, cards[-1].fingerprint)
            rewrapped = [pair for card in cards if (pair := self._rewrap(card))]
            unreadable += len(cards) - len(rewrapped)
            rows += await self._save_rewrapped(rewrapped)
        return Rewrapped(rows, unreadable)

    def _rewrap(self, card: _Card) -> tuple[_Card, SealedPan] | None:
        try:
            return card, self._vault.rewrap(card.sealed, merchant_id=card.merchant_id)
        except VaultError:
            # One broken row must not keep the others under a key that is to be removed.
            return None

    async def _under_other_keys(self, after: _Address, *, limit: int) -> list[_Card]:
        rows = await statement("cards_under_other_keys").fetch(
            self._pool,
            key_id=self._vault.active_key_id,
            after_merchant_id=after[0],
            after_fingerprint=after[1],
            limit=limit,
        )
        return [_Card(row["merchant_id"], row["fingerprint"], _sealed(row)) for row in rows]

    async def _save_rewrapped(self, pairs: Sequence[tuple[_Card, SealedPan]]) -> int:
        rows = await statement("rewrap_cards").fetch(
            self._pool,
            merchant_ids=key_array(card.merchant_id for card, _ in pairs),
            card_merchant_ids=[card.merchant_id for card, _ in pairs],
            fingerprints=[card.fingerprint for card, _ in pairs],
            old_wrapped_keys=[card.sealed.wrapped_key for card, _ in pairs],
            key_ids=[sealed.key_id for _, sealed in pairs],
            wrapped_keys=[sealed.wrapped_key for _, sealed in pairs],
        )
        return len(rows)

    async def _keep_batch(self, batch: Sequence[tuple[int, Pan, datetime]]) -> list[None]:
        # one statement may not touch a row twice: of the same card the longest stay is kept
        stays: dict[_Address, tuple[Pan, datetime]] = {}
        for merchant_id, pan, until in batch:
            place = merchant_id, self._vault.fingerprint(pan, merchant_id=merchant_id)
            longest = max(until, stays[place][1]) if place in stays else until
            stays[place] = pan, longest
        # sorted, so that two batches lock their rows in the same order and cannot deadlock
        places = sorted(stays)
        sealed = [self._vault.seal(stays[place][0], merchant_id=place[0]) for place in places]
        await statement("keep_cards").execute(
            self._pool,
            merchant_ids=[merchant_id for merchant_id, _ in places],
            fingerprints=[fingerprint for _, fingerprint in places],
            key_ids=[one.key_id for one in sealed],
            wrapped_keys=[one.wrapped_key for one in sealed],
            nonces=[one.nonce for one in sealed],
            ciphertexts=[one.ciphertext for one in sealed],
            keep_untils=[stays[place][1] for place in places],
        )
        return [None] * len(batch)

    async def _load_batch(self, batch: Sequence[_Address]) -> list[SealedPan | None]:
        rows = await statement("load_cards").fetch(
            self._pool,
            merchant_ids=key_array(merchant_id for merchant_id, _ in batch),
            fingerprints=key_array(fingerprint for _, fingerprint in batch),
        )
        cards = {(row["merchant_id"], row["fingerprint"]): _sealed(row) for row in rows}
        return [cards.get(address) for address in batch]


def _sealed(row: Any) -> SealedPan:
    return SealedPan(
        key_id=row["key_id"],
        wrapped_key=row["wrapped_key"],
        nonce=row["nonce"],
        ciphertext=row["ciphertext"],
    )
