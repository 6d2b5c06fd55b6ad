"""The store of stored cards behind the `Bindings` port."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

import asyncpg

from altyn.domain.card.binding import Binding
from altyn.domain.effects import OutboxEntry
from altyn.domain.outbox import DeliveryQueue
from altyn.storage.binding_rows import binding_of, binding_values
from altyn.storage.coalescing import Coalescer
from altyn.storage.database import Pool
from altyn.storage.records import entries_json
from altyn.storage.statements import key_array, statement


class BindingStore:
    """Stored cards in PostgreSQL. `notify` wakes the outbox workers.

    Loads that meet share a statement (`coalescing.py`): each payment with a stored card has one.
    """

    def __init__(self, pool: Pool, notify: Callable[[Collection[DeliveryQueue]], None]) -> None:
        self._pool = pool
        self._notify = notify
        self._loading = Coalescer(self._load_batch)

    async def load(self, merchant_id: int, binding_id: UUID) -> Binding | None:
        """One stored card."""
        return await self._loading.call((merchant_id, binding_id))

    async def of_client(self, merchant_id: int, client_id: str) -> Sequence[Binding]:
        """The stored cards of a client, oldest first."""
        rows = await statement("bindings_of_client").fetch(
            self._pool, merchant_id=merchant_id, client_id=client_id
        )
        return [binding_of(row) for row in rows]

    async def of_card(self, merchant_id: int, fingerprint: str) -> Sequence[Binding]:
        """The stored cards with a card, oldest first."""
        rows = await statement("bindings_of_card").fetch(
            self._pool, merchant_id=merchant_id, fingerprint=bytes.fromhex(fingerprint)
        )
        return [binding_of(row) for row in rows]

    async def add(self, binding: Binding, entries: Sequence[OutboxEntry]) -> Binding:
        """Add a stored card, or renew the active one of this client and card."""
        rows = await statement("add_binding").fetch(
            self._pool,
            **binding_values(binding),
            entries=entries_json(entries),
        )
        self._wake(binding, entries)
        return binding_of(rows[0])

    async def save(self, binding: Binding, entries: Sequence[OutboxEntry]) -> bool:
        """Save the next version; False when it was too late."""
        try:
            rows = await statement("save_binding").fetch(
                self._pool,
                merchant_id=binding.merchant_id,
                binding_id=binding.binding_id,
                version=binding.version,
                expiry=binding.expiry,
                active=binding.active,
                removed_by_payer=binding.removed_by_payer,
                charged_at=binding.recurring.charged_at if binding.recurring else None,
                instalments_made=binding.instalments.made if binding.instalments else None,
                instalments_made_minor=(
                    binding.instalments.made_minor if binding.instalments else None
                ),
                at=binding.changed_at,
                entries=entries_json(entries),
            )
        except asyncpg.UniqueViolationError:
            return False
        self._wake(binding, entries)
        return bool(rows)

    def _wake(self, binding: Binding, entries: Sequence[OutboxEntry]) -> None:
        self._notify({DeliveryQueue(each.kind, binding.merchant_id, each.host) for each in entries})

    async def _load_batch(self, batch: Sequence[tuple[int, UUID]]) -> list[Binding | None]:
        rows = await statement("load_bindings").fetch(
            self._pool,
            merchant_ids=key_array(merchant_id for merchant_id, _ in batch),
            binding_ids=key_array(binding_id for _, binding_id in batch),
        )
        found = {(row["merchant_id"], row["binding_id"]): binding_of(row) for row in rows}
        return [found.get(key) for key in batch]
