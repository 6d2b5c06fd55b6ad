"""Builds the list of what the sandbox's clock carries out next."""

from collections.abc import Sequence

from altyn.inbound.sandbox.due.endpoint import ReadDue
from altyn.main.effects import EffectKinds
from altyn.operations.due_list import DueItem, next_due_items
from altyn.operations.ports import World
from altyn.storage.database import Pool
from altyn.storage.outbox import OutboxStore
from altyn.storage.waiting_entries import WaitingEntryStore


def due_reader(pool: Pool, world: World) -> ReadDue:
    """Reads the list, with the entries of all kinds of effects that the gateway has."""
    assert isinstance(world.effects, EffectKinds), "`running` has made the world"
    entries = WaitingEntryStore(pool, OutboxStore(pool), tuple(world.effects.by_name))

    async def read(limit: int) -> Sequence[DueItem]:
        return await next_due_items(world, entries, limit=limit)

    return read
